"""The layers are law: a module imports only downwards, and heavy libraries are imported in one place, lazily."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint.languages import SCRIPTS

PACKAGE = Path(__file__).resolve().parents[1] / "lkagent_lint"

LAYERS = (
    (
        "text",
        "intents",
        "diagnostics",
        "stack",
        "formats",
        "languages",
        "_version",
        "disk",
        "importing",
        "writing",
        "likeness",
        "faults",
    ),
    ("facts", "config"),
    ("sources",),
    ("frontends.python", "frontends.javascript", "frontends.text", "frontends.deployment", "cache"),
    ("project", "typestate", "extraction", "fixes"),
    ("questions",),
    ("rules", "suppressions"),
    ("engine", "rulebook"),
    ("reporters", "graph", "why", "adoption"),
    ("cli", "flake8_plugin", "server", "mcp_server"),
)
"""From the bottom up; what stands beside each other may not import each other, but for ``ALLOWED``."""
ALLOWED = {
    ("diagnostics", "text"),
    ("diagnostics", "intents"),
    ("intents", "text"),
    ("typestate", "project"),
    ("cli", "server"),
    ("cli", "mcp_server"),
}
NO_LAYER = {"", "__main__", "frontends"}
"""The package itself, the way in, and folders that hold folders only."""
HOMES = {
    "libcst": ("frontends.python", "fixes"),
    "yaml": ("sources",),
    "tree_sitter": ("frontends.javascript", "fixes"),
    "flake8": ("flake8_plugin",),
    "click": ("cli",),
    "distributed": ("extraction",),
    "filelock": ("cache",),
    "tomlkit": ("adoption",),
    "mcp": ("mcp_server",),
    "pydantic": ("mcp_server",),
    "pygls": ("server",),
    "lsprotocol": ("server",),
    "watchfiles": ("server", "cli"),
}
"""Where a third-party library may be imported."""


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def layer_of(module: str) -> tuple[int, str] | None:
    """The number and the name of the layer's part that holds a module (relative to the package)."""
    for number, parts in enumerate(LAYERS):
        for part in parts:
            if module == part or module.startswith(f"{part}."):
                return number, part
    return None


def imports(path: Path) -> Iterator[str]:
    """Everything that a file imports anywhere in it, absolute, ``from`` names included."""
    module = module_of(path)
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = ["lkagent_lint", *(module.split(".") if module else [])]
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[module_of(path) or "lkagent_lint" for path in FILES])
def test_a_module_imports_only_downwards(path: Path) -> None:
    importer = module_of(path)
    own = layer_of(importer)
    assert own is not None or importer in NO_LAYER, "a new module needs a place in LAYERS"
    for imported in imports(path):
        name = imported.removeprefix("lkagent_lint").lstrip(".")
        if own is None or not imported.startswith("lkagent_lint"):
            continue
        other = layer_of(name)
        if other is None:  # the package's own version and the like
            continue
        assert other[1] == own[1] or other[0] < own[0] or (own[1], other[1]) in ALLOWED, f"it imports {imported}"


def test_typestate_imports_no_linker() -> None:
    for path in FILES:
        if module_of(path).startswith("typestate"):
            assert not [name for name in imports(path) if name.startswith("lkagent_lint.project.link")]


def test_no_rule_imports_another() -> None:
    """What two rules ask is a question, and stands in ``questions/``. So it does for the graph and for ``why``."""
    reaching = [
        (module, name)
        for path in FILES
        if (module := module_of(path)).startswith(("rules.lka", "graph", "why"))
        for name in imports(path)
        if name.startswith("lkagent_lint.rules") and not name.startswith("lkagent_lint.rules._base")
    ]
    assert reaching == []


def test_a_private_module_is_its_folders_own() -> None:
    """What others need of a folder has a name without an underscore, or stands in its ``__init__``."""
    reaching = [
        (module, name)
        for path in FILES
        for name in imports(path)
        if name.startswith("lkagent_lint.")
        and "._" in name
        and not f"lkagent_lint.{(module := module_of(path))}.".startswith(f"{name.partition('._')[0]}.")
    ]
    assert reaching == []


def test_surfaces_come_in_by_the_engines_door() -> None:
    reaching = [
        (module_of(path), name)
        for path in FILES
        if module_of(path).startswith(("cli", "flake8_plugin", "server", "mcp_server"))
        for name in imports(path)
        if name.startswith("lkagent_lint.engine.") and name.count(".") > 2
    ]
    assert reaching == [
        ("cli._fix", "lkagent_lint.engine.fixing.Fixed"),
        ("cli._show", "lkagent_lint.engine.showing.Governed"),
        ("cli._upgrade", "lkagent_lint.engine.upgrading.Upgraded"),
        ("cli._watching", "lkagent_lint.engine.live.LiveCheck"),
        ("server.standing", "lkagent_lint.engine.live.LiveCheck"),
    ], "the types of what they are given"


