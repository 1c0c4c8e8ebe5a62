"""Reads ``[tool.lkagent-lint]`` from pyproject.toml files and finds the settings of a directory.

The nearest pyproject.toml with the table decides alone: settings of two files are never merged.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable

import msgspec

from lkagent_lint.config.settings import Settings

FILE_NAME = "pyproject.toml"
TABLE = "lkagent-lint"
_MENTION = re.compile(rb"lkagent[-_]lint")
_MAX_BYTES = 10_000_000


class ConfigError(Exception):
    """A setting that cannot be used.

    ``path`` is the file (None for settings that stand in no file), ``line`` is 1-based or None where it is
    not known, ``message`` is one sentence without either. ``str()`` gives ``path:line: message``.
    """

    def __init__(self, path: str | None, line: int | None, message: str) -> None:
        super().__init__(path, line, message)
        self.path = path
        self.line = line
        self.message = message

    def __str__(self) -> str:
        parts = [self.path or "", "" if self.line is None else str(self.line)]
        place = ":".join(part for part in parts if part)
        return f"{place}: {self.message}" if place else self.message


def read_settings(path: str, data: bytes) -> Settings | None:
    """The settings in the bytes of one pyproject.toml, or None if it has no ``[tool.lkagent-lint]``.

    ``path`` is used in messages only. Raises ConfigError for settings that cannot be used, and for a file
    that mentions the linter but is not TOML; another tool's broken file is that tool's to report.
    """
    if not _MENTION.search(data):
        return None
    # Most projects have no settings of ours, and a run over them must not pay for a TOML parser.
    from lkagent_lint.config.toml import TomlError, parse_toml, table

    try:
        tool = table(parse_toml(data).get("tool"))
    except TomlError as error:
        raise ConfigError(path, error.line, error.message) from None
    if TABLE not in tool:
        if "lkagent_lint" in tool:
            line = line_of(data, "lkagent_lint", None)
            raise ConfigError(path, line, 'unknown table [tool.lkagent_lint]; did you mean "tool.lkagent-lint"?')
        return None
    if not isinstance(tool[TABLE], dict):
        raise ConfigError(path, line_of(data, TABLE, None), f"[tool.{TABLE}] must be a table")
    return _convert(path, data, table(tool[TABLE]))


class SettingsFinder:
    """Settings by directory, each pyproject.toml read once. Directories are absolute paths.

    ``isolated`` ignores every file. ``read`` returns the bytes of a file or None where there is none; it may
    raise ConfigError. Every method raises ConfigError for a file on its way that cannot be used.
    """

    def __init__(self, isolated: bool = False, read: Callable[[str], bytes | None] | None = None) -> None:
        self._isolated = isolated
        self._read = read or read_regular
        self._own: dict[str, Settings | None] = {}
        self._nearest: dict[str, str | None] = {}

    def for_directory(self, directory: str) -> Settings:
        """The settings that govern the files of a directory; the defaults where no file sets any."""
        origin = self._origin_directory(directory)
        own = None if origin is None else self.has_own(origin)
        return own or _DEFAULTS

    def origin(self, directory: str) -> str | None:
        """The pyproject.toml that ``for_directory`` answers from; None for the defaults."""
        origin = self._origin_directory(directory)
        return None if origin is None else os.path.join(origin, FILE_NAME)

    def has_own(self, directory: str) -> Settings | None:
        """The settings in the directory's own pyproject.toml; None if it has none."""
        if self._isolated:
            return None
        if directory not in self._own:
            path = os.path.join(directory, FILE_NAME)
            data = self._read(path)
            self._own[directory] = None if data is None else read_settings(path, data)
        return self._own[directory]

    def _origin_directory(self, directory: str) -> str | None:
        passed: list[str] = []
        found: str | None = None
        while directory not in self._nearest:
            passed.append(directory)
            if self.has_own(directory) is not None:
                found = directory
                break
            parent = os.path.dirname(directory)
            if parent == directory:
                break
            directory = parent
        else:
            found = self._nearest[directory]
        self._nearest.update(dict.fromkeys(passed, found))
        return found


_DEFAULTS = Settings()


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
        if status.st_size > _MAX_BYTES:
            raise ConfigError(path, None, f"it is larger than {_MAX_BYTES:,} bytes")
        with open(path, "rb") as file:
            return file.read(_MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        # A directory that may not even be searched belongs to someone else.
        if not os.path.lexists(path):
            return None
        raise ConfigError(path, None, f"it cannot be read: {error.strerror or error}") from None


def _convert(path: str, data: bytes, values: dict[str, object]) -> Settings:
    known = [field.encode_name for field in msgspec.structs.fields(Settings)]
    for key in values:
        if key not in known:
            raise ConfigError(path, line_of(data, TABLE, key), _unknown(key, known))
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        key = _wrong_key(error)
        expected = EXPECTED.get(key, "another type of value")
        message = f'"{key}" in [tool.{TABLE}] must be {expected}'
        raise ConfigError(path, line_of(data, TABLE, key), message) from None
    for key, version in (("sdk-version", settings.sdk_version), ("node-sdk-version", settings.node_sdk_version)):
        if version is not None and not _is_version(version):
            message = f'"{key}" in [tool.{TABLE}] must be one release, as in "1.5.3"'
            raise ConfigError(path, line_of(data, TABLE, key), message)
    return settings


def _unknown(key: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(key.lower().replace("_", "-"), known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"the settings are {', '.join(sorted(known))}"
    return f'unknown setting "{key}" in [tool.{TABLE}]; {hint}'


def _wrong_key(error: msgspec.ValidationError) -> str:
    """The key that msgspec's message ends with (``… - at `$.select[0]```)."""
    place = re.search(r"`\$\.([\w-]+)", str(error))
    return place[1] if place else ""


_STRINGS = "a list of strings"
EXPECTED = {
    "root": "true or false",
    "select": _STRINGS,
    "ignore": _STRINGS,
    "exclude": _STRINGS,
    "fail-on": '"error", "warning" or "info"',
    "dispatched-elsewhere": _STRINGS,
    "job-type-model": '"reference" or "server"',
    "sdk-version": "a string",
    "node-sdk-version": "a string",
    "info-in-flake8": "true or false",
}


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def line_of(data: bytes, table_name: str, key: str | None) -> int | None:
    """The 1-based line of a key of our table, or of the table's header, by a scan that knows no strings.

    Understands ``[tool.x]`` with ``key =``, and the dotted spellings ``x.key =`` and ``tool.x.key =``.
    """
    name = re.escape(table_name)
    header = re.compile(rf"\[[ \t]*tool[ \t]*\.[ \t]*[\"']?{name}[\"']?[ \t]*\]")
    dotted = re.compile(rf"(?:tool[ \t]*\.[ \t]*)?[\"']?{name}[\"']?[ \t]*[.=]")
    assigned = re.compile(rf"(?:[^#\[]*[.{{,][ \t]*)?[\"']?{re.escape(key or '')}[\"']?[ \t]*=")
    first: int | None = None
    inside = False
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), 1):
        line = line.lstrip(" \t")
        if line.startswith("["):
            inside = header.match(line) is not None
        ours = inside or dotted.match(line) is not None
        if ours and key is not None and assigned.match(line):
            return number
        if ours and first is None:
            first = number
    return first
