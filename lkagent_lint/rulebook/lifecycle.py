"""The lifecycle of an agent, sentence by sentence, with the rules that enforce each."""

from __future__ import annotations

from typing import NamedTuple

ADDRESS = "https://lkagent-lint.readthedocs.io/lifecycle/"
_SERVER = "https://docs.livekit.io/agents/server/lifecycle/"
_JOB = "https://docs.livekit.io/agents/server/job/"
_DISPATCH = "https://docs.livekit.io/agents/server/agent-dispatch/"


class Sentence(NamedTuple):
    """One sentence of the lifecycle."""

    part: str
    """The heading that it stands under."""
    name: str
    """The last part of its address."""
    text: str
    livekit: str
    """Where LiveKit's own documentation speaks of it."""
    codes: tuple[str, ...]
    """The rules that enforce it."""

    @property
    def url(self) -> str:
        return f"{ADDRESS}#{self.name}"


def _codes(group: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"LKA{group}{number:02}" for number in numbers)


SENTENCES = (
    Sentence(
        "The server",
        "registration",
        "The agent's process registers as a worker, with its name and its job type, and waits for jobs.",
        _SERVER,
        (*_codes("2", 11, 12), *_codes("3", 1, 5, 7, 8, 12), *_codes("6", 5)),
    ),
    Sentence(
        "The server",
        "job",
        "A worker that accepts a job runs the entry function in a process of its own.",
        _SERVER,
        _codes("3", 2, 3, 4, 6, 9, 13, 14, 15, 16),
    ),
    Sentence(
        "The server",
        "drain",
        "Before a deployment ends it, a server lets its sessions end.",
        _SERVER,
        _codes("6", 1, 2, 3, 4),
    ),
    Sentence(
        "The job",
        "setup",
        "Models and the session are set up before the room is joined.",
        _JOB,
        _codes("1", 3),
    ),
    Sentence(
        "The job",
        "start",
        "The session starts before the job connects, so that its listeners are there when events arrive.",
        _JOB,
        (*_codes("1", 1, 8, 10, 11, 12, 16, 17, 18, 21, 23, 24), *_codes("4", 8)),
    ),
    Sentence(
        "The job",
        "connect",
        "Connecting joins the room, and from then on its events arrive.",
        _JOB,
        _codes("1", 6, 7, 9, 14, 15, 19, 20),
    ),
    Sentence(
        "The job",
        "wait",
        "After that the job waits for its participant.",
        _JOB,
        _codes("1", 2, 4),
    ),
    Sentence(
        "The job",
        "shutdown",
        "What is to be cleaned up is registered as a shutdown callback, and has ten seconds after the session.",
        _JOB,
        (*_codes("1", 5, 13, 22, 25), *_codes("4", 3, 4, 10)),
    ),
    Sentence(
        "Dispatch",
        "automatic",
        "A worker without a name is dispatched by itself, once for each room that is created.",
        _DISPATCH,
        _codes("2", 5, 6),
    ),
    Sentence(
        "Dispatch",
        "explicit",
        "A name turns that off: a token, the API or a SIP rule has to ask for the agent by it.",
        _DISPATCH,
        _codes("2", 1, 3, 7, 8, 9, 10, 13, 14, 15),
    ),
    Sentence(
        "Dispatch",
        "job-types",
        "The job types of both sides have to match, or the dispatch is dropped silently.",
        _DISPATCH,
        _codes("2", 2, 4),
    ),
)


def enforced_by(code: str) -> tuple[Sentence, ...]:
    """The sentences that a rule enforces."""
    return tuple(each for each in SENTENCES if code in each.codes)
