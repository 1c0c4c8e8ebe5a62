"""What the dispatch rules say of a LiveKit server, seen on a real one.

A server that ``LIVEKIT_SERVER_BIN`` names, that is on the PATH, or that ``python -m tools.server_claims`` built before;
the packages livekit, livekit-api and livekit-agents beside it. Without either the tests are skipped and say why. All
tries are played once, a few at a time, which takes about five minutes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.server_claims import sdk
from tools.server_claims.claims import CLAIMS, Claim
from tools.server_claims.report import row
from tools.server_claims.runs import outcomes_of
from tools.server_claims.scene import Outcome
from tools.server_claims.server import NoServer, find
from tools.server_claims.tries import REAL, TRIES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "server-behaviour.md").read_text(encoding="utf-8")
ALL = [(code, claim) for code, claims in CLAIMS.items() for claim in claims]


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Outcome]:
    try:
        sdk.installed()
        binary = find(build=False)
    except (NoServer, sdk.NoPackages) as reason:
        pytest.skip(str(reason))
    return asyncio.run(outcomes_of(binary, TRIES, real=False))


@pytest.mark.parametrize("number", [each.number for each in TRIES])
def test_a_try_ends_as_documented(number: str, outcomes: Mapping[str, Outcome]) -> None:
    assert row(number, outcomes[number]) in DOCUMENT.splitlines()


@pytest.mark.parametrize("claim", [claim for _, claim in ALL], ids=[f"{code}: {claim.sentence}" for code, claim in ALL])
def test_a_sentence_of_the_rules_holds_as_documented(claim: Claim, outcomes: Mapping[str, Outcome]) -> None:
    verdict = claim.verdict(outcomes)
    assert f"| {claim.sentence} | {', '.join(claim.tries)} | {verdict} |" in DOCUMENT
    assert "the note is refuted" not in verdict


def test_workers_of_the_sdks_get_the_same_jobs(outcomes: Mapping[str, Outcome]) -> None:
    if not os.environ.get(sdk.NODE_MODULES):
        pytest.skip(f"{sdk.NODE_MODULES} names no node_modules with @livekit/agents")
    real = asyncio.run(outcomes_of(find(build=False), (each for each in TRIES if each.number in REAL), real=True))
    assert {number: seen.summary for number, seen in real.items()} == {
        number: outcomes[number].summary for number in REAL
    }
