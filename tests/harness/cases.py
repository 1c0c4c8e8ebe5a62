"""The fixtures: one folder a rule, and in it the projects that show it.

    fixtures/rules/LKA101-connect-before-start/bad/          what the rule's page shows as wrong
                                               bad.fixed/    the files of it that --fix --unsafe-fixes rewrites;
                                                             edge/<case>.fixed/ too
                                               good/         and as right
                                               edge/<case>/  everything else

Each of these is a project of its own (``root = true``) of real files. ``find_cases`` lists them and raises
nothing; ``layout_problems`` and ``Case.problems`` say what is wrong with them, ``judge`` compares one with findings.
"""

from __future__ import annotations

import enum
import os
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from lkagent_lint.config.loader import read_settings
from lkagent_lint.rules import all_rules
from lkagent_lint.sources.reading import decode_loosely
from tests.harness.marks import LINE_END, MARKS_SUFFIX, Mark, MarkError, Verb, read_marks, read_sidecar
from tests.harness.runs import Finding

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures" / "rules"

FIXED = ".fixed"
_SETTINGS = "pyproject.toml"
_FOLDER = re.compile(r"(LKA\d{3})-[a-z0-9-]+")
_SHEBANG_OR_COOKIE = re.compile(r"#!|[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+[ \t]*(?:-\*-)?[ \t]*$")
_DOCSTRING = re.compile(r'[rR]?(?:"""|\'\'\'|"|\')(.*)')


class Kind(enum.Enum):
    BAD = "bad"
    GOOD = "good"
    EDGE = "edge"


@dataclass(frozen=True)
class Case:
    """One project of a rule's fixture. ``name`` is its path below the fixtures, with ``/``."""

    name: str
    root: Path
    code: str
    kind: Kind

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every file of the project but its ``.marks`` files, relative to it, with ``/``; sorted."""
        return tuple(name for name in files_below(self.root) if not name.endswith(MARKS_SUFFIX))

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark of the project, by file and line. Raises MarkError."""
        found: list[Mark] = []
        for name in self.files:
            of_file = read_marks(name, self.text(name))
            beside = self.root / (name + MARKS_SUFFIX)
            if beside.exists():
                of_file += read_sidecar(name, beside.read_text(encoding="utf-8"))
            found += sorted(of_file, key=lambda mark: mark.line)
        return tuple(found)

    @property
    def fixed(self) -> Path:
        """Where those of its files are that fixes rewrite, as they are then."""
        return self.root.with_name(f"{self.root.name}{FIXED}")

    def text(self, name: str) -> str:
        """The text of a file, however it is encoded. Line ends are kept."""
        data = (self.root / name).read_bytes()
        if name.endswith(".py"):
            try:
                encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
                return data.decode(encoding)
            except (SyntaxError, UnicodeDecodeError):
                pass
        return decode_loosely(data)

    def problems(self) -> Iterator[str]:
        """What is wrong with the fixture itself, whatever the linter says about it: ``path:line: …``."""
        yield from self._problems_of_settings()
        if not any(name != _SETTINGS for name in self.files):
            yield f"{self.name}: the project has no files"
        for name in files_below(self.root):
            if name.endswith(".py") and not _explains_itself(self.text(name)):
                yield f"{self.name}/{name}:1: the file must open with a comment that says why it is there"
            if name.endswith(MARKS_SUFFIX) and name.removesuffix(MARKS_SUFFIX) not in self.files:
                yield f"{self.name}/{name}:1: there is no file that these marks could be about"
        try:
            marks = self.marks
        except MarkError as error:
            yield f"{self.name}/{error}"
            return
        yield from self._problems_of_marks(marks)

    def _problems_of_settings(self) -> Iterator[str]:
        path = self.root / _SETTINGS
        settings = read_settings(str(path), path.read_bytes()) if path.exists() else None
        if settings is None or not settings.root:
            yield f"{self.name}/{_SETTINGS}: it must say [tool.lkagent-lint] root = true"

    def _problems_of_marks(self, marks: Sequence[Mark]) -> Iterator[str]:
        for mark in marks:
            # A gap may be a rule that is still to come; nothing else can fail without its rule.
            if mark.code not in all_rules() and mark.verb is not Verb.TODO_EXPECT:
                yield f"{self.name}/{mark.path}:{mark.line}: there is no rule {mark.code}"
            if not 1 <= mark.line <= len(LINE_END.split(self.text(mark.path))):
                yield f"{self.name}/{mark.path}{MARKS_SUFFIX}: there is no line {mark.line}"
        expected = [mark for mark in marks if mark.verb is Verb.EXPECT]
        if self.kind is Kind.BAD and not any(mark.code == self.code for mark in expected):
            yield f"{self.name}: it must expect {self.code} at least once"
        if self.kind is Kind.GOOD and any(mark.verb is not Verb.OK for mark in marks):
            yield f"{self.name}: what is shown as right can have no mark but ok"
        if self.kind is Kind.EDGE and not marks:
            yield f"{self.name}: at least one mark must say what the case is about"


