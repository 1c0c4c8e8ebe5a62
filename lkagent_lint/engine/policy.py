"""What the settings say of a file: which rules are reported there, how severe, and what fails the run."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from lkagent_lint.config import overrides
from lkagent_lint.config.layers import Configuration, Layer
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.config.settings import Settings
from lkagent_lint.diagnostics import Diagnostic, Note
from lkagent_lint.engine import selection
from lkagent_lint.engine.inspection import Gate
from lkagent_lint.engine.request import Request
from lkagent_lint.intents import Safety
from lkagent_lint.rules import lka000_internal_error, previews
from lkagent_lint.sources.file_ignores import FileIgnores
from lkagent_lint.sources.reading import Overlays


def finder_for(request: Request, overlays: Overlays) -> SettingsFinder:
    """The settings of a request: its files, then what the command line sets. Raises ConfigError for the latter."""
    layers = [overrides.from_assignment(each, request.directory) for each in request.assignments]
    options = dict(request.options)
    if request.select is not None:
        options["select"] = list(request.select)
    layers += [overrides.from_option(f"--{key}", key, value, request.directory) for key, value in options.items()]
    if request.ignore:
        layers.append(overrides.from_option("--ignore", "extend-ignore", list(request.ignore), request.directory))
    # A mistake on the command line is reported even where every file is fine.
    selection.validate(Configuration(tuple(layers), None))
    return SettingsFinder(
        request.isolated, overlays.read_settings, overrides=_ordered(layers), file=request.config_file
    )


def _ordered(layers: list[Layer]) -> tuple[Layer, ...]:
    """``--select`` replaces what ``--extend-select`` would add to, so it comes first."""
    return tuple(sorted(layers, key=lambda layer: "select" not in layer.values))


class Policy:
    """Answers by the settings of each file's directory."""

    def __init__(self, finder: SettingsFinder) -> None:
        self._finder = finder
        self.notes: list[Note] = []
        """Of the settings that were validated."""
        self._ignores: dict[int, FileIgnores] = {}
        self._rules: dict[str, tuple[str, ...]] = {}
        self._reported: dict[tuple[str, str], bool] = {}
        self._validated: dict[int, Settings] = {}

    def validate(self, directories: Iterable[str]) -> None:
        """Raise ConfigError where the settings of a directory name no rule, or hold a pattern that is none."""
        for directory in sorted(directories):
            configuration = self._finder.configuration(directory)
            if id(configuration) not in self._validated:
                selection.validate(configuration)
                self.notes += selection.notes(configuration)
                self._ignores_of(configuration)
                self._validated[id(configuration)] = configuration.settings

    def may_report(self, code: str) -> bool:
        """Whether a rule is reported for some file of the directories that were validated."""
        return code == lka000_internal_error.META.code or any(
            _is_selected(code, settings) for settings in self._validated.values()
        )

    def reports(self, path: str, code: str) -> bool:
        """Whether the rule is reported for a file."""
        key = path, code
        if key not in self._reported:
            self._reported[key] = self._reports(path, code)
        return self._reported[key]

    def gate(self, path: str, code: str) -> Gate:
        """Whether the rule is reported for a file, and what keeps it from that."""
        if self.reports(path, code):
            return Gate.ON
        settings = self._settings(path)
        is_named = selection.is_named(code, settings.ignored)
        return Gate.PREVIEW if code in previews() and not settings.preview and not is_named else Gate.OFF

    def judged(self, diagnostic: Diagnostic) -> Diagnostic:
        """A finding with the severity that the settings of its file give its rule."""
        severities = self._settings(diagnostic.place.path).severity
        severity = selection.severity_of(diagnostic.code, severities) if severities else None
        return diagnostic if severity is None else msgspec.structs.replace(diagnostic, severity=severity)

    def mended(self, diagnostic: Diagnostic) -> Diagnostic:
        """A finding with its fix as the settings of its file see it: none, or one that counts as safe there."""
        settings = self._settings(diagnostic.place.path)
        fix = diagnostic.fix
        if fix is not None and not selection.is_chosen(diagnostic.code, settings.fixable, settings.unfixable):
            return msgspec.structs.replace(diagnostic, fix=None)
        if fix is not None and fix.safety is Safety.UNSAFE:
            if selection.is_named(diagnostic.code, settings.extend_safe_fixes):
                return msgspec.structs.replace(diagnostic, fix=msgspec.structs.replace(fix, safety=Safety.SAFE))
        return diagnostic

    def fails(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding reaches the ``fail-on`` of its file."""
        return diagnostic.severity.rank >= self._settings(diagnostic.place.path).fail_on.rank

    def _reports(self, path: str, code: str) -> bool:
        if code == lka000_internal_error.META.code:
            return True
        if not _is_selected(code, self._settings(path)):
            return False
        if path not in self._rules:
            configuration = self._finder.configuration(os.path.dirname(path))
            self._rules[path] = self._ignores_of(configuration).rules(path)
        return not selection.is_named(code, self._rules[path])

    def _settings(self, path: str) -> Settings:
        return self._finder.for_directory(os.path.dirname(path))

    def _ignores_of(self, configuration: Configuration) -> FileIgnores:
        found = self._ignores.get(id(configuration))
        if found is None:
            found = self._ignores[id(configuration)] = FileIgnores(configuration)
        return found


def _is_selected(code: str, settings: Settings) -> bool:
    return selection.is_selected(code, settings.selected, settings.ignored, preview=settings.preview)
