"""A duration in the wrong unit: Python's SDK counts seconds, Node's milliseconds.

## What it does

Reports durations of servers, sessions and `silero.VAD.load` that make sense in the other unit only: in Node a timeout
of less than half a second or a delay of less than ten milliseconds, in Python a delay of minutes or a timeout of hours.

## Why it is bad

`initializeProcessTimeout: 60` gives a process 60 milliseconds to initialise, so none ever does.
`min_endpointing_delay=500` lets the agent wait more than eight minutes before it answers.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the number is not written out, or assigned to a name more than once; for zero and for values that
are believable in the unit that the SDK counts in; and in test files. `userAwayTimeout` counts seconds in Node too.

## Evidence

livekit-agents 1.8.9, `worker.py` 180-275 (seconds), `voice/agent_session.py` 386-443. @livekit/agents 1.9.0,
`worker.ts` 198-247 and `voice/agent_session.ts` 244-353, `voice/turn_config/` (milliseconds, by their comments and
defaults); @livekit/agents-plugin-silero 1.9.0, `vad.ts` (50, 550 and 500 milliseconds by default).

## Fix safety

There is no fix: which number was meant is not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import number_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Sdk
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Default, Meta

META = Meta(
    "LKA311",
    "suspicious-duration",
    Severity.WARNING,
    "a duration in seconds for milliseconds, or the reverse",
    Default.PREVIEW,
)


class _Range(NamedTuple):
    """What is believable; bounds exclusive. Zero always is."""

    least: float
    most: float
    unit: str

    @property
    def other(self) -> str:
        """The unit of the other SDK."""
        return "seconds" if self.unit == "milliseconds" else "milliseconds"


_HOUR = 3600
_PYTHON_TIMEOUT = _Range(0, 1.5 * _HOUR, "seconds")
_PYTHON_DELAY = _Range(0, 100, "seconds")
_NODE_TIMEOUT = _Range(500, math.inf, "milliseconds")
_NODE_DELAY = _Range(10, math.inf, "milliseconds")

_PYTHON = {
    "shutdown_process_timeout": _PYTHON_TIMEOUT,
    "initialize_process_timeout": _PYTHON_TIMEOUT,
    "session_end_timeout": _PYTHON_TIMEOUT,
    "drain_timeout": _Range(0, 72 * _HOUR, "seconds"),
    "user_away_timeout": _PYTHON_TIMEOUT,
    "min_endpointing_delay": _PYTHON_DELAY,
    "max_endpointing_delay": _PYTHON_DELAY,
    "min_interruption_duration": _PYTHON_DELAY,
    "false_interruption_timeout": _PYTHON_DELAY,
    "agent_false_interruption_timeout": _PYTHON_DELAY,
    "min_consecutive_speech_delay": _PYTHON_DELAY,
    "aec_warmup_duration": _PYTHON_DELAY,
    "min_delay": _PYTHON_DELAY,
    "max_delay": _PYTHON_DELAY,
    "min_duration": _PYTHON_DELAY,
}
_NODE = {
    "shutdownProcessTimeout": _NODE_TIMEOUT,
    "initializeProcessTimeout": _NODE_TIMEOUT,
    "sessionEndTimeout": _NODE_TIMEOUT,
    "drainTimeout": _NODE_TIMEOUT,
    "userAwayTimeout": _PYTHON_TIMEOUT,
    "minEndpointingDelay": _NODE_DELAY,
    "maxEndpointingDelay": _NODE_DELAY,
    "minInterruptionDuration": _NODE_DELAY,
    "falseInterruptionTimeout": _NODE_DELAY,
    "aecWarmupDuration": _NODE_DELAY,
    "transcriptionTimeout": _NODE_DELAY,
    "ttsReadIdleTimeout": _NODE_DELAY,
    "forwardAudioIdleTimeout": _NODE_DELAY,
    "minDelay": _NODE_DELAY,
    "maxDelay": _NODE_DELAY,
    "minDuration": _NODE_DELAY,
}
_PYTHON_VAD = dict.fromkeys(("min_speech_duration", "min_silence_duration", "prefix_padding_duration"), _PYTHON_DELAY)
_NODE_VAD = dict.fromkeys(("minSpeechDuration", "minSilenceDuration", "prefixPaddingDuration"), _NODE_DELAY)
_VAD = "livekit.plugins.silero.VAD.load"
_OWNERS = frozenset({"AgentServer", "AgentSession", "WorkerOptions", "ServerOptions"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for path, facts in project.files.items():
        if project.in_tests(path):
            continue
        in_node = facts.language == "javascript"
        known = {**_NODE, **_NODE_VAD} if in_node else {**_PYTHON, **_PYTHON_VAD}
        for flow in facts.flows.values():
            for call in flow.calls:
                odd = [] if call.span is None else list(_odd(facts, flow, call, known))
                if odd and call.span is not None and _is_the_sdks(project, path, flow, call):
                    yield _finding(Place(path, call.span), odd, flow.name)


def _is_the_sdks(project: Project, path: str, flow: Flow, call: Call) -> bool:
    """A constructor of the SDK whose options are judged."""
    targets = project.evaluator.usual(path, flow).targets(call)
    names = [each.name if isinstance(each, Sdk) else "" for each in targets]
    return bool(names) and all(each == _VAD or each.rpartition(".")[2] in _OWNERS for each in names)


class _Odd(NamedTuple):
    """An option that is not believable."""

    key: str
    written: str
    amount: str
    range: _Range


def _finding(place: Place, found: list[_Odd], function: str) -> Diagnostic:
    said = [f"{each.written} is {each.amount} {each.range.unit}" for each in found]
    others = f"; {'; '.join(said[1:])}" if len(said) > 1 else ""
    return META.at(
        place,
        said[0],
        note=f"as if {found[0].range.other} were meant{others}",
        help=f"give it in {found[0].range.unit}",
        label=f"{found[0].amount} {found[0].range.unit}",
        culprit=[each.key for each in found],
        subject=function,
    )


def _odd(facts: FileFacts, flow: Flow, call: Call, known: dict[str, _Range]) -> Iterator[_Odd]:
    """The options that are not believable."""
    sign = ": " if facts.language == "javascript" else "="
    stack: list[tuple[str, v.Expr]] = [*call.keywords, *(("", arg) for arg in call.args)]
    while stack:
        key, value = stack.pop(0)
        if isinstance(value, v.Mapping):
            stack.extend(value.entries)
        elif key in known:
            written, believable = number_of(value, facts, flow), known[key]
            if written and not believable.least < written < believable.most:
                yield _Odd(key, f"{key}{sign}{written:g}", f"{written:g}", believable)
