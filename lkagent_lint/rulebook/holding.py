"""For which releases of the SDKs a rule holds, in words: what its ``META`` says, with the releases that are known."""

from __future__ import annotations

from lkagent_lint.rules import Meta
from lkagent_lint.sources.sdk.order import is_prerelease, major, order
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis, Package

_OLDEST = "1.0.0"
_LATER = {
    Basis.ORDER: "Of a release that is newer than the known ones it says the same, until the next major release.",
    Basis.TABLES: "It asks the tables of the release that is used, and never says that a newer one lacks something.",
    Basis.REFUSAL: "Of a release that is newer than the known ones it says nothing.",
}


def holding(meta: Meta) -> str:
    """A sentence or two: ``Holds for livekit-agents 1.x and 2.0.0b1. …``"""
    if meta.basis is Basis.NOTHING:
        return "Holds whatever the release of the SDK is."
    python, node = meta.packages
    held = {"python": releases_of(python, meta.since.since), "javascript": releases_of(node, meta.since.since_in_node)}
    return f"Holds for {' and for '.join(held[sdk] for sdk in meta.sdks if held[sdk])}. {_LATER[meta.basis]}"


def releases_of(package: Package, since: str) -> str:
    """The known releases of a package by their majors, a major without a stable one by its newest pre-release. From
    one on, where the package is the one whose changes the SDK's releases are named by; empty if that is none.
    """
    if package.package not in (PYTHON.package, NODE.package):
        since = _OLDEST
    if not since:
        return ""
    first = order(since, npm=package.npm)
    majors: dict[int, list[str]] = {}
    for each in package.releases:
        if order(each, npm=package.npm) >= first:
            majors.setdefault(major(order(each, npm=package.npm)), []).append(each)
    named = [
        f"{number}.x" if any(not is_prerelease(each, npm=package.npm) for each in own) else own[-1]
        for number, own in majors.items()
    ]
    if since != _OLDEST and not is_prerelease(since, npm=package.npm):
        named[0] += f" (from {since} on)"
    return f"{package.package} {' and '.join(named)}"
