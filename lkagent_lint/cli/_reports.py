"""Where reports go: one for standard output at most, any number for files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

import click

from lkagent_lint import writing
from lkagent_lint.cli._output import is_terminal, width_of_output, write_output
from lkagent_lint.diagnostics import Report
from lkagent_lint.formats import REPORTS, names
from lkagent_lint.reporters import WIDTH, render, repository_of

_DEFAULT = REPORTS[0].name
_STATISTICS = ("full", "concise", "json")
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


class Output(NamedTuple):
    """A format, and the file it is written to; None for standard output. Statistics stand in for the findings."""

    format: str
    file: str | None
    statistics: bool = False


def outputs_for(
    named: tuple[str, ...], output_format: str | None, output_file: str | None, statistics: bool = False
) -> tuple[Output, ...]:
    """The outputs that ``--output FORMAT[=FILE]``, ``--output-format`` and ``--output-file`` ask for.

    ``statistics`` take the place of the findings on standard output, or stand there alone; as one JSON object where
    json would stand there. Raises UsageError for an unknown format, and where two would go to one place.
    """
    outputs = [_output(each) for each in named]
    if output_format is not None or output_file is not None or not outputs:
        outputs.append(Output(output_format or _DEFAULT, output_file))
    places = [None if each.file is None else os.path.abspath(each.file) for each in outputs]
    if places.count(None) > 1:
        raise click.UsageError(
            "only one format can go to standard output; give the others a file, --output FORMAT=FILE"
        )
    if len(set(places)) < len(places):
        raise click.UsageError("two formats cannot go to one file")
    return _with_statistics(outputs) if statistics else tuple(outputs)


def _with_statistics(outputs: list[Output]) -> tuple[Output, ...]:
    shown = [each for each in outputs if each.file is None] or [Output(_DEFAULT, None)]
    if shown[0].format not in _STATISTICS:
        raise click.UsageError(f"--statistics have no {shown[0].format} format, only {', '.join(_STATISTICS)}")
    return (*(each for each in outputs if each.file is not None), shown[0]._replace(statistics=True))


def _output(text: str) -> Output:
    name, separator, file = text.partition("=")
    known = names(REPORTS)
    if name not in known:
        raise click.UsageError(f'there is no format "{name}"; the formats are {", ".join(known)}')
    if separator and not file:
        raise click.UsageError(f"--output {text} names no file")
    return Output(name, file if separator else None)


def _cut(text: str, lines: int) -> str:
    """The first lines of a text, and how many are left out."""
    found = text.splitlines(keepends=True)
    return text if len(found) <= lines else "".join([*found[:lines], f"… {len(found) - lines} more lines\n"])


class Reports:
    """The outputs of one run. ``paths`` are the absolute paths that are checked, ``cwd`` the absolute directory that
    shown paths are relative to. Raises WriteError where an output cannot be written, before anything is checked.
    """

    def __init__(self, outputs: tuple[Output, ...], paths: tuple[str, ...], cwd: str, colour: bool) -> None:
        self._outputs = outputs
        self._cwd = cwd
        self._colour = colour
        self._repository = repository_of(paths, cwd)
        files = [each.file for each in outputs if each.file is not None]
        if files:
            from lkagent_lint.reporters.destination import check_destination

            for file in files:
                check_destination(file, paths)

    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(each.format for each in self._outputs)

    def write(
        self,
        report: Report,
        seconds: Mapping[str, float],
        source: Callable[[str], str | None],
        environ: Mapping[str, str],
        lines: int | None = None,
    ) -> None:
        """Write every output; files come first, so that a reader who goes away costs none of them.

        ``seconds`` is the time that the check took by phase, ``lines`` the most that standard output gets. Raises
        OutputError, WriteError or SystemExit as writing does, once every other file is written.
        """
        failure: click.ClickException | writing.WriteError | None = None
        for each in sorted(self._outputs, key=lambda each: each.file is None):
            text = self._text(each, report, seconds, source)
            try:
                if each.file is None:
                    write_output(text if lines is None else _cut(text, lines))
                else:
                    writing.write(each.file, text.encode("utf-8", "backslashreplace"))
            except (click.ClickException, writing.WriteError) as error:
                failure = failure or error
        if "github" in self.formats and environ.get(_STEP_SUMMARY):
            self._summarise(report, environ)
        if failure is not None:
            raise failure

    def _text(
        self, output: Output, report: Report, seconds: Mapping[str, float], source: Callable[[str], str | None]
    ) -> str:
        # Colours are for terminals only.
        colour = self._colour and output.file is None
        if not output.statistics:
            terminal = output.file is None and is_terminal()
            return render(
                output.format,
                report,
                source,
                self._cwd,
                colour,
                repository=self._repository,
                width=width_of_output() if output.file is None else WIDTH,
                terminal=terminal,
            )
        from lkagent_lint.reporters.statistics import render_statistics, render_statistics_json

        if output.format == "json":
            return render_statistics_json(report, seconds)
        return render_statistics(report, seconds, colour)

    def _summarise(self, report: Report, environ: Mapping[str, str]) -> None:
        from lkagent_lint.reporters.github import step_summary

        summary = step_summary(report, self._repository, environ)
        writing.append(environ[_STEP_SUMMARY], summary.encode("utf-8", "backslashreplace"))
