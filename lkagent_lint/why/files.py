"""Which part a file has in its project, and what it is judged by."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from lkagent_lint.config.layers import SettingOrigin
from lkagent_lint.config.settings import KEYS, Settings
from lkagent_lint.config.toml import as_toml
from lkagent_lint.engine.surveys import Survey
from lkagent_lint.languages import NOTEBOOK, SCRIPTS
from lkagent_lint.questions.offers import Offers
from lkagent_lint.sources.left_out import why_left_out
from lkagent_lint.sources.prefilter import mentions_sdk
from lkagent_lint.sources.reading import without_nulls
from lkagent_lint.why import records as r


def file_of(survey: Survey, path: str, show: Callable[[str], str]) -> r.File:
    """What is to be said of a file (absolute path) before any line of it."""
    index, project = survey.index, survey.project
    facts = project.files.get(path)
    configuration = index.finder.configuration(os.path.dirname(path))
    old = None if facts is None else Offers(project).old_by(path)
    return r.File(
        takes_part=facts is not None,
        because=_participation(survey, path, show),
        sdk=project.sdk(path).label(survey.root),
        counts_as_old=None if old is None else old.why,
        settings_file=None if configuration.path is None else show(configuration.path),
        settings=tuple(
            r.Setting(
                key=key,
                value=_value(configuration.settings, key),
                origins=tuple(_origin(each, show) for each in configuration.origins(key)),
            )
            for key in sorted(KEYS)
            if configuration.origins(key)
        ),
        problems=tuple(f"line {each.span.line}: {each.message}" for each in (facts.problems if facts else ())),
    )


def _participation(survey: Survey, path: str, show: Callable[[str], str]) -> str:
    index = survey.index
    left_out = why_left_out(survey.root, path, index.finder, index.overlays)
    data = index.overlays.read(path)
    if path in survey.project.files:
        if not isinstance(data, bytes):
            return "it cannot be read, and may concern an SDK"
        if path.endswith(".pyi"):
            said = "it declares what a module holds that"
            return f"{said} {', '.join(show(each) for each in _importers(survey, path)[:3])} imports"
        if not path.endswith((".py", NOTEBOOK, *SCRIPTS)):
            said = "it may dispatch an agent or configure one"
        elif mentions_sdk(without_nulls(data)):
            said = "it mentions a LiveKit SDK"
        else:
            importers = ", ".join(show(each) for each in _importers(survey, path)[:3])
            said = "files that mention an SDK import it" if importers else "it may call a function that dispatches"
            said += f" ({importers})" if importers else ", by names in the settings"
        return said if left_out is None else f"{said}; it is read only because it was asked for by name: {left_out}"
    if left_out is not None:
        return left_out
    if path in index.generated:
        return "a compiler or a bundler wrote it: what it says stands in its source too"
    if not isinstance(data, bytes):
        return data.reason
    if path.endswith(".pyi"):
        return "it is a stub: no file that takes part imports what it declares, or the module itself is there"
    if path.endswith((".py", NOTEBOOK, *SCRIPTS)):
        return "it does not mention a LiveKit SDK, and no file that does imports it"
    return "nothing in it dispatches or configures an agent in a form that is read"


def _importers(survey: Survey, path: str) -> list[str]:
    modules = survey.project.evaluator.modules
    found: list[str] = []
    for importer, facts in survey.project.files.items():
        for module in facts.modules:
            if importer.endswith(SCRIPTS):
                targets = [modules.find_script(importer, module)]
            else:
                targets = [modules.find(importer, module), modules.find(importer, module.rpartition(".")[0] or module)]
            if path in targets and importer not in found:
                found.append(importer)
    return found


def _value(settings: Settings, key: str) -> str:
    plain: dict[str, object] = msgspec.to_builtins(settings)
    return as_toml(plain[key])


def _origin(origin: SettingOrigin, show: Callable[[str], str]) -> str:
    label = show(origin.label) if os.path.isabs(origin.label) else origin.label
    return label if origin.line is None else f"{label}:{origin.line}"
