"""``# noqa`` must mean to the command what it means to flake8: real flake8 is asked, nothing is copied."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lkagent_lint.suppressions.noqa import NoqaMap

LONG = "x" * 90
# Each of these stands behind a line with F401 and E501 on it.
COMMENTS = [
    "# noqa",
    "# NOQA",
    "# NoQa: F401",
    "# noqa: F401",
    "# noqa:F401",
    "# noqa:  F401",
    "# noqa:\tF401",
    "# noqa: f401",
    "# noqa: F4",
    "# noqa: F",
    "# noqa: F401,E501",
    "# noqa: F401, E501",
    "# noqa: F401 E501",
    "# noqa: F401,,,E501",
    "# noqa: E501,",
    "# noqa: E501 because it is a URL",
    "# noqa: because it is a URL",
    "# noqa F401",
    "# noqa : F401",
    "# noqa:F401E501",
    "# noqa:E501F401",
    "# noqa: F401:E501",
    "# noqa: LKA101",
    "# noqa: 401",
    "# noqa: \uff26401",
    "# noqa: F\uff1401",
    "#noqa",
    "#  noqa",
    "# noqa# noqa: F401",
    "# noqa: E501 # noqa: F401",
    "# type: ignore # noqa: F401",
    "# nonoqa",
    "# noqaF401",
    "# flake8: noqa",
    "# flake8: noqa: F401",
    "# noqa: \u017f401,F401",
    "",
]
WHOLE_FILES = [
    "# flake8: noqa\nimport os\n",
    "# FLAKE8: NOQA\nimport os\n",
    "# flake8:noqa\nimport os\n",
    "# flake8=noqa\nimport os\n",
    "  # flake8: noqa: F401\nimport os\n",
    "import os\n\n\n# flake8: noqa because\n",
    "#flake8: noqa\nimport os\n",
    "import os\nx = '''\n# flake8: noqa\n'''\n",
    "\ufeff# flake8: noqa\nimport os\n",
    "\ufeffimport os  # noqa: F401\nimport re\n",
]
RUNS_OF_LINES = [
    f"import os\nx = '''\n{LONG}\n{LONG}\n'''  # noqa: E501\n",
    f"import os\nx = '''\n{LONG}  # noqa: E501\n{LONG}\n'''\n{LONG} = 1\n",
    f"import os\nx = f'''\n{LONG} # noqa\n{{x}}\n{LONG}\n'''\n",
    f"import os, \\\n    re  # noqa: F401\nimport {LONG}\n",
    f"import os, \\\n    re  # noqa: E501\nimport {LONG}\n",
    "from os import (  # noqa: F401\n    path,\n    sep,\n)\n",
    "from os import (\n    path,\n    sep,\n)  # noqa: F401\n",
    "from os import (\n    path,  # noqa: F401\n    sep,\n)\n",
    f"def f():\n    '''{LONG}\n    '''  # noqa\n    import os\n\n\nimport re\n",
    "import os  # noqa\r\nimport re\r\n",
    "import os  # noqa\rimport re\r",
    "import os\rimport re  # noqa\rimport json\r",
    f"import os\x0c# noqa\nimport re # \x1c noqa\nx = '{LONG}' # noqa\x85\n",
    "import os # noqa\nimport re # \u2028 # noqa: F401",
    f"x = '''\n{LONG}'''; y = '''\n{LONG}\n'''  # noqa\nimport os\n",
    "if True:\n    import os  # noqa: F401\n\n    import re\n",
    "import os  # noqa",
    "\n\n\nimport os  # noqa\n\n\n",
]
BROKEN = [
    "import os  # noqa\nx = (\n",
    f"import os\nx = '''  # noqa\n{LONG}\n",
    f"def f(:  # noqa\n    {LONG}\n",
    f"def f(:  # noqa: E999\n    {LONG}  # noqa: F401\n",
    "def f(:  # noqa: F401\n    pass\n",
    f"if True:\n        x = 1  # noqa\n    y = {LONG}  # noqa\n",
    "x = 1\n  y = 2  # noqa\n",
]
TEXTS = [
    *(f"import os, re, {LONG}  {comment}\nimport json\n" for comment in COMMENTS),
    *WHOLE_FILES,
    *RUNS_OF_LINES,
    *BROKEN,
]


def flake8(directory: Path, *arguments: str) -> set[tuple[int, str, int]]:
    """What flake8 reports for the case files: number of the case, code, line."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=E,F,W", "-j1"]
    command += ["--format=%(path)s:%(code)s:%(row)d", *arguments, "."]
    done = subprocess.run(command, cwd=directory, capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    rows = [line.rsplit(":", 2) for line in done.stdout.splitlines()]
    return {(int(Path(path).stem.removeprefix("case")), code, int(line)) for path, code, line in rows}


def test_hides_exactly_what_flake8_hides(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS):
        (tmp_path / f"case{number}.py").write_bytes(text.encode())
    everything = flake8(tmp_path, "--disable-noqa")
    shown = flake8(tmp_path)
    assert len(shown) > 20
    assert len(everything - shown) > 20

    maps = [NoqaMap(text) for text in TEXTS]
    ours = {(number, code, line) for number, code, line in everything if not maps[number].hides(code, line)}

    assert sorted(ours) == sorted(shown)


def test_every_kind_of_case_is_seen_by_flake8(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS):
        (tmp_path / f"case{number}.py").write_bytes(text.encode())
    everything = flake8(tmp_path, "--disable-noqa")
    assert {number for number, _, _ in everything} == set(range(len(TEXTS)))


@pytest.mark.parametrize("line", [-1, 0, 3, 10**9])
def test_lines_that_do_not_exist_hide_nothing(line: int) -> None:
    assert not NoqaMap("import os  # noqa\n").hides("LKA101", line)


def test_a_comment_for_the_whole_file_hides_on_every_line() -> None:
    assert NoqaMap("# flake8: noqa\n").hides("LKA000", 7)


@pytest.mark.parametrize(
    "text", ["", "\0 # noqa", "\ud800  # noqa: LKA1", "x = '\ud800'  # noqa: LKA1", "# noqa: LKA1"]
)
def test_any_text_can_be_asked(text: str) -> None:
    assert NoqaMap(text).hides("LKA101", 1) == bool(text)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("# noqa: LKA101" + "," * 100_000 + " LKA102", {"LKA101", "LKA102"}),
        ("# noqa: LKA101" + " " * 100_000 + "LKA102", {"LKA101", "LKA102"}),
        ("# noqa: " + "LKA102," * 100_000, {"LKA102"}),
        ("# noqa: LKA101," + "A" * 100_000, {"LKA101"}),
        ("# noqa: LKA101," + "A1" * 50_000 + "!", {"LKA101"}),
        (" " * 100_000 + "# flake8: noq # noqa: LKA102", {"LKA102"}),
        ("#" * 50_000 + " noqa: LKA101", {"LKA101"}),
        ("\t" * 100_000 + "# noqa: LKA101", {"LKA101"}),
        ("# noq" * 50_000 + "# noqa: LKA102", {"LKA102"}),
    ],
)
def test_hostile_comments_are_read_in_linear_time(text: str, hidden: set[str]) -> None:
    # Whatever is not linear here does not end within the patience of anyone who waits for the tests.
    noqa = NoqaMap(text)
    assert {code for code in ("LKA101", "LKA102", "LKA103") if noqa.hides(code, 1)} == hidden


def test_a_text_without_the_word_is_never_tokenised(monkeypatch: pytest.MonkeyPatch) -> None:
    def tokenised(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("tokenize.generate_tokens", tokenised)
    assert not NoqaMap("import os\n" * 1000).hides("LKA101", 1)
