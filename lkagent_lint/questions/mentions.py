"""Whether anything in a project names something: calls it, hands it on, or looks for it by its name."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow
from lkagent_lint.facts.following import walk
from lkagent_lint.project.records import Project


def is_member_mentioned(project: Project, name: str) -> bool:
    """Something calls a method of that name, hands it on, or looks for it by its name."""
    return _is_asked_for(project, name) or any(
        (isinstance(part, v.Attribute) and part.name == name) or part == v.Text(name) for part in _parts(project)
    )


def is_function_mentioned(project: Project, name: str) -> bool:
    """The same of a function of a module; files that take no part count too."""
    return (
        _is_asked_for(project, name)
        or project.texts.unread_code_names(name)
        or any(
            (isinstance(part, (v.Attribute, v.Name)) and part.name == name) or part == v.Text(name)
            for part in _parts(project)
        )
    )


def _is_asked_for(project: Project, name: str) -> bool:
    return name in project.words or any(name in facts.asked_for for facts in project.files.values())


def _parts(project: Project) -> Iterator[v.Expr]:
    for facts in project.files.values():
        for flow in facts.flows.values():
            yield from walk(*_expressions(flow))


def _expressions(flow: Flow) -> Iterator[v.Expr]:
    yield from flow.returns
    yield from (value for _, value in flow.put)
    for values in flow.variables.values():
        yield from values
    for call in flow.calls:
        yield from call.args
        yield from (value for _, value in call.keywords)
    for store in flow.stores:
        yield store.value
