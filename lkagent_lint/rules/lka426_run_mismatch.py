"""An agent uses what its way of running does not have: calls have no outputs to check, text has no session.

## What it does

Agents of livekit-agents 2.0 run on calls, in a session, or in text, `agent.run()`. Some things are there in one of the
two only, so this reports:

- in a project that starts sessions and whose agents never run in text: `raise ModelRetry(...)` in a tool,
  `Agent(output_type=...)`, `@agent.output_validator`, `InputRequired(timeout=...)`, `Working(tool=..., timeout=...)`;
- in a tool of an agent that runs in text: calls through `ctx.session`, `self.session`, `ctx.userdata` and
  `ctx.speech_handle`, and `ctx.disallow_interruptions()`; and a task that is awaited in a `try` whose handler catches
  every exception and goes on;
- in a tool of an agent that is no `AgentTask`: `Completed`, `Failed`, `Rejected` and `Working` that it returns;
- as an info, `on_user_turn_completed` of an agent that runs in text.

## Why it is bad

On a call `ModelRetry` is an exception like any other, and the model reads "An internal error occurred" instead of the
reason; validators are never called, and an output is text whatever its type. Times of `InputRequired` and `Working`
are left out there: "InputRequired(timeout=) is not applied in memory".

In text there is no session: `ctx.session` raises "RuntimeError: no live session: this RunContext belongs to
agent.run()", and the model reads "An internal error occurred". What `on_user_turn_completed` adds to a turn,
retrieved facts for one, no text turn has: `run()` does not call it. A task that is awaited in text takes the
conversation by an exception, `TaskAwaited`, which the run has to see: `except Exception` catches it, and the task never
begins.

Only a task ends by what its tools return; of an agent the value is its tool's output, and nothing ends: "a
conversation tool returned Completed".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

`ToolError` says a reason to the model in both; state and dependencies are given to `run(state=, deps=)` as to the
session, and read from `ctx.state` and `ctx.deps`.

## When it stays silent

When it is not known which agents run in text, or which agent has a tool: one that is given by `tools=`. Where an
exception of the use is caught in the tool itself. In test files, and before livekit-agents 2.0.

## Evidence

livekit-agents 2.0.0b1, `voice/events.py` 90-165, `voice/agent_activity.py` 3169-3228, `voice/agent_run.py` 520-545,
`voice/agent.py` 1161 and 1340-1343; run.

## Fix safety

There is no fix: where the agent is to run is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import RAISE_BLOCK, Do, Flow
from lkagent_lint.facts.following import parts_of_call, walk
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.things import ClassOf, Instance, Sdk, SdkObject, only
from lkagent_lint.questions.agent_tasks import is_awaited, task_of
from lkagent_lint.questions.agents import transition_of
from lkagent_lint.questions.constructions import constructed
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.text_runs import AgentTool, TextRun
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import PYTHON as PACKAGE
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA426",
    "run-mismatch",
    Severity.WARNING,
    "what only a call has in an agent that runs in text, and the reverse",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.RUNS_IN_TEXT,
)

_OF_CALLS = frozenset({"session", "userdata", "speech_handle", "disallow_interruptions"})
_RUN_CONTEXT = only(SdkObject("RunContext"))
_TIMES = {"InputRequired": ("timeout",), "Working": ("tool", "timeout")}
_NONE = "and no agent of the project runs in text"
_READS_ERROR = 'the model reads "An internal error occurred"'


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(path).has(Change.RUNS_IN_TEXT) for path in project.files if path.endswith(PYTHON)):
        return
    if subject.text_runs.none_anywhere and any(subject.methods.of("AgentSession", "start")):
        yield from _of_text(subject)
    for tool in subject.text_runs.tools:
        if project.sdk(tool.path).has(Change.RUNS_IN_TEXT):
            yield from _of_tasks(subject, tool)
            run = subject.text_runs.of(tool)
            if run is not None:
                yield from _of_calls(subject, tool, run)
                yield from _of_caught(subject, tool, run)
    yield from _of_turns(subject)


def _of_text(subject: Subject) -> Iterator[Diagnostic]:
    """What only a run in text has, where no agent runs so."""
    project = subject.project
    for tool in subject.text_runs.tools:
        for call in tool.flow.calls:
            if call.span is not None and _is_retry(tool, call.target):
                yield META.at(
                    tool.activation.place(call.span),
                    "ModelRetry is raised in a tool that only calls use",
                    note=f"only agent.run() knows it: on a call {_READS_ERROR} and not the reason",
                    help="raise ToolError",
                    label="nobody tries again",
                    subject=tool.flow.name,
                )
    for found in subject.methods.best_known({*_TIMES, "Agent", "__init__"}):
        path = found.activation.path
        if project.sdk(path).has(Change.RUNS_IN_TEXT) and not project.in_tests(path):
            said = _of_times(found) or _of_output(subject, found)
            if said is not None:
                yield META.at(found.place, said, subject=found.activation.name)
    for each in subject.agents.registrations():
        path = each.place.path
        is_one = each.method == "output_validator" and not each.is_on_class and not project.in_tests(path)
        if is_one and project.sdk(path).has(Change.RUNS_IN_TEXT):
            yield META.at(
                each.place,
                "output validators are called by agent.run() alone",
                note=_NONE,
                help="run the agent in text, or take the validator away",
                label="never called",
            )


def _of_times(found: WrittenCall) -> Said | None:
    name = transition_of(found.targets)
    given = [each for each, _ in found.call.keywords if each in _TIMES.get(name, ())]
    if not given:
        return None
    said = f"{name}({', '.join(f'{each}=' for each in _TIMES[name])}) is not applied in memory"
    return Said(
        f"{name}({given[0]}=) is left out on a call",
        f'"{said}", {_NONE}',
        "take it away, or run the agent in text",
        "without effect",
        (given[0],),
    )


def _of_output(subject: Subject, found: WrittenCall) -> Said | None:
    if not any(name == "output_type" for name, _ in found.call.keywords):
        return None
    release = subject.offers.release(found.activation.path, PACKAGE.package)
    evaluator = subject.project.evaluator
    made = "" if release is None else constructed(found.call, found.activation, evaluator, release, "output_type")
    if made.rpartition(".")[2] != "Agent":
        return None
    return Said(
        "output_type is given to an agent that runs in calls only",
        f"only agent.run() makes an output of output_type, on a call it is text; {_NONE[4:]}",
        "take it away, or run the agent in text",
        "without effect",
        ("output_type",),
    )


def _is_retry(tool: AgentTool, target: v.Expr) -> bool:
    if not isinstance(target, (v.Name, v.Attribute)) or target.name != "ModelRetry":
        return False
    found = tool.activation.value(target)
    return bool(found) and all(isinstance(each, Sdk) and each.name.startswith("livekit.agents.") for each in found)


def _of_calls(subject: Subject, tool: AgentTool, run: TextRun) -> Iterator[Diagnostic]:
    """What only a call has, in a tool of an agent that runs in text."""
    guarded = _guarded(tool.flow)
    for number, call in enumerate(tool.flow.calls):
        used = next((each for each in walk(*parts_of_call(call)) if _is_of_calls(subject, tool, each)), None)
        if isinstance(used, v.Attribute) and call.span is not None and number not in guarded:
            place = tool.activation.place(call.span)
            yield META.at(
                place,
                f"{used.name} is used in an agent that runs in text too",
                note=f"this agent runs in text too ({where(run.place, place)}), where {used.name} raises RuntimeError "
                f"and {_READS_ERROR}",
                help=f"do without {used.name}, or guard it",
                label="not there in text",
                culprit=(used.name,),
                related=[Related(run.place, "where it runs in text")],
                subject=tool.flow.name,
                key=(used.name,),
            )


def _of_caught(subject: Subject, tool: AgentTool, run: TextRun) -> Iterator[Diagnostic]:
    """Tasks that are awaited where what begins them in text is caught."""
    flow, classes = tool.flow, subject.project.evaluator.classes
    for first, behind in flow.caught:
        for call in flow.calls[first:behind]:
            made = {task_of(each, classes) for each in tool.activation.targets(call)}
            task = made.pop() if len(made) == 1 else ""
            if task and call.span is not None and is_awaited(call, tool.activation):
                place = tool.activation.place(call.span)
                yield META.at(
                    place,
                    f"{shortened(task)} is awaited where its beginning is caught",
                    note=f"this agent runs in text too ({where(run.place, place)}), where {task} begins by an "
                    "exception (TaskAwaited) that the handler catches, so it never begins",
                    help="await it outside of the try",
                    label="it never begins in text",
                    related=[Related(run.place, "where it runs in text")],
                    subject=flow.name,
                    key=(task,),
                )


def _guarded(flow: Flow) -> frozenset[int]:
    """The calls of which an exception is caught in the function."""
    return frozenset(
        step.call
        for block in flow.blocks
        if any(each != RAISE_BLOCK for each in block.raises)
        for step in block.steps
        if isinstance(step, Do)
    )


def _is_of_calls(subject: Subject, tool: AgentTool, part: v.Expr) -> bool:
    if not isinstance(part, v.Attribute) or part.name not in _OF_CALLS:
        return False
    base = tool.activation.value(part.base)
    if base == _RUN_CONTEXT:
        return True
    own = tool.flow.parameters[0].name if tool.flow.owner and tool.flow.parameters else ""
    is_own = part.name == "session" and part.base == v.Name(own)
    return is_own and all(
        isinstance(each, Instance) and subject.agents.has_as_written(each, "session") for each in base
    )


def _of_tasks(subject: Subject, tool: AgentTool) -> Iterator[Diagnostic]:
    """What only ends or holds a task, returned by a tool of an agent that is none."""
    classes = subject.project.evaluator.classes
    is_task = any("AgentTask" in classes.kinds(owner) for owner in tool.owners)
    surely = bool(tool.owners) and all(map(subject.agents.is_agent, tool.owners))
    closed = all(not isinstance(owner, Instance) or classes.is_closed(owner) for owner in tool.owners)
    if is_task or not surely or not closed or _is_base(subject, tool):
        return
    for value in tool.flow.returns:
        call = tool.flow.calls[value.call] if isinstance(value, v.Result) else None
        name = "" if call is None else transition_of(tool.activation.targets(call))
        if call is not None and call.span is not None and name in ("Completed", "Failed", "Rejected", "Working"):
            yield META.at(
                tool.activation.place(call.span),
                f"only a tool of an AgentTask ends or holds something by {name}",
                note="of this agent's tool it is the output, and nothing ends",
                help="return what the tool found",
                label="nothing ends here",
                subject=tool.flow.name,
                key=(name,),
            )


def _is_base(subject: Subject, tool: AgentTool) -> bool:
    """Some other class of the project derives from the one that has the tool: it may be a task."""
    owned = {ClassOf(each.path, each.name) for each in tool.owners if isinstance(each, Instance)}
    classes = subject.project.evaluator.classes
    return any(
        not owned.isdisjoint(classes.lineage(ClassOf(path, name))[1:])
        for path, facts in (subject.project.files.items() if owned else ())
        for name in facts.classes
    )


def _of_turns(subject: Subject) -> Iterator[Diagnostic]:
    """Hooks of turns, of agents that run in text."""
    project = subject.project
    for run in subject.text_runs.known:
        for owner in run.owners:
            flow = None
            if isinstance(owner, Instance) and project.sdk(owner.path).has(Change.RUNS_IN_TEXT):
                flow = project.files[owner.path].flows.get(f"{owner.name}.on_user_turn_completed")
            if flow is not None and isinstance(owner, Instance):
                place = Place(owner.path, flow.span)
                yield META.at(
                    place,
                    "on_user_turn_completed is not called in text",
                    note=f"this agent runs in text too ({where(run.place, place)}), where on_user_turn_completed is "
                    "not called: what it adds to a turn is missing there",
                    help="add it where both ways come by, as in the agent's instructions",
                    label="not called in text",
                    related=[Related(run.place, "where it runs in text")],
                    severity=Severity.INFO,
                )
