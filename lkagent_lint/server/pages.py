"""What a rule's code or name says when somebody points at it: the rule's page, in short."""

from __future__ import annotations

import re
from typing import NamedTuple

from lkagent_lint import rulebook
from lkagent_lint.reporters.paths import rule_url
from lkagent_lint.rules import rule_names

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_CODE = re.compile(r"LKA\d{3}", re.IGNORECASE)


class PointedRule(NamedTuple):
    """A rule, and where in its line it is named: 0-based columns, the end exclusive."""

    code: str
    start: int
    end: int


def rule_at(line: str, column: int) -> PointedRule | None:
    """The rule that a line of text names at a 0-based column, by its code or by its whole name."""
    for match in _WORD.finditer(line):
        if match.start() <= column <= match.end():
            word = match[0]
            if _CODE.fullmatch(word) and word.upper() in rule_names():
                return PointedRule(word.upper(), *match.span())
            code = next((code for code, name in rule_names().items() if name == word and "-" in word), None)
            return None if code is None else PointedRule(code, *match.span())
    return None


def in_short(code: str) -> str:
    """The beginning of a rule's page as Markdown, with the address of all of it."""
    page = rulebook.page(rulebook.find(code))
    parts = page.explanation.split("\n## ")
    url = rule_url(page.code, page.name)
    told = [part.partition("\n")[2].strip() for part in parts if part.lstrip("# ").startswith(rulebook.HEADINGS[:2])]
    title = f"**{page.code} {page.name}** ({page.severity.value})"
    return "\n\n".join([title, page.title, *told, f"[the whole page]({url})"])
