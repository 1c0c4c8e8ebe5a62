"""What the shape of a piece of libcst's tree says, without walking it into a flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from lkagent_lint.facts.values import OPAQUE, Attribute, Constant, Expr, Items, Made, Name, Opaque, Subscript


def unpacked(value: Expr, elements: Sequence[cst.BaseExpression]) -> Sequence[Expr]:
    """What the targets of ``a, b = value`` hold."""
    if isinstance(value, Made):
        return [value] * len(elements)
    if isinstance(value, (Opaque, Items)) or any(isinstance(each, cst.StarredElement) for each in elements):
        return [OPAQUE] * len(elements)
    return [Subscript(value, Constant(str(index))) for index in range(len(elements))]


def dotted_name(node: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def always_true(test: cst.BaseExpression) -> bool:
    match test:
        case cst.Name(value="True"):
            return True
        case cst.Integer():
            return test.evaluated_value != 0
        case _:
            return False


def rounds(loop: cst.For) -> Expr | None:
    """How often ``for each in range(3)`` runs, or one over a list that is written out: a number or the name of one."""
    match loop.iter:
        case cst.Call(func=cst.Name("range"), args=[cst.Arg(value=cst.Integer(number), star="")]):
            return Constant(number)
        case cst.Call(func=cst.Name("range"), args=[cst.Arg(value=cst.Name(name), star="")]):
            return Name(name)
        case cst.Call(
            func=cst.Name("range"),
            args=[cst.Arg(value=cst.Integer() as first, star=""), cst.Arg(value=cst.Integer() as last, star="")],
        ):
            return Constant(str(max(0, last.evaluated_value - first.evaluated_value)))
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            is_known = not any(isinstance(each, cst.StarredElement) for each in elements)
            return Constant(str(len(elements))) if is_known else None
        case _:
            return None


def catches_all(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """``except:`` and ``except BaseException``; an ``except Exception`` lets a cancellation through."""
    return handler.type is None or (isinstance(handler.type, cst.Name) and handler.type.value == "BaseException")


def catches(name: str, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Whether a handler names an exception, alone or among others: what may be missing is asked for so."""
    kinds = [each.value for each in handler.type.elements] if isinstance(handler.type, cst.Tuple) else [handler.type]
    return any(isinstance(each, cst.Name) and each.value == name for each in kinds)


def suppresses(item: cst.BaseExpression) -> bool:
    """``contextlib.suppress(...)`` in any spelling: the body's exceptions end at the block's end."""
    if not isinstance(item, cst.Call):
        return False
    name = item.func.attr if isinstance(item.func, cst.Attribute) else item.func
    return isinstance(name, cst.Name) and name.value == "suppress"


def suppresses_the(name: str, item: cst.BaseExpression) -> bool:
    """``contextlib.suppress(...)`` of an exception of that name."""
    given = item.args if isinstance(item, cst.Call) and suppresses(item) else ()
    return any(isinstance(each.value, cst.Name) and each.value.value == name for each in given)


def binding(decorator: Expr) -> str:
    match decorator:
        case Name(name="staticmethod"):
            return "static"
        case Name(name="classmethod"):
            return "class"
        case Name(name="property") | Name(name="cached_property") | Attribute(name="cached_property"):
            return "property"
        case _:
            return ""


def asks_for_main(test: cst.BaseExpression) -> bool:
    """``__name__ == "__main__"``, alone or with further conditions."""
    match test:
        case cst.BooleanOperation(operator=cst.And()):
            return asks_for_main(test.left) or asks_for_main(test.right)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=right)]):
            sides = [
                each.value.strip("\"'") for each in (left, right) if isinstance(each, (cst.Name, cst.SimpleString))
            ]
            return sorted(sides) == ["__main__", "__name__"]
        case _:
            return False


def irrefutable(pattern: cst.MatchPattern) -> bool:
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for child in node.children:
        yield child
        yield from descendants(child)
