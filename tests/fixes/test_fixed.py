"""What fixes make of the ``bad`` fixtures, whatever their line ends, encoding and indentation; and that this is all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.engine.fixing import Fixed
from lkagent_lint.intents import Safety
from lkagent_lint.rules import rule
from tests.fixes.promised import LACKING, NEW, SAFE, UNSAFE
from tests.harness.cases import Case, Kind, files_below, find_cases

CASES = find_cases()
BAD = [case for case in CASES if case.kind is Kind.BAD]
MENDED = [case for case in CASES if case.fixed.is_dir()]
SHOWN = {case.code for case in MENDED}
_NO_FIX = re.compile(r"## Fix safety\n+There is no fix")

Turn = Callable[[bytes], bytes]


def _latin(data: bytes) -> bytes:
    text = data.decode()
    if b"@livekit" in data:
        return data
    return f"# coding: latin-1\n# \xe9\n{text}".encode("latin-1") if text.isascii() else data


TWINS: dict[str, Turn] = {
    "plain": lambda data: data,
    "CRLF, BOM": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "CR, no final line end": lambda data: data.rstrip(b"\n").replace(b"\n", b"\r"),
    "latin-1, tabs": lambda data: _latin(data.replace(b"    ", b"\t")),
}
"""In each of these a fix has to leave everything as it is that is not its own. A form feed is no white space to all."""


TURNED = (".py", ".ts", ".js")


def mended(case: Case, turn: Turn) -> tuple[dict[str, bytes], Fixed]:
    """The Python files of a case, turned, after all fixes; those that change."""
    overlays = {
        str(case.root / name): turn((case.root / name).read_bytes()) for name in case.files if name.endswith(TURNED)
    }
    done = engine.fixed(engine.Request(paths=(str(case.root),), overlays=overlays), unsafe=True)
    return {Path(each.path).relative_to(case.root).as_posix(): each.after for each in done.rewrites}, done


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("case", MENDED, ids=[case.name for case in MENDED])
def test_the_fixture_is_mended(case: Case, twin: str) -> None:
    turn = TWINS[twin]
    expected = {
        name: turn(data) if name.endswith(TURNED) else data
        for name in files_below(case.fixed)
        for data in [(case.fixed / name).read_bytes()]
    }
    after, done = mended(case, turn)
    assert after == expected
    assert done.refused == ()
    if twin == "plain":
        assert case.code in {each.code for each in done.applied}
        assert_nothing_is_left(case, after)


def assert_nothing_is_left(case: Case, after: dict[str, bytes]) -> None:
    overlays = {str(case.root / name): data for name, data in after.items()}
    again = engine.fixed(engine.Request(paths=(str(case.root),), overlays=overlays), unsafe=True)
    assert again.rewrites == ()
    left = [each.fix.safety for each in again.report.diagnostics if each.code == case.code and each.fix is not None]
    assert set(left) <= {Safety.SUGGESTION}


@pytest.mark.parametrize("case", BAD, ids=[case.code for case in BAD])
def test_the_page_says_whether_there_is_a_fix(case: Case) -> None:
    """Where there is none, no fixture has one; where there is one, some fixture shows it."""
    page = rule(case.code).__doc__ or ""
    report = engine.check(engine.Request(paths=(str(case.root),)))
    fixes = [each.fix for each in report.diagnostics if each.code == case.code and each.fix is not None]
    applied = any(fix.safety is not Safety.SUGGESTION for fix in fixes)
    assert case.code in SHOWN or not applied
    assert applied or not case.fixed.is_dir()
    assert (_NO_FIX.search(page) is None) is (bool(fixes) or case.code in SHOWN)


_LETTERS = {Safety.SAFE: "S", Safety.UNSAFE: "U", Safety.SUGGESTION: "U"}


@pytest.mark.parametrize("code", sorted(SAFE | UNSAFE))
def test_a_fix_that_was_promised_is_there(code: str) -> None:
    """In the example of the page, or in an edge that shows it; what is lacking has a reason."""
    wanted = {letter for letter, codes in (("S", SAFE), ("U", UNSAFE)) if code in codes}
    seen: set[str] = set()
    for case in (each for each in (*BAD, *MENDED) if each.code == code):
        if not wanted <= seen:
            report = engine.check(engine.Request(paths=(str(case.root),)))
            seen |= {_LETTERS[each.fix.safety] for each in report.diagnostics if each.code == code and each.fix}
    assert wanted - seen == {letter for lacking, letter in LACKING if lacking == code}


def test_every_fix_was_promised_or_is_new() -> None:
    assert SHOWN <= SAFE | UNSAFE | NEW
