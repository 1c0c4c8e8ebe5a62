"""What ``sdk`` does: one question to the tables, by the releases of the project."""

from __future__ import annotations

from lkagent_lint import engine
from lkagent_lint.cli._check import request_for
from lkagent_lint.cli._output import write_output
from lkagent_lint.formats import LOOKUPS, named


def show(name: str, path: str, output_format: str, *, language: str | None, isolated: bool) -> int:
    """Print what the SDK has under a name. The answer is the exit code: 1 where it is surely not there, else 0.

    Raises ConfigError as the engine does, and ClickException for a path that does not exist.
    """
    request = request_for((path,), None, {"isolated": isolated})
    answer = engine.sdk_answer(request, name, node=None if language is None else language == "node")
    write_output(named(LOOKUPS, output_format).renderer(answer))
    return int(answer.verdict in ("no", "gone", "later"))
