"""Measures this tool and its peers in one run on the same trees, and writes the figures into docs/performance.md.

    python -m tools.bench --examples DIR [--scratch DIR] [--times 5] [--agents 10,100,1000]

DIR is a folder with LiveKit agents: the official examples (https://github.com/livekit/agents, examples/). It is copied,
and so is the standard library of this Python. ``--scratch`` keeps the environments and the trees for another time.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

from tools.bench import peers, report, synthetic
from tools.bench.measure import Cost, Run, measure

DOCUMENT = peers.REPOSITORY / "docs" / "performance.md"
PICTURE = peers.REPOSITORY / "docs" / "performance.svg"
_REGION = re.compile(r"(<!-- measured -->\n).*(<!-- end -->)", re.DOTALL)
_DEPENDENCIES = (
    "import click, flake8, libcst, msgspec, packaging.specifiers, pathspec, yaml, tree_sitter, "
    "tree_sitter_javascript, tree_sitter_typescript, typing_extensions"
)

_FACTS_ONLY = "lkagent-lint, warm, no report kept"
"""``--statistics`` have a check find facts and make its report: what an edit costs but for reading what it changed."""
_PACKAGES = ("asyncio", "email")
"""Of the standard library, for tools that take minutes for all of it."""


class Bench:
    """The commands of one tree. ``scratch`` holds the environments and the caches."""

    def __init__(self, scratch: Path, tree: Path) -> None:
        self.scratch = scratch
        self.tree = tree
        self._warm = scratch / "caches" / f"warm-{tree.name}"
        self._cold = scratch / "caches" / f"cold-{tree.name}"

    def tool(self, environment: str, name: str) -> str:
        return str(self.scratch / environment / "bin" / name)

    def own(self, name: str, *options: str, cold: bool, **more: object) -> Run:
        """lkagent-lint, with an empty cache that it fills, or with a full one."""
        directory = self._cold if cold else self._warm
        command = [self.tool("plugin", "lkagent-lint"), "check", "--cache-dir", str(directory), *options, "."]
        return self._run(name, command, prepare=self._emptied if cold else _nothing, **more)

    def flake8(self, name: str, *options: str, cold: bool, stdin: Path | None = None) -> Run:
        """flake8 with the plugin."""
        directory = self._cold if cold else self._warm
        command = [self.tool("plugin", "flake8"), *(options or ["."])]
        env = {"LKAGENT_LINT_CACHE_DIR": str(directory)}
        return self._run(name, command, env=env, stdin=stdin, prepare=self._emptied if cold else _nothing)

    def others(self) -> list[Run]:
        files = sorted(str(path.relative_to(self.tree)) for path in self.tree.rglob("*.py"))
        return [
            self._run("flake8-async", [self.tool("async", "flake8-async"), *files], most=2),
            self._run("Fixit", [self.tool("plain", "fixit"), "--quiet", "lint", "."], most=2),
            self._run("pylint -E", [self.tool("plain", "pylint"), "-E", "--recursive=y", "."], most=1),
        ]

    def ruff(self) -> Run:
        return self._run("ruff", [self.tool("plain", "ruff"), "check", "--no-cache", "--isolated", "."])

    def plain_flake8(self, name: str, *options: str, stdin: Path | None = None) -> Run:
        return self._run(name, [self.tool("plain", "flake8"), *(options or ["."])], stdin=stdin)

    def interpreter(self) -> Run:
        return self._run("python, base dependencies", [self.tool("plugin", "python"), "-c", _DEPENDENCIES])

    def _run(self, name: str, command: list[str], **more: object) -> Run:
        return Run(name, command, self.tree, **more)  # type: ignore[arg-type]

    def _emptied(self) -> None:
        shutil.rmtree(self._cold, ignore_errors=True)


def _nothing() -> None: ...


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--agents", default="10,100,1000")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (arguments.scratch or Path(temporary)).resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        peers.make(scratch)
        counts = [int(each) for each in arguments.agents.split(",")]
        text = _measured(scratch, arguments.examples.resolve(), arguments.times, counts)
    DOCUMENT.write_text(_REGION.sub(lambda match: match[1] + text + match[2], DOCUMENT.read_text()))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measured(scratch: Path, examples: Path, times: int, counts: list[int]) -> str:
    sections = [
        _where(scratch, times),
        _section("The official examples", _examples(scratch, _copied(scratch, "examples", examples), times)),
        _section("The standard library", _library(scratch, times)),
    ]
    growth: dict[str, list[tuple[int, float]]] = {"cold": [], "warm": [], "one file edited": []}
    for count in counts:
        costs = _growing(scratch, count, times)
        sections.append(_section(f"A project of {count:,} agents", costs, base="lkagent-lint, warm"))
        for name, line in growth.items():
            line.append((count, costs[f"lkagent-lint, {name}"].median_cpu))
    PICTURE.write_text(report.plot(growth, "agents (two files for every 20 agents beside them)", "CPU seconds"))
    return "\n".join(sections)


def _where(scratch: Path, times: int) -> str:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {_processor()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {', '.join(peers.versions(scratch))}.\n"
        f"Medians of {times} whole processes (fewer for slow tools), which took turns. The load of the machine was "
        f"{load:.1f} when it began.\n"
    )


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else "unknown processor"


def _section(title: str, costs: dict[str, Cost], base: str = "ruff") -> str:
    return "\n".join([f"\n### {title}\n", *report.table(costs, base), ""])


def _copied(scratch: Path, name: str, source: Path) -> Path:
    target = scratch / "trees" / name
    if not target.exists():
        ignored = shutil.ignore_patterns("__pycache__", ".git", "site-packages", ".lkagent_lint_cache", "test")
        shutil.copytree(source, target, ignore=ignored, symlinks=True)
        settings = target / "pyproject.toml"
        before = settings.read_text() if settings.exists() else ""
        settings.write_text(f"{before}\n[tool.lkagent-lint]\nroot = true\n")
    return target


def _examples(scratch: Path, tree: Path, times: int) -> dict[str, Cost]:
    bench = Bench(scratch, tree)
    one = max((path for path in tree.rglob("*.py") if b"rtc_session" in path.read_bytes()), key=_size)
    named = ("-", "--stdin-display-name", str(one.relative_to(tree)))
    unsaved = scratch / "unsaved.py"
    shutil.copy(one, unsaved)
    typing = bench.flake8("flake8 with the plugin, unsaved text on stdin, warm", *named, cold=False, stdin=unsaved)
    typing.prepare = _editor(unsaved)
    runs = [
        bench.ruff(),
        bench.interpreter(),
        bench.own("lkagent-lint, cold, 1 job", "--jobs", "1", cold=True),
        bench.own("lkagent-lint, cold", cold=True),
        bench.own("lkagent-lint, warm", cold=False),
        bench.own(_FACTS_ONLY, "--statistics", cold=False),
        bench.plain_flake8("flake8"),
        bench.flake8("flake8 with the plugin, cold", cold=True),
        bench.flake8("flake8 with the plugin, warm", cold=False),
        bench.plain_flake8("flake8, one file on stdin", *named, stdin=one),
        bench.flake8("flake8 with the plugin, one file on stdin, warm", *named, cold=False, stdin=one),
        typing,
        *bench.others(),
    ]
    _warm(runs)
    return measure(runs, times, _say)


def _size(path: Path) -> int:
    return path.stat().st_size


def _library(scratch: Path, times: int) -> dict[str, Cost]:
    bench = Bench(scratch, _copied(scratch, "library", Path(sysconfig.get_path("stdlib"))))
    runs = [bench.ruff(), bench.own("lkagent-lint, cold", cold=True)]
    costs = measure(runs, times, _say)
    slow = [
        bench.plain_flake8("flake8, two packages of it", *_PACKAGES),
        bench.flake8("flake8 with the plugin, two packages of it", *_PACKAGES, cold=True),
    ]
    return {**costs, **measure(slow, times, _say)}


def _growing(scratch: Path, count: int, times: int) -> dict[str, Cost]:
    tree = scratch / "trees" / f"agents-{count}"
    if not tree.exists():
        synthetic.build(tree, count)
    bench = Bench(scratch, tree)
    runs = [
        bench.own("lkagent-lint, cold, 1 job", "--jobs", "1", cold=True, most=2),
        bench.own("lkagent-lint, cold", cold=True, most=2),
        bench.own("lkagent-lint, warm", cold=False),
        bench.own(_FACTS_ONLY, "--statistics", cold=False),
        bench.own("lkagent-lint, one file edited", cold=False),
    ]
    runs[-1].prepare = _editor(tree / "agents" / "desk_0.py")
    _warm(runs)
    return measure(runs, times, _say)


def _editor(path: Path) -> Callable[[], None]:
    """Changes a file differently each time."""
    text = path.read_text()
    edits = iter(range(10_000))

    def edit() -> None:
        path.write_text(f"{text}\nEDIT = {os.getpid()}, {next(edits)}\n")

    return edit


def _warm(runs: list[Run]) -> None:
    """Fill the caches of the runs that find them full."""
    for run in runs:
        if "warm" in run.name:
            measure([run], 1, _say)


if __name__ == "__main__":
    main()
