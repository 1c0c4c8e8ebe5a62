"""One source of settings is a layer; the layers that govern a directory make its configuration.

A later layer's key takes the place of the same key, and of its ``extend-`` form, in every layer before it; a key that
begins with ``extend-`` is added to what came before. ``severity`` holds rule by rule, the later layer winning.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from lkagent_lint.config.errors import ConfigError, unquoted
from lkagent_lint.config.names import NAMES_KEYS
from lkagent_lint.config.settings import KEYS, Settings
from lkagent_lint.diagnostics import Severity
from lkagent_lint.text import Span

if TYPE_CHECKING:
    from lkagent_lint.config.positions import FoundKey

TABLE = "lkagent-lint"
OWN_FILE_ONLY = frozenset({"root", "extend"})
"""They speak of the file that they stand in, and of no file that builds on it."""
_FIELDS = {field.encode_name: field.name for field in msgspec.structs.fields(Settings)}
_DEFAULTS = Settings()
_EXTENDS = "extend-"


class SettingOrigin(NamedTuple):
    """Where a value was set: a file (absolute path) with a 1-based line, or an option of the command line."""

    label: str
    line: int | None


class Layer:
    """The settings of one source. ``values`` holds what it sets, by key, converted.

    ``label`` is the absolute path of a file or an option; ``path`` is the file or None; globs are relative to
    ``directory`` (absolute). ``text`` and ``table`` say where the keys stand: the source and the path of its table.
    ``home`` is the directory of the settings that led to the file, None where the user named it (``disclosure``).
    """

    def __init__(
        self,
        raw: Mapping[str, object],
        *,
        label: str,
        path: str | None,
        directory: str,
        text: str | None = None,
        table: tuple[str, ...] = (),
        home: str | None = None,
    ) -> None:
        self.label = label
        self.path = path
        self.directory = directory
        self.home = home
        self._text = text
        self._table = table
        self.values = self._converted(raw)

    def origin(self, key: str) -> SettingOrigin:
        """Where this layer sets a key."""
        return SettingOrigin(self.label, self.line(key))

    def error(self, message: str, *where: str | int, value: bool = True) -> ConfigError:
        """An error about what stands at ``where`` (keys and indices below our table): the value, or else its key.

        It says no more than that there is one, of a file that must not be quoted.
        """
        from lkagent_lint.config.disclosure import withheld

        reason = None if self.path is None else withheld(self.path, self.home)
        if reason is not None:
            return unquoted(
                self.label, "it holds what is no setting of lkagent-lint, or a value of another kind", reason
            )
        span = self._span(where, value)
        return ConfigError(self.label, None, message, span=span, text=self._text if span else None)

    def line(self, *where: str | int, value: bool = True) -> int | None:
        """The line of what stands at ``where``, as in ``error``."""
        span = self._span(where, value)
        return None if span is None else span.line

    @property
    def leads_from(self) -> str | None:
        """The ``home`` of the files that this layer names; None on the command line."""
        return None if self.path is None else self.home or self.directory

    @property
    def table_name(self) -> str:
        """How the place of the keys is called in a message."""
        return f"[{'.'.join(self._table)}]" if self._table else self.label.replace("\\", "/").rpartition("/")[2]

    def _span(self, where: tuple[str | int, ...], value: bool = True) -> Span | None:
        path: tuple[str | int, ...] = (*self._table, *where)
        while path not in self._places and len(path) > len(self._table):
            path = path[:-1]
        found = self._places.get(path)
        return None if found is None else found.value if value else found.key

    @cached_property
    def _places(self) -> dict[tuple[str | int, ...], FoundKey]:
        # Only messages need places, and most runs have none.
        from lkagent_lint.config import positions

        return {} if self._text is None else positions.find(self._text)

    # Conversion

    def _converted(self, raw: Mapping[str, object]) -> dict[str, object]:
        for key in raw:
            if key not in KEYS:
                raise self.error(self._unknown(key), key, value=False)
        try:
            settings = msgspec.convert(dict(raw), Settings)
        except msgspec.ValidationError as error:
            raise self._wrong(raw, error) from None
        for key in ("sdk-version", "node-sdk-version"):
            if key in raw and not _is_version(str(raw[key])):
                raise self.error(f'"{key}" in {self.table_name} must be one release, as in "1.5.3"', key)
        return {key: getattr(settings, _FIELDS[key]) for key in raw}

    def _unknown(self, key: str) -> str:
        if key == "tool" and not self._table:
            return f"in {self.table_name} the settings stand at the top, without [tool.{TABLE}]"
        near = _meant(key, KEYS)
        hint = f'did you mean "{near}"?' if near else f"the settings are {', '.join(sorted(KEYS))}"
        return f'unknown setting "{key}" in {self.table_name}; {hint}'

    def _wrong(self, raw: Mapping[str, object], error: msgspec.ValidationError) -> ConfigError:
        """The error for the first value that does not convert."""
        key = next((key for key in raw if not _converts({key: raw[key]})), "")
        where: tuple[str | int, ...] = (key,)
        value = raw.get(key)
        # msgspec does not name the entry of a table or the item of a list below one.
        from lkagent_lint.config.toml import array, table

        entries = table(value)
        inner = next((name for name in entries if not _converts({key: {name: entries[name]}})), None)
        if inner is not None:
            where, value = (key, inner), entries[inner]
        index = next((number for number, item in enumerate(array(value)) if not isinstance(item, str)), None)
        where = where if index is None else (*where, index)
        unknown = re.search(r"unknown field `(.+?)`", str(error))
        if unknown is not None:
            near = _meant(unknown[1], NAMES_KEYS)
            hint = f'did you mean "{near}"?' if near else f"it takes {', '.join(NAMES_KEYS)}"
            message = f'unknown setting "{unknown[1]}" in "{key}" of {self.table_name}; {hint}'
            return self.error(message, key, unknown[1], value=False)
        expected = EXPECTED.get(key, "another type of value")
        return self.error(f'"{key}" in {self.table_name} must be {expected}{_hint(key, value)}', *where)


class Configuration:
    """What governs a directory: its layers from the outermost on, and the settings that they make together.

    ``path`` is the settings file that holds (absolute), None where only defaults and the command line speak.
    """

    def __init__(self, layers: tuple[Layer, ...], path: str | None) -> None:
        self.layers = layers
        self.path = path
        parts = {key: [value for _, value in self.parts(key)] for key in KEYS}
        given = {_FIELDS[key]: _joined(key, values) for key, values in parts.items() if values}
        self.settings = msgspec.structs.replace(_DEFAULTS, **given) if given else _DEFAULTS

    def parts(self, key: str) -> list[tuple[Layer, object]]:
        """The layers that have a say in a key, each with its value; none where the default holds."""
        found: list[tuple[Layer, object]] = []
        for layer in self.layers:
            if key in OWN_FILE_ONLY and layer.path != self.path:
                continue
            if _base(key) in layer.values and key != "severity":
                found.clear()
            if key in layer.values:
                found.append((layer, layer.values[key]))
        return found

    def origins(self, key: str) -> tuple[SettingOrigin, ...]:
        """Where the value of a key comes from; empty for the default."""
        return tuple(layer.origin(key) for layer, _ in self.parts(key))

    def file_of(self, key: str) -> str | None:
        """The file that sets a key (absolute path), None where no file does."""
        return next((layer.path for layer, _ in reversed(self.parts(key))), None)


def _base(key: str) -> str:
    """The key whose place in a later layer ends what earlier layers say of ``key``."""
    return key.removeprefix(_EXTENDS)


def _joined(key: str, values: list[object]) -> object:
    if key == "severity":
        severities = cast("list[dict[str, Severity]]", values)
        return {rule: level for each in severities for rule, level in each.items()}
    if not key.startswith(_EXTENDS):
        return values[-1]
    if isinstance(values[0], dict):
        tables = cast("list[dict[str, tuple[str, ...]]]", values)
        joined: dict[str, tuple[str, ...]] = {}
        for each in tables:
            for glob, rules in each.items():
                joined[glob] = joined.get(glob, ()) + rules
        return joined
    return tuple(item for each in cast("list[tuple[str, ...]]", values) for item in each)


def _converts(raw: dict[str, object]) -> bool:
    try:
        msgspec.convert(raw, Settings)
    except msgspec.ValidationError:
        return False
    return True


_STRINGS = "a list of strings"
_RULE_LISTS = "a table of file patterns with lists of rules"
_CHOICES = {
    "fail-on": ("error", "warning", "info"),
    "severity": ("error", "warning", "info"),
    "job-type-model": ("reference", "server"),
}
EXPECTED = {
    "drain-timeout": "a number of seconds, 0 or more",
    "root": "true or false",
    "extend": "a string",
    "select": _STRINGS,
    "extend-select": _STRINGS,
    "ignore": _STRINGS,
    "extend-ignore": _STRINGS,
    "fixable": _STRINGS,
    "unfixable": _STRINGS,
    "extend-safe-fixes": _STRINGS,
    "preview": "true or false",
    "severity": 'a table of rules with "error", "warning" or "info"',
    "per-file-ignores": _RULE_LISTS,
    "extend-per-file-ignores": _RULE_LISTS,
    "exclude": _STRINGS,
    "extend-exclude": _STRINGS,
    "force-exclude": "true or false",
    "baseline": "a string",
    "fail-on": '"error", "warning" or "info"',
    "dispatched-elsewhere": _STRINGS,
    "job-type-model": '"reference" or "server"',
    "sdk-version": "a string",
    "node-sdk-version": "a string",
    "sdk-tables": "a string",
    "names": "a table with lists of dotted names, and with a table of dispatches and their arguments",
    "info-in-flake8": "true or false",
}
"""What each setting takes, in words."""


def _hint(key: str, value: object) -> str:
    if not isinstance(value, str) or key not in _CHOICES:
        return ""
    if key == "severity" and value.lower() in ("off", "none", "ignore", "disable"):
        return '; to turn a rule off, add it to "ignore"'
    near = _meant(value, _CHOICES[key])
    return f'; did you mean "{near}"?' if near else ""


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _meant(word: str, known: Collection[str]) -> str:
    """Which of the words that there are was meant; empty for none."""
    from lkagent_lint.likeness import TYPED, most_alike  # few settings are wrong

    return most_alike(word, known, TYPED)
