"""The site's pages that are more than a rule's docstring: rules with what is printed of them, their index, the
lifecycle, and the picture of who dispatches whom.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from html import escape

from lkagent_lint import engine, rulebook
from lkagent_lint.diagnostics import Diagnostic, Report, Severity, Summary
from lkagent_lint.graph.records import NameRecord, ProjectGraph
from lkagent_lint.reporters import render, rule_url
from lkagent_lint.rulebook import Page
from lkagent_lint.rulebook.lifecycle import SENTENCES
from lkagent_lint.rules import Default
from tests.harness.cases import Case, Kind, find_cases
from tests.harness.marks import without_marks

GROUPS = (
    ("LKA0", "The linter itself", "what it could not read, and comments that hide nothing"),
    ("LKA1", "The job", "in which order a job sets up, starts, connects, waits and ends"),
    ("LKA2", "Dispatch", "who asks for which agent, and whether it comes"),
    ("LKA3", "The worker", "how entries are registered, and what a job's process has"),
    ("LKA4", "Calls and events", "what the SDK is handed, and what runs on its event loop"),
    ("LKA5", "Releases", "what a release of the SDK no longer has, or not yet"),
    ("LKA6", "Deployment", "how images, units and scripts start and stop the worker"),
)
_MARKS = {Severity.ERROR: "**error**", Severity.WARNING: "warning", Severity.INFO: "*info*"}
_WIDTH = 80
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`([^`\n]+)`:\n\n\Z")


def page_name(page: Page) -> str:
    """The last part of the page's address."""
    return rule_url(page.code, page.name).rstrip("/").rpartition("/")[2]


def rule_pages(pages: tuple[Page, ...]) -> dict[str, str]:
    """Each rule's page by its name: with the finding as it is printed, its lines marked, and its neighbours."""
    found = _findings()
    links = {
        page.code: [*(_link("←", each) for each in before), *(_link("→", each) for each in after)]
        for page, before, after in _with_neighbours(pages)
    }
    return {
        page_name(page): f"{_illustrated(page, found.get(page.code))}\n{' · '.join(links[page.code])}\n"
        for page in pages
    }


def _with_neighbours(pages: tuple[Page, ...]) -> Iterable[tuple[Page, tuple[Page, ...], tuple[Page, ...]]]:
    for number, page in enumerate(pages):
        yield page, pages[max(0, number - 1) : number], pages[number + 1 : number + 2]


def _link(arrow: str, page: Page) -> str:
    shown = f"{page.code} {page.name}"
    text = f"{arrow} {shown}" if arrow == "←" else f"{shown} {arrow}"
    return f"[{text}]({page_name(page)}.md)"


class _Found:
    """What a check of a rule's bad example says."""

    def __init__(self, case: Case, texts: dict[str, str], diagnostics: list[Diagnostic]) -> None:
        self.names = list(texts)
        self._root = case.root
        self._texts = {str(case.root / name): text for name, text in texts.items()}
        self._diagnostics = diagnostics

    def printed(self) -> str:
        """The first finding as the command prints it into a pipe."""
        report = Report(diagnostics=tuple(self._diagnostics[:1]), summary=Summary())
        text = render("full", report, self._texts.get, str(self._root), False, width=_WIDTH)
        return text.rstrip("\n").rpartition("\n\n")[0]

    def lines(self, name: str) -> list[int]:
        """The lines of a file of it at which something is found."""
        path = str(self._root / name)
        return sorted({each.place.span.line for each in self._diagnostics if each.place.path == path})


def _findings() -> dict[str, _Found]:
    """The bad examples, checked all at once."""
    cases = [case for case in find_cases() if case.kind is Kind.BAD]
    texts = {case.code: dict(example_texts(case)) for case in cases}
    overlays = {str(case.root / name): text.encode() for case in cases for name, text in texts[case.code].items()}
    report = engine.check(engine.Request(paths=tuple(str(case.root) for case in cases), overlays=overlays))
    found: dict[str, _Found] = {}
    for case in cases:
        inside = os.path.join(case.root, "")
        own = [each for each in report.diagnostics if each.code == case.code and each.place.path.startswith(inside)]
        if own:
            found[case.code] = _Found(case, texts[case.code], own)
    return found


def example_texts(case: Case) -> Iterator[tuple[str, str]]:
    """The files of an example by name, without settings and marks."""
    for name in case.files:
        if name != "pyproject.toml":
            yield name, without_marks(name, case.text(name))


def _illustrated(page: Page, found: _Found | None) -> str:
    """A page with the lines of its bad example marked, and below it what the command prints."""
    text = rulebook.markdown(page)
    head, heading, rest = text.partition("## Example\n")
    example, after, end = rest.partition("## Use instead\n")
    if found is None or not after:
        return text

    def marked(match: re.Match[str]) -> str:
        named = _NAMED.search(example[: match.start()])
        lines = " ".join(map(str, found.lines(named[1] if named else found.names[0])))
        return f'```{match[1]} hl_lines="{lines}"\n{match[2]}```' if lines else match[0]

    shown = f"{_FENCE.sub(marked, example)}What is printed of it:\n\n```text\n{found.printed()}\n```\n\n"
    return f"{head}{heading}{shown}{after}{end}"


