"""An option is given that another option silences.

## What it does

Reports `room_input_options=` and `room_output_options=` of `session.start()` beside `room_options=`, and the old
options of turns (`turn_detection=`, `allow_interruptions=`, `min_endpointing_delay=` and the like) beside
`turn_handling=` of `AgentSession` and `Agent`.

## Why it is bad

The old options are dropped without a word: only the new ones are looked at. A session that was told not to close on
disconnect closes all the same.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When one of the two may not be given (`NOT_GIVEN`, None, a value that is one of several); for `**options`; in releases
before the new option.

## Evidence

livekit-agents 1.8.9, `voice/room_io/types.py` 163-182 and `voice/agent_session.py` 558-573; run.

## Fix safety

Safe: what is dropped anyway is taken out of the call. What it was meant to say is not said elsewhere instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.intents import RemoveArgument, safe
from lkagent_lint.project.things import Activation, Nothing, Sdk
from lkagent_lint.questions.constructions import constructed
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta

META = Meta(
    "LKA416",
    "ignored-option",
    Severity.WARNING,
    "an option is given that another one silences",
    sdks=IN_PYTHON,
)

_OF_ROOMS = frozenset({"room_input_options", "room_output_options"})
_OF_TURNS = frozenset(
    {
        *("min_endpointing_delay", "max_endpointing_delay", "false_interruption_timeout", "turn_detection"),
        *("discard_audio_if_uninterruptible", "min_interruption_duration", "min_interruption_words"),
        *("allow_interruptions", "resume_false_interruption", "agent_false_interruption_timeout"),
        "preemptive_generation",
    }
)
_MAKERS = ("AgentSession", "LiveSession", "Agent", "AgentTask")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for each in subject.methods.of("AgentSession", "start"):
        yield from _dropped(each.call, each.activation, "room_options", _OF_ROOMS)
    for each in subject.methods.written((*_MAKERS, "__init__")):
        if not each.activation.is_node and _is_made(subject, each):
            yield from _dropped(each.call, each.activation, "turn_handling", _OF_TURNS)


def _is_made(subject: Subject, found: WrittenCall) -> bool:
    """The constructor of the SDK gets what the call is given."""
    evaluator = subject.project.evaluator
    release = subject.offers.all_of_class(found.activation.path, "AgentSession")
    if release is None or not any(name == "turn_handling" for name, _ in found.call.keywords):
        return False
    return constructed(found.call, found.activation, evaluator, release, "turn_handling").rpartition(".")[2] in _MAKERS


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return (" and " if not more else ", ").join(f"{each}=" for each in names[:2]) + more


def _dropped(call: Call, activation: Activation, wins: str, loses: frozenset[str]) -> Iterator[Diagnostic]:
    given = dict(call.keywords)
    if wins in given and _is_given(given[wins], activation) and call.span is not None:
        dropped = [name for name, value in call.keywords if name in loses and _is_given(value, activation)]
        if dropped:
            yield META.at(
                activation.place(call.span),
                f"{_few(dropped)} {'is' if len(dropped) == 1 else 'are'} dropped",
                note=f"without a word, because {wins}= is given too",
                help=f"say all of it in {wins}=",
                label="dropped",
                culprit=dropped,
                subject=activation.name,
                key=tuple(dropped),
                fix=safe(
                    "take away what is dropped",
                    *(RemoveArgument(activation.place(call.span), name) for name in dropped),
                ),
            )


def _is_given(value: v.Expr, activation: Activation) -> bool:
    """It is surely something: no choice, no None, no ``NOT_GIVEN``."""
    if isinstance(value, (v.Text, v.Constant)):
        return value != v.NONE
    found = activation.value(value)
    return len(found) == 1 and not any(
        isinstance(each, Nothing) or (isinstance(each, Sdk) and each.name.endswith("NOT_GIVEN")) for each in found
    )
