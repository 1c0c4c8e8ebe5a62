"""What is published: the checks of the distributions notice what is wrong, and the workflows are safe."""

from __future__ import annotations

import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from lkagent_lint import __version__
from lkagent_lint.config.toml import parse_toml
from tools import check_packages

REPOSITORY = Path(__file__).resolve().parents[2]
METADATA = "Name: x\nVersion: 1.2.3\nLicense-Expression: MIT\nLicense-File: LICENSE\nClassifier: Typing :: Typed\n"


def built(directory: Path, names: list[str], metadata: str = METADATA) -> None:
    """A wheel and a source distribution with files of these names."""
    with zipfile.ZipFile(directory / "x-1.2.3-py3-none-any.whl", "w") as wheel:
        for name in names:
            wheel.writestr(name, "")
        wheel.writestr("x-1.2.3.dist-info/METADATA", metadata)
    with tarfile.open(directory / "x-1.2.3.tar.gz", "w:gz") as source:
        for name in [*names, "LICENSE", "README.md"]:
            source.addfile(tarfile.TarInfo(f"x-1.2.3/{name}"))


@pytest.fixture
def tracked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names = ["lkagent_lint/__init__.py", "lkagent_lint/data.json"]
    monkeypatch.setattr(check_packages, "_tracked", lambda: set(names))
    return names


def test_distributions_in_order(tmp_path: Path, tracked: list[str]) -> None:
    built(tmp_path, tracked)
    assert list(check_packages.problems(tmp_path, "v1.2.3")) == []


def test_what_is_wrong_is_noticed(tmp_path: Path, tracked: list[str]) -> None:
    built(tmp_path, [tracked[0], "tests/__init__.py"], METADATA + "Classifier: License :: OSI Approved\n")
    assert list(check_packages.problems(tmp_path, "v1.2.4")) == [
        "the wheel lacks lkagent_lint/data.json",
        "the wheel holds tests/__init__.py",
        "the source distribution lacks lkagent_lint/data.json",
        "a classifier stands beside the licence expression",
        "the tag v1.2.4 is not that of version 1.2.3",
    ]


def test_a_build_that_made_nothing(tmp_path: Path) -> None:
    (problem,) = check_packages.problems(tmp_path, None)
    assert problem.startswith("there are 0 wheels")


def workflow(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((REPOSITORY / ".github" / "workflows" / name).read_text()))


def test_only_publishing_may_publish() -> None:
    release = workflow("release.yml")
    assert release["permissions"] == {"contents": "read"}
    publishing = {name: job for name, job in release["jobs"].items() if "id-token" in job.get("permissions", {})}
    (job,) = publishing.values()
    assert job["environment"]["name"] == "pypi"
    assert all("uses" in step and "checkout" not in step["uses"] for step in job["steps"])
    assert not re.search(r"password|secrets\.", (REPOSITORY / ".github" / "workflows" / "release.yml").read_text())


def test_a_release_is_built_in_a_job_of_its_own_from_locked_packages() -> None:
    release = workflow("release.yml")
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in release["jobs"].items()}
    (building,) = (name for name, lines in runs.items() if any("-m build" in line for line in lines))
    install, build, check = runs[building]
    for part in ("--require-hashes", "--no-deps", ".github/build-requirements.txt"):
        assert part in install
    assert "--no-isolation" in build  # or pip would fetch what the build needs, whatever it is that day
    assert check.startswith("python tools/check_packages.py")
    assert release["jobs"]["publish"]["needs"] == building
    assert release["jobs"][building]["needs"] == "checks"
    locked = (REPOSITORY / ".github" / "build-requirements.txt").read_text().splitlines()[1:]
    assert all(re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line) for line in locked)
    wanted = cast("dict[str, Any]", parse_toml((REPOSITORY / "pyproject.toml").read_bytes())["build-system"])
    assert {"build", *(re.split(r"[<>=]", each)[0] for each in wanted["requires"])} <= {
        line.partition("==")[0] for line in locked
    }


def test_what_the_package_promises_is_tried() -> None:
    """CI may try more: what it has not run yet is not promised."""
    matrix = workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]
    project = cast("dict[str, Any]", parse_toml((REPOSITORY / "pyproject.toml").read_bytes())["project"])
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert promised
    assert matrix["python"][: len(promised)] == promised
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_documents_name_the_version() -> None:
    for name in ("docs/ci.md", "ci/gitlab.yml"):
        found = set(
            re.findall(r"lkagent-lint(?:/lkagent-lint)?(?:@v|/v|==)(\d[\w.]*\d)", (REPOSITORY / name).read_text())
        )
        assert found == {__version__}, name
