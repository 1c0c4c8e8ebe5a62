"""A stand-in for the engine, and what it finds, for tests of the command."""

from __future__ import annotations

import os

import pytest

from lkagent_lint import engine
from lkagent_lint.cli import main
from lkagent_lint.diagnostics import Diagnostic, Place, Report, Severity, Summary
from lkagent_lint.text import Span


class Recorder:
    """An engine that notes what it is asked and answers with a report or an exception."""

    def __init__(self) -> None:
        self.requests: list[engine.Request] = []
        self.answer: Report | BaseException = Report(diagnostics=(), summary=Summary(files=1))

    def __call__(self, request: engine.Request, watch: engine.Watch) -> Report:
        self.requests.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    @property
    def request(self) -> engine.Request:
        (request,) = self.requests
        return request


def run(*arguments: str) -> int:
    """Run the command and return its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def finding(path: str = "agent.py", message: str = "joins the room too early") -> Diagnostic:
    return Diagnostic(
        code="LKA101",
        name="connect-before-start",
        severity=Severity.WARNING,
        title=message,
        place=Place(os.path.abspath(path), Span(1, 7, 1, 20)),
    )


def report(*diagnostics: Diagnostic, failing: int = 0, internal_errors: int = 0) -> Report:
    return Report(diagnostics=diagnostics, summary=Summary(), failing=failing, internal_errors=internal_errors)
