"""Which releases of its companions a wheel asks for."""

from __future__ import annotations

import email.parser
import zipfile
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from tools.sdk_tables.surface import Section

_COMPANIONS = ("livekit", "livekit-api", "livekit-protocol")


def read(archive: Path) -> Section:
    """The specifiers of the other packages of the SDK that are always installed with a release."""
    found: Section = {}
    with zipfile.ZipFile(archive) as wheel:
        metadata = next((each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")), None)
        message = None if metadata is None else email.parser.BytesParser().parsebytes(wheel.read(metadata), True)
    for line in [] if message is None else message.get_all("Requires-Dist", []):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.name in _COMPANIONS and requirement.marker is None:
            found[requirement.name] = {"": str(requirement.specifier)}
    return found
