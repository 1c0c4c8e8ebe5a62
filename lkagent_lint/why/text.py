"""An explanation for reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lkagent_lint.why.records import Condition, Explanation


def render_text(explanation: Explanation, escape: Callable[[str], str]) -> str:
    """The explanation as lines; ``escape`` makes a line safe to print."""
    return "\n".join([*map(escape, _lines(explanation)), ""])


def _lines(of: Explanation) -> Iterator[str]:
    yield f"{of.path}:{of.line}: {of.source.strip()}"
    yield ""
    file = of.file
    yield f"the file {'takes part' if file.takes_part else 'takes no part'}: {file.because}"
    yield f"  judged by {file.sdk}"
    if file.counts_as_old is not None:
        yield f"  counts as code of 0.x: {file.counts_as_old}"
    yield f"  settings from {file.settings_file or 'no file: all at their defaults'}"
    for setting in file.settings:
        yield f"    {setting.key} = {setting.value} ({', '.join(setting.origins)})"
    for problem in file.problems:
        yield f"  not analysed, {problem}"
    for thing in of.things:
        yield ""
        yield f"column {thing.column}: {thing.message}"
        for step in thing.steps:
            yield f"  {'  ' * step.depth}{step.message}"
    for moment in of.moments:
        yield ""
        yield f"column {moment.column}: before {moment.event}, in the job that begins at {moment.job}"
        for state in moment.states:
            yield f"  {state}"
    if file.takes_part and not (of.things or of.moments):
        yield ""
        yield "nothing at this line can matter to a job or a dispatch, as far as the linter sees"
    if of.ends:
        yield ""
        yield "where knowledge of the job's state ended"
        for end in of.ends:
            yield f"  {end.path}:{end.line}: {end.message} (job at {end.job})"
    yield ""
    yield f"reported at this line: {', '.join(of.findings) or 'nothing'}"
    if of.verdict is not None:
        yield ""
        yield f"{of.verdict.code} ({of.verdict.name}): {of.verdict.message}"
        for condition in of.verdict.conditions:
            yield f"  {_mark(condition)} {condition.message}"


def _mark(condition: Condition) -> str:
    return {True: "holds:", False: "does not hold:", None: "note:"}[condition.holds]
