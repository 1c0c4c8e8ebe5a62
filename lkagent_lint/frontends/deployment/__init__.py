"""Files that say how a worker is started and stopped: images, compose files, pods, units, lists of processes, scripts,
and the commands that packages install.

This module says which files these are; what reads them is imported when there is one to read.
"""

from __future__ import annotations

import re

from lkagent_lint.facts.deployment import ProcessFact
from lkagent_lint.languages import DROP_IN, UNIT, YAML

_IMAGE = re.compile(r"(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile")
_PROCFILE = re.compile(r"Procfile(?:\..*)?")
_FLY = re.compile(r"fly(?:\..*)?\.toml")
_SHELL_SCRIPTS = (".sh", ".bash")
_SERVICES = re.compile(rb"^services:", re.MULTILINE)
_RUNS = re.compile(rb"\b(?:python|node|uv|npm|pnpm|yarn|bun|tsx|poetry|pipenv|pdm)")
_MAKEFILE = re.compile(r"(?:GNU)?[mM]akefile(?:\..*)?|.*\.mk")
_DROP_IN = re.compile(rb"^\[Service\]", re.MULTILINE)
_ENTRY_POINTS = re.compile(rb"^\[(?:project|tool\.poetry)\.scripts\]|^\s*console_scripts\s*=", re.MULTILINE)
MAX_BYTES = 300_000
"""A deployment file that people write by hand is far smaller."""


def may_start(data: bytes, name: str) -> bool:
    """Whether a text can say anything about how a process is started; what is False has no facts."""
    if len(data) > MAX_BYTES or b"\0" in data[:4096]:
        return False
    if name.endswith(YAML):
        return b"containers:" in data or b"terminationGracePeriod" in data or _SERVICES.search(data) is not None
    if name.endswith(_SHELL_SCRIPTS):
        return _RUNS.search(data) is not None or b'"$@"' in data
    if name == "package.json":
        return b'"scripts"' in data
    if name in ("pyproject.toml", "setup.cfg"):
        return _ENTRY_POINTS.search(data) is not None
    if _MAKEFILE.fullmatch(name) is not None:
        return _RUNS.search(data) is not None
    if name.endswith(DROP_IN):
        return _DROP_IN.search(data) is not None
    return name.endswith(UNIT) or any(each.fullmatch(name) is not None for each in (_IMAGE, _PROCFILE, _FLY))


def processes(data: bytes, name: str) -> tuple[ProcessFact, ...]:
    """What one file starts, by its bytes and base name. Never raises for bad input."""
    if not may_start(data, name):
        return ()
    from lkagent_lint.frontends.deployment import dockerfile, lists, manifests
    from lkagent_lint.sources.reading import decode_loosely

    text = decode_loosely(data)
    if _IMAGE.fullmatch(name):
        return tuple(dockerfile.stages(text))
    if name.endswith(YAML):
        return tuple(manifests.processes(text))
    if name == "package.json":
        return tuple(manifests.scripts(text))
    if name.endswith((UNIT, DROP_IN)):
        return tuple(lists.unit(text))
    if _PROCFILE.fullmatch(name):
        return tuple(lists.process_types(text))
    if _FLY.fullmatch(name):
        return tuple(lists.fly(text))
    if name in ("pyproject.toml", "setup.cfg"):
        return tuple(lists.entry_points(text))
    if _MAKEFILE.fullmatch(name) is not None:
        return tuple(lists.rules(text))
    return tuple(lists.script(text, name))
