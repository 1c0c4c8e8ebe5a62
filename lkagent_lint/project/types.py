"""What annotations promise, in Python and in TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.following import last_name
from lkagent_lint.project.things import NEVER, Activation, ClassOf, Instance, Sdk, SdkObject, Thing, Things
from lkagent_lint.sources.sdk.vocabulary import class_name

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator


class Types:
    """Follows type expressions to the objects that they promise."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def promised(self, annotation: v.Expr, activation: Activation) -> Things:
        """The objects that an annotation promises; empty where it promises nothing that is known."""
        match annotation:
            case v.Either(options):
                return self._union(options, activation)
            case v.Text(text) if "|" in text:
                return self._union(tuple(v.Text(each.strip()) for each in text.split("|")), activation)
            case v.Text(text):
                return self.promised(dotted(text), activation) if is_dotted(text) else NEVER
            case v.Subscript(base, v.Items(items)) if last_name(base) == "Union":
                return self._union(items, activation)
            case v.Subscript(base, v.Items(items)) if last_name(base) in ("Optional", "Annotated"):
                return self.promised(items[0], activation) if items else NEVER
            case v.Subscript(base, _):
                return self.promised(base, activation)
            case v.Name() | v.Attribute() | v.ClassName() | v.Import():
                kinds = self._evaluator.value(annotation, activation)
                return frozenset(made for each in kinds if (made := _object_of(each)) is not None)
            case _:
                return NEVER

    def _union(self, options: tuple[v.Expr, ...], activation: Activation) -> Things:
        """One of several types; a value of one that is not known may be anything."""
        mark = self._evaluator.answers.mark()
        found = [self.promised(option, activation) for option in options if option not in (v.NONE, v.Text("None"))]
        unknown = self._evaluator.unless_waiting(mark)
        return NEVER.union(*(each or unknown for each in found)) if any(found) else NEVER


def _object_of(kind: Thing) -> Thing | None:
    match kind:
        case Sdk(dotted) if class_name(dotted):
            return SdkObject(class_name(dotted))
        case ClassOf(path, name):
            return Instance(path, name, None)
        case _:
            return None


def is_dotted(text: str) -> bool:
    """Whether an annotation in quotes, ``"rtc.Room[int]"``, names something."""
    return all(part.isidentifier() for part in text.partition("[")[0].split("."))


def dotted(text: str) -> v.Expr:
    """What an annotation in quotes names, as it would be written without them."""
    first, *rest = text.partition("[")[0].split(".")
    expression: v.Expr = v.Name(first)
    for part in rest:
        expression = v.Attribute(expression, part)
    return expression
