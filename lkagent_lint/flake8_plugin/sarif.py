"""``flake8 --format=sarif``: everything that flake8 reports, ours and of every other plugin, as SARIF 2.1.0.

What the engine knows of a finding beside its row (severity, the other places, fingerprint) is looked up again, so that
a log says the same of it as ``lkagent-lint --output-format sarif`` does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from flake8.formatting.base import BaseFormatter  # type: ignore[import-untyped]

from lkagent_lint import writing
from lkagent_lint.flake8_plugin import diagnostic_of
from lkagent_lint.flake8_plugin._rows import INTERNAL_ERROR
from lkagent_lint.importing import NothingFromCurrentDirectory

if TYPE_CHECKING:
    from lkagent_lint.diagnostics import Diagnostic

_OURS = "LKA"


class Formatter(BaseFormatter):  # type: ignore[misc]
    """Gathers what flake8 reports and writes one log when it is done.

    A file (``--output-file``) is replaced, not added to, and only if it is empty or holds such a log. Statistics and
    benchmarks, which have no place in a log, go to standard error.
    """

    def after_init(self) -> None:
        """Raises flake8's ExecutionError where the log must not be written, before anything is checked."""
        self._violations: list[tuple[str, int, int, str, str]] = []
        self._files = 0
        if self.filename:
            with NothingFromCurrentDirectory():
                self._check_destination(self.filename)

    def start(self) -> None:
        pass  # a log is written whole, once everything is known

    def beginning(self, filename: str) -> None:
        self._files += 1

    def handle(self, error: Any) -> None:
        """Take a violation: 1-based line and column, the code and its text apart."""
        self._violations.append((error.filename, error.line_number, error.column_number, error.code, error.text))

    def stop(self) -> None:
        """Write the log. Raises flake8's ExecutionError where that is not possible."""
        with NothingFromCurrentDirectory():
            text = self._text()
        try:
            if self.filename:
                writing.write(self.filename, text.encode("utf-8"))
            if not self.filename or self.options.tee:
                writing.to_stdout(text)
        except writing.WriteError as error:
            raise _refused(str(error)) from None
        except OSError as error:
            raise _refused(f"cannot write the output: {writing.reason_of(error)}") from None

    def _check_destination(self, path: str) -> None:
        from lkagent_lint.reporters.destination import check_destination

        checked = [os.path.abspath(name) for name in self.options.filenames or ["."]]
        try:
            check_destination(path, checked, _is_log, "it is no SARIF log", make_directory=True)
        except writing.WriteError as error:
            raise _refused(str(error)) from None

    def _write(self, output: str) -> None:
        # What is written beside violations would break the log.
        print(output, file=sys.stderr)

    def _text(self) -> str:
        import flake8  # type: ignore[import-untyped]

        from lkagent_lint.diagnostics import Report, Summary
        from lkagent_lint.reporters import repository_of
        from lkagent_lint.reporters.sarif import Tool, log_of

        cwd = os.getcwd()
        found = sorted((self._diagnostic(*each) for each in self._violations), key=lambda each: each.order)
        report = Report(
            diagnostics=tuple(found),
            summary=Summary(files=self._files),
            internal_errors=sum(each.code == INTERNAL_ERROR for each in found),
        )
        typed = [os.path.abspath(name) for name in self.options.filenames or ["."]]
        tool = Tool("flake8", str(flake8.__version__), "https://flake8.pycqa.org/")
        return log_of(report, repository_of(typed, cwd), tool)

    def _diagnostic(self, filename: str, line: int, column: int, code: str, text: str) -> Diagnostic:
        known = None
        if code.startswith(_OURS):
            known = diagnostic_of(filename, (line, column - 1, f"{code} {text}"), self.options)
        return _bare(filename, line, column, code, text) if known is None else known


def _bare(filename: str, line: int, column: int, code: str, text: str) -> Diagnostic:
    """A finding of which only the row is known. flake8 knows no severities: all but what kept it from looking warn."""
    from lkagent_lint.diagnostics import Diagnostic, Place, Severity
    from lkagent_lint.text import Span

    line, column = max(line, 1), max(column, 1)  # what concerns a whole file has line 0
    return Diagnostic(
        code=code,
        name=code,
        severity=Severity.ERROR if code in (INTERNAL_ERROR, "E902", "E999") else Severity.WARNING,
        title=text or code,
        place=Place(os.path.abspath(filename), Span(line, column, line, column + 1)),
    )


def _is_log(beginning: bytes) -> bool:
    from lkagent_lint.formats import is_report

    return is_report(beginning) == "sarif"


def _refused(message: str) -> Exception:
    from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

    error: Exception = ExecutionError(f"lkagent-lint: {message}")
    return error
