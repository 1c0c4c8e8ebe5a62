"""Which class of the SDK a call makes, or begins, an object of."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, ClassOf, Sdk, SdkMethod, SdkObject, Super, Things
from lkagent_lint.sources.sdk.releases import NODE, NODE_PACKAGES
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release

PYTHON_HOME = "livekit.agents"
"""What the modules of @livekit/agents are called among the things of a project."""
_CONSTRUCTORS = frozenset({"__init__", "__new__"})


def constructed(call: Call, activation: Activation, evaluator: Evaluator, release: Release, keyword: str) -> str:
    """The path, in the tables, of the class of Python's SDK whose constructor gets a keyword of a call: the class
    itself is called, a class of the project that leaves the constructor to it or hands on what it does not know
    itself, ``super().__init__`` or ``Agent.__init__``. Empty where that is not sure.
    """
    if isinstance(call.target, v.Attribute) and call.target.name == "__init__":
        bases = evaluator.value(call.target.base, activation)
        above = {ClassOf(each.path, each.name) if isinstance(each, Super) else None for each in bases}
        owner = above.pop() if len(above) == 1 else None
        if owner is not None:
            return _left_to(owner, evaluator, release, keyword, skipped=True)
        return _of_class(bases, evaluator, release, keyword)
    return _of_class(activation.targets(call), evaluator, release, keyword)


def constructed_in_node(call: Call, activation: Activation, evaluator: Evaluator, release: Release, key: str) -> str:
    """The same of Node's SDK, whose constructors get the key in an object: ``new voice.Agent({})``, ``super({})``."""
    targets = activation.targets(call)
    target = next(iter(targets)) if len(targets) == 1 else None
    if isinstance(target, SdkMethod):
        return release.path(target.kind) if target.name == "__init__" else ""
    return _of_class(targets, evaluator, release, key)


def _of_class(found: Things, evaluator: Evaluator, release: Release, keyword: str) -> str:
    """Of the one class that a value is."""
    if len(found) != 1:
        return ""
    (target,) = found
    match target:
        case Sdk(dotted) if release.table.package in NODE_PACKAGES:
            module, _, name = dotted.rpartition(".")
            known = release.name(module.replace(PYTHON_HOME, NODE.package, 1), name)
            return known.path if known is not None and known.kind is SymbolKind.CLASS else ""
        case Sdk(dotted):
            module, _, name = dotted.rpartition(".")
            known = release.name(module, name)
            return known.path if known is not None and known.kind is SymbolKind.CLASS else release.path(name)
        case ClassOf():
            return _left_to(target, evaluator, release, keyword, skipped=False)
        case _:
            return ""


def _left_to(owner: ClassOf, evaluator: Evaluator, release: Release, keyword: str, *, skipped: bool) -> str:
    """The SDK's class whose constructor a class has, or with ``skipped`` its bases have; empty if it is another's."""
    for base in evaluator.classes.lineage(owner):
        if isinstance(base, SdkObject):
            return release.path(base.kind)
        record = evaluator.classes.record(base) if isinstance(base, ClassOf) else None
        if not isinstance(base, ClassOf) or record is None:
            return ""
        has_own = any(
            each in record.attributes or f"{base.name}.{each}" in evaluator.files[base.path].inert
            for each in _CONSTRUCTORS
        )
        if has_own and not (skipped and base == owner) and not _hands_on(base, evaluator, keyword):
            return ""
    return ""


def _hands_on(owner: ClassOf, evaluator: Evaluator, keyword: str) -> bool:
    """A class's own ``__init__`` takes ``**options`` and gives them to that of its base, a keyword of a call with them:
    it neither takes the keyword itself nor changes the options.
    """
    facts = evaluator.files[owner.path]
    flow = facts.flows.get(f"{owner.name}.__init__")
    if flow is None or keyword in facts.asked_for or any(each.name == keyword for each in flow.parameters):
        return False
    options = next((each.name for each in flow.parameters if each.kind == "**"), "")
    if not options or options in flow.variables:
        return False
    given = [call for call in flow.calls if ("**", v.Name(options)) in call.keywords]
    return len(given) == 1 and isinstance(given[0].target, v.Attribute) and given[0].target.name == "__init__"


def needs_nothing(owner: ClassOf, evaluator: Evaluator) -> bool:
    """A class of Python whose own ``__init__``, or that of a class of the project above it, can be given nothing."""
    if any(
        f"{base.name}.{each}" in evaluator.files[base.path].inert
        for base in _own(owner, evaluator)
        for each in _CONSTRUCTORS
    ):
        return False
    made = evaluator.results.initialiser(owner)
    if made is None:
        return False
    _, *parameters = evaluator.files[made.path].flows[made.flow].parameters
    return all(each.default is not None or each.kind in ("*", "**") for each in parameters)


def _own(owner: ClassOf, evaluator: Evaluator) -> Iterator[ClassOf]:
    return (each for each in evaluator.classes.lineage(owner) if isinstance(each, ClassOf))
