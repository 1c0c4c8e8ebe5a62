"""What the project's agents are given by those who make them."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import argument
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, ClassOf, SdkObject
from lkagent_lint.questions.methods import Methods

_BASES = frozenset({SdkObject("Agent"), SdkObject("AgentTask")})


class AgentOptions:
    """Answers for one project of Python."""

    def __init__(self, project: Project, methods: Methods) -> None:
        self._project = project
        self._methods = methods
        self._known: dict[tuple[str, ClassOf], bool] = {}

    def surely_without(self, option: str, path: str, owner: str) -> bool:
        """No object of a class of agents is given an option, in whatever class that derives from it."""
        classes = self._project.evaluator.classes
        start = ClassOf(path, owner)
        derived = [
            each for each in self._all() if each == start or any(base == start for base in classes.lineage(each))
        ]
        return all(self._is_without(option, each) for each in derived) and self._is_made(derived)

    def _all(self) -> Iterator[ClassOf]:
        for path, facts in self._project.files.items():
            yield from (ClassOf(path, name) for name in facts.classes)

    def _is_made(self, derived: list[ClassOf]) -> bool:
        return any(
            target in derived
            for activation in self._everywhere()
            for call in activation.flow.calls
            for target in activation.targets(call)
        )

    def _is_without(self, option: str, owner: ClassOf) -> bool:
        known = self._known.get((option, owner))
        if known is None:
            known = self._known[option, owner] = self._find(option, owner)
        return known

    def _find(self, option: str, owner: ClassOf) -> bool:
        classes = self._project.evaluator.classes
        lineage = classes.lineage(owner)
        own = [each for each in lineage if isinstance(each, ClassOf)]
        if _BASES.isdisjoint(lineage) or not all(isinstance(each, ClassOf) or each in _BASES for each in lineage):
            return False
        records = [classes.record(each) for each in own]
        if any(record is None or option in record.attributes or record.decorators for record in records):
            return False
        if self._is_stored(option):
            return False
        if any(f"{each.name}.__init__" in self._project.files[each.path].inert for each in own):
            return False
        constructors = [each for each in own if f"{each.name}.__init__" in self._project.files[each.path].flows]
        if not constructors:
            return all(_gives_none(call, option) for call in self._makers(owner))
        return all(self._passes_none(each, option) for each in constructors)

    def _passes_none(self, owner: ClassOf, option: str) -> bool:
        """Its constructor calls its base's, and gives it no such option."""
        flow = self._project.files[owner.path].flows[f"{owner.name}.__init__"]
        calls = [call for call in flow.calls if isinstance(call.target, v.Attribute) and call.target.name == "__init__"]
        return bool(calls) and all(_gives_none(call, option) for call in calls)

    def _makers(self, owner: ClassOf) -> Iterator[Call]:
        for activation in self._everywhere():
            yield from (call for call in activation.flow.calls if owner in activation.targets(call))

    def _is_stored(self, option: str) -> bool:
        """Somebody assigns the option, or sets it later."""
        names = (option, f"_{option}")
        for activation in self._everywhere():
            if any(each.name in names for each in activation.flow.stores):
                return True
            for call in activation.flow.calls:
                if isinstance(call.target, v.Attribute) and call.target.name == "update_options":
                    if argument(call, None, option) is not None:
                        return True
        return False

    def _everywhere(self) -> Iterator[Activation]:
        return self._methods.activations(lambda flow: True)


def _gives_none(call: Call, option: str) -> bool:
    return argument(call, None, option) is None and not any(isinstance(each, v.Spread) for each in call.args)
