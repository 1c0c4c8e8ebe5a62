"""Why something is reported at a line, or not: how names, versions and states were resolved, and where that ended."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.engine.inspection import Inspection
from lkagent_lint.formats import EXPLANATIONS, named
from lkagent_lint.text import Lines
from lkagent_lint.why.explain import AskedLine, ends, findings_at, moments, things
from lkagent_lint.why.files import file_of
from lkagent_lint.why.records import Explanation
from lkagent_lint.why.verdicts import verdict

__all__ = ["Explanation", "explain", "render"]


def explain(
    inspection: Inspection,
    path: str,
    line: int,
    *,
    show: Callable[[str], str],
    text: Callable[[str], str],
) -> Explanation:
    """Explain a line (1-based) of a file (absolute path) in its project, and what the rule that was asked for has to do
    with it.

    ``show`` turns absolute paths into those that are shown, ``text`` gives a file's text.
    Call it where the stack is deep (``lkagent_lint.stack.run_deep``).
    """
    here = AskedLine(inspection, path, line, show, text)
    seen, ended = moments(here), ends(here)
    return Explanation(
        path=show(path),
        line=line,
        source=Lines(text(path)).line(line),
        file=file_of(inspection.survey, path, show),
        things=things(here),
        moments=seen,
        ends=ended,
        findings=tuple(f"{each.code} {each.message}" for each in findings_at(here, inspection.shown)),
        verdict=None if inspection.rule is None else verdict(here, inspection.rule, seen, ended),
    )


def render(format: str, explanation: Explanation, escape: Callable[[str], str]) -> str:
    """The whole output in one of ``formats.EXPLANATIONS``, ending with a line end.

    Raises ValueError for another format.
    """
    return named(EXPLANATIONS, format).renderer(explanation, escape)
