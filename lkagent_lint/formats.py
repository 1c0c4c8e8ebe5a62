"""What the command prints and writes, one row a format: who lists, renders or recognises formats asks here.

A new format is one module, which holds ``render_<name>``, and one row: options, help, completion, the documentation's
tables and what is recognised as a report follow. Rows name their modules and import none, so that help imports no
renderer.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal, NamedTuple

Audience = Literal["people", "programs", "documents", "code hosts"]
"""Code hosts show paths relative to the repository, everyone else relative to the working directory."""


class Format(NamedTuple):
    """One format, and how a file of it begins."""

    name: str
    module: str
    """Relative to the package; it holds ``render_<name>``."""
    audience: Audience
    about: str
    """What of it the documentation says."""
    begins: str
    """A regular expression that matches where a file of it begins that this program wrote."""
    others: str | None = None
    """The same of files that other programs write, where the format is not ours alone."""

    @property
    def renderer(self) -> Callable[..., str]:
        """The function that renders it, imported now."""
        render: Callable[..., str] = getattr(
            importlib.import_module(f"lkagent_lint.{self.module}"), f"render_{self.name}"
        )
        return render


_SEEN = r"\d+ files?(?: \(\d+ not analysed\))?, \d+ workers?, \d+ jobs?, \d+ dispatch"
"""The line that says what was seen, which is all that texts hold where nothing was found."""
_FINDING = r"\{\s*\"code\": ?\"LKA\d{3}\",\s*\"name\": ?\"[\w-]*\",\s*\"severity\": ?\"\w+\",\s*\"path\""
_PAGE = r"\{\s*\"code\": ?\"LKA\d{3}\",\s*\"name\": ?\"[\w-]*\",\s*\"severity\": ?\"\w+\",\s*\"default\""
_RULE = r"[A-Z]{1,6}\d{2,5}\b"
"""The code of a rule of any linter."""
_NO_COMMENT = r"(?!#|//|--|;|<)"
_PATH = rf"{_NO_COMMENT}[^\n]{{1,500}}"
"""A path, which may hold anything but what begins a comment; no longer, so that one long line costs little."""

REPORTS = (
    Format(
        "full",
        "reporters.full",
        "people",
        "each finding with its source and the other places that it is about",
        rf"{_PATH}:\d+:\d+:\s+(?:error|warning|info)\[LKA\d{{3}}\]|{_SEEN}",
    ),
    Format(
        "concise",
        "reporters.concise",
        "people",
        "one line a finding, which editors read too",
        rf"{_PATH}:\d+:\d+: (?:(?:error|warning|info) )?LKA\d{{3}} ",
        rf"{_NO_COMMENT}[^\s:][^\n:]{{0,500}}:\d+:(?:\d+:)? (?:{_RULE}|(?:error|warning|note): )",
    ),
    Format(
        "grouped",
        "reporters.lines",
        "people",
        "the findings of each file below its name",
        rf"{_PATH}:\n  \d+:\d+ (?:(?:error|warning|info) )?LKA\d{{3}} ",
        rf"{_PATH}:\n\s+\d+:\d+:? +{_RULE}",
    ),
    Format(
        "agent",
        "reporters.agent",
        "programs",
        "coding agents: the fewest words that suffice to mend what was found",
        rf"{_PATH}:\n\d+:\d+ LKA\d{{3}} ",
    ),
    Format(
        "json",
        "reporters.json",
        "programs",
        "one array",
        rf"\[\s*(?:\]\s*\Z|{_FINDING})",
    ),
    Format(
        "jsonl",
        "reporters.json",
        "programs",
        "the same objects, one a line",
        _FINDING,
    ),
    Format(
        "github",
        "reporters.github",
        "code hosts",
        "annotations in a pull request, and the step's summary",
        r"::(?:error|warning|notice) title=LKA\d|### lkagent-lint\n",
        r"::(?:error|warning|notice) \w+=",
    ),
    Format(
        "gitlab",
        "reporters.gitlab",
        "code hosts",
        "GitLab's code quality report",
        r"\[\s*\{\s*\"description\": ?\"LKA\d",
        r"\[\s*\{(?=[^\0]*?\"fingerprint\"\s*:)(?=[^\0]*?\"check_name\"\s*:)",
    ),
    Format(
        "sarif",
        "reporters.sarif",
        "code hosts",
        "code scanning, SARIF 2.1.0 with errata 01",
        r"\{\s*\"\$schema\": ?\"[^\"]*sarif[^\"]*\",\s*\"version\": ?\"[\d.]*\",\s*\"runs\": ?\[\s*\{\s*"
        r"\"tool\": ?\{\s*\"driver\": ?\{\s*\"name\": ?\"(?:lkagent-lint|flake8)\"",
        r"\{\s*\"\$schema\"\s*:\s*\"[^\"]*sarif|"
        r"\{(?=\s*\"(?:version|runs)\")(?=[^\0]*?\"runs\"\s*:\s*\[)(?=[^\0]*?\"tool\"\s*:\s*\{\s*\"driver\")",
    ),
    Format(
        "junit",
        "reporters.junit",
        "programs",
        "test dashboards",
        r"<\?xml[^>]*\?>\s*<testsuites name=\"lkagent-lint\"",
        r"(?:<\?xml[^>]*\?>\s*)?(?:<!--[^\0]*?-->\s*)?<testsuites?[\s>]",
    ),
    Format(
        "pylint",
        "reporters.lines",
        "programs",
        "what reads pylint's `path:line: [code(name), ] message`",
        rf"{_PATH}:\d+: \[LKA\d{{3}}\(",
        rf"{_PATH}:\d+: \[{_RULE}\(",
    ),
    Format(
        "unix",
        "reporters.lines",
        "programs",
        "editors that read ESLint's: `path:line:column: message [Severity/code]`",
        rf"{_PATH}:\d+:\d+: [^\n]*\[(?:Error|Warning|Info)/LKA\d{{3}}\]",
        rf"{_PATH}:\d+:\d+: [^\n]*\[(?:Error|Warning)(?:/[^\n\]]*)?\]\n",
    ),
    Format(
        "vscode",
        "reporters.lines",
        "programs",
        "tasks of VS Code: `path(line,column): severity code: message`",
        rf"{_PATH}\(\d+,\d+\): (?:error|warning|info) LKA\d{{3}}: ",
        rf"{_PATH}\(\d+,\d+(?:,\d+,\d+)?\) ?: (?:error|warning|info) [A-Z]+\d+ ?: ",
    ),
    Format(
        "azure",
        "reporters.lines",
        "code hosts",
        "issues of an Azure pipeline",
        r"##vso\[task\.logissue [^\n]*code=LKA\d",
        r"##vso\[task\.logissue ",
    ),
    Format(
        "rdjson",
        "reporters.rdjson",
        "programs",
        "reviewdog; columns in bytes",
        r"\{\s*\"source\": ?\{\s*\"name\": ?\"lkagent-lint\"",
        r"\{(?=\s*\"(?:source|severity|diagnostics)\")(?=[^\0]*?\"diagnostics\"\s*:\s*\[)(?=[^\0]*?\"location\"\s*:)",
    ),
)
"""What ``check`` prints, the default first."""
PAGES = (
    Format(
        "text",
        "cli._rule",
        "people",
        "a page for reading here, a table of all",
        r"LKA\d{3} [\w-]+ \((?:error|warning|info), |LKA\d{3}  [\w-]+ +(?:error|warning|info)  ",
    ),
    Format("json", "cli._rule", "programs", "the parts of a page", rf"(?:\[\s*)?{_PAGE}"),
    Format("markdown", "cli._rule", "documents", "a page as the site shows it", r"# [\w-]+ \(LKA\d{3}\)\n"),
)
"""What ``rule`` prints, the default first."""
GRAPHS = (
    Format(
        "text",
        "graph.text",
        "people",
        "each worker with its answer, then what else was seen",
        rf"project {_PATH}: \d+ files? in it\n|\d+ workers?, \d+ dispatch(?:es)?\s*\Z",
    ),
    Format(
        "mermaid", "graph.pictures", "documents", "a flowchart", r"flowchart LR\n  (?:subgraph p1\[\"|classDef yes )"
    ),
    Format("dot", "graph.pictures", "documents", "a digraph for Graphviz", r"digraph agents \{\n  rankdir=LR;\n"),
    Format("json", "graph.json", "programs", "all that is known", r"\{\s*\"format\": ?\d+,\s*\"projects\": ?\["),
)
"""What ``graph`` prints, the default first."""
EXPLANATIONS = (
    Format(
        "text",
        "why.text",
        "people",
        "what is known of a line",
        rf"{_PATH}:\d+: [^\n]*\n\nthe file takes (?:part|no part): ",
    ),
    Format(
        "json",
        "why.json",
        "programs",
        "the same, field by field",
        r"\{\s*\"format\": ?\d+,\s*\"path\": ?\"[^\"\n]*\",\s*\"line\": ?\d+,\s*\"source\": ",
    ),
)
"""What ``why`` prints, the default first."""
LOOKUPS = (
    Format(
        "text",
        "reporters.offered",
        "people",
        "the verdict, what to use instead, and since when each thing is there",
        r"[^\n:]{1,200}(?:: [^\n:]{1,200})?: (?:yes, in|gone from|not yet in|no such thing in|not known:) [^\n]*"
        r"(?:livekit|tables|newest|names)",
    ),
    Format(
        "json",
        "reporters.offered",
        "programs",
        "the same, field by field",
        r"\{\s*\"asked\": ?\"[^\n]*\",\s*\"verdict\": ?\"",
    ),
)
"""What ``sdk`` prints, the default first."""
_BASELINE = r"\{\s*\"version\": ?\d+,\s*\"findings\": ?\{\s*(?:\}|\"[^\"\n]*\": ?\{\s*\"LKA\d{3}\": ?\[)"
"""How a baseline begins, which ``--write-baseline`` writes."""
_MANIFEST = r"\{\s*\"lkagent_lint_manifest\": ?\d+,"
"""How the manifest of a repository begins, which ``manifest`` writes."""

_FAMILIES = (REPORTS, GRAPHS, EXPLANATIONS, PAGES, LOOKUPS)
HEAD = 4096
"""Bytes of a file that tell its format."""
_COLOURS = re.compile(rb"\x1b\[[\d;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


def names(rows: Iterable[Format]) -> tuple[str, ...]:
    """The names of formats, in the order of their rows."""
    return tuple(each.name for each in rows)


def named(rows: Iterable[Format], name: str) -> Format:
    """The format of a name. Raises ValueError where there is none."""
    for each in rows:
        if each.name == name:
            return each
    raise ValueError(f"no such format: {name}")


def purposes(rows: Iterable[Format]) -> str:
    """``For people: full, concise; for programs: json.``: formats by their audiences."""
    by_audience: dict[Audience, list[str]] = {}
    for each in rows:
        by_audience.setdefault(each.audience, []).append(each.name)
    said = "; ".join(f"for {audience}: {', '.join(found)}" for audience, found in by_audience.items())
    return f"{said[:1].upper()}{said[1:]}."


def is_report(data: bytes) -> str | None:
    """The name of the format in which a file is written that a linter wrote, this one or another; None for any other.

    The first bytes tell it, wherever the file lies and whatever it is called. An empty file tells nothing.
    """
    return _told(data, by_others=True)


def is_ours(data: bytes) -> str | None:
    """The name of the format of a file that this program wrote."""
    return _told(data, by_others=False)


def _told(data: bytes, *, by_others: bool) -> str | None:
    head = data[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().replace(b"\r\n", b"\n")
    if b"\x1b" in head:
        head = _COLOURS.sub(b"", head)
    found = _beginnings(by_others).match(head)
    return None if found is None or found.lastgroup is None else found.lastgroup.partition("_")[2]


@cache
def _beginnings(by_others: bool) -> re.Pattern[bytes]:
    """One alternation, which fails at the first byte for most files; ours come before what others write."""
    groups = [
        ("baseline", _BASELINE),
        ("manifest", _MANIFEST),
        *((each.name, each.begins) for rows in _FAMILIES for each in rows),
    ]
    if by_others:
        groups += [(each.name, each.others) for rows in _FAMILIES for each in rows if each.others is not None]
    made = "|".join(f"(?P<f{number}_{name}>{begins})" for number, (name, begins) in enumerate(groups))
    return re.compile(made.encode("ascii"))
