"""The Python front end: libcst visitors that turn one file into facts.

libcst is imported here and nowhere else but in fixes, and only when a file is extracted.
"""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts


def extract(data: bytes, words: frozenset[str] = frozenset()) -> FileFacts:
    """The facts of one Python file's bytes. A definition that holds one of ``words`` is read, whatever else is in it.

    A file that cannot be parsed gives facts that hold the problem and nothing else. Call it with a deep stack
    (``stack.run_deep``): libcst and the walk recurse with the nesting of the source.
    """
    from lkagent_lint.frontends.python.reading import read

    return read(data, words)
