"""How a Python distribution is named in files, in any spelling (PEP 503)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class DistributionName(NamedTuple):
    mention: re.Pattern[bytes]
    name: re.Pattern[str]
    requirement: re.Pattern[str]
    """A PEP 508 requirement up to its environment marker; the group holds what stands behind name and extras."""

    @staticmethod
    def of(package: str) -> DistributionName:
        return _patterns(package)


@lru_cache(maxsize=8)
def _patterns(package: str) -> DistributionName:
    name = "[-_.]+".join(map(re.escape, package.split("-")))
    requirement = rf"(?i)\s*{name}\s*(?:\[[^\]]*\]\s*)?(?=[<>=!~;@(,]|$)([^;]*)"
    return DistributionName(re.compile(rf"(?i){name}".encode()), re.compile(rf"(?i){name}"), re.compile(requirement))
