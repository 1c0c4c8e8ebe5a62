"""Listeners on the SDK's emitters, and what is known of the events that they are for."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Sdk, SdkMethod, String, Things
from lkagent_lint.questions.methods import Methods, class_called
from lkagent_lint.questions.offers import Offers
from lkagent_lint.sources.sdk.tables import Release

_LISTENS = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})


class UnknownEvent(NamedTuple):
    """A listener for an event that its emitter never emits."""

    place: Place
    kind: str
    event: str
    """As it is written."""
    release: Release
    function: str


class Emitters:
    """What one project listens for."""

    def __init__(self, project: Project, offers: Offers, methods: Methods) -> None:
        self._project = project
        self._offers = offers
        self._methods = methods

    @cached_property
    def unknown_events(self) -> dict[Place, UnknownEvent]:
        """Every listener for an event that its emitter does not have in the release for the file, by its place."""
        emitted = self._emitted()
        found: dict[Place, UnknownEvent] = {}
        for each in () if emitted is None else self._methods.best_known(_LISTENS):
            if not each.call.args or isinstance(each.call.args[0], v.Spread):
                continue
            kind = class_called(each.targets)
            release = self._offers.all_of_class(each.activation.path, kind)
            events = {} if release is None else release.events(kind)
            if release is None or emitted is None or not events:
                continue
            event = _unknown(each.activation.value(each.call.args[0]), release, events.keys() | emitted)
            if event is not None:
                found[each.place] = UnknownEvent(each.place, kind, event, release, each.activation.name)
        return found

    def _emitted(self) -> frozenset[str] | None:
        """Events that the project emits itself; None where it emits some on the SDK's whose names are not written."""
        names: set[str] = set()
        for path, flow in self._project.words.callers(("emit",)):
            for call in flow.calls:
                if word_of(call) != "emit" or not call.args:
                    continue
                if isinstance(call.args[0], v.Text):
                    names.add(call.args[0].value)
                    continue
                targets = self._project.evaluator.usual(path, flow).targets(call)
                if any(isinstance(each, SdkMethod) for each in targets):
                    return None
        return frozenset(names)


def _unknown(things: Things, release: Release, events: set[str]) -> str | None:
    """The event that is asked for, where it is none of these whatever the value is; None where it may be one."""
    found: set[str] = set()
    for each in things:
        match each:
            case String(value):
                known = value in events
                found.add(value)
            case Sdk(dotted) if dotted.count(".") > 1:
                owner, _, member = dotted.rpartition(".")
                kind = owner.rpartition(".")[2]
                if not release.has_class(kind):
                    return None
                value_of_member = release.member(kind, member)
                known = value_of_member is not None and value_of_member.value in events
                found.add(f"{kind}.{member}")
            case _:
                return None
        if known:
            return None
    return found.pop() if len(found) == 1 else None
