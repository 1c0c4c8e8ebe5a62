"""The server's one door to the engine: a project that stays, with the unsaved texts in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.server.wishes import EditorWishes
from lkagent_lint.writing import Rewrite

if TYPE_CHECKING:
    from lkagent_lint.engine.live import LiveCheck


class InterruptedCheck(Exception):
    """A check was given up, because what it is about has changed meanwhile."""


class InterruptibleWatch(engine.Watch):
    """Lets another thread end a check at its next phase."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True

    def at(self, phase: str) -> None:
        if self.is_stopped:
            raise InterruptedCheck
        super().at(phase)


class Checked(NamedTuple):
    """What one check found."""

    diagnostics: tuple[Diagnostic, ...]
    project: Project
    subject: Subject
    nested: tuple[str, ...]
    """Roots of other projects in what was asked for."""
    traces: tuple[str, ...] = ()
    """Tracebacks of faults of the linter itself."""


class StandingProject:
    """One root. Nothing of it may be called by two threads at once."""

    def __init__(self, root: str, wishes: EditorWishes) -> None:
        self.root = root
        self._wishes = wishes
        self._overlays: dict[str, bytes] = {}
        self._asked: Collection[str] = ()
        self._live: LiveCheck | None = None

    def overlays(self, wanted: Mapping[str, bytes]) -> None:
        """Let exactly these texts stand in for files (absolute paths)."""
        for path in self._overlays.keys() | wanted.keys():
            if self._live is not None and self._overlays.get(path) != wanted.get(path):
                self._live.overlay(path, wanted.get(path))
        self._overlays = dict(wanted)

    def changed(self, paths: Collection[str]) -> None:
        """Files on disk are other ones than they were."""
        if self._live is not None and paths:
            self._live.changed(paths)

    def check(self, asked: Collection[str], watch: engine.Watch) -> Checked:
        """Check the paths that are asked for, of this root. Raises ConfigError and what ``watch`` raises."""
        if self._live is None or self._asked != asked:
            self._asked = asked
            self._live = engine.live_check(self._request(asked))
        found = self._live.inspect(watch)
        return Checked(found.shown, found.survey.project, found.subject, found.survey.nested)

    def mended(self, path: str, codes: Collection[str] | None) -> tuple[Rewrite, ...]:
        """The safe fixes of one file's findings, of some rules or of all, as files should be rewritten."""
        return engine.fixed(self._request((path,)), codes=codes).rewrites

    def _request(self, asked: Collection[str]) -> engine.Request:
        wishes = self._wishes
        return engine.Request(
            paths=tuple(sorted(asked)),
            overlays=self._overlays,
            select=wishes.select,
            ignore=wishes.ignore,
            options=wishes.options,
            config_file=wishes.config_file,
            directory=self.root,
            cache=True,
        )
