"""What is stored in the userdata of processes and sessions, and what is read from it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Access, Call, Flow, Look, Store
from lkagent_lint.facts.following import argument, given_to
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Record, Sdk, SdkObject, Thing, Things, only
from lkagent_lint.questions.methods import Methods
from lkagent_lint.questions.setups import setups

_KEEPER = "userdata"
_PROCESS = only(SdkObject("JobProcess"))
_OF_SESSION = (only(SdkObject("AgentSession")), only(SdkObject("RunContext")))
_SETUPS = ("setup_fnc", "prewarm_fnc", "prewarm")


class KeptEntry(NamedTuple):
    """An entry of a process's userdata."""

    place: Place
    key: str
    function: str


class _Seen(NamedTuple):
    look: Look
    owners: Things
    """What has the userdata."""
    activation: Activation

    @property
    def key(self) -> str:
        """Empty where it is used as a whole."""
        value = self.look.value
        return value.key.value if isinstance(value, v.Subscript) and isinstance(value.key, v.Text) else ""

    @property
    def entry(self) -> KeptEntry:
        return KeptEntry(self.activation.place(self.look.span), self.key, self.activation.name)


class Userdata:
    """Answers for one project, Python and Node."""

    def __init__(self, project: Project, methods: Methods) -> None:
        self._project = project
        self._methods = methods

    @cached_property
    def missing(self) -> tuple[KeptEntry, ...]:
        """What is read of a process and stored nowhere."""
        read = [each for each in self._all if each.look.access is Access.READ and each.owners == _PROCESS]
        stored = {each.key for each in self._all if each.look.access is Access.STORED and self._may_run(each)}
        found = [each for each in read if each.key and each.key not in stored]
        return tuple(dict.fromkeys(each.entry for each in found)) if found and self._is_known else ()

    def _may_run(self, seen: _Seen) -> bool:
        """Something may call the function: it is none of a module that is named nowhere."""
        flow = seen.activation.flow
        is_plain = not (flow.parent or flow.owner or flow.decorators or seen.activation.is_node) and flow.name != MODULE
        if not is_plain:
            return True
        from lkagent_lint.questions.mentions import is_function_mentioned  # few functions store what jobs read

        return is_function_mentioned(self._project, flow.own_name)

    @cached_property
    def unread(self) -> tuple[KeptEntry, ...]:
        """What is stored in a setup function and read nowhere."""
        prepared = {(each.path, each.flow) for each in setups(self._project, self._methods)}
        stored = [
            each
            for each in self._all
            if each.look.access is Access.STORED
            and each.owners == _PROCESS
            and (each.activation.path, each.activation.name) in prepared
        ]
        read = {each.key for each in self._all if each.look.access in (Access.READ, Access.ASKED)}
        found = [each for each in stored if each.key not in read]
        return tuple(dict.fromkeys(each.entry for each in found)) if found and self._is_known else ()

    @cached_property
    def unset(self) -> tuple[tuple[Place, str], ...]:
        """Where the userdata of a session is used and no session has any."""
        used = [each for each in self._all if each.owners in _OF_SESSION]
        if not used or not self._sessions_have_none:
            return ()
        return tuple(dict.fromkeys((each.entry.place, each.entry.function) for each in used))

    @cached_property
    def _all(self) -> tuple[_Seen, ...]:
        found: list[_Seen] = []
        for activation in self._methods.activations(_keeps):
            for look in filter(_is_userdata, activation.flow.looks):
                base = look.value.base if isinstance(look.value, v.Subscript) else look.value
                assert isinstance(base, v.Attribute)
                found.append(_Seen(look, activation.value(base.base), activation))
        return self._settled(found)

    def _settled(self, found: list[_Seen]) -> tuple[_Seen, ...]:
        """Without those of functions whose receiver another activation knows."""
        known = {each.look.span: each.owners for each in found if each.owners in (_PROCESS, *_OF_SESSION)}
        return tuple(each._replace(owners=known.get(each.look.span, each.owners)) for each in found)

    @cached_property
    def _is_known(self) -> bool:
        """Nobody uses the userdata of a process as a whole, and every function that may use it is followed."""
        if any(each.look.access is Access.WHOLE and each.owners not in _OF_SESSION for each in self._all):
            return False
        if any(each.legacy and any(map(_keeps, each.flows.values())) for each in self._project.files.values()):
            return False  # code of 0.x is not followed, and may run in the same process
        given = (*self._given_setups(), *self._stored_setups())
        if any(not things or not all(isinstance(each, Closure) for each in things) for things in given):
            return False
        return not any(map(self._hands_process_on, self._activations()))

    def _given_setups(self) -> Iterator[Things]:
        """What calls are given as setup functions."""
        for activation in self._activations():
            for call in activation.flow.calls:
                for name, value in _named(call):
                    if name in _SETUPS:
                        yield activation.value(value)

    def _stored_setups(self) -> Iterator[Things]:
        for activation in self._activations():
            yield from (activation.value(each.value) for each in activation.flow.stores if each.name in _SETUPS)

    def _activations(self) -> Iterator[Activation]:
        return self._methods.activations(lambda flow: True)

    def _hands_process_on(self, activation: Activation) -> bool:
        """The process goes to code that is not followed."""
        for call in activation.flow.calls:
            process = (value for value in given_to(call) if _may_be_process(value))
            if any(SdkObject("JobProcess") in activation.value(value) for value in process):
                if not all(isinstance(each, Closure) for each in activation.targets(call)):
                    return True
        return False

    @cached_property
    def _sessions_have_none(self) -> bool:
        """Sessions are made, and surely none is given or assigned any userdata."""
        made = 0
        for activation in self._activations():
            if any(_is_assigned(each) for each in activation.flow.stores):
                return False
            for call in activation.flow.calls:
                if any(name.lower() == _KEEPER for name, _ in _named(call)):
                    return False
                if word_of(call) in ("AgentSession", "LiveSession"):
                    made += 1
                    if not self._is_plain(call, activation):
                        return False
        return bool(made) and not self._project.has_gaps

    def _is_plain(self, call: Call, activation: Activation) -> bool:
        """It is the SDK's own class that is called, and all that it is given is written out."""
        if not all(isinstance(each, (Sdk, SdkObject)) for each in activation.targets(call)):
            return False
        if not activation.is_node:
            return argument(call, None, _KEEPER) is None and not any(isinstance(each, v.Spread) for each in call.args)
        given = [thing for each in call.args for thing in activation.value(each)]
        return all(isinstance(each, Record) and not each.open_ended and not _has_userdata(each) for each in given)


def _keeps(flow: Flow) -> bool:
    return any(map(_is_userdata, flow.looks))


def _is_userdata(look: Look) -> bool:
    base = look.value.base if isinstance(look.value, v.Subscript) else look.value
    return isinstance(base, v.Attribute) and base.name == _KEEPER


def _named(call: Call) -> Iterator[tuple[str, v.Expr]]:
    """What a call is given by name: keywords, or the entries of objects."""
    yield from call.keywords
    for each in call.args:
        if isinstance(each, v.Mapping):
            yield from each.entries


def _may_be_process(value: v.Expr) -> bool:
    return isinstance(value, (v.Name, v.Attribute))


def _is_assigned(store: Store) -> bool:
    return store.name.lower() in (_KEEPER, f"_{_KEEPER}")


def _has_userdata(thing: Thing) -> bool:
    return isinstance(thing, Record) and any(name.lower() == _KEEPER for name, _ in thing.entries)
