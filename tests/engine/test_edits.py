"""Random edits: a check that goes on and one from nothing say the same; ``python -m tools.edits`` makes more."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from tools.edits import Editing, projects


def test_random_edits_give_the_bytes_of_a_check_from_nothing(tmp_path: Path) -> None:
    found = 0
    for number, root in enumerate(islice(projects(tmp_path, 11), 4)):
        editing = Editing(root, number)
        editing.run(15)
        found += editing.findings
    assert found > 60
