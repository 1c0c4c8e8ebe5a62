"""Writes everything that follows from the code: rule pages, their examples, settings page, JSON schema, README table.

python tools/generate.py            writes what is out of date
python tools/generate.py --check    writes nothing; exits with 1 if something is out of date, and says what
"""

from __future__ import annotations

import argparse
import ast
import functools
import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

try:
    import msgspec
except ModuleNotFoundError as missing:
    sys.exit(
        f"{missing.name} is not installed here: pip install -e '.[dev]', as CONTRIBUTING.md says, then run it again"
    )

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from lkagent_lint import engine, formats, rulebook, why  # noqa: E402
from lkagent_lint.config.settings import Settings  # noqa: E402
from lkagent_lint.config.toml import as_toml  # noqa: E402
from lkagent_lint.graph import Document, render  # noqa: E402
from lkagent_lint.graph.build import build  # noqa: E402
from lkagent_lint.graph.records import ProjectGraph  # noqa: E402
from lkagent_lint.reporters import render as render_report  # noqa: E402
from lkagent_lint.reporters.paths import relative_path  # noqa: E402
from lkagent_lint.rulebook import Example, Examples, Page  # noqa: E402
from lkagent_lint.rules import all_rules  # noqa: E402
from lkagent_lint.sources.sdk.given_tables import TableFile  # noqa: E402
from tests.harness.cases import Case, Kind, find_cases  # noqa: E402
from tools import site_pages  # noqa: E402
from tools.captures import captures  # noqa: E402
from tools.hostile.page import page as reliability_page  # noqa: E402
from tools.sdk_tables.page import rendered as releases_page  # noqa: E402

