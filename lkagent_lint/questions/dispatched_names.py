"""The dispatches of a project by what they may ask for, so that each worker is compared with few of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import AgentName, Known, OneOf
from lkagent_lint.project.records import Dispatch, Project
from lkagent_lint.questions.dispatches import names_of, owned_names


class DispatchedNames:
    """Answers for one project, always in the order of its dispatches."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._named: dict[str, list[int]] = {}
        """The dispatches that ask for one known name, by it."""
        self._open: list[int] = []
        """Those of which it takes a comparison to tell what they ask for."""
        for number, each in enumerate(project.dispatches):
            if each.kind is not DispatchKind.CONNECT:
                by_name = self._named.setdefault(each.name.value, []) if isinstance(each.name, Known) else self._open
                by_name.append(number)

    def may_agree(self, name: AgentName) -> Iterable[Dispatch]:
        """Every dispatch that asks for a worker of this name, or may; commands that connect a worker are none."""
        match name:
            case Known(value):
                numbers = [*self._named.get(value, ()), *self._open]
            case OneOf(values):
                numbers = [*(number for value in values for number in self._named.get(value, ())), *self._open]
            case _:
                numbers = [*(number for found in self._named.values() for number in found), *self._open]
        return [self._project.dispatches[number] for number in sorted(numbers)]

    @cached_property
    def connects(self) -> tuple[Dispatch, ...]:
        """The commands that connect a worker to a room by hand."""
        return tuple(each for each in self._project.dispatches if each.kind is DispatchKind.CONNECT)

    @cached_property
    def unowned(self) -> tuple[tuple[Dispatch, tuple[str, ...]], ...]:
        """Every dispatch that asks for names which no worker has, with these names. Of those in manifests no other rule
        speaks, as LKA203 does of the project's own, so they are not among them.
        """
        owned = owned_names(self._project)
        asked = (
            (each, tuple(name for name in names_of(each) or () if name and name not in owned))
            for each in self._project.dispatches
            if not each.by_manifest
        )
        return tuple((each, names) for each, names in asked if names)
