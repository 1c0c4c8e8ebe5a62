"""Parsing without libcst's checks of its own parser.

libcst makes two of five nodes for white space, and validates every node that its native parser makes, although only
those made by hand can be wrong (``CSTNode.__post_init__`` says so itself). On 80 files the two cost a fifth of a parse.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import libcst as cst


def parse_module(source: str) -> cst.Module:
    """The module of a text. Equal white space is one node, so that the tree is for reading only.

    Raises ``cst.ParserSyntaxError`` as ``cst.parse_module`` does. Not to be called in two threads at once.
    """
    with _unchecked():
        return cst.parse_module(source)


@contextmanager
def _unchecked() -> Generator[None]:
    check, white_space = cst.CSTNode.__post_init__, cst.SimpleWhitespace
    spaces: dict[str, cst.SimpleWhitespace] = {}

    def space(value: str) -> cst.SimpleWhitespace:
        found = spaces.get(value)
        if found is None:
            found = spaces[value] = white_space(value)
        return found

    cst.CSTNode.__post_init__ = _nothing  # type: ignore[method-assign,assignment]
    cst.SimpleWhitespace = space  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = check  # type: ignore[method-assign]
        cst.SimpleWhitespace = white_space  # type: ignore[misc]


def _nothing(_: cst.CSTNode) -> None:
    pass
