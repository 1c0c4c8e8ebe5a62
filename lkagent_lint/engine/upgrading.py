"""From the release that a project is written for to another one: what can be rewritten, and what is left for a person.

What changed between two releases is what the rules say of the one and not of the other, so there is no second list of
changes: a rule that knows the new spelling has a fix for it, and what was rewritten has passed the check for the new
release. Nothing is written here.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from lkagent_lint import disk
from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.engine.fixing import LeftOut, fix_all
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.showing import files_of
from lkagent_lint.engine.watch import Watch
from lkagent_lint.sources.packages import is_requirements
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.sdk.order import order
from lkagent_lint.sources.sdk.releases import NODE, PYTHON
from lkagent_lint.sources.sdk.tables import BUNDLED
from lkagent_lint.sources.splicing import NotTextError, Original, Splice
from lkagent_lint.writing import Rewrite

_OF_RELEASES = ("LKA308", "LKA501", "LKA502", "LKA503")
"""What these rules say is an upgrade's business, whether it holds for the old release too or not."""
_STILL_WORKS = "LKA502"
"""What this rule says needs nobody for the upgrade itself."""
_PINS = re.compile(
    r"(?P<name>livekit-agents(?:\[[\w\s,.-]*\])?)(?P<before>\s*)(?P<pin>[=~<>!][=~<>!\w\s.,*+-]*?)(?=\s*(?:[;\"'#\r\n)]|$))"
)
_NODE_PINS = re.compile(r"(?P<name>\"@livekit/agents\"\s*:\s*)\"(?P<pin>[\^~>=]*\d[^\"]*)\"")
_Alike = tuple[str, str, str, tuple[str, ...]]


class Upgraded(NamedTuple):
    """What to write, and what a person has to look at."""

    target: str
    """The release of livekit-agents."""
    rewrites: tuple[Rewrite, ...]
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    refused: tuple[LeftOut, ...]


def upgraded(request: Request, to: str | None, *, pins: bool, watch: Watch | None = None) -> Upgraded:
    """The paths of a request, rewritten for a release; the newest stable one where none is named.

    Raises ValueError for a release that nobody knows, and ConfigError as a check does.
    """
    from lkagent_lint.engine import check

    target = _known(to)
    preview = {**request.options, "preview": True}
    now = msgspec.structs.replace(request, options=preview)
    releases = {"sdk-version": target, "node-sdk-version": NODE.newest}
    then = msgspec.structs.replace(request, options={**preview, **releases})
    before = check(now, watch)
    known = {_alike(each) for each in before.diagnostics}

    def is_new(diagnostic: Diagnostic) -> bool:
        return diagnostic.code in _OF_RELEASES or _alike(diagnostic) not in known

    counts = Counter((each.place.path, each.code) for each in before.diagnostics)
    done = fix_all(then, unsafe=False, watch=watch, wanted=is_new, known=counts)
    rewrites = {each.path: each for each in done.rewrites}
    left = tuple(each for each in done.report.diagnostics if each.code != _STILL_WORKS and is_new(each))
    if pins:
        for each in _pinned(then, target, rewrites):
            rewrites[each.path] = each
    return Upgraded(target, tuple(rewrites[path] for path in sorted(rewrites)), done.applied, left, done.refused)


def _known(to: str | None) -> str:
    if to is None:
        return PYTHON.newest
    releases = {order(each): each for each in BUNDLED.newest(PYTHON.package).table.releases}
    found = releases.get(order(to))
    if found is None:
        raise ValueError(f"no release {to} of livekit-agents is known; the newest stable one is {PYTHON.newest}")
    return found


def _alike(diagnostic: Diagnostic) -> _Alike:
    """What stays the same of a finding when lines move."""
    key = tuple(part for part in diagnostic.key if not part.startswith("#"))
    return diagnostic.place.path, diagnostic.code, diagnostic.subject, key


# Pins


def _pinned(request: Request, target: str, rewrites: dict[str, Rewrite]) -> Iterator[Rewrite]:
    """The files that say which release is installed, with the new one: what they say in which way stays."""
    files = Overlays(request.overlays)
    for path in _that_pin(request):
        data = files.read(path)
        if not isinstance(data, bytes):
            continue
        known = rewrites.get(path)
        try:
            original = Original(path, data if known is None else known.after)
        except NotTextError:
            continue
        is_node = path.endswith(".json")
        pattern, version = (_NODE_PINS, NODE.newest) if is_node else (_PINS, target)
        spell: Callable[[str, str], str] = _npm if is_node else _pep440
        changes = [
            Splice(*match.span("pin"), spell(match["pin"], version))
            for match in pattern.finditer(original.text)
            if spell(match["pin"], version) != match["pin"]
        ]
        after = original.spliced(changes)
        if changes and after is not None:
            yield Rewrite(path, data, after)


def _that_pin(request: Request) -> Iterator[str]:
    directories = {os.path.dirname(path) for path in files_of(request)}
    directories |= {path if disk.isdir(path) else os.path.dirname(path) for path in request.paths}
    for directory in sorted(directories):
        for name in disk.names(directory):
            if name in ("pyproject.toml", "package.json") or is_requirements(name):
                yield os.path.join(directory, name)


def _pep440(pin: str, version: str) -> str:
    sign = re.match(r"[=~<>!]+", pin.strip())
    return f"{sign[0] if sign is not None and sign[0] in ('==', '~=', '===') else '>='}{version}"


def _npm(pin: str, version: str) -> str:
    sign = re.match(r"[\^~>=]*", pin)
    return f"{'' if sign is None else sign[0]}{version}"
