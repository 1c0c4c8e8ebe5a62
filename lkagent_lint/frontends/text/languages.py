"""Languages that are scanned and not parsed: which files are theirs, and how they write comments and variables."""

from __future__ import annotations

import re
from typing import NamedTuple

from lkagent_lint.languages import SCANNED

_STRINGS = r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?"
# What is not closed ends with its line or with the text, so that no place is looked at twice.
_SLASHES = re.compile(rf"(?:{_STRINGS})|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)", re.DOTALL)
_HASHES = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|(?P<comment>#[^\n{]*)")
_BOTH = re.compile(rf"(?:{_STRINGS})|(?P<comment>//[^\n]*|#[^\n{{]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)", re.DOTALL)

ENVIRONMENT = re.compile(
    r"(?:os\.Getenv|System\.getenv|getenv|env|\$_ENV|ENV(?:\.fetch)?|(?:std::)?env::var|System\.(?:get|fetch)_env!?"
    r"|Environment\.GetEnvironmentVariable|Platform\.environment|ProcessInfo\.processInfo\.environment"
    r"|process\.env\.|String\.fromEnvironment)[\[(]{0,2}\s{0,3}[\"']?(?P<variable>[A-Za-z_]\w{0,80})[\"']?"
)
"""A variable of the environment as these languages read it."""


class Language(NamedTuple):
    """How a language that is scanned writes what matters here."""

    name: str
    comments: re.Pattern[str]
    holds_script: bool = False
    """It is JavaScript with something around it: a component of a web interface."""


_DASHES = re.compile(rf"(?:{_STRINGS})|(?P<comment>--[^\n]*)", re.DOTALL)
_COMMENTS = {
    **dict.fromkeys(("Ruby", "Elixir", "Unity", "requests of HTTP"), _HASHES),
    **dict.fromkeys(("PHP", "Terraform"), _BOTH),
    "Lua": _DASHES,
}
_HOLDERS = ("a component", "HTML")
_BY_SUFFIX = {
    suffix: Language(name, _COMMENTS.get(name, _SLASHES), name in _HOLDERS)
    for name, suffixes in SCANNED.items()
    for suffix in suffixes
}
SHELL = Language("a script", _HASHES)
DOCUMENT = Language("a document", _BOTH)


def language_of(name: str) -> Language | None:
    """The scanned language of a file by its base name; None for prose, settings and everything else."""
    return _BY_SUFFIX.get(f".{name.rpartition('.')[2].lower()}")


def without_comments(text: str, language: Language) -> str:
    """The text with its comments blanked out, every position as it was."""
    return language.comments.sub(_blanked, text)


def _blanked(match: re.Match[str]) -> str:
    return match[0] if match["comment"] is None else re.sub(r"[^\r\n]", " ", match[0])
