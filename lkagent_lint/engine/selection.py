"""Which rules are reported where: codes, prefixes and names; the longer prefix wins, ``ignore`` on a tie."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from lkagent_lint.config.loader import ConfigError
from lkagent_lint.rules import all_rules
from lkagent_lint.rules._base import Default


def validate(selectors: Iterable[str], origin: str | None) -> None:
    """Raise ``ConfigError`` for a selector that no rule answers to; ``origin`` is where it was written."""
    rules = all_rules()
    names = {rule.META.name for rule in rules.values()}
    for selector in selectors:
        if selector in names or any(code.startswith(selector) for code in rules if selector):
            continue
        close = get_close_matches(selector, [*rules, *names], n=1, cutoff=0.5)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        raise ConfigError(origin, None, f'no rule is called "{selector}"{hint}')


def is_selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a rule's findings are reported under these selectors."""
    meta = all_rules()[code].META

    def longest(selectors: tuple[str, ...]) -> int:
        """The length of the longest selector that means this rule; a name counts as the whole code."""
        return max(
            (
                len(code) if each == meta.name else len(each)
                for each in selectors
                if each and (each == meta.name or code.startswith(each))
            ),
            default=0,
        )

    chosen = longest(select)
    if meta.default is Default.PREVIEW and chosen < len(code):
        return False  # a rule in preview runs only where it is asked for by its own code or name
    return chosen > longest(ignore)
