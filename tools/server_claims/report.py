"""The document: outcomes, and what the rules may say. No times, no places, so that equal outcomes give equal text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.server_claims.claims import CLAIMS
from tools.server_claims.scene import NO_ANSWER, NO_WORKER, SETTLE, WATCH, Outcome
from tools.server_claims.tries import GROUPS, LONG, TRIES

VERSION_ROW = "| version of "

TITLE = """\
# What a LiveKit server does with dispatches

Written by `python -m tools.server_claims --write`: outcomes of a real livekit-server in `--dev` mode, not read from its
source. LiveKit Cloud may differ.
"""

METHOD = f"""
Each try has a server of its own. A worker speaks the agent protocol: it registers with a job type and perhaps a name,
and accepts every job. Steps are {SETTLE:g} s apart, and a job belongs to the step after which it arrived; after the
last step {WATCH} s are watched. A job is counted if it was offered, assigned, and logged as assigned; its type was the
worker's each time. The room is the same in all steps of a try.

The log column holds what the server says of agents, each line once. If no level is shown, it is info. *No worker* is
`{NO_WORKER}`, *no answer* is `{NO_ANSWER}`.
"""

NOT_TRIED = """\
## Not tried

- 14: SIP dispatch rules. They need the SIP service and Redis beside the server. LKA208 rests on reading.
- Room presets, connectors, `deployment`, several nodes, LiveKit Cloud.
- Workers that reject a job, and workers that come back after a lost connection.
"""

LEGEND = """\
## What the rules may say

*Confirmed*: the outcomes are as the sentence predicts. *Refined*: so they are, and the note says what else holds.
*Refuted*: they are not, and the note says what holds instead; no rule may say that sentence."""


def document(versions: Mapping[str, str], outcomes: Mapping[str, Outcome], real: Mapping[str, Outcome]) -> str:
    lines = [*_head(versions), *_outcomes(outcomes), *_agreement(outcomes, real), NOT_TRIED, *_rules(outcomes)]
    return "\n".join(lines) + "\n"


def _head(versions: Mapping[str, str]) -> Iterator[str]:
    yield TITLE
    yield "| | |"
    yield "|---|---|"
    for package, version in versions.items():
        yield f"{VERSION_ROW}{package} | {version} |"
    yield METHOD


def _outcomes(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    yield "## Outcomes"
    yield ""
    for group, title in GROUPS.items():
        yield f"### {group}. {title}"
        yield ""
        yield "| try | steps | who gets a job | server log |"
        yield "|---|---|---|---|"
        for each in TRIES:
            if each.group == group and each.number in outcomes:
                yield row(each.number, outcomes[each.number])
        yield ""
        if group == 11:
            yield f"11d was watched for {LONG} s."
            yield ""


def row(number: str, outcome: Outcome) -> str:
    steps = "<br>".join(f"{place}. {step}" for place, step in enumerate(outcome.steps, 1))
    jobs = "<br>".join(outcome.summary.split("; "))
    return f"| {number} | {steps} | {jobs} | {'<br>'.join(outcome.logged)} |"


def _agreement(outcomes: Mapping[str, Outcome], real: Mapping[str, Outcome]) -> Iterator[str]:
    yield "## The same with workers of the SDKs"
    yield ""
    yield (
        "These tries were repeated with workers made with livekit-agents, those for participants with @livekit/agents;"
    )
    yield "they accept and connect."
    yield ""
    yield "| try | outcome |"
    yield "|---|---|"
    for number, outcome in real.items():
        same = outcome.summary == outcomes[number].summary
        yield f"| {number} | {'the same' if same else 'differs: ' + outcome.summary} |"
    yield ""


def _rules(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    yield LEGEND
    for code, claims in CLAIMS.items():
        yield ""
        yield f"### {code}"
        yield ""
        yield "| sentence | tries | verdict | note |"
        yield "|---|---|---|---|"
        for claim in claims:
            verdict = claim.verdict(outcomes)
            yield f"| {claim.sentence} | {', '.join(claim.tries)} | {verdict} | {claim.note} |"


def without_versions(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(VERSION_ROW))
