"""A project can adopt the linter in one step, whatever it finds there: every fixture at once, by comments and by a
baseline.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from lkagent_lint import engine
from lkagent_lint.engine.adding import Added, suppress_all
from lkagent_lint.sources.reading import Undecodable, decode
from tests.test_fixtures import CASES, union

__all__ = ["union"]
_WRITTEN = rb"(?:#|//|\{/\*) lkagent: ignore\[[A-Z0-9, ]+\] known(?: \*/\})?"
ALONE = re.compile(rb"(?:(?<=[\r\n])|\A)[ \t]*" + _WRITTEN + rb"(?:\r\n?|\n)")
BEHIND = re.compile(rb"  " + _WRITTEN)


def request(union: Path, **options: object) -> engine.Request:
    paths = tuple(str(union / each.name) for each in CASES)
    return engine.Request(paths=paths, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def added(union: Path) -> Added:
    return suppress_all(request(union), "known")


def test_a_comment_hides_every_finding_that_a_comment_can_hide(added: Added) -> None:
    assert added.hidden > 400
    left = [each for each in added.left if not each.code.startswith("LKA0")]
    # JSON has no comments, and in a block of YAML a comment would be a part of the value.
    elsewhere = [each for each in left if not each.place.path.endswith((".json", ".yml", ".yaml"))]
    assert [f"{each.place.path}:{each.place.span.line} {each.code}" for each in elsewhere] == []


def test_nothing_but_comments_is_written(added: Added) -> None:
    for rewrite in added.rewrites:
        assert BEHIND.sub(b"", ALONE.sub(b"", rewrite.after)) == rewrite.before, rewrite.path


def test_a_baseline_knows_every_finding_also_when_it_has_moved(union: Path) -> None:
    path = str(union / "known.json")
    asked = request(union, options={"baseline": path})
    (written,) = engine.rewritten_baselines(asked)
    assert written.added > 400
    moved = {path: written.after}
    for file in union.rglob("*.py"):
        data = file.read_bytes()
        text = decode(data)
        # What cannot be read, and what the first two lines say, would change with the lines.
        if not isinstance(text, Undecodable) and "coding" not in text[:200]:
            moved[str(file)] = b"# moved\n\n\n" + data.removeprefix(b"\xef\xbb\xbf")
    report = engine.check(msgspec.structs.replace(asked, overlays=moved))
    assert [f"{each.place.path} {each.code}" for each in report.diagnostics if each.code != "LKA000"] == []
    (baseline,) = report.baselines
    assert baseline.stale == ()
