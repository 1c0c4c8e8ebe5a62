"""Who dispatches whom: a plain record built from linked projects, and its pictures."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.formats import GRAPHS, named
from lkagent_lint.graph.records import Document

__all__ = ["Document", "render"]


def render(format: str, document: Document, escape: Callable[[str], str]) -> str:
    """The whole output in one of ``formats.GRAPHS``, ending with a line end.

    ``escape`` makes a line of text safe to print; the other formats escape for themselves. Raises ValueError for
    another format.
    """
    return named(GRAPHS, format).renderer(document, escape)