def files_below(root: Path) -> list[str]:
    """Every file below a directory but compiled ones and what a check kept, relative, with ``/``; sorted."""
    found: list[str] = []
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name not in ("__pycache__", ".lkagent_lint_cache")]
        found += [Path(directory, name).relative_to(root).as_posix() for name in files]
    return sorted(found)


def find_cases(fixtures: Path = FIXTURES) -> list[Case]:
    """Every case of every rule, by name."""
    found: list[Case] = []
    for folder in _directories(fixtures):
        match = _FOLDER.fullmatch(folder.name)
        for kind in Kind if match is not None else ():
            top = folder / kind.value
            for root in _shapes(top) if kind is Kind.EDGE else [top] if top.is_dir() else []:
                assert match is not None
                found.append(Case(root.relative_to(fixtures).as_posix(), root, match[1], kind))
    return sorted(found, key=lambda case: case.name)


def layout_problems(fixtures: Path = FIXTURES) -> Iterator[str]:
    """What lies among the fixtures and belongs to no case, so that nothing would ever look at it."""
    names = {code: rule.META.name for code, rule in all_rules().items()}
    cases = find_cases(fixtures)
    roots = {each for case in cases for each in (case.root, case.fixed)}
    for folder in _directories(fixtures):
        match = _FOLDER.fullmatch(folder.name)
        if match is None or folder.name != f"{match[1]}-{names.get(match[1])}":
            yield f"{folder.name}: a fixture's folder is called by the code and the name of a rule"
    for name in files_below(fixtures):
        path = fixtures / name
        if roots.isdisjoint(path.parents):
            yield f"{name}: this file is in no bad/, good/ or edge/<case>/"


def judge(case: Case, findings: Sequence[Finding]) -> list[str]:
    """How findings differ from what a case's marks say, as ``path:line: …``; empty where they agree.

    Each mark takes the first finding of its line that it fits and that no other mark has taken.
    """
    problems: list[str] = []
    left = list(findings)
    for mark in case.marks:
        if mark.verb is Verb.OK:
            continue
        fitting = next((each for each in left if _stands_at(each, mark) and _fits(each, mark)), None)
        if fitting is not None:
            left.remove(fitting)
        problem = _gap_closed(mark) if mark.verb is Verb.TODO_EXPECT and fitting else None
        if mark.verb is Verb.TODO_OK and fitting is None:
            problem = f'{mark.code} is not reported any more: turn "todo-ok" into "ok" ({mark.reason})'
        if mark.verb is Verb.EXPECT and fitting is None:
            problem = _missing(mark, [each for each in findings if _stands_at(each, mark)])
        if problem is not None:
            problems.append(f"{case.name}/{mark.path}:{mark.line}: {problem}")
    denied = {(mark.path, mark.line, mark.code): mark.reason for mark in case.marks if mark.verb is Verb.OK}
    for each in left:
        reason = denied.get((each.path, each.span.line, each.code))
        why = "no mark expects" if reason is None else f'"ok" denies ({reason})'
        problems.append(
            f"{case.name}/{each.path}:{each.span.line}: {why}: {each.code} {each.severity.value} {each.message}"
        )
    return problems


def _stands_at(finding: Finding, mark: Mark) -> bool:
    return (finding.path, finding.span.line) == (mark.path, mark.line)


def _fits(finding: Finding, mark: Mark) -> bool:
    return mark.fits(finding.code, finding.severity, finding.message)


def _gap_closed(mark: Mark) -> str:
    return f'{mark.code} is reported now: turn "todo-expect" into "expect" ({mark.reason})'


def _missing(mark: Mark, there: list[Finding]) -> str:
    severity = f"{mark.severity.value} " if mark.severity is not None else ""
    wanted = f'{mark.code} {severity}"{mark.words}" is expected'
    if not there:
        return f"{wanted}, and nothing is reported"
    said = "; ".join(f"{each.code} {each.severity.value} {each.message}" for each in there)
    return f"{wanted}, and this is reported: {said}"


def _explains_itself(text: str) -> bool:
    """Whether the first line says something to a reader, below a shebang and an encoding cookie."""
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    while lines and _SHEBANG_OR_COOKIE.match(lines[0]):
        del lines[0]
    first = lines[0] if lines else ""
    docstring = _DOCSTRING.match(first)
    said = first[1:] if first.startswith("#") else docstring[1] if docstring is not None else ""
    word = re.search(r"[\w-]+", said)
    return word is not None and word[0] not in {verb.value for verb in Verb}


def _shapes(parent: Path) -> list[Path]:
    return [path for path in _directories(parent) if path.suffix != FIXED]


def _directories(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
