"""Paths of Windows, as the functions that show and match them see them there; drives and shares themselves cannot be
tried elsewhere.
"""

from __future__ import annotations

import ntpath
import os
from types import SimpleNamespace

import pytest

from lkagent_lint.reporters import paths
from lkagent_lint.sources import ignoring

_WINDOWS = SimpleNamespace(sep="\\", path=ntpath, fsencode=os.fsencode)


@pytest.fixture(autouse=True)
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (paths, ignoring):
        monkeypatch.setattr(module, "os", _WINDOWS)


@pytest.mark.parametrize(
    ("path", "seen_from", "shown"),
    [
        (r"C:\p\src\agent.py", r"C:\p", "src/agent.py"),
        (r"C:\p\agent.py", r"C:\p\src", "../agent.py"),
        (r"D:\agent.py", r"C:\p", "D:/agent.py"),
        (r"\\server\share\p\agent.py", r"\\server\share\p", "agent.py"),
        (r"\\server\share\agent.py", r"C:\p", "//server/share/agent.py"),
        (r"C:\p\CON.py", r"C:\p", "CON.py"),
        ("C:\\" + "\\".join(["long" * 20] * 20) + "\\agent.py", "C:\\" + "\\".join(["long" * 20] * 20), "agent.py"),
    ],
)
def test_paths_of_reports_have_forward_slashes(path: str, seen_from: str, shown: str) -> None:
    assert paths.relative_path(path, seen_from) == shown


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (r"C:\p q\agent.py", "file:///C:/p%20q/agent.py"),
        (r"\\server\share\agent.py", "file://server/share/agent.py"),
    ],
)
def test_addresses(path: str, address: str) -> None:
    assert paths.file_uri(path) == address


def test_another_drive_has_no_address_in_the_repository() -> None:
    assert paths.relative_uri(r"D:\agent.py", r"C:\p") is None
    assert paths.relative_uri(r"C:\p\src\a b.py", r"C:\p") == "src/a%20b.py"


def test_patterns_are_matched_with_forward_slashes() -> None:
    rules, refused = ignoring.parse_patterns("C:\\p", ["src/gen/*.py"])
    assert rules is not None
    assert refused is None
    assert rules.verdict("C:\\p\\src\\gen\\agent.py", False) is True
    assert rules.verdict("C:\\p\\src\\agent.py", False) is None
