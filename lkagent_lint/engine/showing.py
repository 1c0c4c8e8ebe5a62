"""What a check would go by, for surfaces that show it: settings with their origins, and the files that are read."""

from __future__ import annotations

import os
from typing import NamedTuple

from lkagent_lint import disk
from lkagent_lint.config.layers import Configuration
from lkagent_lint.engine.policy import Policy, finder_for
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.surveys import is_named
from lkagent_lint.rules import rule_names
from lkagent_lint.sources.discovery import discover
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.roots import group_by_root
from lkagent_lint.sources.sdk.releases import NODE
from lkagent_lint.sources.sdk.versions import SdkFinder


class Governed(NamedTuple):
    """What holds for one path (absolute) of a request."""

    path: str
    root: str
    """The project that is indexed for it."""
    configuration: Configuration
    rules: tuple[str, ...]
    """The codes that are reported there."""
    sdks: tuple[str, ...]
    """The releases of the SDKs that it is judged by, as summaries name them: of a directory, both languages', if
    the project says anything of Node's."""


def settings_of(request: Request) -> tuple[Governed, ...]:
    """The settings that hold for each path of a request, validated. Raises ConfigError where they cannot be used."""
    overlays = Overlays(request.overlays)
    finder = finder_for(request, overlays)
    roots = {path: root for root, paths in group_by_root(request.paths, finder).items() for path in paths}
    policy = Policy(finder)
    found: list[Governed] = []
    for path in request.paths:
        # A directory is shown by what holds for a file in it.
        file = os.path.join(path, "agent.py") if os.path.isdir(path) else path
        policy.validate([os.path.dirname(file)])
        rules = tuple(code for code in rule_names() if policy.reports(file, code))
        data = overlays.read(file) if file == path else None
        releases = SdkFinder(roots[path], finder, overlays)
        sdks = _sdks(releases, path, file, data if isinstance(data, bytes) else None, roots[path])
        found.append(Governed(path, roots[path], finder.configuration(os.path.dirname(file)), rules, sdks))
    return tuple(found)


def _sdks(releases: SdkFinder, path: str, file: str, data: bytes | None, root: str) -> tuple[str, ...]:
    found = [releases.for_file(file, data)]
    if file != path:
        node = releases.for_package(file, NODE)
        found += [node] if node.source is not None else []
    return tuple(each.label(root) for each in found)


def files_of(request: Request) -> tuple[str, ...]:
    """The files below the paths of a request that a check looks at, sorted (absolute paths).

    Which of them are parsed depends on what they hold. Raises ConfigError where settings cannot be used.
    """
    overlays = Overlays(request.overlays)
    finder = finder_for(request, overlays)
    found: set[str] = set()
    pending = dict(group_by_root(request.paths, finder))
    while pending:
        root, paths = pending.popitem()
        listed = discover(root, finder, overlays)
        found |= {entry.path for entry in listed.entries if _is_inside_any(entry.path, paths)}
        found |= {path for path in paths if is_named(path, finder, overlays)}
        pending.update({nested: (nested,) for nested in listed.nested if _is_inside_any(nested, paths)})
    return tuple(sorted(found))


def _is_inside_any(path: str, paths: tuple[str, ...]) -> bool:
    return any(disk.is_inside(path, each) for each in paths)
