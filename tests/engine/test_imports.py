"""What a run imports: a warm one no parser and no reader of files, and flake8 nothing for code without LiveKit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench.synthetic import build

MOST_OWN = 216
"""Modules of the linter that a run imports that finds facts only, without the rules, of which each is one."""
MOST = 416
"""The same with those of libraries and of the interpreter."""
MOST_OWN_KEPT = 55
"""Modules of the linter that a run imports that finds the report too."""
MAKES_REPORTS = {
    f"lkagent_lint.{each}"
    for each in ("engine.checking", "rules", "project", "typestate", "facts", "extraction", "frontends", "suppressions")
}
NEVER = {
    *("libcst", "tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript", "yaml", "flake8", "distributed"),
    *("subprocess", "multiprocessing", "concurrent", "socket", "difflib", "logging", "sqlite3", "importlib.metadata"),
}

if sys.version_info < (3, 11):
    NEVER.discard("subprocess")  # msgspec imports uuid, which imports platform, which imports it before Python 3.11


def modules_of(code: str, cwd: Path, *arguments: str) -> set[str]:
    """The modules that a program has imported when it ends."""
    program = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {code}"
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=cwd, capture_output=True, text=True)
    return set(done.stderr.split())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = build(tmp_path_factory.mktemp("warm") / "project", 3)
    (project / "web.ts").write_text('import { AgentDispatchClient } from "livekit-server-sdk";\n')
    (project / "compose.yaml").write_text("environment:\n  AGENT_NAME: desk-1\n")
    (project / ".gitignore").write_text("*.log\n")
    return project


CHECK = "from lkagent_lint.cli import main; main(['check'])"


def test_a_warm_run_imports_no_parser(project: Path) -> None:
    cold = modules_of(CHECK, project)
    assert {"libcst", "tree_sitter", "yaml"} <= cold
    kept = modules_of(CHECK, project)
    assert (NEVER | MAKES_REPORTS | {"pathspec", "packaging"}) & kept == set()
    assert len([name for name in kept if name.startswith("lkagent_lint")]) <= MOST_OWN_KEPT
    (project / "agents" / "__init__.py").write_text("")
    warm = modules_of(CHECK, project)
    assert NEVER & warm == set()
    assert warm > MAKES_REPORTS
    readers = {name for name in warm if name.startswith("lkagent_lint.frontends.")}
    assert readers <= {
        f"lkagent_lint.frontends.{each}" for each in ("deployment", "javascript", "javascript.parse", "python", "text")
    }
    rules = {name for name in warm if name.startswith("lkagent_lint.rules.lka")}
    own = {name for name in warm if name.startswith("lkagent_lint")} - rules
    assert len(own) <= MOST_OWN
    assert len(warm - rules) <= MOST


def test_flake8_imports_nothing_for_code_without_livekit(project: Path) -> None:
    (project / "plain.py").write_text("def double(number: int) -> int:\n    return number * 2\n")
    # flake8 imports every formatter; here also where this working copy was installed before it had one.
    run = "from flake8.main.cli import main; import lkagent_lint.flake8_plugin.sarif; main(sys.argv[1:])"
    plain = modules_of(run, project, "--jobs", "1", "plain.py")
    assert "lkagent_lint.flake8_plugin" in plain
    assert {"lkagent_lint.engine", "libcst", "click", "pathspec", "lkagent_lint.rules"} & plain == set()
    agent = modules_of(run, project, "--jobs", "1", "agents/desk_0.py")
    assert "lkagent_lint.engine" in agent
    assert {"lkagent_lint.reporters.sarif", "lkagent_lint.rulebook"} & (plain | agent) == set()
    assert {"libcst", "tree_sitter", "yaml", "click"} & agent == set()  # warm: the command has filled the cache
    again = modules_of(run, project, "--jobs", "1", "agents/desk_0.py")
    assert "lkagent_lint.engine" in again
    assert MAKES_REPORTS & again == set()
