"""Adds a setting to a TOML file and changes nothing else that it says."""

from __future__ import annotations

from typing import Any, cast

from lkagent_lint.config.layers import TABLE
from lkagent_lint.config.toml import TomlError, as_toml, parse_toml, table

_MARK = b"\xef\xbb\xbf"
_PARENT = "tool"


def with_setting(before: bytes, key: str, value: str, *, in_table: bool) -> bytes | None:
    """The bytes of a settings file with ``key = value``, in ``[tool.lkagent-lint]`` or at the top.

    None where the file cannot be read, says something of the key already, or would say anything else afterwards.
    """
    mark = _MARK if before.startswith(_MARK) else b""
    body = before[len(mark) :]
    try:
        said = parse_toml(body)
        wanted = _with(said, key, value, in_table)
        if wanted is None:
            return None
        for text in _candidates(body.decode(), key, value, in_table):
            after = mark + text.encode()
            if parse_toml(after) == wanted:
                return after
    except (TomlError, UnicodeDecodeError):
        return None
    return None


def _with(said: dict[str, object], key: str, value: str, in_table: bool) -> dict[str, object] | None:
    """What a document should say; None where it says something of the key, or has something else for a table."""
    if not in_table:
        return None if key in said else {**said, key: value}
    tool, own = said.get(_PARENT, {}), table(said.get(_PARENT)).get(TABLE, {})
    if not isinstance(tool, dict) or not isinstance(own, dict) or key in own:
        return None
    return {**said, _PARENT: {**cast("dict[str, object]", tool), TABLE: {**cast("dict[str, object]", own), key: value}}}


def _candidates(text: str, key: str, value: str, in_table: bool) -> list[str]:
    """Texts that may say it, the most wanted first; the caller looks whether they do."""
    end = "\r\n" if "\r\n" in text else "\n"
    line = f"{key} = {as_toml(value)}{end}"
    if not in_table:
        return [_edited(text, key, value, in_table, end), line + text]
    own = f"[{_PARENT}.{TABLE}]{end}{line}"
    gap = "" if not text else end if text.endswith(("\n", "\r\n")) else end * 2
    return [_edited(text, key, value, in_table, end), f"{text}{gap}{own}", f"{own}{end}{text}"]


def _edited(text: str, key: str, value: str, in_table: bool, end: str) -> str:
    """The document with the setting, as tomlkit writes it; itself where there is no table yet, or tomlkit gives up."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = cast("dict[str, Any]", tomlkit.parse(text))
        if in_table:
            tool: Any = document.get(_PARENT)
            own: Any = None if tool is None else tool.get(TABLE)  # a table of any of tomlkit's kinds
            if own is None:
                return text
            own[key] = value
        else:
            document[key] = value
        made = tomlkit.dumps(document)
    except (TOMLKitError, AttributeError, TypeError, ValueError):
        return text
    return made.replace("\r\n", "\n").replace("\n", "\r\n") if end == "\r\n" else made