_LEGEND = """\
**error**, warning and *info* are the highest severity that a rule reports; the [settings](../settings.md#severity)
change it. A rule is on by default, or in *preview*: off until it is [asked for](../settings.md#preview)."""
_HEAD = ["| code | name | severity | default | finds |", "| --- | --- | --- | --- | --- |"]


def index(pages: tuple[Page, ...]) -> str:
    """The rules in groups."""
    jumps = " · ".join(f"[{title}](#{title.lower().replace(' ', '-')})" for _, title, _ in GROUPS)
    lines = ["# The rules", "", _LEGEND, "", jumps, ""]
    for prefix, title, about in GROUPS:
        own = [page for page in pages if page.code.startswith(prefix)]
        lines += [f"## {title}", "", f"{prefix}: {about}.", "", *_HEAD, *map(_row, own), ""]
    return "\n".join(
        [*lines, "`lkagent-lint rule CODE` prints a page, `lkagent-lint rule LKA1` the rules of a group.", ""]
    )


def _row(page: Page) -> str:
    standing = "on" if page.default is Default.ON else "*preview*"
    link = f"[{page.code}]({page_name(page)}.md)"
    return f"| {link} | {page.name} | {_MARKS[page.severity]} | {standing} | {page.summary} |"


_LIFECYCLE = """\
# The lifecycle, sentence by sentence

What an agent's process does from its start to its end, and which rules enforce what of it. The words are ours; each
sentence leads to the page of LiveKit's documentation that speaks of it.
"""


def lifecycle_page(pages: tuple[Page, ...]) -> str:
    """The lifecycle, sentence by sentence, with the rules that enforce each."""
    by_code = {page.code: page for page in pages}
    lines = [_LIFECYCLE]
    part = ""
    for each in SENTENCES:
        if each.part != part:
            part = each.part
            lines += [f"## {part}", ""]
        lines += [f'<a id="{each.name}"></a>', f"**{each.text}** ([LiveKit's documentation]({each.livekit}))", ""]
        lines += [f"- [{code}](rules/{page_name(by_code[code])}.md): {by_code[code].summary}" for code in each.codes]
        lines.append("")
    return "\n".join(lines)


# The picture

_BOX, _GAP, _LEFT, _RIGHT, _HEIGHT = 300, 24, 20, 480, 76
_VERDICTS = {
    "yes": ("gets jobs", "#1b7f3b"),
    "no": ("gets no jobs", "#b3261e"),
    "unknown": ("nobody knows", "#8a6d00"),
}


def picture(graph: ProjectGraph) -> str:
    """Dispatches on the left, workers on the right, as an image that needs no script."""
    dispatches = [(each.id, f"asks for {_named(each.name)}", each.at) for each in graph.dispatches]
    workers = {each.id: each for each in graph.workers}
    rows = max(len(dispatches), len(workers), 1)
    height = rows * (_HEIGHT + _GAP) + _GAP
    boxes: list[str] = []
    middle: dict[str, tuple[int, int]] = {}
    for number, (key, said, at) in enumerate(dispatches):
        y = _GAP + number * (_HEIGHT + _GAP)
        middle[key] = (_LEFT + _BOX, y + _HEIGHT // 2)
        boxes.append(_box(_LEFT, y, said, f"{at.path}:{at.line}", "", "#4a5568"))
    for number, (key, worker) in enumerate(workers.items()):
        y = _GAP + number * (_HEIGHT + _GAP)
        middle[key] = (_RIGHT, y + _HEIGHT // 2)
        name = f"worker {_named(worker.name)}"
        boxes.append(_box(_RIGHT, y, name, f"{worker.at.path}:{worker.at.line}", *_VERDICTS[worker.gets_jobs]))
    edges = [_edge(middle[each.dispatch], middle[each.worker], dashed=not each.certain) for each in graph.edges]
    width = _RIGHT + _BOX + _LEFT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-label="Who dispatches whom in the demo" font-family="sans-serif" font-size="14">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>\n'
        '<defs><marker id="tip" markerWidth="10" markerHeight="8" refX="9" refY="4" orient="auto">'
        '<path d="M0,0 L10,4 L0,8 z" fill="#4a5568"/></marker></defs>\n' + "\n".join([*edges, *boxes]) + "\n</svg>\n"
    )


def _named(name: NameRecord) -> str:
    return f'"{name.values[0]}"' if name.values else name.kind


def _box(x: int, y: int, title: str, place: str, verdict: str, colour: str) -> str:
    texts = [(title, 24, 'font-weight="bold" fill="#1a202c"'), (place, 43, 'fill="#4a5568" font-size="12"')]
    if verdict:
        texts.append((verdict, 59, f'fill="{colour}" font-size="12" font-weight="bold"'))
    lines = "".join(f'<text x="{x + 14}" y="{y + down}" {style}>{escape(text)}</text>' for text, down, style in texts)
    return (
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_HEIGHT}" rx="6" fill="#f7fafc" stroke="{colour}" '
        f'stroke-width="2"/>{lines}'
    )


def _edge(start: tuple[int, int], end: tuple[int, int], *, dashed: bool) -> str:
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    (x1, y1), (x2, y2) = start, end
    return (
        f'<path d="M{x1},{y1} C{x1 + 60},{y1} {x2 - 60},{y2} {x2 - 2},{y2}" fill="none" stroke="#4a5568"{dash} '
        'marker-end="url(#tip)"/>'
    )
