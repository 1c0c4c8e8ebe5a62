"""What is still said of a release that is newer than all that are known: nothing of it is proven to be absent."""

from __future__ import annotations

from functools import cache

import pytest

from lkagent_lint import engine
from lkagent_lint.rules import all_rules
from lkagent_lint.sources.sdk.releases import Basis
from tests.harness import cases
from tests.harness.cases import Case, Kind

BAD = [case for case in cases.find_cases() if case.kind is Kind.BAD and case.code != "LKA209"]
"""LKA209 rests on packages of which no setting speaks."""
ABSENCE = frozenset({"LKA402", "LKA406", "LKA407", "LKA412", "LKA413", "LKA501", "LKA503", "LKA504"})
"""Rules that ask for themselves what the releases of several packages do not have."""
NEWER = ('sdk-version = "1.99.0"', 'node-sdk-version = "1.99.0"')
ANOTHER_MAJOR = ('sdk-version = "9.0.0"', 'node-sdk-version = "9.0.0"')


@cache
def said(case: Case, *assignments: str) -> tuple[tuple[str, int], ...]:
    """What the fixture's own rule says, by file and line."""
    request = engine.Request(paths=(str(case.root),), select=(case.code,), assignments=assignments)
    found = engine.check(request).diagnostics
    return tuple((each.place.path, each.place.span.line) for each in found if each.code == case.code)


@pytest.mark.parametrize("case", BAD, ids=[case.name for case in BAD])
def test_what_is_said_of_a_newer_release(case: Case) -> None:
    basis = all_rules()[case.code].META.basis
    if basis is Basis.REFUSAL or case.code in ABSENCE:
        assert said(case, *NEWER) == ()
    else:
        assert said(case, *NEWER) == said(case)


@pytest.mark.parametrize("case", BAD, ids=[case.name for case in BAD])
def test_what_is_said_of_another_major(case: Case) -> None:
    basis = all_rules()[case.code].META.basis
    if basis is Basis.NOTHING and case.code not in ABSENCE | {"LKA502"}:
        assert said(case, *ANOTHER_MAJOR) == said(case)
    else:
        assert said(case, *ANOTHER_MAJOR) == ()
