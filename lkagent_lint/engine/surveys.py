"""The linked project of one root, and which of its files were asked for."""

from __future__ import annotations

import os
from functools import cached_property

from lkagent_lint import disk
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.engine.index import Index, indexed
from lkagent_lint.extraction import Extractor
from lkagent_lint.languages import NOTEBOOK, in_cell
from lkagent_lint.project.records import ALONE, Fleet, Project
from lkagent_lint.sources.discovery import kind_of
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.text import Place


def survey_of(
    root: str,
    paths: tuple[str, ...],
    finder: SettingsFinder,
    overlays: Overlays,
    extractor: Extractor,
    fleet: Fleet = ALONE,
) -> Survey:
    """Index one root. ``paths`` are the absolute paths of it that were asked for, and ``fleet`` is what manifests of
    other repositories add.
    """
    paths = tuple(dict.fromkeys(_by_its_own_name(path, root, overlays) for path in paths))
    named = tuple(path for path in paths if is_named(path, finder, overlays))
    index = indexed(root, finder, overlays, named, extractor)
    index.fleet = fleet
    index.complete()
    return Survey(root, paths, index)


class Survey:
    """One root, indexed, and the paths of it that were asked for."""

    def __init__(self, root: str, paths: tuple[str, ...], index: Index) -> None:
        self.root = root
        self.index = index
        self._wanted = {path: path if path.endswith(os.sep) else path + os.sep for path in paths}

    @cached_property
    def project(self) -> Project:
        """The root, linked when that is first asked for."""
        return self.index.project()

    def unlink(self) -> None:
        """Files are read again: the root is linked anew when that is next asked for."""
        self.__dict__.pop("project", None)

    @property
    def nested(self) -> tuple[str, ...]:
        """Roots of other projects in the directories that were asked for."""
        return tuple(path for path in self.index.nested if self.is_inside(path))

    def directories(self) -> set[str]:
        """Those whose settings have a say: the root's, those of files that take part, and those that were asked for."""
        asked = {path if disk.isdir(path) else os.path.dirname(path) for path in self._wanted}
        return {self.root, *asked, *(os.path.dirname(path) for path in self.index.facts)}

    def by_cell(self, place: Place) -> Place:
        """A place of a notebook with the cell in its path; any other as it is."""
        if not place.path.endswith(NOTEBOOK):
            return place
        from lkagent_lint.engine.cells import Cells

        found = Cells(self.index.overlays).place(place)
        return Place(in_cell(found.path, found.cell), found.span) if found.cell else found

    def is_inside(self, path: str) -> bool:
        """The file is one of those that were asked for, or lies under one."""
        return any(path == each or path.startswith(prefix) for each, prefix in self._wanted.items())

    def is_reported(self, path: str) -> bool:
        """Findings of the file are asked for. A stub has none: what it declares is another file's doing."""
        return self.is_inside(path) and kind_of(os.path.basename(path)) != "stub"


def _by_its_own_name(path: str, root: str, overlays: Overlays) -> str:
    """A path that was asked for; of a link to a file of the project that file, which is checked once."""
    if path in overlays or not disk.isfile(path):
        return path
    inside = os.path.join(disk.realpath(root), "")
    target = disk.realpath(path)
    if not target.startswith(inside):
        return path
    return os.path.join(root, target[len(inside) :])


def is_named(path: str, finder: SettingsFinder, overlays: Overlays) -> bool:
    """Whether a path is a file to be read even where it is excluded. Editors and hooks name what they find, so unsaved
    text, and files under ``force-exclude``, stay excluded."""
    if path in overlays or not disk.isfile(path):
        return False
    return not finder.for_directory(os.path.dirname(path)).force_exclude
