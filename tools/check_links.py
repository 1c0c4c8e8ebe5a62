"""Checks that every link between the repository's documents leads somewhere: files, and headings in them.

    python tools/check_links.py

Links to the web are not opened.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

REPOSITORY = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def main() -> int:
    documents = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    broken = [problem for document in sorted(documents) for problem in problems(document)]
    print("\n".join(broken) if broken else f"{len(documents)} documents, no broken links")
    return 1 if broken else 0


def problems(document: Path) -> Iterator[str]:
    """The links of a document that lead nowhere."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / unquote(name)).resolve() if name else document
        shown = document.relative_to(REPOSITORY)
        if not path.exists():
            yield f"{shown}: there is no {name}"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            yield f"{shown}: {name or 'it'} has no heading #{anchor}"


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives a document's headings."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in _HEADING.findall(text)}


if __name__ == "__main__":
    sys.exit(main())
