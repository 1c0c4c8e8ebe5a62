"""A finding as Markdown, for formats whose readers show some."""

from __future__ import annotations

import re

from lkagent_lint.diagnostics import Diagnostic

MEANS_SOMETHING = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~&$@:]")


def markdown(diagnostic: Diagnostic, related: int = 0) -> str:
    """The parts as paragraphs, and up to ``related`` links to the other places, by number, as SARIF has them."""
    parts = [f"**{_escaped(diagnostic.title)}**"]
    parts += [f"{name.capitalize()}: {_escaped(text)}" for name, text in diagnostic.remarks]
    places = enumerate(diagnostic.related[:related], start=1)
    parts.append("\n".join(f"- [{_escaped(each.message)}]({number})" for number, each in places))
    return "\n\n".join(filter(None, parts))


def _escaped(text: str) -> str:
    return MEANS_SOMETHING.sub(r"\\\g<0>", " ".join(text.splitlines()))
