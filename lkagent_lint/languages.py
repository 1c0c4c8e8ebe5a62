"""What language a file is in, by its name: the one list of suffixes, for everyone who asks."""

from __future__ import annotations

from typing import Literal

Dialect = Literal["ts", "tsx", "js"]
"""A grammar of ECMAScript."""

MODULES = (".py", ".pyi", ".pyw")
"""Text as PEP 263 has it. Modules are ``.py``; a stub, ``.pyi``, only declares what a module holds."""
NOTEBOOK = ".ipynb"
"""A document of JSON, which is read as the module that its cells of code make (``sources.notebooks``)."""
PYTHON = (*MODULES, NOTEBOOK)
JUDGED_BY_NOQA = (".py", NOTEBOOK)
"""Where ``# noqa`` comments count."""
DIALECTS: dict[str, Dialect] = {
    ".ts": "ts",
    ".tsx": "tsx",
    ".mts": "ts",
    ".cts": "ts",
    ".js": "js",
    ".jsx": "js",
    ".mjs": "js",
    ".cjs": "js",
}
SCRIPTS = tuple(DIALECTS)
"""JavaScript and TypeScript, in the order in which an import without a suffix tries them."""
COMPILED = tuple(suffix for suffix, dialect in DIALECTS.items() if dialect == "js")
"""What a compiler writes: an import that names it may mean its source."""
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""They only declare what other files do."""
HOLD_SCRIPTS = (".vue", ".svelte", ".astro")
"""They hold JavaScript that no front end reads."""
SCANNED = {
    "Go": (".go",),
    "Java": (".java",),
    "Kotlin": (".kt", ".kts"),
    "Scala": (".scala",),
    "Ruby": (".rb", ".rake", ".erb"),
    "PHP": (".php",),
    "Rust": (".rs",),
    "C#": (".cs",),
    "C++": (".cc", ".cpp", ".cxx", ".h", ".hpp"),
    "Swift": (".swift",),
    "Dart": (".dart",),
    "Elixir": (".ex", ".exs"),
    "Terraform": (".tf", ".hcl"),
    "Lua": (".lua",),
    "requests of HTTP": (".http", ".rest", ".hurl", ".bru"),
    "Unity": (".asset", ".prefab", ".unity"),
    "a component": HOLD_SCRIPTS,
    "HTML": (".html", ".htm"),
}
"""Languages that are scanned for constructs and not parsed, by their names in words."""
JSON_WITH_COMMENTS = (".jsonc", ".json5")
JSON = (".json", *JSON_WITH_COMMENTS)
YAML = (".yaml", ".yml")
UNIT = ".service"
"""A unit of systemd."""
DROP_IN = ".conf"
"""What says more of a unit, in a directory beside it: ``agent.service.d/override.conf``."""


def dialect_of(name: str) -> Dialect | None:
    """The grammar for a file's base name; None for declarations and for other languages."""
    if name.endswith(DECLARATIONS):
        return None
    return next((dialect for suffix, dialect in DIALECTS.items() if name.endswith(suffix)), None)


_CELL = ":cell "


def in_cell(path: str, number: int) -> str:
    """A cell of a notebook as if it were a file: ``agent.ipynb:cell 2``."""
    return f"{path}{_CELL}{number}"


def cell_in(path: str) -> tuple[str, int | None]:
    """The path of the notebook and the number of the cell that such a name means; any other path as it is."""
    notebook, mark, number = path.rpartition(_CELL)
    if mark and notebook.endswith(NOTEBOOK) and number.isdecimal():
        return notebook, int(number)
    return path, None
