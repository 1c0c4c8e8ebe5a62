"""From what a fix is to do to edits of the text: each file is parsed anew, and an intent that does not fit what stands
there makes the whole fix impossible.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from msgspec.structs import replace

from lkagent_lint.fixes.code import ImpossibleError, ParsedCode
from lkagent_lint.fixes.edits import Editor
from lkagent_lint.fixes.plain_text import renamed, text_removed, word_put
from lkagent_lint.intents import (
    AddImport,
    Begin,
    Edit,
    Fix,
    FollowWord,
    ImportFirst,
    Intent,
    RemoveText,
    Rename,
    Requires,
    Safety,
)
from lkagent_lint.languages import NOTEBOOK, PYTHON, dialect_of
from lkagent_lint.sources.splicing import NotTextError, Original, Splice, overlap
from lkagent_lint.text import Place

__all__ = ["Planner"]


class Planner:
    """Plans fixes for files as they are; ``read`` gives a file's bytes (absolute path), None where there are none."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._originals: dict[str, Original] = {}
        self._editors: dict[str, Editor | ImpossibleError] = {}

    def planned(self, fix: Fix) -> Fix | None:
        """The fix with its edits, and as safe as it is; None where it is not possible."""
        found: dict[str, list[Splice]] = {}
        safety = fix.safety
        try:
            for intent in fix.intents:
                path = intent.path if isinstance(intent, (AddImport, ImportFirst)) else intent.place.path
                if isinstance(intent, Requires):
                    if not self._editor(path).follows(intent) and safety is Safety.SAFE:
                        safety = Safety.UNSAFE
                else:
                    found.setdefault(path, []).extend(self._changes(path, intent))
        except ImpossibleError:
            return None
        if not any(found.values()) or any(overlap(changes) for changes in found.values()):
            return None
        edits = {
            Edit(Place(path, self._originals[path].lines.span(change.start, change.end)), change.text)
            for path, changes in found.items()
            for change in changes
        }
        return replace(fix, safety=safety, edits=tuple(sorted(edits)))

    def _changes(self, path: str, intent: Intent) -> list[Splice]:
        match intent:
            case RemoveText():
                return [text_removed(self._original(path), intent)]
            case FollowWord() | Begin():
                return [word_put(self._original(path), intent)]
            case Rename() if self._is_text(path):
                return [renamed(self._original(path), intent)]
            case _:
                return list(self._editor(path).changes(intent))

    def _is_text(self, path: str) -> bool:
        return not path.endswith(PYTHON) and dialect_of(os.path.basename(path)) is None

    def _original(self, path: str) -> Original:
        if path.endswith(NOTEBOOK):
            raise ImpossibleError("the cells of notebooks are not written")
        if path not in self._originals:
            data = self._read(path)
            if data is None:
                raise ImpossibleError("the file cannot be read")
            try:
                self._originals[path] = Original(path, data)
            except NotTextError as error:
                raise ImpossibleError(str(error)) from None
        return self._originals[path]

    def _editor(self, path: str) -> Editor:
        if path not in self._editors:
            try:
                self._editors[path] = Editor(self._code(path))
            except ImpossibleError as error:
                self._editors[path] = error
        found = self._editors[path]
        if isinstance(found, ImpossibleError):
            raise found
        return found

    def _code(self, path: str) -> ParsedCode:
        original = self._original(path)
        # Few runs have anything to mend, and the parsers are slow to import.
        if path.endswith(PYTHON):
            from lkagent_lint.fixes.python import PythonCode

            return PythonCode(original)
        dialect = dialect_of(os.path.basename(path))
        if dialect is None:
            raise ImpossibleError("no such edits are made in this language")
        from lkagent_lint.fixes.javascript import JavaScriptCode

        return JavaScriptCode(original, dialect)