def test_nothing_is_kept_beside_a_project() -> None:
    """What is found out of a project is kept by the object that found it, and goes with it."""
    for path in FILES:
        if module_of(path).startswith(("questions", "rules", "project", "typestate", "graph", "why")):
            found = set(imports(path))
            assert not found & {"weakref", "functools.lru_cache"}
            assert "functools.cache" not in found or module_of(path) == "rules", "that of the rules' own files"


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    homes = {
        layer[1]
        for path in FILES
        for name in imports(path)
        if name.partition(".")[0] == library and (layer := layer_of(module_of(path))) is not None
    }
    assert homes <= set(HOMES[library])


def test_suffixes_of_languages_stand_in_one_list() -> None:
    for path in [*FILES, *(PACKAGE.parent / "tools").rglob("*.py")]:
        if path != PACKAGE / "languages.py":
            held = {node.value for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Constant)}
            assert len(held.intersection(SCRIPTS)) < 3, path


LOOKS = {
    *("stat", "lstat", "listdir", "scandir", "walk", "open", "readlink", "access"),
    *("exists", "lexists", "isfile", "isdir", "islink", "realpath", "getsize", "getmtime", "samefile"),
}
"""Functions of ``os`` and ``os.path`` that look at the disk; the built-in ``open`` is another."""
OWN_DATA = {"sources.sdk.tables", "sources.sdk.releases", "rules"}
"""They read what is installed with the linter."""
NO_PART_OF_A_CHECK = {"config.overrides", "engine.shards", "engine.showing", "engine.blind"}


def _looks(node: ast.AST) -> Iterator[str]:
    """What looks at the disk in some code, outside of the questions (``disk.question``) in it."""
    if isinstance(node, ast.FunctionDef) and any(ast.unparse(each) == "disk.question" for each in node.decorator_list):
        return
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("os", "os.path") and node.attr in LOOKS:
        yield ast.unparse(node)
    if isinstance(node, ast.Name) and node.id == "open":
        yield node.id
    if isinstance(node, ast.ImportFrom) and node.module == "pathlib":
        yield node.module
    for child in ast.iter_child_nodes(node):
        yield from _looks(child)


@pytest.mark.parametrize("path", FILES, ids=[module_of(path) or "lkagent_lint" for path in FILES])
def test_a_check_looks_at_the_disk_through_one_door(path: Path) -> None:
    """Or a report would be given again although what it follows from has changed (``engine/kept.py``)."""
    module = module_of(path)
    parts = (
        "config",
        "sources",
        "frontends",
        "project",
        "typestate",
        "extraction",
        "questions",
        "rules",
        "suppressions",
        "engine",
    )
    if module.split(".")[0] in parts and module not in OWN_DATA | NO_PART_OF_A_CHECK:
        assert list(_looks(ast.parse(path.read_bytes()))) == []


def test_a_look_past_the_door_is_noticed() -> None:
    assert list(_looks(ast.parse("def f(p):\n    return os.path.isfile(p) or open(p)"))) == ["os.path.isfile", "open"]
    assert list(_looks(ast.parse("@disk.question\ndef f(p):\n    return os.stat(p)"))) == []


def test_rules_see_no_tree() -> None:
    for path in FILES:
        if module_of(path).startswith(("rules", "questions")):
            assert not [name for name in imports(path) if name.partition(".")[0] in ("ast", "libcst", "tree_sitter")]


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("lkagent_lint.engine", {"libcst", "click", "flake8", "tree_sitter", "yaml"}),
        ("lkagent_lint.flake8_plugin", {"libcst", "click", "lkagent_lint.engine", "tree_sitter"}),
        ("lkagent_lint.cli", {"libcst", "flake8", "tree_sitter", "pygls", "lsprotocol", "watchfiles"}),
        ("lkagent_lint.server", {"pygls", "click", "flake8", "lkagent_lint.engine"}),
    ],
)
def test_importing_a_surface_is_cheap(module: str, forbidden: set[str]) -> None:
    code = f"import sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not forbidden & set(done.stdout.split())


def test_an_import_that_climbs_is_noticed() -> None:
    assert layer_of("facts.values") == (1, "facts")
    assert layer_of("frontends.python.walker") == (3, "frontends.python")
    assert layer_of("nothing") is None
    assert "lkagent_lint.facts.values" in {name for path in FILES for name in imports(path)}


SIBLINGS = {
    "FileDraft": "each front end's own draft of the same facts",
    "FlowDraft": "each front end's own draft of the same facts",
    "Walker": "each front end's own walk over its trees",
}
"""Classes whose name two modules share, and why that confuses nobody."""


def test_a_name_means_one_thing() -> None:
    """No two classes of the package share a name, nor does a class share it with a type that is put together."""
    homes: dict[str, set[str]] = {}
    for path in FILES:
        tree = ast.parse(path.read_bytes())
        for name in (*_classes(tree), *_types(tree)):
            homes.setdefault(name, set()).add(module_of(path))
    shared = {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1}
    assert {name: modules for name, modules in shared.items() if name not in SIBLINGS} == {}
    assert shared.keys() == SIBLINGS.keys(), "a reason stands for a name that nothing shares any more"


def _classes(tree: ast.Module) -> Iterator[str]:
    yield from (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _types(tree: ast.Module) -> Iterator[str]:
    """Names in CamelCase that a module assigns, as in ``Thing = String | Closure``; a plain function gives no type."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).islower():
                continue
            if name[:1].isupper() and not name.isupper():
                yield name
