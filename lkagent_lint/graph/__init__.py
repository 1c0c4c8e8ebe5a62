"""Who dispatches whom: a plain record built from linked projects, and its pictures."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.graph.records import Document

__all__ = ["Document", "render"]


def render(format: str, document: Document, escape: Callable[[str], str]) -> str:
    """The whole output in one of ``formats.GRAPHS``, ending with a line end.

    ``escape`` makes a line of text safe to print; the other formats escape for themselves. Raises ValueError for
    another format.
    """
    if format == "text":
        from lkagent_lint.graph.text import render_text

        return render_text(document, escape)
    if format in ("mermaid", "dot"):
        from lkagent_lint.graph.pictures import render_dot, render_mermaid

        return render_mermaid(document) if format == "mermaid" else render_dot(document)
    if format == "json":
        import json

        import msgspec

        # The standard library's encoder: ASCII, and it takes the lone surrogates of paths that are no UTF-8.
        return json.dumps(msgspec.to_builtins(document), indent=2) + "\n"
    raise ValueError(f"no such format: {format}")
