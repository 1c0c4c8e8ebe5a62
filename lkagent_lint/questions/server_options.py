"""What the project's servers are given for an option that holds for all their jobs."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import number_of
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Sdk

_SERVERS = frozenset({"AgentServer", "WorkerOptions", "ServerOptions"})
_LATER = "update_options"


class Unsaid(enum.Enum):
    """A server is given nothing: the SDK's default holds."""

    UNSAID = "unsaid"


UNSAID = Unsaid.UNSAID
Given = float | Unsaid | None
"""A number as it is written; None for what is no literal."""


def given_in_python(project: Project, keyword: str) -> frozenset[Given]:
    """What each server of Python is given for a keyword, each once: there may be a server for every callback.

    One ``UNSAID`` where there is no server. What is set later, by ``update_options`` or as an attribute, is not known.
    """
    return frozenset(_each(project, keyword)) or frozenset({UNSAID})


def is_given_in_node(project: Project, key: str) -> bool:
    """Whether some call in JavaScript gives an object with such a key."""
    return any(
        key in (name for name, _ in _entries(call))
        for facts in project.files.values()
        if facts.language != "python"
        for flow in facts.flows.values()
        for call in flow.calls
    )


def _each(project: Project, keyword: str) -> Iterator[Given]:
    evaluator = project.evaluator
    for path, flow in project.words.callers(_SERVERS | {_LATER}):
        facts = project.files[path]
        for call in flow.calls if facts.language == "python" else ():
            word, named = word_of(call), dict(call.keywords)
            if word == _LATER and keyword in named:
                yield None
            if word not in _SERVERS:
                continue
            targets = evaluator.usual(path, flow).targets(call)
            if all(isinstance(each, Sdk) for each in targets):
                if keyword in named:
                    yield number_of(named[keyword], facts, flow)
                else:
                    yield None if "**" in named else UNSAID


def _entries(call: Call) -> Iterator[tuple[str, v.Expr]]:
    for each in call.args:
        if isinstance(each, v.Mapping):
            yield from each.entries
