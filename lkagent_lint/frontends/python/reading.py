"""One file read: parsed, walked, placed, and its workers and dispatches found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from lkagent_lint.facts.cli_commands import RULE_FLAGS
from lkagent_lint.facts.file import FileFacts, Problem
from lkagent_lint.facts.sdk_names import SdkName
from lkagent_lint.frontends.python import fields
from lkagent_lint.frontends.python.dispatches import find_dispatches, may_dispatch
from lkagent_lint.frontends.python.legacy import legacy_use, may_be_legacy
from lkagent_lint.frontends.python.parse import TOO_DEEP, Parsed, parse, spell
from lkagent_lint.frontends.python.positions import Positions, by_code, by_origin
from lkagent_lint.frontends.python.sdk_names import members_asked_for, sdk_names
from lkagent_lint.frontends.python.targets import Targets
from lkagent_lint.frontends.python.walker import Walker
from lkagent_lint.frontends.python.workers import find_servers, find_starts, find_workers
from lkagent_lint.text import START_OF_FILE, Span

_Finder = Callable[[FileFacts, Targets], Iterator[object]]


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda text: any(word in text for word in words)


FINDERS: tuple[tuple[str, _Finder], ...] = (
    ("workers", find_workers),
    ("servers", find_servers),
    ("starts", find_starts),
    ("dispatches", find_dispatches),
    ("sip_rules", fields.sip_rules),
    ("room_sources", fields.room_sources),
    ("dropped", fields.dropped),
)
"""Fields of the facts, and who finds what goes there."""
_SEARCHES: dict[str, Callable[[str], bool]] = {
    "workers": _one_of("rtc_session", "Options", "entrypoint_fnc"),
    "servers": _one_of("AgentServer", "AgentHandler", "Options"),
    "starts": _one_of("run_app"),
    "dispatches": may_dispatch,
    "sip_rules": _one_of(
        *("CreateSIPDispatchRuleRequest", *sorted(RULE_FLAGS)), *('"sip"', "'sip'", " sip ", "create-sip-dispatch-rule")
    ),
    "room_sources": _one_of("AccessToken", "CreateRoomRequest"),
    "dropped": _one_of("AgentDispatch"),
}


def may_hold(field: str, text: str) -> bool:
    """Whether a file of this text can hold anything of a field, which is found far faster than what it holds."""
    return _SEARCHES[field](text)


def read(data: bytes, words: frozenset[str]) -> FileFacts:
    """See ``extract``."""
    parsed = parse(data, words)
    if isinstance(parsed, Problem):
        return FileFacts(problems=(parsed,))
    try:
        return facts_of(parsed)
    except RecursionError:
        return FileFacts(problems=(TOO_DEEP,))


def facts_of(parsed: Parsed) -> FileFacts:
    """The facts of a parsed file. Raises ``RecursionError`` where the stack is too small for its nesting."""
    draft = Walker.walk(parsed.module, parsed.reached)
    positions = _positions(parsed, draft.wanted())
    inert = () if parsed.host is None else parsed.host.inert
    asked_for, given = members_asked_for(parsed.lines.text)
    facts = FileFacts(
        modules=tuple(draft.modules),
        stars=tuple(draft.stars),
        classes=draft.classes,
        flows={name: flow.freeze(positions) for name, flow in draft.flows.items()},
        inert=inert,
        main_only=draft.main_only(inert),
        legacy=_legacy(parsed, tuple(draft.modules)),
        reads_arguments="argv" in parsed.lines.text,
        sdk_names=_sdk_names(parsed),
        asked_for=asked_for,
        given=given,
    )
    targets = Targets(facts)
    found = {field: tuple(find(facts, targets)) for field, find in FINDERS if may_hold(field, parsed.lines.text)}
    return msgspec.structs.replace(facts, **found)


def _legacy(parsed: Parsed, modules: tuple[str, ...]) -> Span | None:
    if not may_be_legacy(modules):
        return None
    return START_OF_FILE if parsed.host is None else legacy_use(parsed.host.tree, parsed.host.spans)


def _positions(parsed: Parsed, wanted: set[int]) -> Positions:
    if parsed.host is None:
        for name, spelling in parsed.unusual:  # the code that places are found by is the file's own
            spell(name, spelling)
        return by_code(parsed.module, wanted)
    return by_origin(parsed.host.made, parsed.host.spans, wanted)


def _sdk_names(parsed: Parsed) -> tuple[SdkName, ...]:
    if parsed.host is None:
        return ()
    return sdk_names(parsed.lines.text, parsed.host.tree, parsed.host.spans)
