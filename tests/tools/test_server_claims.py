"""The document of the server's behaviour agrees with the tries and claims that it is written from; no server is run."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tools.server_claims.claims import CLAIMS
from tools.server_claims.tries import GROUPS, REAL, TRIES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "server-behaviour.md").read_text(encoding="utf-8")
NUMBERS = [each.number for each in TRIES]


def test_every_try_has_its_own_number_and_a_group() -> None:
    assert [number for number, count in Counter(NUMBERS).items() if count > 1] == []
    assert {each.group for each in TRIES} == set(GROUPS)
    assert set(REAL) <= set(NUMBERS)


def test_every_claim_rests_on_tries() -> None:
    claims = [claim for each in CLAIMS.values() for claim in each]
    assert [claim.sentence for claim in claims if not claim.tries] == []
    assert {number for claim in claims for number in claim.tries} <= set(NUMBERS)


def test_notes_name_only_tries_whose_outcome_they_state() -> None:
    for claim in (claim for each in CLAIMS.values() for claim in each):
        named = set(re.findall(r"\b\d+[a-z]\b", claim.note))
        assert named <= set(claim.tries) | set(claim.also), claim.sentence
        assert set(claim.also) <= set(NUMBERS)


def test_no_note_is_refuted() -> None:
    assert "the note is refuted" not in DOCUMENT


def test_document_holds_every_try_and_every_claim() -> None:
    assert [number for number in NUMBERS if f"\n| {number} | 1. " not in DOCUMENT] == []
    missing = [
        claim.sentence for each in CLAIMS.values() for claim in each if f"\n| {claim.sentence} | " not in DOCUMENT
    ]
    assert missing == []


def test_sdk_workers_agree() -> None:
    assert [number for number in REAL if f"\n| {number} | the same |" not in DOCUMENT] == []
