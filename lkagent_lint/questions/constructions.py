"""Which class of the SDK a call makes, or begins, an object of."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, ClassOf, Sdk, SdkObject, Super
from lkagent_lint.sources.sdk.tables import Release, SymbolKind

_CONSTRUCTORS = frozenset({"__init__", "__new__"})


def constructed(call: Call, activation: Activation, evaluator: Evaluator, release: Release) -> str:
    """The path, in the tables, of the class of Python's SDK whose constructor gets a call's arguments as they are: the
    class itself is called, a class of the project that leaves the constructor to it, or ``super().__init__``. Empty
    where that is not sure.
    """
    found = _of_super(call, activation, evaluator, release)
    if found is not None:
        return found
    targets = activation.targets(call)
    if len(targets) != 1:
        return ""
    (target,) = targets
    match target:
        case Sdk(dotted):
            module, _, name = dotted.rpartition(".")
            known = release.name(module, name)
            return known.path if known is not None and known.kind is SymbolKind.CLASS else release.path(name)
        case ClassOf():
            return _left_to(target, evaluator, release, skipped=False)
        case _:
            return ""


def _of_super(call: Call, activation: Activation, evaluator: Evaluator, release: Release) -> str | None:
    """None if the call is no ``super().__init__(...)``."""
    if not isinstance(call.target, v.Attribute) or call.target.name != "__init__":
        return None
    owners = {
        ClassOf(each.path, each.name) if isinstance(each, Super) else None
        for each in evaluator.value(call.target.base, activation)
    }
    owner = owners.pop() if len(owners) == 1 else None
    return "" if owner is None else _left_to(owner, evaluator, release, skipped=True)


def _left_to(owner: ClassOf, evaluator: Evaluator, release: Release, *, skipped: bool) -> str:
    """The SDK's class whose constructor a class has, or with ``skipped`` its bases have; empty if it is another's."""
    for base in evaluator.classes.lineage(owner):
        if isinstance(base, SdkObject):
            return release.path(base.kind)
        record = evaluator.classes.record(base) if isinstance(base, ClassOf) else None
        is_passed = skipped and base == owner
        if record is None or not (is_passed or _CONSTRUCTORS.isdisjoint(record.attributes)):
            return ""
    return ""
