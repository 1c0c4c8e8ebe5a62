"""What ``lkagent-lint init`` would change in a project: settings, hook, baseline, ignored cache, CI.

A plan is made of what is there and writes nothing. Each change keeps everything that a file says and adds to it; where
that cannot be seen to, the plan says instead what to write by hand.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import msgspec

from lkagent_lint import disk, engine
from lkagent_lint.adoption import additions, agents, table
from lkagent_lint.config.files import FILE_NAMES, PYPROJECT
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.roots import group_by_root

BASELINE = "lkagent-baseline.json"
_SETTING = "baseline"
OWN_FILE = "lkagent-lint.toml"
HOOKS = ".pre-commit-config.yaml"
IGNORED = ".gitignore"
WORKFLOW = ".github/workflows/lkagent-lint.yml"
GITLAB = ".gitlab-ci.yml"


class FileChange(NamedTuple):
    """A file (absolute path) as it is and as it should be; ``before`` is None where there is none yet."""

    path: str
    before: bytes | None
    after: bytes
    about: str
    """What is added, in a few words."""


class Plan(NamedTuple):
    """What setting up the project of ``root`` (absolute path) takes, in the order in which it is to be written."""

    root: str
    changes: tuple[FileChange, ...]
    there: tuple[str, ...]
    """What is set up already."""
    by_hand: tuple[tuple[str, str], ...]
    """Files (absolute paths) that cannot be changed safely, each with what to do there."""
    known: int
    """Findings that the baseline would take."""
    left: int
    """Findings that would fail a run all the same, as where settings of their own hold."""


def plan_for(path: str, *, hook: bool = False, agents: bool = False) -> Plan:
    """The plan for the project that an absolute path belongs to. ``hook`` makes a configuration of pre-commit where
    there is none, and ``agents`` what coding agents read. Raises ConfigError where settings that are there cannot be
    used.
    """
    finder = SettingsFinder(read=Overlays().read_settings)
    (root,) = group_by_root((path,), finder)
    return _Planner(root, finder).plan(hook, agents)


class _Planner:
    def __init__(self, root: str, finder: SettingsFinder) -> None:
        self._root = root
        self._finder = finder
        self._changes: list[FileChange] = []
        self._there: list[str] = []
        self._by_hand: list[tuple[str, str]] = []

    def plan(self, hook: bool, for_agents: bool) -> Plan:
        known = self._baseline()
        self._hook(hook)
        self._ignored()
        self._workflow()
        self._gitlab()
        if for_agents:
            self._for_agents()
        changes = tuple(self._changes)
        left = engine.check(
            engine.Request(
                paths=(self._root,), cache=True, overlays={each.path: each.after for each in changes if known}
            )
        ).failing
        return Plan(self._root, changes, tuple(self._there), tuple(self._by_hand), known, left)

    def _baseline(self) -> int:
        """The baseline, then the setting that names it: the other way round a failure would leave broken settings."""
        own = self._finder.own(self._root)
        if own is not None and own.settings.baseline is not None:
            self._there.append(f"the baseline, {own.settings.baseline}")
            return 0
        path = os.path.join(self._root, BASELINE)
        if disk.lexists(path):
            self._name_baseline()
            return 0
        request = engine.Request(paths=(self._root,), cache=True)
        (written,) = engine.rewritten_baselines(msgspec.structs.replace(request, options={_SETTING: path}))
        if not written.added or not self._name_baseline():
            return 0
        self._changes.insert(0, FileChange(path, None, written.after, "the findings that are there"))
        return written.added

    def _name_baseline(self) -> bool:
        """Add the setting, to the file that the project has its settings in. False where that is left to a person."""
        path = self._settings_file()
        before, refused = self._read(path)
        in_table = os.path.basename(path) == PYPROJECT
        after = None if refused else table.with_setting(before or b"", _SETTING, BASELINE, in_table=in_table)
        if after is None:
            where = " under [tool.lkagent-lint]" if in_table else ""
            what = f'add baseline = "{BASELINE}"{where}, then run lkagent-lint --write-baseline'
            self._by_hand.append((path, _because(refused, what)))
            return False
        self._changes.append(FileChange(path, before, after, "the setting that names the baseline"))
        return True

    def _settings_file(self) -> str:
        paths = [os.path.join(self._root, name) for name in FILE_NAMES]
        return next(filter(disk.lexists, paths), os.path.join(self._root, OWN_FILE))

    def _hook(self, wanted: bool) -> None:
        path = os.path.join(self._root, HOOKS)
        if not disk.lexists(path):
            if wanted:
                self._changes.append(FileChange(path, None, additions.hooks().encode(), "pre-commit with the hook"))
            return
        self._extend(path, "the hook", additions.with_hook, f"add the hook:\n{additions.hooks()}")

    def _ignored(self) -> None:
        path = os.path.join(self._root, IGNORED)
        if disk.lexists(path):
            self._extend(path, "the cache", additions.with_ignored_cache, f"add the line {disk.CACHE}/")

    def _workflow(self) -> None:
        folder = os.path.join(self._root, ".github")
        path = os.path.join(self._root, WORKFLOW)
        if not os.path.isdir(folder) or os.path.islink(folder):
            return
        if additions.is_mentioned_below(os.path.dirname(path)):
            self._there.append("the workflow of GitHub")
        elif os.path.islink(os.path.dirname(path)) or disk.lexists(path):
            self._by_hand.append((path, f"it is there already or its folder is a link; write:\n{additions.workflow()}"))
        else:
            self._changes.append(FileChange(path, None, additions.workflow().encode(), "a workflow of GitHub"))

    def _gitlab(self) -> None:
        path = os.path.join(self._root, GITLAB)
        if disk.lexists(path):
            self._extend(path, "the job of GitLab", additions.with_job, f"add the job:\n{additions.job('test')}")

    def _for_agents(self) -> None:
        self._add(agents.MANY, "the paragraph for coding agents", agents.with_paragraph, agents.HOOK)
        self._add(agents.SKILL, "the skill", lambda before: before or agents.skill().encode(), "")
        self._add(agents.CLAUDE, "the hooks of Claude Code", agents.with_claude_hooks, agents.HOOK)
        if os.path.isdir(os.path.join(self._root, os.path.dirname(agents.CURSOR))):
            self._add(agents.CURSOR, "the hook of Cursor", agents.with_cursor_hooks, agents.HOOK)

    def _add(self, name: str, what: str, extend: additions.Extend, command: str) -> None:
        """Extend a file of the project, or make it. No folder on the way to it may be a link."""
        path = os.path.join(self._root, *name.split("/"))
        folder = self._root
        for part in name.split("/")[:-1]:
            folder = os.path.join(folder, part)
            if os.path.islink(folder) or (disk.lexists(folder) and not os.path.isdir(folder)):
                self._by_hand.append((path, f"{part} is a link or no folder; add {command or what} by hand"))
                return
        by_hand = f"add {command}" if command else f"write {what}"
        if disk.lexists(path):
            self._extend(path, what, extend, by_hand)
        else:
            made = extend(b"")
            assert made is not None
            self._changes.append(FileChange(path, None, made, what))

    def _extend(self, path: str, what: str, extend: additions.Extend, by_hand: str) -> None:
        before, refused = self._read(path)
        after = None if before is None else extend(before)
        if after is None:
            self._by_hand.append((path, _because(refused, by_hand)))
        elif after == before:
            self._there.append(what)
        else:
            self._changes.append(FileChange(path, before, after, what))

    def _read(self, path: str) -> tuple[bytes | None, str]:
        """The bytes of a file of the project, None if there is none; and why it must not be written to, or nothing.

        A link could lead what is written out of the project, to where somebody who made the repository wants it.
        """
        if not disk.lexists(path):
            return None, ""
        if os.path.islink(path):
            return None, "it is a symbolic link"
        data = Overlays().read(path)
        return (None, data.reason) if isinstance(data, Unreadable) else (data, "")


def _because(refused: str, what: str) -> str:
    return f"{refused}; {what}" if refused else what
