"""Ways of running the linter over a project: in process, as the command, and under real flake8.

The same project must give the same findings in each of them.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from lkagent_lint import engine
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.diagnostics import Diagnostic, Report, Severity
from lkagent_lint.rules import all_rules
from lkagent_lint.sources.discovery import discover
from lkagent_lint.text import Span

REPOSITORY = Path(__file__).resolve().parents[2]


class Finding(NamedTuple):
    """A diagnostic with its paths relative to its project, so that copies of a project compare."""

    path: str
    span: Span
    code: str
    severity: Severity
    message: str
    related: tuple[tuple[str, Span, str], ...]
    fingerprint: str


Findings = tuple[Finding, ...]


class _Item(TypedDict):
    path: str
    line: int
    column: int
    code: str


class Row(NamedTuple):
    """What every surface must say alike: line and column are 1-based, the path is relative, with ``/``."""

    path: str
    line: int
    column: int
    code: str


# In process


def findings_of(report: Report, root: Path) -> Findings:
    """The findings of a report that stand below a directory, in the report's order."""
    return tuple(_finding(each, root) for each in report.diagnostics if root in Path(each.place.path).parents)


def _finding(diagnostic: Diagnostic, root: Path) -> Finding:
    def relative(path: str) -> str:
        return Path(path).relative_to(root).as_posix()

    return Finding(
        relative(diagnostic.place.path),
        diagnostic.place.span,
        diagnostic.code,
        diagnostic.severity,
        diagnostic.message,
        tuple((relative(each.place.path), each.place.span, each.message) for each in diagnostic.related),
        diagnostic.fingerprint,
    )


def plain(root: Path) -> Findings:
    """The project as a whole, from disk. Every other way is compared with this one."""
    return findings_of(engine.check(engine.Request(paths=(str(root),))), root)


def selecting(root: Path, code: str) -> Findings:
    """The project with one rule on."""
    return findings_of(engine.check(engine.Request(paths=(str(root),), select=(code,))), root)


def with_unsaved(root: Path, overlays: dict[str, bytes]) -> Findings:
    """The project with other text in some of its files, by their relative paths."""
    absolute = {str(root / name): data for name, data in overlays.items()}
    return findings_of(engine.check(engine.Request(paths=(str(root),), overlays=absolute)), root)


def _in_reverse(root: Path, scratch: Path) -> Findings:
    paths = tuple(reversed(read_files(root)))
    return findings_of(engine.check(engine.Request(paths=paths)), root)


def _file_by_file(root: Path, scratch: Path) -> Findings:
    reports = [engine.check(engine.Request(paths=(path,))) for path in read_files(root)]
    return tuple(finding for report in reports for finding in findings_of(report, root))


def _unsaved(root: Path, scratch: Path) -> Findings:
    """Every file is an open editor's buffer, and what lies on disk would give other findings."""
    texts = {path.relative_to(root).as_posix(): path.read_bytes() for path in _all_files(root)}
    for name in texts:
        file = scratch / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_OUTDATED.get(file.suffix, _OUTDATED[""]))
    return with_unsaved(scratch, texts)


_OUTDATED = {
    ".py": b"import livekit\nthis is no Python\n",
    ".toml": b"[tool.lkagent-lint]\nthis-is-no-setting = true\n",
    "": b"*\nlivekit-agents==0.12.0\nagent_name\n",
}


def _elsewhere(root: Path, scratch: Path) -> Findings:
    """A copy below directories whose names mean something inside a project, beside another agent."""
    (scratch / "agent.py").write_text(
        "from livekit.agents import AgentServer\n\n"
        "server = AgentServer()\n\n\n"
        '@server.rtc_session(agent_name="bystander")\n'
        "async def entry(ctx):\n"
        "    ctx.connect()\n",
        encoding="utf-8",
    )
    copy = scratch / "tests" / "build" / "copy"
    shutil.copytree(root, copy)
    return plain(copy)


WAYS: dict[str, Callable[[Path, Path], Findings]] = {
    "in-reverse": _in_reverse,
    "file-by-file": _file_by_file,
    "unsaved": _unsaved,
    "elsewhere": _elsewhere,
}
"""Ways that need an empty directory and must find what ``plain`` finds."""


def read_files(root: Path) -> list[str]:
    """The absolute paths of the files that belong to a project, sorted: neither excluded nor another project's."""
    return [entry.path for entry in discover(str(root), SettingsFinder()).entries]


