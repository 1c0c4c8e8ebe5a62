"""An agent without a model of its own is run in text.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `agent.run(...)` on an agent that is surely made without `llm=`.

## Why it is bad

On a call an agent takes its model from the session. `agent.run()` has none, so the model has to be the agent's own:
"AssertionError: llm_node called but no LLM node is available", at the first message. An agent that answers on calls
and in text doors needs it too, although its calls go well without.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When it is not known which one call makes the agent; when that call, or a constructor on the way to the SDK's, gives
`llm=` or `**options`; when the class has an `llm_node`, an `llm` or a `run` of its own, or a base that is not known;
when the project gives agents a model later, `update_options(llm=...)`. For tasks, which may end without a model; and
in test files.

## Evidence

livekit-agents 2.0.0b1, `voice/agent_run.py` 197-198 and `voice/agent.py` 841-849; run.

## Fix safety

There is no fix: which model is meant is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Use
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA425",
    "run-without-model",
    Severity.ERROR,
    "`agent.run()` on an agent without an LLM of its own",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.RUNS_IN_TEXT,
)

_OWN = ("llm", "_llm", "llm_node", "run")
"""What a class may have of its own so that no model has to be given."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.methods.of("Agent", "run"):
        path = found.activation.path
        if not project.sdk(path).has(Change.RUNS_IN_TEXT) or project.in_tests(path):
            continue
        if found.call.use is Use.AWAITED and _has_no_model(subject, found):
            yield META.at(
                found.place,
                "this agent is made without llm=, and run() needs one",
                note="run() has no session to take a model from: AssertionError (llm_node called but no LLM node is "
                "available)",
                help="give the agent a model of its own",
                label="no model answers here",
                subject=found.activation.name,
            )


def _has_no_model(subject: Subject, found: WrittenCall) -> bool:
    agents, target = subject.agents, found.call.target
    if not isinstance(target, v.Attribute) or not agents.made_without("llm", target.base, found.activation):
        return False
    classes = subject.project.evaluator.classes
    owners = found.activation.value(target.base)
    is_task = any("AgentTask" in classes.kinds(each) for each in owners)
    has_own = any(not agents.has_as_written(each, name) for each in owners for name in _OWN)
    return not (is_task or has_own or _is_given_later(subject))


def _is_given_later(subject: Subject) -> bool:
    """Somewhere in the project some agent is given a model after it is made."""
    return any(
        isinstance(call.target, v.Attribute)
        and call.target.name == "update_options"
        and any(name in ("llm", "**") for name, _ in call.keywords)
        for _, flow in subject.project.words.callers({"update_options"})
        for call in flow.calls
    ) or any(
        store.name == "_llm"
        for facts in subject.project.files.values()
        for flow in facts.flows.values()
        for store in flow.stores
    )
