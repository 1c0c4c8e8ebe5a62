"""What a key depends on beside a file's bytes."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lkagent_lint.cache import generation
from tests.test_layers import HOMES, PACKAGE, imports

SCRIPT = "import sys; from lkagent_lint.cache.generation import current; print(current().hex(), *sys.modules)"


def digest_of(directory: Path) -> tuple[str, set[str]]:
    """The generation that a copy of the linter computes, and the modules that it imports for that."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=directory, capture_output=True, text=True, check=True)
    digest, *modules = done.stdout.split()
    return digest, set(modules)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, target / "lkagent_lint", ignore=shutil.ignore_patterns("__pycache__"))
    return target


def test_it_follows_from_the_front_ends_sources(copy: Path) -> None:
    before, modules = digest_of(copy)
    assert digest_of(copy)[0] == before
    assert not {"libcst", "tree_sitter", "yaml", "lkagent_lint.frontends.python"} & modules
    for name in ("frontends/python/walker.py", "facts/values.py", "frontends/text/commands.py", "sources/reading.py"):
        path = copy / "lkagent_lint" / name
        text = path.read_text()
        path.write_text(f"{text}\n# another version\n")
        assert digest_of(copy)[0] != before, name
        path.write_text(text)
    rule = copy / "lkagent_lint" / "rules" / "lka101_connect_before_start.py"
    rule.write_text(f"{rule.read_text()}\n# another version\n")
    assert digest_of(copy)[0] == before  # rules read facts and make none


def test_that_of_reports_follows_from_all_below_the_surfaces(copy: Path) -> None:
    script = SCRIPT.replace("current", "whole")

    def whole() -> str:
        done = subprocess.run([sys.executable, "-c", script], cwd=copy, capture_output=True, text=True, check=True)
        digest, *modules = done.stdout.split()
        assert not {"pathspec", "packaging", "lkagent_lint.rules", "lkagent_lint.engine.checking"} & set(modules)
        return digest

    before = whole()
    assert whole() == before != digest_of(copy)[0]
    for name in (
        "rules/lka101_connect_before_start.py",
        "rules/_former.py",
        "engine/root.py",
        "typestate/solver.py",
        "frontends/python/walker.py",
        "sources/sdk/tables/pypi-livekit.json",
        "disk.py",
    ):
        path = copy / "lkagent_lint" / name
        text = path.read_text()
        path.write_text(f"{text}\n")
        assert whole() != before, name
        path.write_text(text)
    (copy / "lkagent_lint" / "rules" / "lka999_new.py").write_text("")
    assert whole() != before
    (copy / "lkagent_lint" / "rules" / "lka999_new.py").unlink()
    (copy / "lkagent_lint" / "cli" / "_why.py").write_text("")
    assert whole() == before


@pytest.mark.parametrize("sources", [generation.SOURCES, generation.BELOW_SURFACES], ids=["facts", "reports"])
def test_it_covers_every_module_that_is_imported_for_it(sources: tuple[str, ...]) -> None:
    def is_covered(path: Path) -> bool:
        relative = path.relative_to(PACKAGE)
        return relative.parts[0] in sources

    for path in PACKAGE.rglob("*.py"):
        if is_covered(path):
            for name in imports(path):
                target = PACKAGE.parent.joinpath(*name.split("."))
                found = next(
                    (each for each in (target.with_suffix(".py"), target / "__init__.py") if each.exists()), None
                )
                assert found is None or is_covered(found) or found == PACKAGE / "__init__.py", f"{path} imports {name}"


def test_it_covers_every_library_of_a_front_end() -> None:
    used = {
        name.partition(".")[0]
        for path in (PACKAGE / "frontends").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Import)
        for name in (alias.name for alias in node.names)
    }
    libraries = {library for library, homes in HOMES.items() if homes[0].startswith("frontends")}
    assert libraries <= set(generation.PARSERS)
    assert used - set(sys.stdlib_module_names) <= set(generation.PARSERS)


@pytest.mark.parametrize("name", generation.PARSERS)
def test_a_library_is_told_by_its_release(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    described = generation._installed(name)  # pyright: ignore[reportPrivateUsage]
    assert ".dist-info" in described

    def nothing(directory: str) -> list[str]:
        return []

    monkeypatch.setattr(generation, "_distributions", nothing)
    assert generation._installed(name) != described  # pyright: ignore[reportPrivateUsage]


def test_that_of_reports_covers_every_library_of_the_engine() -> None:
    used = {
        name.partition(".")[0]
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] in generation.BELOW_SURFACES
        for name in imports(path)
    }
    others = used - set(sys.stdlib_module_names) - {"lkagent_lint", "tomllib"}
    assert others - {"distributed", "filelock"} <= set(generation.LIBRARIES)  # neither shows in a report that is kept
