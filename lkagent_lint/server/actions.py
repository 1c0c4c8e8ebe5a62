"""What a client may do about a finding: mend it, mend all of a rule, hide it with a reason, read its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from lsprotocol import types

from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.intents import Edit, Safety
from lkagent_lint.reporters.paths import rule_url
from lkagent_lint.server.documents import CountedText, text_of
from lkagent_lint.server.findings import ShownFinding
from lkagent_lint.suppressions.adding import with_suppressions
from lkagent_lint.text import Lines
from lkagent_lint.writing import Rewrite

FIX_ALL = "source.fixAll.lkagent-lint"
OPEN_PAGE = "lkagent-lint.openPage"
MEND = "lkagent-lint.mend"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL)
_OWN = "LKA0"
"""Codes of what concerns comments and files as such: no comment belongs there."""
_REASON = "TODO say why"


class ActionFiles(NamedTuple):
    """The files as they are for a client. All paths are absolute."""

    counted: Callable[[str], CountedText]
    uri: Callable[[str], str]
    version: Callable[[str], int | None]
    data: Callable[[str], bytes]


class ClientShape(NamedTuple):
    """What of actions a client understands, as it said at the start."""

    resolves: bool = False
    """It asks for an action's edit when the action is chosen."""
    snippets: bool = False
    """An edit may hold a placeholder."""
    shows_pages: bool = False


def is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a client that asks for these kinds only (None for all) asks for this one."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


class ActionMaker:
    """Makes the actions for one client."""

    def __init__(self, files: ActionFiles, shape: ClientShape) -> None:
        self._files = files
        self._shape = shape

    def actions(
        self, path: str, around: Sequence[ShownFinding], everywhere: Iterable[ShownFinding], only: Sequence[str] | None
    ) -> Iterator[types.CodeAction]:
        """The actions for the findings at a place of a file, ``everywhere`` being all of the file's."""
        found = [each for each in everywhere if each.finding is not None]
        if is_wanted(types.CodeActionKind.QuickFix, only):
            for each in around:
                if each.finding is not None:
                    yield from self._about(path, each, each.finding, found)
        if is_wanted(FIX_ALL, only) and any(_is_safe(each.finding) for each in found):
            yield self._mending(path, "Mend all that is safe (lkagent-lint)", FIX_ALL, None)

    def _about(
        self, path: str, shown: ShownFinding, finding: Diagnostic, found: Sequence[ShownFinding]
    ) -> Iterator[types.CodeAction]:
        fix = finding.fix
        if fix is not None and fix.edits:
            yield types.CodeAction(
                title=f"{fix.title[:1].upper()}{fix.title[1:]} ({finding.code}{_caution(fix.safety)})",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown.item],
                is_preferred=fix.safety is Safety.SAFE,
                edit=self._edit(fix.edits),
            )
        alike = [each for each in found if each.finding is not None and each.finding.code == finding.code]
        if len(alike) > 1 and sum(_is_safe(each.finding) for each in alike) > 1:
            title = f"Mend every {finding.code} of this file that is safe to mend"
            action = self._mending(path, title, types.CodeActionKind.QuickFix, finding.code)
            action.diagnostics = [each.item for each in alike]
            yield action
        hidden = self._hiding(finding)
        if hidden is not None:
            yield types.CodeAction(
                title=f"Hide {finding.code} here, with a reason",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown.item],
                edit=hidden,
            )
        if self._shape.shows_pages:
            title = f"Open the page of {finding.code}"
            yield types.CodeAction(
                title=title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown.item],
                command=types.Command(title, OPEN_PAGE, arguments=[rule_url(finding.code, finding.name)]),
            )

    def _mending(self, path: str, title: str, kind: str, code: str | None) -> types.CodeAction:
        """An action whose edit takes checks to find out: it is made when somebody chooses it."""
        uri = self._files.uri(path)
        action = types.CodeAction(title=title, kind=kind)
        if self._shape.resolves:
            action.data = {"uri": uri, "code": code}
        else:
            action.command = types.Command(title, MEND, arguments=[uri, code])
        return action

    # Edits

    def _edit(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        by_file: dict[str, list[types.TextEdit | types.SnippetTextEdit]] = {}
        for each in edits:
            span = self._files.counted(each.place.path).range(each.place.span)
            by_file.setdefault(each.place.path, []).append(types.TextEdit(span, each.text))
        return self._workspace_edit(by_file)

    def rewritten(self, rewrites: Iterable[Rewrite]) -> types.WorkspaceEdit:
        """Files as they should be, as edits of what differs."""
        return self._workspace_edit(
            {each.path: list(self._differences(each.path, each.before, each.after)) for each in rewrites}
        )

    def _differences(self, path: str, before: bytes, after: bytes) -> Iterator[types.TextEdit | types.SnippetTextEdit]:
        counted = self._files.counted(path)
        old, new = text_of(path, before), text_of(path, after)
        for start, end, text in differences(old, new):
            yield types.TextEdit(types.Range(counted.position_at(start), counted.position_at(end)), text)

    def _workspace_edit(self, by_file: dict[str, list[types.TextEdit | types.SnippetTextEdit]]) -> types.WorkspaceEdit:
        changes: list[types.TextDocumentEdit] = []
        for path, edits in sorted(by_file.items()):
            named = types.OptionalVersionedTextDocumentIdentifier(self._files.uri(path), self._files.version(path))
            changes.append(types.TextDocumentEdit(named, [*edits]))
        return types.WorkspaceEdit(document_changes=[*changes])

    def _hiding(self, finding: Diagnostic) -> types.WorkspaceEdit | None:
        """The comment that hides a finding, at the first of its places where one can stand."""
        if finding.code.startswith(_OWN):
            return None
        for place in finding.places:
            before = self._files.data(place.path)
            wanted = {place.span.line: (finding.code,)}
            after, written = with_suppressions(place.path, before, wanted, _REASON)
            if written:
                edits = list(self._differences(place.path, before, after))
                if self._shape.snippets:
                    edits = [_snippet(each) for each in edits]
                return self._workspace_edit({place.path: edits})
        return None


def _snippet(edit: types.TextEdit | types.SnippetTextEdit) -> types.TextEdit | types.SnippetTextEdit:
    """The same with the reason as a placeholder."""
    if not isinstance(edit, types.TextEdit) or _REASON not in edit.new_text:
        return edit
    escaped = edit.new_text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
    return types.SnippetTextEdit(edit.range, types.StringValue(escaped.replace(_REASON, "${1:reason}", 1)))


def _is_safe(finding: Diagnostic | None) -> bool:
    fix = None if finding is None else finding.fix
    return fix is not None and bool(fix.edits) and fix.safety is Safety.SAFE


def _caution(safety: Safety) -> str:
    return {Safety.SAFE: "", Safety.UNSAFE: ", may change more", Safety.SUGGESTION: ", a suggestion"}[safety]


def differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """What to put between 0-based offsets of a text to make another of it, by whole lines."""
    before, after = Lines(old), Lines(new)
    old_ends, new_ends = [*before.starts[1:], len(old)], [*after.starts[1:], len(new)]
    old_lines = [old[start:end] for start, end in zip(before.starts, old_ends, strict=True)]
    new_lines = [new[start:end] for start, end in zip(after.starts, new_ends, strict=True)]
    starts = [*before.starts, len(old)]
    for tag, first, last, from_, to in SequenceMatcher(None, old_lines, new_lines, autojunk=False).get_opcodes():
        if tag != "equal":
            yield starts[first], starts[last], "".join(new_lines[from_:to])
