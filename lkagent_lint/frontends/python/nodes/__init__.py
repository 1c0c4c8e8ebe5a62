"""libcst's nodes, made from the host Python's tree.

libcst's own parser keeps every space of a file: two of five of its nodes are white space, and making nodes is two
thirds of its time, ten times what the host's parser takes for the same tree. The visitor looks at none of it. So
wherever the host can read a file, its tree is the source, and libcst's parser reads what the host cannot: syntax that
is newer than the host, and strings with places in them, of which Python before 3.12 does not know where they stand.

What the visitor does not look at is not made: the statements of docstrings, ``pass``, ``del``, type parameters, the
cause of a ``raise``, the message of an ``assert``, the keywords of a class, which operator it is where that says
nothing, and of patterns all but the names that they bind. A test watches what the visitor looks at.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

import libcst as cst

from lkagent_lint.frontends.python.host import HostSpans
from lkagent_lint.frontends.python.nodes.expressions import HostNode, Inside
from lkagent_lint.frontends.python.nodes.statements import StatementNodes


class MadeTree(NamedTuple):
    """A module of libcst's nodes; white space, commas and dots in it are shared, so that it is for reading only."""

    module: cst.Module
    origins: dict[int, HostNode]
    """By the ``id`` of an expression, a ``return``, a handler, or the name of a function: what it was made from."""
    strings: tuple[Inside, ...]
    """Every string in which further nodes stand; those have no origin."""


def nodes_of(host: ast.Module, spans: HostSpans, gone: frozenset[int] = frozenset()) -> MadeTree:
    """The nodes of a module without the statements whose ``id`` is in ``gone``.

    ``RecursionError`` is raised where it is nested too deeply for this thread's stack.
    """
    statements = StatementNodes(spans, gone)
    module = statements.module(host)
    return MadeTree(module, statements.expressions.origins, tuple(statements.expressions.strings))
