"""What each tool answers, as text: one call of the engine, rendered, within a workspace and a budget."""

from __future__ import annotations

import functools
import os

import msgspec

from lkagent_lint import disk, engine, graph, rulebook, why, writing
from lkagent_lint.diagnostics import Report
from lkagent_lint.graph.build import build
from lkagent_lint.mcp_server.pages import clipped, paged, paged_text, with_cursor
from lkagent_lint.mcp_server.workspace import OutsideError, Workspace
from lkagent_lint.reporters import View, source_of
from lkagent_lint.reporters.agent import render_agent
from lkagent_lint.reporters.differences import diff_of
from lkagent_lint.reporters.offered import render_text
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.rulebook import UnknownRule
from lkagent_lint.rules import Rule
from lkagent_lint.stack import run_deep
from lkagent_lint.text import Lines, counted


class ClientQuestion(msgspec.Struct, frozen=True):
    """By whom and how much is asked."""

    workspace: Workspace
    budget: int
    cursor: str | None = None

    @property
    def directory(self) -> str:
        return self.workspace.roots[0]


class RefusedError(Exception):
    """What was asked cannot be answered; the message says why."""


def checked(asking: ClientQuestion, paths: list[str], text: str | None, name: str | None) -> str:
    """The findings in some paths, or in a text as if it were saved under a name."""
    if (text is None) != (name is None):
        raise RefusedError("text and name belong together: name is the file that the text would be saved as")
    if text is not None and paths:
        raise RefusedError("give paths, or text with a name")
    with asking.workspace.fenced():
        if text is not None and name is not None:
            path = asking.workspace.path(name)
            request = engine.Request(paths=(path,), overlays={path: text.encode("utf-8", "surrogatepass")})
        else:
            request = engine.Request(paths=asking.workspace.existing(paths), cache=True)
        report = engine.check(msgspec.structs.replace(request, directory=asking.directory))
        return _report_page(report, View(source_of(request.overlays), asking.directory), asking)


def _report_page(report: Report, view: View, asking: ClientQuestion) -> str:
    def rendered(first: int, end: int) -> str:
        return render_agent(msgspec.structs.replace(report, diagnostics=report.diagnostics[first:end]), view)

    if not report.diagnostics:
        return rendered(0, 0)
    whole = "".join(f"{each.place}{each.code}{each.title}" for each in report.diagnostics)
    count = len(report.diagnostics)
    taken, following = paged(count, lambda at: rendered(at, at + 1), whole, asking.budget, asking.cursor)
    shown = rendered(taken.start, taken.stop) if taken else ""
    notes = "".join(f"note: {each.message}\n" for each in report.notes) if not taken.start else ""
    return with_cursor(f"{clipped(notes + shown, asking.budget + 100)}", following)


def explained(asking: ClientQuestion, word: str) -> str:
    """A rule's page."""
    return paged_text(rulebook.markdown(rulebook.page(rule_of(word))), asking.budget, asking.cursor)


def rule_of(word: str) -> Rule:
    """The rule of a code or a name. Raises RefusedError."""
    try:
        return rulebook.find(word)
    except UnknownRule as error:
        near = f"; did you mean {error.nearest}?" if error.nearest else ""
        raise RefusedError(f"there is no rule {word[:40]!r}{near}") from None


def reasons(asking: ClientQuestion, file: str, line: int, rule: str | None) -> str:
    """What is known at a line, and why a rule reports something there, or nothing."""
    code = None if rule is None else rule_of(rule).META.code
    with asking.workspace.fenced():
        (path,) = asking.workspace.existing([file])
        if disk.isdir(path):
            raise RefusedError(f"{file} is a directory: name a file")
        source = source_of({})
        count = len(Lines(source(path) or "").starts)
        if not 1 <= line <= count:
            raise RefusedError(f"{file} has no line {line}: it has {counted(count, 'line')}")
        inspection = engine.inspect(engine.Request(paths=(path,), cache=True), code)
        shown = functools.partial(relative_path, cwd=asking.directory)
        found = run_deep(lambda: why.explain(inspection, path, line, show=shown, text=lambda at: source(at) or ""))
        return paged_text(why.render("text", found, str), asking.budget, asking.cursor)


def drawn(asking: ClientQuestion, paths: list[str], *, everything: bool) -> str:
    """Who dispatches whom."""
    with asking.workspace.fenced():
        surveys = engine.survey(engine.Request(paths=asking.workspace.existing(paths), cache=True))
        shown = functools.partial(relative_path, cwd=asking.directory)
        graphs = run_deep(
            lambda: tuple(
                build(each.project, wanted=each.is_inside, show=shown, everything=everything, seen=each.by_cell)
                for each in surveys
            )
        )
        text = graph.render("text", graph.Document(projects=graphs), str)
    return paged_text(text, asking.budget, asking.cursor)


def mended(asking: ClientQuestion, paths: list[str], *, unsafe: bool, apply: bool) -> str:
    """What mends the findings in some paths, as a diff; written only where that is asked for."""
    with asking.workspace.fenced():
        request = engine.Request(paths=asking.workspace.existing(paths), cache=True)
        done = engine.fixed(request, unsafe=unsafe)
        for each in done.rewrites:
            asking.workspace.path(each.path)
        diff = "".join(diff_of(done.rewrites, asking.directory))
        if apply:
            writing.rewrite_all(done.rewrites)
    said = f"{counted(len(done.applied), 'finding')} in {counted(len(done.rewrites), 'file')}"
    if not done.rewrites:
        head = "nothing that a fix of this kind would mend\n"
    else:
        head = f"mended {said}\n" if apply else f"would mend {said}; nothing is written without apply=true\n"
    # What is written is not there to be shown a second time, so a diff that was applied has no further pages.
    page = clipped(diff, asking.budget) if apply else paged_text(diff, asking.budget, asking.cursor)
    return head + page


def offered(asking: ClientQuestion, name: str, path: str, language: str | None) -> str:
    """What the SDK has under a name."""
    with asking.workspace.fenced():
        (at,) = asking.workspace.existing([path]) if path else (asking.directory,)
        node = None if language is None else language == "node"
        answer = engine.sdk_answer(engine.Request(paths=(at,)), name, node=node)
    return clipped(render_text(answer), asking.budget)


def index() -> str:
    """Every rule with its summary, one a line."""
    return "".join(f"{each.code} {each.name}: {each.summary}\n" for each in rulebook.pages())


def exists(workspace: Workspace) -> None:
    """Raises OutsideError where a root is not there."""
    for each in workspace.roots:
        if not os.path.isdir(each):
            raise OutsideError(f"the root {each} is no directory")
