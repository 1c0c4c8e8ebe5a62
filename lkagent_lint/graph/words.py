"""How every picture of a graph speaks of its parts. Nothing here is escaped: each format does that for itself."""

from __future__ import annotations

from lkagent_lint.graph.records import DispatchRecord, Edge, NameRecord, Position, Reason, WorkerRecord
from lkagent_lint.questions.wording import quoted

KINDS = {
    "token": "token",
    "api": "dispatch API",
    "room": "room creation",
    "sip": "SIP rule",
    "connector": "connector",
    "command": "command",
    "preset": "room preset",
    "config": "room configuration",
    "request": "request",
    "connect": "connection by hand",
}


def name_in_words(name: NameRecord) -> str:
    """``"front-desk"``, ``AGENT_NAME or "front-desk"``, ``no name``."""
    match name.kind:
        case "known":
            return quoted(name.values[0])
        case "one-of":
            return " or ".join(map(quoted, name.values))
        case "environment":
            default = "" if name.default is None else f" or {quoted(name.default)}"
            return f"${name.variable}{default}"
        case "unnamed":
            return "no name"
        case _ if name.pattern is not None:
            return f"a name like {quoted(name.pattern)}"
        case _ if name.values:
            return f"{' or '.join(map(quoted, name.values))} where no other name is given"
        case _:
            return "a name that is not known"


def place(at: Position) -> str:
    """``path:line:column``."""
    return f"{at.path}:{at.line}:{at.column}"


def kind_in_words(dispatch: DispatchRecord) -> str:
    """What kind of dispatch it is, and why it may be none."""
    kind = KINDS[dispatch.kind]
    return f"{kind} in a test file" if dispatch.in_tests else kind


def title(worker: WorkerRecord) -> str:
    """The worker's name and job type."""
    notes: list[str] = [worker.job_type if worker.job_type != "unknown" else "job type not known"]
    if worker.language == "node":
        notes.append("Node")
    if worker.in_tests:
        notes.append("test file")
    return f"{name_in_words(worker.name)} ({', '.join(notes)})"


def reason_in_words(reason: Reason) -> str:
    """A reason with its place."""
    return reason.message if reason.at is None else f"{reason.message} ({place(reason.at)})"


def edge_in_words(edge: Edge) -> str:
    """What stands at an arrow."""
    return {
        "value": "same name",
        "variable": "same variable",
        "one-of": "one of its names",
        "default": "by default",
        "unknown": "not known",
    }[edge.by]
