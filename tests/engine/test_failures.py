"""A part of the linter fails: the finding names the part and the file, and the traceback can be asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.cli import main
from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.frontends import python
from lkagent_lint.frontends.python import extract
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Job, Worker
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka101_connect_before_start, lka102_wait_before_start
from lkagent_lint.typestate.solver import Solved
from tests.engine.test_check import EARLY, write

Check = Callable[[Subject], Iterator[Diagnostic]]


class Broken(Exception):
    pass


def nothing(subject: Subject) -> Iterator[Diagnostic]:
    raise Broken("no such thing")


def at_a_worker(subject: Subject) -> Iterator[Diagnostic]:
    for worker in subject.project.workers:
        if worker.place.path.endswith("late.py"):
            raise Broken("no such thing")
        yield lka101_connect_before_start.META.at(worker.place, "before the failure")


def of(worker: Worker) -> str:
    raise Broken(worker.name)


def in_a_helper(subject: Subject) -> Iterator[Diagnostic]:
    (late,) = (worker for worker in subject.project.workers if worker.place.path.endswith("late.py"))
    yield lka101_connect_before_start.META.at(late.place, of(late))


def deep(activation: Activation, depth: int) -> int:
    return deep(activation, depth + 1) + 1


def too_deep(subject: Subject) -> Iterator[Diagnostic]:
    for entry in (job.entry for job in subject.project.jobs if job.place.path.endswith("late.py")):
        deep(subject.project.evaluator.usual(entry.path, subject.project.files[entry.path].flows[entry.flow]), 0)
    yield from ()


def with_a_job(subject: Subject) -> Iterator[Diagnostic]:
    for job in (job for job in subject.project.jobs if job.place.path.endswith("late.py")):
        assert job.wrapped, "no such thing"
    yield from ()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, agent_py=EARLY, early_py=EARLY, late_py=f"# one\n# two\n{EARLY}")


def broken(monkeypatch: pytest.MonkeyPatch, check: Check, rule: object = lka101_connect_before_start) -> None:
    monkeypatch.setattr(rule, "check", check)


def crashes(report: Report) -> list[Diagnostic]:
    return [each for each in report.diagnostics if each.code == "LKA000"]


def check(*paths: Path) -> Report:
    return engine.check(engine.Request(paths=tuple(map(str, paths))))


LOOKS: list[tuple[Check, int]] = [(at_a_worker, 8), (in_a_helper, 8), (too_deep, 9), (with_a_job, 9)]


@pytest.mark.parametrize(("look", "line"), LOOKS, ids=[look.__name__ for look, _ in LOOKS])
def test_it_stands_at_what_the_rule_was_looking_at(
    project: Path, monkeypatch: pytest.MonkeyPatch, look: Check, line: int
) -> None:
    broken(monkeypatch, look)
    (crash,) = crashes(check(project))
    assert (Path(crash.place.path).name, crash.place.span.line) == ("late.py", line)
    assert crash.title == "rule LKA101 failed on this file"


def test_where_nobody_knows_the_file_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, nothing)
    (crash,) = crashes(check(project))
    assert crash.place.span.line == 1
    assert crash.message == (
        "rule LKA101 failed on this project, in which file is not known: Broken: no such thing; report this with what "
        "LKAGENT_LINT_TRACEBACK=1 shows; everything else was still checked"
    )


@pytest.mark.parametrize("look", [nothing, at_a_worker])
def test_it_is_told_whatever_was_asked_for(project: Path, monkeypatch: pytest.MonkeyPatch, look: Check) -> None:
    """What the rule would have said of that file is missing too."""
    broken(monkeypatch, look)
    report = check(project / "early.py")
    (crash,) = crashes(report)
    assert report.internal_errors == 1
    assert Path(crash.place.path).name == ("early.py" if look is nothing else "late.py")


def test_two_rules_that_fail_in_one_place_are_two(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, nothing)
    broken(monkeypatch, nothing, lka102_wait_before_start)
    assert [each.subject for each in crashes(check(project))] == ["rule LKA101", "rule LKA102"]


def test_the_traceback_leads_to_the_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, in_a_helper)
    (fault,) = check(project).faults
    assert (fault.part, Path(fault.path).name) == ("rule LKA101", "late.py")
    assert fault.trace.startswith("Traceback (most recent call last):\n")
    assert "in in_a_helper" in fault.trace
    assert "in of" in fault.trace
    assert fault.trace.splitlines()[-1].startswith("tests.engine.test_failures.Broken: ")


def test_a_traceback_of_great_depth_is_cut(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, too_deep)
    (fault,) = check(project).faults
    assert "RecursionError" in fault.trace
    assert len(fault.trace) < 20_000


def test_of_a_front_end_and_of_the_solver(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(data: bytes, words: frozenset[str]) -> FileFacts:
        if b"# one" in data:
            raise Broken("in the front end")
        return extract(data, words)

    def unsolvable(job: Job, evaluator: Evaluator) -> Solved:
        raise Broken("in the solver")

    monkeypatch.setattr(python, "extract", unreadable)
    monkeypatch.setattr("lkagent_lint.questions.subject.solve", unsolvable)
    report = check(project)
    found = {
        (Path(each.path).name, each.part, each.trace.splitlines()[-1].partition(": ")[2]) for each in report.faults
    }
    assert found == {
        ("agent.py", "the solver", "in the solver"),
        ("early.py", "the solver", "in the solver"),
        ("late.py", "the Python front end", "in the front end"),
    }
    assert len(crashes(report)) == 3


class Spiteful(Exception):
    def __str__(self) -> str:
        raise ValueError("not even this")


def test_an_error_that_cannot_say_what_it_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spiteful(subject: Subject) -> Iterator[Diagnostic]:
        raise Spiteful

    broken(monkeypatch, spiteful)
    report = check(project)
    assert crashes(report)[0].note == "Spiteful"
    assert "Spiteful" in report.faults[0].trace.splitlines()[-1]


def test_nothing_of_it_is_kept(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = engine.Request(paths=(str(project),), cache=True, cache_dir=str(tmp_path / "cache"))
    with monkeypatch.context() as patch:
        patch.setattr(lka101_connect_before_start, "check", nothing)
        assert engine.check(request).faults
    assert engine.check(request).faults == ()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and b"Broken" in path.read_bytes()]


FLAKE8 = """\
import sys
from lkagent_lint.rules import lka101_connect_before_start as rule
def check(subject):
    raise LookupError("no such thing")
rule.check = check
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("asked", [True, False])
def test_on_standard_error_if_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], asked: bool
) -> None:
    broken(monkeypatch, nothing)
    monkeypatch.setenv("LKAGENT_LINT_TRACEBACK", "1" if asked else "")
    with pytest.raises(SystemExit, match="2"):
        main(["--no-cache", "--output-format", "json", str(project)])
    out, err = capfd.readouterr()
    assert ("in nothing" in err) is asked
    assert "Traceback" not in out


@pytest.mark.parametrize("asked", [True, False])
def test_under_flake8_if_asked(project: Path, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LKAGENT_LINT_TRACEBACK", "1" if asked else "")
    command = [sys.executable, "-c", FLAKE8, "--isolated", "--select=LKA", "--jobs=1", "--lka-no-cache", "early.py"]
    done = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8", check=False)
    assert ("LookupError: no such thing" in done.stderr) is asked, done.stderr
    assert ("Traceback" in done.stderr) is asked
