"""The rules, one file each, found by scanning this directory. They read the linked project and never a tree.

A file is named after its rule's code and name, so that a run imports only the rules that it reports.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import cast

from lkagent_lint.rules._base import Default, Meta, Rule
from lkagent_lint.rules._former import Former, former, former_words, formers

__all__ = [
    "Default",
    "Former",
    "Meta",
    "Rule",
    "all_rules",
    "former",
    "former_words",
    "formers",
    "previews",
    "renamed",
    "rule",
    "rule_names",
]

_FOLDER = os.path.dirname(__file__)


@cache
def rule_names() -> dict[str, str]:
    """The name of every rule by its code, in the order of the codes. Nothing is imported for it."""
    files = sorted(name for name in os.listdir(_FOLDER) if name.endswith(".py"))
    parts = [name[:-3].partition("_") for name in files if name.startswith("lka")]
    return {code.upper(): name.replace("_", "-") for code, _, name in parts}


@cache
def previews() -> frozenset[str]:
    """The codes of the rules that run only where they are asked for, as their files say. Nothing is imported for it."""
    return frozenset(code for code in rule_names() if b"Default.PREVIEW" in _text_of(code))


def _text_of(code: str) -> bytes:
    with open(os.path.join(_FOLDER, f"{_module_of(code)}.py"), "rb") as file:
        return file.read()


def _module_of(code: str) -> str:
    return f"{code}_{rule_names()[code]}".lower().replace("-", "_")


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError where there is none."""
    return cast(Rule, import_module(f"{__name__}.{_module_of(code)}"))


def all_rules() -> dict[str, Rule]:
    """Every rule by code, in the order of the codes."""
    return {code: rule(code) for code in rule_names()}


def renamed(word: str, meant: Former) -> str:
    """One sentence on a word that no rule has any more: what it means today."""
    if meant.now is None:
        return f'"{word}" names a rule that is gone: {meant.code} ({meant.name}); take it out'
    name = rule_names()[meant.now]
    return f'"{word}" is a former name of {meant.now} ({name}); write "{name}" or "{meant.now}"'
