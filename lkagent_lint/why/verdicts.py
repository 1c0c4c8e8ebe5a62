"""What there is to say of one rule at one line: which of the conditions for a finding hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.engine.asking import AskedRule, ask
from lkagent_lint.engine.policy import Policy
from lkagent_lint.engine.selection import is_named
from lkagent_lint.project.agent_names import Known, UnknownName
from lkagent_lint.questions.reach import answer
from lkagent_lint.why import records as r
from lkagent_lint.why.explain import AskedLine, dispatches_at, findings_at, workers_at

_MOST = 8
"""Reasons that are told of one worker."""


def verdict(
    here: AskedLine, code: str, shown: Sequence[Diagnostic], moments: Sequence[r.Moment], ends: Sequence[r.End]
) -> r.Verdict:
    """``shown`` is what is reported in the file; ``moments`` and ``ends`` are what was found at the line."""
    rule = ask(code, here.subject)
    reported = any(each.code == code for each in findings_at(here, shown))
    raw = [each for each in findings_at(here, rule.found) if each.code == code]
    conditions = [*_switches(here, rule, bool(raw), reported)]
    if reported:
        message = "it is reported here"
    elif raw:
        message = "the rule finds something here, and it is not shown"
    else:
        message = "the rule finds nothing here"
        elsewhere = sorted(
            {each.place.span.line for each in shown if each.code == code and each.place.path == here.path}
        )
        if elsewhere:
            message += f"; in this file it is reported at line {', '.join(map(str, elsewhere))}"
        conditions += _family(here, code, moments, ends)
    if raw and code.startswith("LKA2"):
        conditions += _evidence(here)
    return r.Verdict(code=code, name=rule.name, reported=reported, message=message, conditions=tuple(conditions))


def _switches(here: AskedLine, rule: AskedRule, found: bool, reported: bool) -> Iterator[r.Condition]:
    """Whether the rule is on for the file, and no comment hides what it finds."""
    settings = here.survey.project.settings(here.path)
    on = Policy(here.survey.index.finder).reports(here.path, rule.code)
    if on:
        yield r.Condition(holds=True, message="the rule is on for this file")
    elif rule.in_preview and not settings.preview and not is_named(rule.code, settings.ignored):
        message = f"the rule is in preview: it runs where preview is set or select names {rule.code}"
        yield r.Condition(holds=False, message=message)
    else:
        yield r.Condition(holds=False, message="the settings turn the rule off for this file")
    if found and on and not reported:
        yield r.Condition(holds=False, message="a comment hides what it finds")
    if rule.host_reports:
        yield r.Condition(holds=None, message="under flake8 the host reports the like itself, so this rule stays out")
    project = here.survey.project
    if here.path not in project.files:
        yield r.Condition(holds=False, message="the file takes part in the project")
    elif project.files[here.path].problems:
        yield r.Condition(holds=False, message="the file could be analysed")


def _family(here: AskedLine, code: str, moments: Sequence[r.Moment], ends: Sequence[r.End]) -> Iterator[r.Condition]:
    if here.path not in here.survey.project.files:
        return
    if code.startswith("LKA1"):
        yield from _lifecycle(here, moments, ends)
    elif code.startswith("LKA2"):
        yield from _dispatch(here, code)
    else:
        message = "something that the rule speaks of stands here, and its conditions hold (see the rule's page)"
        yield r.Condition(holds=False, message=message)


def _lifecycle(here: AskedLine, moments: Sequence[r.Moment], ends: Sequence[r.End]) -> Iterator[r.Condition]:
    project = here.survey.project
    legacy = project.files[here.path].legacy
    if legacy:
        message = "the file follows the lifecycle of 1.x: it imports classes of livekit-agents 0.x"
        yield r.Condition(holds=False, message=message)
    if moments:
        yield r.Condition(holds=True, message="a step of the lifecycle stands here, and a job reaches it")
        unknown = not all(moment.known for moment in moments)
        places = ", ".join(f"{each.path}:{each.line}" for each in ends)
        message = "the state before it is known" + (f": it ended to be at {places}" if unknown and places else "")
        yield r.Condition(holds=not unknown, message=message)
        beside = all(moment.beside for moment in moments)
        if beside:
            yield r.Condition(holds=False, message="it belongs to the job's own course, not to a task beside it")
        if not unknown and not beside:
            message = "the states before it (above) are those that the rule's page speaks of"
            yield r.Condition(holds=False, message=message)
    elif not project.jobs:
        yield r.Condition(holds=False, message="the project registers an entry function that is known")
    else:
        jobs = ", ".join(f"{here.show(job.place.path)}:{job.place.span.line}" for job in project.jobs[:4])
        message = f"a step of the lifecycle stands here and a job reaches it (jobs begin at {jobs})"
        yield r.Condition(holds=False, message=message)


def _dispatch(here: AskedLine, code: str) -> Iterator[r.Condition]:
    """Which names are known, on both sides; absence of anything needs all of them."""
    project = here.survey.project
    workers = [worker for worker, _ in workers_at(here)]
    dispatches = [dispatch for dispatch, _ in dispatches_at(here)]
    if not workers and not dispatches:
        yield r.Condition(holds=False, message="a registration or a dispatch stands here")
        return
    sides = [(each.name, each.in_tests) for each in workers] + [(each.name, each.in_tests) for each in dispatches]
    for name, in_tests in sides:
        yield r.Condition(holds=isinstance(name, Known), message="its name is one that is known")
        if in_tests:
            yield r.Condition(holds=False, message="it stands in no test file: those silence and never fire")
    if any(each.presence for each in dispatches):
        yield r.Condition(holds=False, message="findings stand at it: it is read as evidence only")
    yield from _evidence(here)
    if dispatches:
        unnamed = [each for each in project.workers if isinstance(each.name, UnknownName)]
        places = ", ".join(f"{here.show(each.place.path)}:{each.place.span.line}" for each in unnamed[:4])
        message = "the name of every worker is known" + (f" (it is not at {places})" if unnamed else "")
        yield r.Condition(holds=not unnamed, message=message)
    yield r.Condition(holds=not project.has_gaps, message="every file that takes part could be analysed")
    yield r.Condition(holds=None, message=f"the other conditions are on the rule's page: lkagent-lint rule {code}")


def _evidence(here: AskedLine) -> Iterator[r.Condition]:
    """What dispatches the workers at the line, or may."""
    for worker, _ in workers_at(here):
        found = answer(here.survey.project, worker)
        yield r.Condition(holds=found.gets_jobs == "no", message="nothing in this project dispatches it, for certain")
        for reason in found.reasons[:_MOST]:
            at = "" if reason.place is None else f" ({here.show(reason.place.path)}:{reason.place.span.line})"
            yield r.Condition(holds=None, message=f"{reason.message}{at}")
