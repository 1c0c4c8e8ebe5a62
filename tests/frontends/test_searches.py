"""What is searched for first, to save looking closer, hides nothing that looking closer finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.frontends.python import reading
from lkagent_lint.frontends.text import commands
from lkagent_lint.text import Lines

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SCRIPTS = frozenset({".sh", ".yaml", ".yml", ".md", ".txt", ".json", ".env", ".bat", ".ps1", ""})


def test_a_file_without_the_words_holds_none_of_what_they_announce(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {path: path.read_bytes() for path in sorted(FIXTURES.rglob("*.py"))}
    searched = {path: reading.read(data, frozenset()) for path, data in files.items()}

    def always(*_: str) -> bool:
        return True

    monkeypatch.setattr(reading, "may_hold", always)
    for path, data in files.items():
        assert reading.read(data, frozenset()) == searched[path], path
    for field, _ in reading.FINDERS:
        assert any(getattr(facts, field) for facts in searched.values()), field


def test_a_text_without_the_commands_name_holds_no_command() -> None:
    found = 0
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and path.suffix in SCRIPTS:
            text = path.read_text(errors="replace")
            looked = f"{text}\n\nlk\n"  # without a verb it asks for nothing
            here = list(commands.dispatches(text, Lines(text), presence=False))
            assert here == list(commands.dispatches(looked, Lines(looked), presence=False)), path
            found += len(here)
    assert found
