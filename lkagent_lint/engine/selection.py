"""Which rules are reported where: codes, prefixes and names; the longer prefix wins, ``ignore`` on a tie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from lkagent_lint.config.layers import Configuration, Layer
from lkagent_lint.diagnostics import Note, Severity
from lkagent_lint.likeness import TYPED, most_alike
from lkagent_lint.rules import former, previews, renamed, rule_names

EVERY = "ALL"
_LISTS = ("select", "extend-select", "ignore", "extend-ignore", "fixable", "unfixable", "extend-safe-fixes")
_TABLES_OF_LISTS = ("per-file-ignores", "extend-per-file-ignores")


def validate(configuration: Configuration) -> None:
    """Raise ``ConfigError`` for the first selector of a configuration that no rule answers to."""
    for key, (layer, value) in _given(configuration):
        for selector, where in _selectors(key, value):
            _validate(selector, layer, where)


def notes(configuration: Configuration) -> Iterator[Note]:
    """What to say of the selectors of a configuration that rules had as their names before."""
    for key, (layer, value) in _given(configuration):
        for selector, where in _selectors(key, value):
            meant = former(selector)
            if meant is not None:
                line = layer.line(*where, value=where[0] != "severity")
                yield Note(layer.label, line or 0, renamed(selector, meant))


def _given(configuration: Configuration) -> Iterator[tuple[str, tuple[Layer, object]]]:
    """The settings that name rules, with each layer that has a say in them."""
    for key in (*_LISTS, *_TABLES_OF_LISTS, "severity"):
        yield from ((key, part) for part in configuration.parts(key))


def _selectors(key: str, value: object) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The selectors in a setting's value, each with its place below our table."""
    if key in _LISTS:
        for number, selector in enumerate(cast("tuple[str, ...]", value)):
            yield selector, (key, number)
    elif key in _TABLES_OF_LISTS:
        for glob, rules in cast("dict[str, tuple[str, ...]]", value).items():
            for number, selector in enumerate(rules):
                yield selector, (key, glob, number)
    else:
        for selector in cast("dict[str, Severity]", value):
            yield selector, (key, selector)


def _validate(selector: str, layer: Layer, where: tuple[str | int, ...]) -> None:
    rules = rule_names()
    names = set(rules.values())
    if selector == EVERY or selector in names or any(code.startswith(selector) for code in rules if selector):
        return
    if former(selector) is not None:
        return
    word = selector.strip()
    close = most_alike(word, [*rules, *names, EVERY], TYPED)
    hint = f'; did you mean "{close}"?' if close else ""
    raise layer.error(f'no rule is called "{selector}"{hint}', *where, value=where[0] != "severity")


def is_selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...], *, preview: bool = False) -> bool:
    """Whether a rule's findings are reported under these selectors. ``preview`` opens the gate for all rules."""
    chosen = _longest(code, select)
    if not preview and chosen < len(code) and code in previews():
        return False  # a rule in preview runs only where it is asked for by its own code or name
    return chosen > _longest(code, ignore)


def is_chosen(code: str, wanted: Iterable[str], unwanted: Iterable[str]) -> bool:
    """Whether some selectors mean a rule more closely than others that are against it."""
    return _longest(code, wanted) > _longest(code, unwanted)


def is_named(code: str, selectors: Iterable[str]) -> bool:
    """Whether any of the selectors means a rule."""
    return _longest(code, selectors) > 0


def severity_of(code: str, severities: dict[str, Severity]) -> Severity | None:
    """The severity that the settings give a rule; None where they say nothing of it."""
    best = max(severities, key=lambda each: _length(code, each), default="")
    return severities[best] if _length(code, best) else None


def _longest(code: str, selectors: Iterable[str]) -> int:
    return max((_length(code, each) for each in selectors), default=0)


def _length(code: str, selector: str) -> int:
    """How closely a selector means a rule: its length, the whole code's for a name, 0 for not at all."""
    if selector == EVERY:
        return 1
    if selector == rule_names().get(code):
        return len(code)
    meant = former(selector)
    if meant is not None:
        return len(code) if meant.now == code else 0
    return len(selector) if code.startswith(selector) else 0
