"""Why something is reported at a line, or not: how names, versions and states were resolved, and where that ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.engine.surveys import Survey
from lkagent_lint.formats import EXPLANATIONS, named
from lkagent_lint.questions.subject import Subject
from lkagent_lint.text import Lines
from lkagent_lint.why.explain import AskedLine, ends, findings_at, moments, things
from lkagent_lint.why.files import file_of
from lkagent_lint.why.records import Explanation
from lkagent_lint.why.verdicts import verdict

__all__ = ["Explanation", "explain", "render"]


def explain(
    survey: Survey,
    path: str,
    line: int,
    code: str | None,
    *,
    shown: Sequence[Diagnostic],
    show: Callable[[str], str],
    text: Callable[[str], str],
) -> Explanation:
    """Explain a line (1-based) of a file (absolute path) in its project, and what a rule has to do with it.

    ``code`` is that of a rule, ``shown`` what a check reports for the file, ``show`` turns absolute paths into those
    that are shown, ``text`` gives a file's text.
    Call it where the stack is deep (``lkagent_lint.stack.run_deep``).
    """
    here = AskedLine(survey, Subject(survey.project), path, line, show, text)
    seen, ended = moments(here), ends(here)
    return Explanation(
        path=show(path),
        line=line,
        source=Lines(text(path)).line(line),
        file=file_of(survey, path, show),
        things=things(here),
        moments=seen,
        ends=ended,
        findings=tuple(f"{each.code} {each.message}" for each in findings_at(here, shown)),
        verdict=None if code is None else verdict(here, code, shown, seen, ended),
    )


def render(format: str, explanation: Explanation, escape: Callable[[str], str]) -> str:
    """The whole output in one of ``formats.EXPLANATIONS``, ending with a line end.

    Raises ValueError for another format.
    """
    return named(EXPLANATIONS, format).renderer(explanation, escape)
