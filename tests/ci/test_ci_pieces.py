"""The GitHub action, the GitLab template and the workflows: no input goes through a shell, everything is pinned."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
import yaml

from lkagent_lint import __version__
from lkagent_lint.formats import REPORTS, names

REPOSITORY = Path(__file__).resolve().parents[2]
ACTION = cast("dict[str, Any]", yaml.safe_load((REPOSITORY / "action.yml").read_text()))
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lkagent_lint_action", REPOSITORY / "ci" / "action.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = load_script()


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of the action and of the workflows, by file name."""
    for step in ACTION["runs"]["steps"]:
        yield "action.yml", step
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            for step in job.get("steps", []):
                yield path.name, step


def test_nothing_is_put_into_a_script() -> None:
    for name, step in steps():
        assert "${{" not in step.get("run", ""), name
        assert "shell" in step or "run" not in step or name != "action.yml"


def test_every_action_is_pinned_to_a_commit() -> None:
    uses = [(name, step["uses"]) for name, step in steps() if "uses" in step]
    assert uses
    for name, used in uses:
        assert used == "./" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), (name, used)
    # Beside each stands the version, for people and for the bot that raises it.
    for path in [REPOSITORY / "action.yml", *WORKFLOWS]:
        for line in path.read_text().splitlines():
            if re.search(r"uses: .*@", line):
                assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_every_input_reaches_the_script() -> None:
    (step,) = [step for step in ACTION["runs"]["steps"] if "run" in step]
    passed = set(re.findall(r"inputs\.([\w-]+)", str(step["env"])))
    assert passed == set(ACTION["inputs"])
    read = set(re.findall(r"LKAGENT_LINT_\w+", str(step["env"])))
    text = (REPOSITORY / "ci" / "action.py").read_text()
    assert all(name in text or name.removeprefix("LKAGENT_LINT_") in text for name in read)


HOSTILE = ["$(touch ran)", "`touch ran`", "a b", "-x", "--help", "@list", "';touch ran;'", "é::error::x"]


def test_the_arguments_of_the_action() -> None:
    environ = {
        "LKAGENT_LINT_PATHS": "\n".join(HOSTILE) + "\n\n",
        "LKAGENT_LINT_SINCE": "origin/main",
        "LKAGENT_LINT_SARIF": "out dir/a.sarif",
        "LKAGENT_LINT_ARGS": "--preview\n--select=LKA1\n",
    }
    arguments = SCRIPT.arguments(environ)
    before, paths = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    assert paths == [f"./{path}" if path == "@list" else path for path in HOSTILE]
    assert before == [
        "check",
        "--output-format",
        "github",
        "--no-cache",
        "--since=origin/main",
        "--output=sarif=out dir/a.sarif",
        "--preview",
        "--select=LKA1",
    ]


def test_two_arguments_on_a_line_are_an_error() -> None:
    with pytest.raises(ValueError, match="one argument a line"):
        SCRIPT.arguments({"LKAGENT_LINT_ARGS": "--select LKA1"})


@pytest.mark.parametrize(
    ("version", "installed"),
    [
        ("", str(REPOSITORY)),
        ("0.1.0", "lkagent-lint==0.1.0"),
        (">=0.1, <1", "lkagent-lint>=0.1, <1"),
        ("~=0.1", "lkagent-lint~=0.1"),
    ],
)
def test_what_is_installed(version: str, installed: str) -> None:
    assert SCRIPT.requirement({"LKAGENT_LINT_VERSION": version}) == installed


@pytest.mark.parametrize(
    "version", ["--index-url=http://x", "@ http://x", "1.0; import os", "latest", "../x", "1.0 -r x"]
)
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no such version"):
        SCRIPT.requirement({"LKAGENT_LINT_VERSION": version})


@pytest.mark.skipif(os.name != "posix", reason="some of the names are none on Windows")
def test_the_action_on_hostile_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The script itself, but for the installation: files of hostile names, and nothing runs."""
    work = tmp_path / "work"
    work.mkdir()
    for name in HOSTILE:
        (work / name).mkdir()
        (work / name / "agent.py").write_text("from livekit.agents import JobContext\n")
    output = tmp_path / "output"
    environ = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(output),
        "LKAGENT_LINT_DIRECTORY": str(work),
        "LKAGENT_LINT_PATHS": "\n".join(HOSTILE),
        "LKAGENT_LINT_SARIF": "a b$(touch ran).sarif",
    }

    def installed(package: str, directory: str) -> str:
        return sys.executable

    monkeypatch.setattr(SCRIPT, "install", installed)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert SCRIPT.main(environ) == 0, capfd.readouterr()
    assert output.read_text() == "exit-code=0\n"
    assert sorted(os.listdir(work)) == sorted([*HOSTILE, "a b$(touch ran).sarif"])


def test_the_gitlab_template() -> None:
    text = (REPOSITORY / "ci" / "gitlab.yml").read_text()
    job = yaml.safe_load(text)["lkagent-lint"]
    (command,) = [line for line in job["script"] if line.startswith("lkagent-lint ")]
    outputs = dict(word.partition("=")[::2] for word in re.findall(r"--output (\S+)", command))
    assert set(outputs) < set(names(REPORTS))
    assert job["artifacts"]["reports"] == {"codequality": outputs["gitlab"], "junit": outputs["junit"]}
    assert job["variables"]["LKAGENT_LINT_VERSION"] == f"lkagent-lint=={__version__}"


@pytest.mark.skipif(os.name != "posix", reason="the template runs in a POSIX shell")
def test_the_command_of_the_template_runs(tmp_path: Path) -> None:
    job = yaml.safe_load((REPOSITORY / "ci" / "gitlab.yml").read_text())["lkagent-lint"]
    command = next(line for line in job["script"] if line.startswith("lkagent-lint "))
    command = command.replace("lkagent-lint ", f'"{sys.executable}" -m lkagent_lint ', 1)
    environ = {**os.environ, "LKAGENT_LINT_OPTIONS": "--select LKA101 --exit-zero", "PYTHONPATH": str(REPOSITORY)}
    (tmp_path / "agent.py").write_text("import livekit\n")
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environ, check=True)
    assert (tmp_path / "gl-code-quality-report.json").read_text() == "[]\n"
    assert (tmp_path / "lkagent-lint.xml").exists()