def _all_files(root: Path) -> list[Path]:
    return [path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]


def with_noqa(data: bytes, line: int, codes: Iterable[str]) -> bytes:
    """A Python file's bytes with a noqa comment for these codes on a 1-based line.

    A line that has one already has it extended, because only the first of a line counts.
    """
    *lines, last = re.findall(rb"[^\r\n]*(?:\r\n?|\n|\Z)", data)
    assert not last
    text = lines[line - 1].rstrip(b"\r\n")
    end = lines[line - 1][len(text) :]
    listed = ",".join(sorted(set(codes))).encode()
    there = re.search(rb"# noqa:\s?", text)
    if there is None:
        text += b"  # noqa: " + listed
    else:
        text = text[: there.end()] + listed + b"," + text[there.end() :]
    lines[line - 1] = text + end
    return b"".join(lines)


# As the command and under flake8


def rows(findings: Iterable[Finding]) -> list[Row]:
    """What a surface must say, sorted."""
    return sorted(Row(each.path, each.span.line, each.span.column, each.code) for each in findings)


def rows_under_flake8(root: Path, findings: Iterable[Finding]) -> list[Row]:
    """What flake8 must say of a project with these findings, sorted, paths relative to the project.

    It keeps to itself what its own checks cover, info findings unless the settings ask for them, and files
    that the Python it runs on cannot parse. What stands in another language is shown at its Python end.
    """
    finder = SettingsFinder()

    def shown(finding: Finding) -> Finding | None:
        if finding.path.endswith(".py"):
            return finding
        ends = ((path, span) for path, span, _ in finding.related if path.endswith(".py"))
        path, span = next(ends, ("", finding.span))
        return finding._replace(path=path, span=span) if path else None

    def is_shown(finding: Finding) -> bool:
        path = root / finding.path
        if all_rules()[finding.code].META.host_reports:
            return False
        if finding.severity is Severity.INFO and not finder.for_directory(str(path.parent)).info_in_flake8:
            return False
        return is_parsed(path)

    return rows(end for finding in findings if (end := shown(finding)) is not None and is_shown(end))


def is_parsed(path: Path) -> bool:
    """Whether this Python can parse a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def command(cwd: Path, *arguments: str, stdin: bytes | None = None) -> tuple[int, list[Row]]:
    """The exit code and the rows of ``lkagent-lint check --output-format json``, as a process."""
    done = _process([sys.executable, "-m", "lkagent_lint", "check", "--output-format", "json", *arguments], cwd, stdin)
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, rows_of_json(done.stdout.decode())


def rows_of_json(text: str) -> list[Row]:
    """The rows of the command's JSON, sorted."""
    items = cast("list[_Item]", json.loads(text))
    return sorted(Row(each["path"], each["line"], each["column"], each["code"]) for each in items)


def flake8(
    cwd: Path, *arguments: str, stdin: bytes | None = None, program: Sequence[str] = ("-m", "flake8")
) -> list[Row]:
    """The rows of real flake8 with the plugin and nothing else, as a process; sorted."""
    done = _process([sys.executable, *program, *FLAKE8_ARGUMENTS, *arguments], cwd, stdin)
    assert done.stderr == b"", done.stderr.decode()
    found = rows_of_flake8(done.stdout.decode())
    assert done.returncode == (1 if found else 0), done.stdout.decode()
    return found


def rows_of_flake8(text: str) -> list[Row]:
    """The rows of flake8's output in the format of ``FLAKE8_ARGUMENTS``, sorted."""
    found: list[Row] = []
    for line in text.splitlines():
        path, number, column, code = line.split("\t")
        found.append(Row(Path(os.path.normpath(path)).as_posix(), int(number), int(column), code))
    return sorted(found)


def _is_installed() -> bool:
    return any(entry.name == "LKA" for entry in importlib.metadata.entry_points(group="flake8.extension"))


FLAKE8_ARGUMENTS = (
    *(("--isolated",) if _is_installed() else ("--config", str(Path(__file__).with_name("flake8.ini")))),
    "--select=LKA",
    "--format=%(path)s\t%(row)d\t%(col)d\t%(code)s",
)


def _process(command: list[str], cwd: Path, stdin: bytes | None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        input=b"" if stdin is None else stdin,
        capture_output=True,
        check=False,
    )
