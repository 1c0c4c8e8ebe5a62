"""Constructors of libcst's nodes that check nothing: what the host's parser has read is in order.

libcst's own validate each node, and make new white space for each. That takes longer than all else that is done for a
node. Here what a caller does not give is shared by all nodes of the kind, so that they are for reading only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import libcst as cst
from typing_extensions import ParamSpec

_P = ParamSpec("_P")
_Node = TypeVar("_Node", bound=cst.CSTNode)


def _quick(kind: Callable[_P, _Node]) -> Callable[_P, _Node]:
    """What takes the arguments of ``kind``, a class of libcst's, and gives a node of it as it stands.

    It is written out as a function of its own, as ``dataclasses`` does: a loop over the fields takes three times as
    long. Nothing goes into it but the names of libcst's fields.
    """
    declared = [each for each in fields(kind) if each.init]  # type: ignore[arg-type]
    scope: dict[str, Any] = {"_new": object.__new__, "_kind": kind}
    for number, each in enumerate(declared):
        scope[f"_store{number}"] = getattr(kind, each.name).__set__
        scope[f"_shared{number}"] = each.default if each.default_factory is MISSING else each.default_factory()
    taken = ", ".join(f"{each.name}=_shared{number}" for number, each in enumerate(declared))
    stored = "".join(f" _store{number}(made, {each.name})\n" for number, each in enumerate(declared))
    exec(f"def node({taken}):\n made = _new(_kind)\n{stored} return made\n", scope)
    made: Callable[_P, _Node] = scope["node"]
    return made


AnnAssign = _quick(cst.AnnAssign)
Annotation = _quick(cst.Annotation)
Arg = _quick(cst.Arg)
AsName = _quick(cst.AsName)
Assert = _quick(cst.Assert)
Assign = _quick(cst.Assign)
AssignTarget = _quick(cst.AssignTarget)
Attribute = _quick(cst.Attribute)
AugAssign = _quick(cst.AugAssign)
Await = _quick(cst.Await)
BinaryOperation = _quick(cst.BinaryOperation)
BooleanOperation = _quick(cst.BooleanOperation)
Break = _quick(cst.Break)
Call = _quick(cst.Call)
ClassDef = _quick(cst.ClassDef)
CompFor = _quick(cst.CompFor)
CompIf = _quick(cst.CompIf)
Comparison = _quick(cst.Comparison)
ComparisonTarget = _quick(cst.ComparisonTarget)
Continue = _quick(cst.Continue)
Decorator = _quick(cst.Decorator)
Dict = _quick(cst.Dict)
DictComp = _quick(cst.DictComp)
DictElement = _quick(cst.DictElement)
Element = _quick(cst.Element)
Ellipsis = _quick(cst.Ellipsis)
Else = _quick(cst.Else)
ExceptHandler = _quick(cst.ExceptHandler)
ExceptStarHandler = _quick(cst.ExceptStarHandler)
Expr = _quick(cst.Expr)
Finally = _quick(cst.Finally)
Float = _quick(cst.Float)
For = _quick(cst.For)
FormattedString = _quick(cst.FormattedString)
FormattedStringExpression = _quick(cst.FormattedStringExpression)
FormattedStringText = _quick(cst.FormattedStringText)
From = _quick(cst.From)
FunctionDef = _quick(cst.FunctionDef)
GeneratorExp = _quick(cst.GeneratorExp)
Global = _quick(cst.Global)
If = _quick(cst.If)
IfExp = _quick(cst.IfExp)
Imaginary = _quick(cst.Imaginary)
Import = _quick(cst.Import)
ImportAlias = _quick(cst.ImportAlias)
ImportFrom = _quick(cst.ImportFrom)
ImportStar = _quick(cst.ImportStar)
IndentedBlock = _quick(cst.IndentedBlock)
Index = _quick(cst.Index)
Integer = _quick(cst.Integer)
Lambda = _quick(cst.Lambda)
List = _quick(cst.List)
ListComp = _quick(cst.ListComp)
Match = _quick(cst.Match)
MatchAs = _quick(cst.MatchAs)
MatchCase = _quick(cst.MatchCase)
MatchList = _quick(cst.MatchList)
MatchSequenceElement = _quick(cst.MatchSequenceElement)
Module = _quick(cst.Module)
Name = _quick(cst.Name)
NameItem = _quick(cst.NameItem)
NamedExpr = _quick(cst.NamedExpr)
Nonlocal = _quick(cst.Nonlocal)
Param = _quick(cst.Param)
Parameters = _quick(cst.Parameters)
Raise = _quick(cst.Raise)
Return = _quick(cst.Return)
Set = _quick(cst.Set)
SetComp = _quick(cst.SetComp)
SimpleStatementLine = _quick(cst.SimpleStatementLine)
SimpleString = _quick(cst.SimpleString)
Slice = _quick(cst.Slice)
StarredDictElement = _quick(cst.StarredDictElement)
StarredElement = _quick(cst.StarredElement)
Subscript = _quick(cst.Subscript)
SubscriptElement = _quick(cst.SubscriptElement)
Try = _quick(cst.Try)
TryStar = _quick(cst.TryStar)
Tuple = _quick(cst.Tuple)
UnaryOperation = _quick(cst.UnaryOperation)
While = _quick(cst.While)
With = _quick(cst.With)
WithItem = _quick(cst.WithItem)
Yield = _quick(cst.Yield)
