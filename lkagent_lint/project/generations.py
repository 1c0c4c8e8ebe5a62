"""For which releases the code is written: where manifests disagree about 0.x, what it uses decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.sources.sdk.order import major, order
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Package
from lkagent_lint.sources.sdk.tables import Period
from lkagent_lint.sources.sdk.versions import COMPANIONS, SdkVersion, beside

FIRST = 1
"""The first major whose agents are sessions; those of 0.x are other classes."""


def is_since_1(period: Period, *, npm: bool) -> bool:
    """A name came with 1.0 or later."""
    return major(order(period.since, npm=npm)) >= FIRST


def _is_of_0x(version: str, sdk: SdkVersion) -> bool:
    return major(order(version, npm=sdk.is_node)) < FIRST


class Generations:
    """The releases of one project's files. Where what is declared does not contradict itself, it is as declared."""

    def __init__(
        self,
        files: Mapping[str, FileFacts],
        sdk: Callable[[str], SdkVersion],
        pin: Callable[[str, Package], SdkVersion],
    ) -> None:
        self._files = files
        self._declared = sdk
        self._pinned = pin
        self._found: dict[str, SdkVersion] = {}
        self._said: dict[tuple[str, str | None], set[bool]] | None = None

    def sdk(self, path: str) -> SdkVersion:
        """The release of livekit-agents, or of @livekit/agents, for which a file (absolute path) is written."""
        if path not in self._found:
            self._found[path] = self._by_use(path)
        return self._found[path]

    def pin(self, path: str, package: Package) -> SdkVersion:
        """The same of any package: one that a file pins together with a release that does not hold goes with that."""
        if package in (PYTHON, NODE):
            return self.sdk(path)
        pinned = self._pinned(path, package)
        if COMPANIONS.get(package.package) is None:
            return pinned
        declared, used = self._declared(path), self.sdk(path)
        is_overruled = used is not declared and (pinned.source is None or pinned.source == declared.source)
        return beside(used, package) if is_overruled else pinned

    def _by_use(self, path: str) -> SdkVersion:
        declared = self._declared(path)
        means_0x = {_is_of_0x(each, declared) for each in (declared.version, *_versions(declared))}
        if len(means_0x) == 1:
            return declared
        own = self._use(path)
        found = {own} if own is not None else self._uses_beside(declared)
        if len(found) != 1:
            return declared
        is_old = found == {True}
        return declared.of_major(lambda number: (number < FIRST) is is_old)

    def _uses_beside(self, declared: SdkVersion) -> set[bool]:
        """What the other files say for which the same is declared."""
        if self._said is None:
            self._said = {}
            for path in self._files:
                own, there = self._use(path), self._declared(path)
                if own is not None:
                    self._said.setdefault((there.package, there.source), set()).add(own)
        return self._said.get((declared.package, declared.source), set())

    def _use(self, path: str) -> bool | None:
        """Whether a file is written for 0.x, by the names that it uses; None where they do not tell."""
        facts = self._files.get(path)
        if facts is None:
            return None
        if facts.legacy is not None:
            return True
        npm = path.endswith(SCRIPTS)
        package = NODE.package if npm else PYTHON.package
        table = self._declared(path).catalog.table(package)
        for each in facts.sdk_names:
            periods = () if each.guarded else table.periods(each.module, each.name.partition(".")[0])
            if periods and all(is_since_1(period, npm=npm) for period in periods):
                return False
        return None


def _versions(sdk: SdkVersion) -> tuple[str, ...]:
    return tuple(each.version for each in sdk.others if each.version)
