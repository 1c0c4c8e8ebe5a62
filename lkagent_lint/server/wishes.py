"""What an editor wishes of the server: its options at the start, and its settings under ``lkagent-lint``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast

import msgspec

SECTION = "lkagent-lint"


class EditorWishes(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every wish with its default. What else an editor sends is its own affair."""

    debounce: float = 0.15
    """Seconds of silence after an edit before the project is checked."""
    inlay_hints: bool = False
    """Show at a worker who dispatches it."""
    preview: bool | None = None
    """Report rules in preview, whatever the settings files say."""
    select: tuple[str, ...] | None = None
    """The rules to report, instead of those that the settings files select."""
    ignore: tuple[str, ...] = ()
    """Rules not to report, beside those that the settings files ignore."""
    config_file: str | None = None
    """The settings file (absolute path) that holds for every file."""

    @property
    def options(self) -> Mapping[str, object]:
        """Those that the engine takes as options of the command line."""
        return {} if self.preview is None else {"preview": self.preview}


def read_wishes(given: object) -> EditorWishes:
    """The wishes in what an editor sent; nothing, and a null, are the defaults.

    Raises ValueError, with a text for the user, for one that cannot be meant.
    """
    if not isinstance(given, Mapping):
        return EditorWishes()
    told = {str(key): value for key, value in cast("Mapping[object, object]", given).items() if value is not None}
    try:
        found = msgspec.convert(told, EditorWishes)
    except msgspec.ValidationError as error:
        raise ValueError(f"the settings of the editor cannot be used: {error}") from None
    if not 0 <= found.debounce <= 60:
        raise ValueError("the settings of the editor cannot be used: debounce is a number of seconds from 0 to 60")
    if found.config_file is not None and not os.path.isabs(found.config_file):
        raise ValueError("the settings of the editor cannot be used: configFile is an absolute path")
    return found
