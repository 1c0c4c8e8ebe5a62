"""Baselines on the command line: written, used, pruned, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_settings_options import Captured, project, run
from tests.engine.test_check import EARLY, SETTINGS

__all__ = ["project"]


def test_a_baseline_from_its_first_day_to_its_last(project: Path, capsys: Captured) -> None:
    assert run() == 1
    assert run("--write-baseline", "--baseline", "known.json") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "known.json: 1 finding added, 0 taken out",
        'to use it always, set baseline = "known.json" in the settings',
    ]
    (project / "pyproject.toml").write_text(SETTINGS + 'baseline = "known.json"\n')
    assert run() == 0
    out, err = capsys.readouterr()
    assert out.replace("\n  ", " ").endswith(": no findings but 1 of the baseline\n")
    assert err == ""
    (project / "agent.py").write_text(EARLY.replace("    await ctx.connect()\n", ""))
    assert run("--output-format", "json") == 0
    out, err = capsys.readouterr()
    assert out == "[]\n"
    assert err.splitlines() == [
        "known.json: 1 finding of this baseline no longer there; --prune-baseline takes out:",
        "  agent.py: LKA101 (1)",
    ]
    assert run("--prune-baseline") == 0
    assert capsys.readouterr().out == "known.json: 0 findings added, 1 taken out\n"
    assert run() == 0
    assert capsys.readouterr().err == ""
    (project / "agent.py").write_text(EARLY)
    assert run() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--write-baseline"], "no baseline is named"),
        (["--prune-baseline"], "no baseline is named"),
        (["--prune-baseline", "--baseline", "known.json"], "there is no such file"),
        (["--write-baseline", "--prune-baseline"], "different things"),
        (["--baseline", "known.json"], "there is no such file"),
        (["--write-baseline", "--baseline", "nowhere/known.json"], "no directory"),
        (["--write-baseline", "--baseline", "agent.py"], "no baseline of lkagent-lint"),
        (["--write-baseline", "--baseline", "."], "it is a directory"),
        (["--write-baseline", "--config", 'baseline = "x.json"', "-", "--stdin-filename", "a.py"], "standard input"),
    ],
)
def test_what_cannot_be_done(project: Path, arguments: list[str], words: str, capsys: Captured) -> None:
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err
    assert (project / "agent.py").read_text() == EARLY


def test_a_repository_cannot_have_files_written_elsewhere(project: Path, capsys: Captured) -> None:
    for name in ("../elsewhere.json", "link/elsewhere.json"):
        (project / "pyproject.toml").write_text(f'{SETTINGS}baseline = "{name}"\n')
        if name.startswith("link"):
            (project / "link").symlink_to(project.parent)
        assert run("--write-baseline") == 2
        assert "outside the project" in capsys.readouterr().err
        assert not (project.parent / "elsewhere.json").exists()
    assert run("--write-baseline", "--baseline", str(project.parent / "elsewhere.json")) == 0
