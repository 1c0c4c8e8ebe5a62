"""An unused suppression is cut out of its comment, and nothing else with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine

HEAD = "import livekit.agents\n"


def mended(tmp_path: Path, text: str, name: str = "agent.py", settings: str = "") -> str:
    (tmp_path / "pyproject.toml").write_text(f"[tool.lkagent-lint]\nroot = true\n{settings}")
    path = tmp_path / name
    path.write_text(text)
    done = engine.fixed(engine.Request(paths=(str(tmp_path),)))
    return next((each.after.decode() for each in done.rewrites), text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # lkagent: ignore[LKA101] why\n", "x = 1\n"),
        ("# lkagent: ignore[LKA101]\nx = 1\n", "x = 1\n"),
        ("x = 1  # lkagent: ignore[LKA101, LKA102] why\n", "x = 1\n"),
        ("x = 1  # lkagent: ignore[LKA101, LKA211] why\n", "x = 1  # lkagent: ignore[LKA211] why\n"),
        ("x = 1  # lkagent: ignore[LKA211, LKA101] why\n", "x = 1  # lkagent: ignore[LKA211] why\n"),
        ("x = 1  # noqa: LKA101\n", "x = 1\n"),
        ("x = 1  # noqa: LKA101, E501\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # noqa: E501, LKA101\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # noqa: E501,LKA101,W1 why\n", "x = 1  # noqa: E501,W1 why\n"),
        ("x = 1  # noqa: LKA101  # type: ignore\n", "x = 1  # type: ignore\n"),
        ("x = 1  # type: ignore  # noqa: LKA101\n", "x = 1  # type: ignore\n"),
        ("x = 1  # lkagent: ignore[LKA101] see #12  # noqa: E501\n", "x = 1  # noqa: E501\n"),
        ("# lkagent: file-ignore[LKA101]\nx = 1\n", "x = 1\n"),
        (
            "# lkagent: disable[LKA101]\nx = 1\n# lkagent: enable[LKA101]\n",
            "# lkagent: disable[LKA101]\nx = 1\n# lkagent: enable[LKA101]\n",
        ),
    ],
)
def test_python(tmp_path: Path, before: str, after: str) -> None:
    assert mended(tmp_path, HEAD + before) == HEAD + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x(); // lkagent: ignore[LKA101] why\n", "x();\n"),
        ("  /* lkagent: ignore[LKA101] */\nx();\n", "x();\n"),
        ("x(/* lkagent: ignore[LKA101] */ 1);\n", "x(1);\n"),
    ],
)
def test_javascript(tmp_path: Path, before: str, after: str) -> None:
    head = "import '@livekit/agents';\n"
    assert mended(tmp_path, head + before, "agent.ts") == head + after
