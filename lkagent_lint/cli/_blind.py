"""What a check says on standard error where it saw no code of LiveKit, so that no wrong folder is green in silence."""

from __future__ import annotations

import os
import shlex

from lkagent_lint import engine
from lkagent_lint.cli._output import print_note
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted

_SHOWN = 3


def note_blind(request: engine.Request) -> None:
    """Say what was looked at, and what was probably meant. Raises ConfigError as a check does."""
    seen = engine.seen_of(request)
    cwd = os.getcwd()

    def shown(path: str) -> str:
        return relative_path(path, cwd)

    asked = ", ".join(map(shown, request.paths))
    looked = "there is no file to look at"
    if seen.counts:
        named = sorted(seen.counts, key=lambda each: not each[0])  # what has no name here comes last
        of_each = ", ".join(_kind(count, language) for language, count in named)
        looked = f"looked at {counted(sum(count for _, count in named), 'file')} ({of_each})"
    print_note(f"note: no code of LiveKit in {asked}: {looked}")
    for path, why in seen.left_out[:_SHOWN]:
        print_note(f"  left out: {shown(path)}, because {why}")
    if len(seen.left_out) > _SHOWN:
        print_note(f"  … and {counted(len(seen.left_out) - _SHOWN, 'file')} more")
    if seen.elsewhere:
        folder = shown(_common_directory(seen.elsewhere))
        print_note(f"  LiveKit is used in {shown(seen.elsewhere[0])}{_more(len(seen.elsewhere))}: did you mean this?")
        print_note(f"    lkagent-lint {shlex.quote(folder)}")


def _common_directory(paths: tuple[str, ...]) -> str:
    return os.path.commonpath([os.path.dirname(path) for path in paths])


def _more(count: int) -> str:
    return f" and {count - 1} more" if count > 1 else ""


def _kind(count: int, language: str) -> str:
    """``2 Python``, ``1 notebook``."""
    return counted(count, language) if language == "notebook" else f"{count} {language or 'other'}"
