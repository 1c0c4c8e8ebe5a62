"""What there is where a check saw no file of LiveKit: what it looked at, and where such files are instead."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.engine.checking import surveyed
from lkagent_lint.engine.policy import finder_for
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.showing import files_of
from lkagent_lint.languages import NOTEBOOK, PYTHON, SCRIPTS
from lkagent_lint.sources.discovery import kind_of
from lkagent_lint.sources.ignoring import NEVER_READ
from lkagent_lint.sources.left_out import why_left_out
from lkagent_lint.sources.prefilter import mentions_sdk
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.roots import group_by_root

_MOST = 5_000
"""Files that are looked at for having been left out."""
_INSTALLED = NEVER_READ | {"site-packages", "dist-packages", "__pycache__"}


class Seen(NamedTuple):
    """What a check of a request looked at, and what it may have been meant to look at. Paths are absolute."""

    counts: tuple[tuple[str, int], ...]
    """How many files in which languages were looked at, the most first."""
    elsewhere: tuple[str, ...]
    """Files of the same projects that take part and were not asked for."""
    left_out: tuple[tuple[str, str], ...]
    """Files that speak of an SDK and are left out, each with half a sentence that says why."""


def seen_of(request: Request) -> Seen:
    """What ``engine.seen_of`` promises, on this stack."""
    listed = files_of(request)
    elsewhere = [path for each in surveyed(request) for path in each.project.files if not each.is_inside(path)]
    finder = finder_for(request, Overlays())
    return Seen(
        tuple(Counter(map(_language, listed)).most_common()),
        tuple(sorted(elsewhere)),
        tuple(sorted(_left_out(request.paths, set(listed), finder))),
    )


def _language(path: str) -> str:
    if path.endswith(NOTEBOOK):
        return "notebook"
    if path.endswith(PYTHON):
        return "Python"
    return "JavaScript or TypeScript" if path.endswith(SCRIPTS) else ""


def _left_out(paths: tuple[str, ...], listed: set[str], finder: SettingsFinder) -> Iterator[tuple[str, str]]:
    overlays = Overlays()
    for root, asked in group_by_root(paths, finder).items():
        for path in islice(_code_below(asked), _MOST):
            data = None if path in listed else overlays.read(path)
            if isinstance(data, bytes) and mentions_sdk(data):
                why = why_left_out(root, path, finder, overlays)
                if why is not None:
                    yield path, why


def _code_below(paths: Iterable[str]) -> Iterator[str]:
    """The files of code in and below some paths, installed packages left aside."""
    for top in paths:
        for directory, names, files in os.walk(top):
            names[:] = sorted(set(names) - _INSTALLED)
            if "pyvenv.cfg" in files:
                names.clear()
                continue
            for name in sorted(files):
                if kind_of(name) in ("python", "javascript"):
                    yield os.path.join(directory, name)
