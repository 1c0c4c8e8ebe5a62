"""The one record of settings, as ``[tool.lkagent-lint]`` in a pyproject.toml spells them (with hyphens)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from lkagent_lint.config.names import Names
from lkagent_lint.diagnostics import Severity


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Every setting with its default. Globs are relative to the file that holds the setting."""

    root: bool = False
    """This directory is a project of its own: what lies outside is not indexed with it. ``extend`` does not
    hand it on."""
    extend: str | None = None
    """A settings file that this one builds on, relative to this one. A key given here takes the place of that file's;
    keys that begin with ``extend-`` are added to what it says, and ``severity`` holds rule by rule."""
    select: tuple[str, ...] = ("LKA",)
    """Rules to report: codes (``LKA101``), prefixes (``LKA1``), names (``connect-before-start``) or ``ALL``."""
    extend_select: tuple[str, ...] = ()
    """Rules to report beside those of ``select``."""
    ignore: tuple[str, ...] = ()
    """Rules not to report, spelt as in ``select``; the longer prefix wins, ``ignore`` on a tie."""
    extend_ignore: tuple[str, ...] = ()
    """Rules not to report beside those of ``ignore``."""
    preview: bool = False
    """Rules in preview take part as all others do. Without it they are reported only where ``select`` or
    ``extend-select`` holds their own code or name."""
    severity: dict[str, Severity] = {}
    """The severity of rules, by code, prefix or name: ``error``, ``warning`` or ``info``. The longest prefix wins.
    It is the one way to change a severity; a rule is turned off by ``ignore``."""
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    """Rules not to report in some files: gitignore patterns with lists of rules. A pattern that begins with ``!`` means
    every file that it does not fit."""
    extend_per_file_ignores: dict[str, tuple[str, ...]] = {}
    """The same, beside those of ``per-file-ignores``."""
    fixable: tuple[str, ...] = ("ALL",)
    """Rules whose findings may be mended by ``--fix`` and ``--diff``, spelt as in ``select``."""
    unfixable: tuple[str, ...] = ()
    """Rules whose findings are not mended, and not shown as such; the longer prefix wins, ``unfixable`` on a tie."""
    extend_safe_fixes: tuple[str, ...] = ()
    """Rules whose unsafe fixes count as safe here, so that ``--fix`` alone applies them. Suggestions stay such."""
    exclude: tuple[str, ...] = ()
    """Paths never read, as gitignore patterns, beside the built-in ones and ``.gitignore``."""
    extend_exclude: tuple[str, ...] = ()
    """Paths never read, beside those of ``exclude``."""
    force_exclude: bool = False
    """Leave excluded files out even where they are named on the command line, as hooks name them."""
    baseline: str | None = None
    """A file with findings that are known and not reported, relative to this one; ``--write-baseline`` writes it."""
    fail_on: Severity = Severity.WARNING
    """The least severity that makes the command exit with 1: ``error``, ``warning`` or ``info``."""
    dispatched_elsewhere: tuple[str, ...] = ()
    """Globs of agent names that something outside this project dispatches (LKA201)."""
    job_type_model: Literal["reference", "server"] = "reference"
    """``server`` turns off LKA202 and LKA204, for projects whose rooms are always created by the token's join."""
    drain_timeout: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """How many seconds the workers let calls go on after SIGTERM, where something else than their code says so
    (LKA603)."""
    sdk_version: str | None = None
    """The livekit-agents version to judge by, instead of the one that the project's own files pin."""
    node_sdk_version: str | None = None
    """The same for Node: the @livekit/agents version to judge by."""
    sdk_tables: str | None = None
    """A file with newer tables of what the SDKs' releases offer, relative to this one. They take the place of the
    linter's own, package by package, so that a release need not wait for the linter's next one."""
    names: Names = Names()
    """What functions of the project, or of its packages, do. Each stands there by its exact dotted name, as
    ``mypkg.rooms.join``: ``joins-room`` and ``starts-session`` list functions that are followed no further,
    ``dispatches`` is a table of functions with the argument that carries the agent's name (a position, from 0, or a
    keyword), ``emitters`` lists classes whose objects are emitters like the SDK's, ``blocks`` is a table of functions
    that hold up the event loop with what does the same without (LKA405), and ``hooks`` one of base classes of agents
    with the methods that they call (LKA418). A function of a Node project goes by its path from the root without the
    ending: ``src/rooms.join``."""
    info_in_flake8: bool = False
    """Also report info findings under flake8, which has no severities."""

    @property
    def selected(self) -> tuple[str, ...]:
        """``select`` and ``extend-select``."""
        return self.select + self.extend_select

    @property
    def ignored(self) -> tuple[str, ...]:
        """``ignore`` and ``extend-ignore``."""
        return self.ignore + self.extend_ignore


KEYS: tuple[str, ...] = tuple(field.encode_name for field in msgspec.structs.fields(Settings))
"""The settings as they are spelt, in the order of the record."""
