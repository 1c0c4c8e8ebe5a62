"""What there is to say of one rule at one line: which of the conditions for a finding hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lkagent_lint.engine.inspection import AskedRule, Fate, Gate
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.agent_names import Known, Pattern, UnknownName, Usually
from lkagent_lint.questions.dispatches import names_of
from lkagent_lint.questions.doubts import Doubt
from lkagent_lint.sources.sdk.tables import packages as packages_of
from lkagent_lint.why import records as r
from lkagent_lint.why.explain import AskedLine, dispatches_at, findings_at, jobs_at, workers_at

_MOST = 8
"""Reasons that are told of one worker."""
_OF_JOBS = frozenset({"LKA114", "LKA115", "LKA116", "LKA124"})
_OF_RELEASES = frozenset({"LKA307", "LKA406", "LKA412", "LKA413", "LKA501", "LKA503", "LKA504"})
"""Rules that say that something is missing in a job, or in a release; of workers and dispatches more is said."""
_ON = "the rule is on for this file"
_KEPT_BACK = {
    Fate.HIDDEN: "no comment hides what it finds",
    Fate.KNOWN: "no baseline lists what it finds",
    Fate.UNGROUNDED: "enough is known of the SDK's release there for what it finds",
}
"""The conditions that a finding with this fate does not meet."""


def verdict(here: AskedLine, rule: AskedRule, moments: Sequence[r.Moment], ends: Sequence[r.End]) -> r.Verdict:
    """``moments`` and ``ends`` are what was found at the line."""
    code, inspection = rule.code, here.inspection
    found = [each for each in inspection.found if each.diagnostic.code == code]
    standing = [each.diagnostic for each in found]
    at = findings_at(here, standing)
    fates = {each.fate for each in found if each.diagnostic in at}
    reported = Fate.SHOWN in fates
    conditions = list(_switches(here, rule, fates))
    if reported:
        message = "it is reported here"
    elif fates:
        message = "the rule finds something here, and it is not shown"
    else:
        message = "the rule finds nothing here"
        shown = [each.place for each in inspection.shown if each.code == code]
        elsewhere = sorted({each.span.line for each in shown if each.path == here.path})
        if elsewhere:
            message += f"; in this file it is reported at line {', '.join(map(str, elsewhere))}"
        conditions += _family(here, code, moments, ends)
    if fates and code.startswith("LKA2"):
        conditions += _evidence(here)
    if not fates:
        conditions += _certainty(here, code)
    return r.Verdict(code=code, name=rule.name, reported=reported, message=message, conditions=tuple(conditions))


def _switches(here: AskedLine, rule: AskedRule, fates: set[Fate]) -> Iterator[r.Condition]:
    """Whether the rule is on for the file, and what keeps back what it finds."""
    match rule.gate:
        case Gate.ON:
            yield r.Condition(holds=True, message=_ON)
        case Gate.PREVIEW:
            message = f"{_ON}: it is in preview, and runs where preview is set or select names {rule.code}"
            yield r.Condition(holds=False, message=message)
        case Gate.OFF:
            yield r.Condition(holds=False, message=f"{_ON}: the settings turn it off")
    for fate, condition in _KEPT_BACK.items():
        if fate in fates:
            yield r.Condition(holds=False, message=condition)
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
    if legacy is not None:
        message = f"the file follows the lifecycle of 1.x: line {legacy.line} uses a class of livekit-agents 0.x"
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
        unnamed = [each for each in project.workers if isinstance(each.name, (UnknownName, Usually, Pattern))]
        places = ", ".join(f"{here.show(each.place.path)}:{each.place.span.line}" for each in unnamed[:4])
        message = "the name of every worker is known" + (f" (it is not at {places})" if unnamed else "")
        yield r.Condition(holds=not unnamed, message=message)
    yield r.Condition(holds=not project.has_gaps, message="every file that takes part could be analysed")
    yield r.Condition(holds=None, message=f"the other conditions are on the rule's page: lkagent-lint rule {code}")


def _certainty(here: AskedLine, code: str) -> Iterator[r.Condition]:
    """Of a rule that says that something is missing: whether everything that could be there is known, and why not."""
    doubts = _doubts(here, code) if here.path in here.survey.project.files else None
    if doubts is None:
        return
    yield r.Condition(holds=not doubts, message="everything that could be there after all is known")
    for doubt in dict.fromkeys(doubts[:_MOST]):
        at = "" if doubt.place is None else f" ({here.show(doubt.place.path)}:{doubt.place.span.line})"
        yield r.Condition(holds=None, message=f"{doubt.why}{at}")


def _doubts(here: AskedLine, code: str) -> list[Doubt] | None:
    """None for a rule that speaks of no absence."""
    absence = here.subject.absence
    if code in _OF_JOBS:
        asked = {"LKA124": absence.of_start, "LKA114": absence.of_joining}.get(code, absence.in_job)
        return [each for solved in jobs_at(here) for each in asked(solved)]
    if code == "LKA203":
        names = [name for dispatch, _ in dispatches_at(here) for name in names_of(dispatch) or ()]
        return [each for name in names for each in absence.of_worker(name)]
    if code == "LKA205":
        return list(absence.of_room())
    if code in _OF_RELEASES:
        packages = packages_of(node=here.path.endswith(SCRIPTS))
        return [each for package in packages for each in absence.in_release(here.path, package)]
    return None


def _evidence(here: AskedLine) -> Iterator[r.Condition]:
    """What dispatches the workers at the line, or may."""
    for worker, _ in workers_at(here):
        found = here.subject.verdicts.of(worker)
        yield r.Condition(holds=found.gets_jobs == "no", message="nothing in this project dispatches it, for certain")
        for reason in found.reasons[:_MOST]:
            at = "" if reason.place is None else f" ({here.show(reason.place.path)}:{reason.place.span.line})"
            yield r.Condition(holds=None, message=f"{reason.message}{at}")
