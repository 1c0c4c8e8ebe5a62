"""The one record of settings, as ``[tool.lkagent-lint]`` in a pyproject.toml spells them (with hyphens)."""

from __future__ import annotations

from typing import Literal

import msgspec

from lkagent_lint.diagnostics import Severity


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Every setting with its default. Globs are relative to the file that holds the setting."""

    root: bool = False
    """This directory is a project of its own: what lies outside is not indexed with it."""
    select: tuple[str, ...] = ("LKA",)
    """Rules to report: codes (``LKA101``), prefixes (``LKA1``) or names (``connect-before-start``)."""
    ignore: tuple[str, ...] = ()
    """Rules not to report, spelt as in ``select``; the longer prefix wins, ``ignore`` on a tie."""
    exclude: tuple[str, ...] = ()
    """Paths never read, as gitignore patterns, beside the built-in ones and ``.gitignore``."""
    fail_on: Severity = Severity.WARNING
    """The least severity that makes the command exit with 1: ``error``, ``warning`` or ``info``."""
    dispatched_elsewhere: tuple[str, ...] = ()
    """Globs of agent names that something outside this project dispatches (LKA201)."""
    job_type_model: Literal["reference", "server"] = "reference"
    """``server`` turns off LKA202 and LKA204, for projects whose rooms are always created by the token's join."""
    sdk_version: str | None = None
    """The livekit-agents version to judge by, instead of the one that the project's own files pin."""
    node_sdk_version: str | None = None
    """The same for Node: the @livekit/agents version to judge by."""
    info_in_flake8: bool = False
    """Also report info findings under flake8, which has no severities."""
