"""What libcst's nodes hold beside what they mean: one of each kind is enough, because nobody asks where it stands."""

from __future__ import annotations

import ast

import libcst as cst

NOTHING = cst.SimpleWhitespace("")
SPACE = cst.SimpleWhitespace(" ")
LINE_END = cst.TrailingWhitespace()
DOT = cst.Dot(NOTHING, NOTHING)
ASYNC = cst.Asynchronous()
OPENING = (cst.LeftParen(),)
CLOSING = (cst.RightParen(),)
OPENING_SQUARE = cst.LeftSquareBracket()
CLOSING_SQUARE = cst.RightSquareBracket()


class NameNodes(dict[str, cst.Name]):
    """Attributes, keywords, parameters: the names that no expression is."""

    def __missing__(self, word: str) -> cst.Name:
        made = self[word] = cst.Name(word)
        return made


BINARY: dict[type[ast.operator], cst.BaseBinaryOp] = {ast.Add: cst.Add(), ast.BitOr: cst.BitOr(), ast.Mod: cst.Modulo()}
"""Texts are joined by the first and types by the second; the third fills texts."""
ANY_BINARY = cst.Subtract()
"""Stands for every operator that the visitor does not tell from others, as those below do."""
ANY_AUGMENTED = cst.AddAssign()
ANY_UNARY = cst.Minus()
BOOLEAN: dict[type[ast.boolop], cst.BaseBooleanOp] = {ast.And: cst.And(), ast.Or: cst.Or()}
COMPARISONS: dict[type[ast.cmpop], cst.BaseCompOp] = {
    ast.Eq: cst.Equal(),
    ast.NotEq: cst.NotEqual(),
    ast.In: cst.In(),
    ast.NotIn: cst.NotIn(),
}
"""Those of which anybody asks."""
ANY_COMPARISON = cst.LessThan()
