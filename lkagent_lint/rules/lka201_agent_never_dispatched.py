"""A named agent that nothing in the project dispatches.

## What it does

Reports a worker that registers under a name while no dispatch that could reach that name is found anywhere in the
project: no token, no call of the dispatch API, no room creation, no SIP rule, no connector, no command in a script.

## Why it is bad

A name turns automatic dispatch off. The agent registers, waits, and never joins a room; neither side logs an error.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Or leave the name out, and the agent is dispatched to every new room; in livekit-agents 2.0 that is not possible beside
a text door or an http route, which are served under the name. If something outside the project dispatches the
agent (a dashboard, another repository), say so, or check with that repository's manifest (`--with`):

```toml
[tool.lkagent-lint]
dispatched-elsewhere = ["front-desk"]
```

Where the name of some dispatch is not known, or the worker's own name comes from the environment with a default or
from a settings file, nobody can say that nothing dispatches it. Then the finding is an info that says what is not
known and where: such a finding fails no run. So it is where only a file dispatches it that may be a backup by its name
(`call_backup.py`, `old/call.py`); beside its original it surely is one.

## When it stays silent

When a construct that dispatches names the agent: in Python, JavaScript and TypeScript by structure, in other languages
by their SDK's own spelling, in settings and scripts by a SIP rule, a room's configuration or a command. When a request
of the project's own names it. When a script connects the agent to a room by hand. When the worker's name is not known
at all; where a SIP rule brings no agent, which LKA208 reports; when a dispatched name that no worker has is so near to
this one that LKA203 reports the misspelling; where the registration refuses the name (LKA307); and in test files. The
name as a word silences nothing: not in prose, not in a manifest, a log call, a test, a backup or a report.

Several workers of one name in a package are one finding, at the first of them.

## Evidence

livekit-agents 1.8.9, `worker.py` 519-526; livekit server 788d4c3, `pkg/service/agentservice.go` 410-413: a job
reaches a worker only if the names are equal.

## Fix safety

There is no fix: what to dispatch is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.project.agent_names import AgentName, FromEnv
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.reach import JobAnswer, possible_names
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, shortened, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta("LKA201", "agent-never-dispatched", Severity.WARNING, "a named agent that nothing dispatches")
_MOST = 5
_KEYWORDS = ("agent_name", "agentName")
"""Places of what is not known that are shown."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for worker, others in _by_name(subject):
        finding = _of(subject, worker)
        also = [Related(each.place, "an agent of that name is registered here, too") for each in others]
        yield replace(finding, related=(*finding.related, *also[:_MOST]))


def _by_name(subject: Subject) -> Iterator[tuple[Worker, list[Worker]]]:
    """Each worker that waits in vain, with the others of its name: one dispatch that is missing is one cause."""
    first: dict[tuple[str, AgentName], tuple[Worker, list[Worker]]] = {}
    for worker in subject.project.workers:
        if subject.verdicts.level(worker) is not None:
            known = first.setdefault((worker.package, worker.name), (worker, []))
            if known[0] is not worker:
                known[1].append(worker)
    yield from first.values()


def _of(subject: Subject, worker: Worker) -> Diagnostic:
    names = possible_names(subject.project, worker.name)
    if isinstance(worker.name, FromEnv):
        return _from_environment(subject.project, worker, worker.name, names)
    if subject.verdicts.level(worker) is Severity.WARNING:
        return _finding(subject, worker, names)
    return _doubtful(worker, names, subject.verdicts.of(worker))


def _needs_name(subject: Subject, worker: Worker) -> bool:
    """Something in the project is served under the agent's name: a text door, or an http route."""
    if not subject.project.sdk(worker.place.path).has(Change.NAME_ON_SERVER):
        return False
    return any(True for _ in subject.listeners.handed(Role.TEXT, Role.ROUTE))


def _short(names: tuple[str, ...], most: int) -> str:
    first, *others = names
    more = f" or {len(others)} more" if others else ""
    return quoted(first, most - len(more)) + more


def _finding(subject: Subject, worker: Worker, names: tuple[str, ...]) -> Diagnostic:
    shown = " or ".join(map(quoted, names))
    is_joined = any(each.by_manifest for each in subject.project.dispatches)
    asked = "; what the manifests dispatch has other names" if is_joined else ""
    drop = "" if _needs_name(subject, worker) else "drop the name, "
    return META.at(
        worker.place,
        f"nothing in this project dispatches the agent {_short(names, 25)}",
        note=f"{shown} is never dispatched automatically, because it has a name{asked}",
        help=f"dispatch it (token, create_dispatch, SIP rule), {drop}or list it under the setting dispatched-elsewhere",
        label="it is registered by this name",
        culprit=(*names, *_KEYWORDS),
        subject=names[0],
    )


def _doubtful(worker: Worker, names: tuple[str, ...], found: JobAnswer) -> Diagnostic:
    """Something may dispatch it, and what that is cannot be known from the project's files."""
    shown = " or ".join(map(quoted, names))
    first = found.doubts[0]
    at = "" if first.place is None else f" ({where(first.place, worker.place)})"
    more = len(found.doubts) - 1
    others = "" if not more else f", and {more} more" if more > 1 else ", and another one"
    return META.at(
        worker.place,
        f"nothing surely dispatches the agent {_short(names, 32)}",
        note=f"{shown} has a name, and so gets no job automatically; {first.why}{at}{others}",
        help=f"make sure that {'one of them' if more else 'it'} does, or list it under the setting "
        "dispatched-elsewhere",
        label="it is registered by this name",
        culprit=(*names, *_KEYWORDS),
        severity=Severity.INFO,
        related=[Related(each.place, each.why) for each in found.doubts[:_MOST] if each.place is not None],
        subject=names[0],
    )


def _from_environment(project: Project, worker: Worker, name: FromEnv, names: tuple[str, ...]) -> Diagnostic:
    shown = " or ".join(map(quoted, names))
    return META.at(
        worker.place,
        f"nothing here dispatches the agent named by {shortened(name.variable)}",
        note=f"its name is the value of {name.variable} ({shown}), and with a name it is never dispatched "
        "automatically",
        help="dispatch it, or list the name under dispatched-elsewhere",
        label="it is registered by this name",
        culprit=(name.variable, *_KEYWORDS),
        severity=Severity.INFO,
        related=[
            Related(each.place, f"{name.variable} is set here")
            for each in project.set_variables.get(name.variable, ())[:_MOST]
        ],
        subject=name.variable,
    )
