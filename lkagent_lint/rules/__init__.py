"""The rules, one file each, found by scanning this directory. They read the linked project and never a tree."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import cast

from lkagent_lint.rules._base import Rule


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by code, in the order of the codes."""
    here = os.path.dirname(__file__)
    names = sorted(name[:-3] for name in os.listdir(here) if name.startswith("lka") and name.endswith(".py"))
    modules = [cast(Rule, import_module(f"{__name__}.{name}")) for name in names]
    return {module.META.code: module for module in modules}
