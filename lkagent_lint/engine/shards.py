"""The first half of a check on its own: the facts of some files, for a build system that shares the work out."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.cache import handed, key_of
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.engine.making import maker_for
from lkagent_lint.engine.policy import finder_for
from lkagent_lint.engine.request import Request
from lkagent_lint.extraction import SourceFile, source_of
from lkagent_lint.frontends import text
from lkagent_lint.sources.discovery import discover, kind_of
from lkagent_lint.sources.prefilter import mentions_sdk
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.roots import group_by_root
from lkagent_lint.stack import run_deep


def facts_of(request: Request) -> tuple[bytes, int]:
    """The facts of a request's paths as the bytes of a file, and how many files they are of.

    A file is read whatever it holds; of a directory those that mention an SDK are. What one imports from elsewhere is
    no part of it. A file on which the front end fails has none: it is tried again where the facts are joined.
    """
    return run_deep(lambda: _facts_of(request))


def _facts_of(request: Request) -> tuple[bytes, int]:
    overlays = Overlays(request.overlays)
    sources = {source.path: source for source in _sources(request, overlays)}
    with maker_for(request) as maker:
        made = list(maker.make([sources[path] for path in sorted(sources)]))
    facts = {
        key_of(source.front_end, source.name, source.data): each for source, each in made if isinstance(each, bytes)
    }
    return handed.to_bytes(facts), len(made)


def _sources(request: Request, overlays: Overlays) -> Iterator[SourceFile]:
    finder = finder_for(request, overlays)
    pending = dict(group_by_root(request.paths, finder))
    while pending:
        root, paths = pending.popitem()
        for path in paths:
            if not os.path.isdir(path):
                yield from _source(path, kind_of(os.path.basename(path)), overlays, finder, everything=True)
        inside = tuple(os.path.join(path, "") for path in paths if os.path.isdir(path))
        if not inside:
            continue
        found = discover(root, finder, overlays)
        for entry in found.entries:
            if entry.path.startswith(inside):
                yield from _source(entry.path, entry.kind, overlays, finder, everything=False)
        pending.update({nested: (nested,) for nested in found.nested if nested.startswith(inside)})


def _source(
    path: str, kind: str | None, overlays: Overlays, finder: SettingsFinder, *, everything: bool
) -> Iterator[SourceFile]:
    data = overlays.read(path)
    if kind is None or not isinstance(data, bytes):
        return
    if everything or (text.may_dispatch(data) if kind == "text" else mentions_sdk(data)):
        yield source_of(path, kind, data, finder.for_directory(os.path.dirname(path)))
