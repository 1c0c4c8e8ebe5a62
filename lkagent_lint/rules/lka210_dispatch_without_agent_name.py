"""A dispatch that names no agent, where every agent has a name.

## What it does

Reports an explicit dispatch that gives no name, or an empty one, where every worker of the project is named.

## Why it is bad

An empty name means the unnamed agents. Where every agent has a name, nobody answers to it, and no error says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When some worker has no name, or one that is not known: an empty name is then how it is dispatched explicitly. When
the project registers no worker. Where a field of the same dispatch is misspelled, which LKA209 reports. In test
files, and for values that are not followed.

## Evidence

livekit server 788d4c3, `pkg/service/agentservice.go` 162-167 (an exact match of names, the empty one included).

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.project.agent_names import UNNAMED
from lkagent_lint.project.records import Dispatch, Project
from lkagent_lint.questions.dispatches import is_spoken_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA210",
    "dispatch-without-agent-name",
    Severity.WARNING,
    "a dispatch gives no name, and every worker has one",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    registered = subject.registered_names
    if not registered or "" in registered or project.has_gaps:
        return
    listed = ", ".join(quoted(each) for each in sorted(registered)[:4])
    for dispatch in project.dispatches:
        if dispatch.name == UNNAMED and is_spoken_of(dispatch) and not _is_misspelled(project, dispatch):
            yield META.at(
                dispatch.place,
                "this dispatch names no agent, and every worker has a name",
                note=f"without a name it means the unnamed ones, and the workers here are {listed}: nobody answers",
                help="give the name of the agent that is meant",
                label="no name is given",
            )


def _is_misspelled(project: Project, dispatch: Dispatch) -> bool:
    """LKA209 speaks of a field of the same dispatch."""
    span = dispatch.place.span
    dropped = project.files[dispatch.place.path].dropped
    return any(span.line <= each.span.line <= span.end_line for each in dropped)
