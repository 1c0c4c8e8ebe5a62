"""Reads one settings file: which names they have, the bytes, and the table in them."""

from __future__ import annotations

import os
import re
import stat

from lkagent_lint import disk
from lkagent_lint.config.errors import ConfigError, unquoted
from lkagent_lint.config.layers import TABLE, Layer
from lkagent_lint.text import Span

PYPROJECT = "pyproject.toml"
FILE_NAMES = (".lkagent-lint.toml", "lkagent-lint.toml", PYPROJECT)
"""The names of settings files. A directory may hold one that sets anything; two are an error."""
MAX_BYTES = 10_000_000
_MENTION = re.compile(rb"lkagent[-_]lint")


def read_layer(path: str, data: bytes, home: str | None) -> Layer | None:
    """The settings in the bytes of one settings file, or None for a pyproject.toml without ``[tool.lkagent-lint]``.

    ``path`` (absolute) says by its base name whether the settings stand in a table; ``home`` is the directory of the
    settings that led to it, None where the user named it (``disclosure``). Raises ConfigError for settings that cannot
    be used, and for a pyproject.toml that mentions the linter but is not TOML; another tool's broken file is that
    tool's to report.
    """
    in_table = os.path.basename(path) == PYPROJECT
    if in_table and not _MENTION.search(data):
        return None
    # Most projects have no settings of ours, and a run over them must not pay for a TOML parser.
    from lkagent_lint.config.toml import TomlError, parse_toml, table

    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    directory = os.path.dirname(path)
    try:
        document = parse_toml(data)
    except TomlError as error:
        from lkagent_lint.config.disclosure import withheld

        reason = withheld(path, home)
        if reason is not None:
            raise unquoted(path, "it is not TOML", reason) from None
        span = None
        if error.line is not None and error.column is not None:
            span = Span(error.line, error.column, error.line, error.column)
        raise ConfigError(path, error.line, error.message, span=span, text=text) from None
    if not in_table:
        return Layer(document, label=path, path=path, directory=directory, text=text, home=home)
    tool = table(document.get("tool"))
    # Only to point at what is wrong: it sets nothing.
    top = Layer({}, label=path, path=path, directory=directory, text=text, home=home)
    if TABLE not in tool:
        if "lkagent_lint" in tool:
            message = f'unknown table [tool.lkagent_lint]; did you mean "tool.{TABLE}"?'
            raise top.error(message, "tool", "lkagent_lint", value=False)
        return None
    if not isinstance(tool[TABLE], dict):
        raise top.error(f"[tool.{TABLE}] must be a table", "tool", TABLE, value=False)
    own = table(tool[TABLE])
    place = ("tool", TABLE)
    return Layer(own, label=path, path=path, directory=directory, text=text, table=place, home=home)


@disk.question
def read_regular(path: str) -> bytes | None:
    """The bytes of a configuration file; None where there is none.

    Raises ConfigError for one that is there but cannot be read, since its settings would be lost in silence.
    """
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return None
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(path, None, "it is not a regular file")
        if status.st_size > MAX_BYTES:
            raise ConfigError(path, None, f"it is larger than {MAX_BYTES:,} bytes")
        with open(path, "rb") as file:
            return file.read(MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        # A directory that may not even be searched belongs to someone else.
        if not os.path.lexists(path):
            return None
        raise ConfigError(path, None, f"it cannot be read: {error.strerror or error}") from None