EXAMPLES = "lkagent_lint/rulebook/examples.json"
SETTINGS = "docs/settings.md"
SCHEMA = "docs/lkagent-lint.schema.json"
GRAPH = "docs/graph.md"
GRAPH_SCHEMA = "docs/graph.schema.json"
TABLES_SCHEMA = "docs/sdk-tables.schema.json"
RELEASES = "docs/sdk-releases.md"
RELIABILITY = "docs/reliability.md"
WHY = "docs/why.md"
REPORTS = "docs/reports.md"
README = "README.md"
RULES = "docs/rules"
START = "docs/index.md"
LIFECYCLE = "docs/lifecycle.md"
PICTURE = "docs/who-dispatches-whom.svg"
_DRAFT = "http://json-schema.org/draft-07/schema#"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if something is out of date")
    check = cast(bool, parser.parse_args(argv).check)
    # The pages are made from the examples, so these come first.
    stale = list(update({EXAMPLES: examples()}, check=check))
    if not (check and stale):
        stale += update(documents(), check=check)
    for name in stale:
        print(f"{name} {'is out of date: run python tools/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


def update(files: dict[str, str], *, check: bool) -> Iterator[str]:
    """Write the files that differ, by their paths in the repository; yields their names. ``check`` writes nothing."""
    for name, text in files.items():
        path = REPOSITORY / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield name


def documents() -> dict[str, str]:
    """Every generated document by its path."""
    pages = rulebook.pages()
    found = {f"{RULES}/{name}.md": text for name, text in site_pages.rule_pages(pages).items()}
    found[f"{RULES}/index.md"] = site_pages.index(pages)
    found[LIFECYCLE] = site_pages.lifecycle_page(pages)
    found[PICTURE] = site_pages.picture(demo_graph())
    found[SETTINGS] = settings_page()
    found[SCHEMA] = schema()
    found[GRAPH_SCHEMA] = graph_schema()
    found[TABLES_SCHEMA] = tables_schema()
    found[RELIABILITY] = reliability_page()
    found[RELEASES] = releases_page(REPOSITORY / "lkagent_lint" / "sources" / "sdk" / "tables")
    text, mermaid = (fenced(graph_of_demo(name), name) for name in ("text", "mermaid"))
    found[GRAPH] = between(GRAPH, {"graph-text": text, "graph-mermaid": mermaid})
    start = why_of_demo("agents/front_desk.py", "session.start(", "LKA101")
    worker = why_of_demo("agents/night_line.py", "rtc_session(", "LKA201")
    found[WHY] = between(WHY, {"why-start": fenced(start, "text"), "why-worker": fenced(worker, "text")})
    found[REPORTS] = between(REPORTS, {"formats": formats_table()})
    bad, good = (start_page_run(fixed=fixed) for fixed in (False, True))
    found[START] = between(START, {"start-run": fenced(bad, "text"), "start-fixed": fenced(good, "text")})
    found.update(captures())
    found[README] = between(README, {"rules": table(pages, f"{RULES}/"), "graph": text})
    return found


# Examples


def examples() -> str:
    """What the rules' pages show, as JSON: the files of ``bad/`` and ``good/`` without marks and settings."""
    found: dict[str, Examples] = {}
    shown = {(case.code, case.kind): case for case in find_cases() if case.kind is not Kind.EDGE}
    for code in all_rules():
        bad, good = shown.get((code, Kind.BAD)), shown.get((code, Kind.GOOD))
        if bad is not None and good is not None:
            found[code] = Examples(example_files(bad), example_files(good))
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"


def example_files(case: Case) -> tuple[Example, ...]:
    return tuple(Example(name, text) for name, text in site_pages.example_texts(case))


# Pages


def table(pages: tuple[Page, ...], directory: str) -> str:
    rows = [
        f"| [{page.code}]({directory}{site_pages.page_name(page)}.md) | {page.name} | {page.severity.value} "
        f"| {page.summary} |"
        for page in pages
    ]
    return "\n".join(["| code | name | at most | finds |", "| --- | --- | --- | --- |", *rows, ""])


def formats_table() -> str:
    """What ``check`` can print."""
    rows = [
        f"| `{each.name}` | {each.audience}: {each.about} | "
        f"{'the repository' if each.audience == 'code hosts' else 'the working directory'} |"
        for each in formats.REPORTS
    ]
    return "\n".join(["| format | for | paths are relative to |", "| --- | --- | --- |", *rows, ""])


def between(path: str, blocks: dict[str, str]) -> str:
    """A document with what stands between ``<!-- generated: name -->`` and ``<!-- end -->`` replaced."""
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    for name, content in blocks.items():
        block = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not block.search(text):
            raise SystemExit(f"{path} has no block <!-- generated: {name} -->")
        text = block.sub(r"\1" + content.replace("\\", r"\\") + r"\2", text)
    return text


# The graph


def graph_of_demo(format: str) -> str:
    """What ``lkagent-lint graph`` prints in the demo's own directory."""
    return render(format, Document(projects=(demo_graph(),)), str)


@functools.cache
def demo_graph() -> ProjectGraph:
    demo = str(REPOSITORY / "fixtures" / "demo")
    (survey,) = engine.survey(engine.Request(paths=(demo,)))
    shown = functools.partial(relative_path, cwd=demo)
    return build(survey.project, wanted=survey.is_inside, show=shown)


def why_of_demo(name: str, text: str, code: str | None) -> str:
    """What ``lkagent-lint why`` prints there of the line that holds a text."""
    demo = REPOSITORY / "fixtures" / "demo"
    path = demo / name

    def read(each: str) -> str:
        return Path(each).read_text(encoding="utf-8")

    (line,) = (number for number, each in enumerate(read(str(path)).splitlines(), 1) if text in each)
    request = engine.Request(paths=(str(path),))
    shown = functools.partial(relative_path, cwd=str(demo))
    found = why.explain(engine.inspect(request, code), str(path), line, show=shown, text=read)
    return why.render("text", found, str)


def start_page_run(*, fixed: bool) -> str:
    """What a check prints of the start page's two files, before or after its fix."""
    text = (REPOSITORY / START).read_text(encoding="utf-8")
    (lost, found) = re.findall(r"^[-+] {8}(asked = .*)$", text, re.MULTILINE)
    root = str(REPOSITORY / "fixtures" / "start")
    files = {
        os.path.join(root, name): code.replace(lost, found if fixed else lost)
        for name, code in re.findall(r'^```python title="([^"]+)"[^\n]*\n(.*?)^```', text, re.MULTILINE | re.DOTALL)
    }
    overlays = {path: code.encode() for path, code in files.items()}
    overlays[os.path.join(root, "pyproject.toml")] = b'[tool.lkagent-lint]\nroot = true\nsdk-version = "1.8.9"\n'
    report = engine.check(engine.Request(paths=tuple(files), overlays=overlays, jobs=1))
    command = "$ lkagent-lint\n"
    return command + render_report("full", report, files.get, root, False)


def fenced(text: str, language: str) -> str:
    return f"```{language}\n{text}```\n"


def graph_schema() -> str:
    """The JSON schema of ``graph --output-format json``."""
    schema = {"$schema": _DRAFT, "title": "lkagent-lint graph --output-format json", **msgspec.json.schema(Document)}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def tables_schema() -> str:
    """The JSON schema of what the setting ``sdk-tables`` names."""
    made = msgspec.json.schema(TableFile | list[TableFile])
    schema = {"$schema": _DRAFT, "title": "tables of the SDKs (the setting sdk-tables)", **made}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


# Settings

_INTRODUCTION = """\
They stand in `[tool.lkagent-lint]` of a `pyproject.toml`, or in a `lkagent-lint.toml` (or `.lkagent-lint.toml`), where
the same keys stand without the table. For each file the nearest of these above it holds, whole: two files are merged
only where one names the other under [extend](#extend). A directory with two of them is an error, and so are an unknown
key, an unknown rule, a value that cannot be used and a pattern that cannot be read. Editors that know JSON schemas can
use [lkagent-lint.schema.json](lkagent-lint.schema.json).

Patterns are those of `.gitignore`. They are relative to the directory of the file that holds them, whoever extends it;
on the command line to the current directory.

On the command line `--config FILE` lets one file hold for everything, `--config 'KEY = VALUE'` sets a single value
(TOML, repeatable), and `--isolated` reads no file. `--select` takes the place of `select` and `extend-select`,
`--extend-select` and `--ignore` add to them. `lkagent-lint --show-settings PATH` shows every value and where it comes
from, `lkagent-lint --show-files` the files that a check looks at.

The same settings hold under flake8. There flake8's own `select`, `ignore` and `noqa` come on top."""


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        *_INTRODUCTION.splitlines(),
        "",
    ]
    for name, description, default in settings():
        lines += [f"## {name}", "", description, "", f"Default: `{name} = {default}`", ""]
    return "\n".join(lines)


def settings() -> Iterator[tuple[str, str, str]]:
    """Name, description and default (as TOML) of every setting."""
    described = descriptions()
    defaults: dict[str, object] = msgspec.to_builtins(Settings())
    for field in msgspec.structs.fields(Settings):
        default = "unset" if defaults[field.encode_name] is None else as_toml(defaults[field.encode_name])
        yield field.encode_name, described[field.name], default


def descriptions() -> dict[str, str]:
    """The docstrings below the settings' definitions."""
    (definition,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str() as text)):
                found[name] = inspect.cleandoc(text).replace("``", "`")
            case _:
                pass
    return found


def schema() -> str:
    """The JSON schema of the table."""
    made = msgspec.json.schema(Settings)
    definition = made["$defs"]["Settings"]
    for field in msgspec.structs.fields(Settings):
        definition["properties"][field.encode_name]["description"] = descriptions()[field.name]
    rest = {name: each for name, each in made["$defs"].items() if name != "Settings"}
    document = {"$schema": _DRAFT, **definition, "title": "[tool.lkagent-lint]", "$defs": rest}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
