"""Every operator puts a mistake into our own right entries, and every mistake is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutate import __main__ as mutate
from tools.mutate.operators import entries, mutants

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RIGHT = (
    "rules/LKA108-use-before-start/good",
    "rules/LKA110-late-room-listener/good",
    "rules/LKA116-start-without-room/good",
)
OPERATORS = 37
OF_THE_REGISTRATION = 6
"""Of a server's decorator; worker options have others."""


OPTIONS = """
from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli


def warm(proc):
    proc.userdata["greeting"] = "Hello."


async def entry(ctx: JobContext):
    session = AgentSession()
    await session.start(agent=Agent(instructions="Help."), room=ctx.room)


if __name__ == "__main__":
    cli.run_app(WorkerOptions(entrypoint_fnc=entry, prewarm_fnc=warm))
"""


@pytest.mark.parametrize("name", RIGHT)
def test_every_mutant_of_our_own_entries_is_found(name: str) -> None:
    outcomes = list(mutate.of_directory(FIXTURES / name))
    assert {each.mutant.operator for each in outcomes if not each.found} == set()
    assert len({each.mutant.operator for each in outcomes}) == OPERATORS + OF_THE_REGISTRATION


def test_every_mutant_of_the_demo_is_found() -> None:
    outcomes = list(mutate.of_directory(FIXTURES / "demo"))
    assert len({each.entry for each in outcomes}) == 2
    assert [each.mutant.operator for each in outcomes if not each.found] == []


def test_mutants_are_programs_that_differ() -> None:
    source = (FIXTURES / RIGHT[0] / "agent.py").read_text(encoding="utf-8")
    (entry,) = entries(source, {"entry"})
    texts = [mutant.text for mutant in mutants(source, entry)]
    assert len(texts) == OPERATORS == len(set(texts))
    assert source not in texts
    for text in texts:
        compile(text, "mutant", "exec")


def test_mutants_of_worker_options_are_found(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(OPTIONS, encoding="utf-8")
    outcomes = list(mutate.of_directory(tmp_path, "LKA3"))
    assert {each.mutant.rule for each in outcomes} == {"LKA301", "LKA302", "LKA303", "LKA304", "LKA307", "LKA308"}
    assert [each.mutant.operator for each in outcomes if not each.found] == []


def test_a_linter_that_finds_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import Counter

    def nothing(*_: object) -> Counter[str]:
        return Counter()

    monkeypatch.setattr(mutate, "_codes", nothing)
    assert mutate.main([str(FIXTURES / RIGHT[0])]) == 1


def test_what_is_found_in_unchanged_files_is_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = (FIXTURES / RIGHT[0] / "agent.py").read_text(encoding="utf-8")
    late = source + "\n\nasync def late(agent: Agent) -> None:\n    agent.update_instructions('')\n"
    (tmp_path / "agent.py").write_text(f"from livekit.agents import Agent\n{late}", encoding="utf-8")
    mutate.main([str(tmp_path)])
    assert "files as they are (1): LKA106 1\n" in capsys.readouterr().out
