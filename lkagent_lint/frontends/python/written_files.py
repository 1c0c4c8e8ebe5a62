"""JSON files that a program writes itself before it names them in a command."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.scopes import assigned_once
from lkagent_lint.facts.values import Expr, Mapping, Name, Result, Text, Typed


def written_files(facts: FileFacts) -> dict[str, Mapping]:
    """What the JSON files hold that a module writes, by their base names: ``json.dump({…}, open("rule.json", "w"))``,
    ``Path("rule.json").write_text(json.dumps({…}))``. What is written twice, or is not written out, is left out.
    """
    found: dict[str, list[Mapping | None]] = {}
    for flow in facts.flows.values():
        for name, value in _written(facts, flow):
            found.setdefault(os.path.basename(name), []).append(value)
    return {name: only for name, values in found.items() if len(values) == 1 and (only := values[0]) is not None}


def _written(facts: FileFacts, flow: Flow) -> Iterator[tuple[str, Mapping | None]]:
    opened = [name for call in flow.calls if last_name(call.target) == "open" and (name := _file(facts, flow, call))]
    dumped = [call.args[0] for call in flow.calls if last_name(call.target) == "dump" and call.args]
    if len(opened) == 1 and len(dumped) == 1:
        yield opened[0], _mapping(facts, flow, dumped[0])
    for call in flow.calls:
        if last_name(call.target) != "write_text" or not call.args or not isinstance(call.args[0], Result):
            continue
        base = getattr(call.target, "base", None)
        path = flow.calls[base.call] if isinstance(base, Result) else None
        text = flow.calls[call.args[0].call]
        name = "" if path is None else _file(facts, flow, path)
        if name and last_name(text.target) == "dumps" and text.args:
            yield name, _mapping(facts, flow, text.args[0])


def _file(facts: FileFacts, flow: Flow, call: Call) -> str:
    """The JSON file that a call is given first; empty for any other."""
    given = _held(facts, flow, call.args[0]) if call.args else None
    return given.value if isinstance(given, Text) and given.value.endswith(".json") else ""


def _mapping(facts: FileFacts, flow: Flow, value: Expr) -> Mapping | None:
    held = _held(facts, flow, value)
    return held if isinstance(held, Mapping) else None


def _held(facts: FileFacts, flow: Flow, value: Expr) -> Expr:
    found = assigned_once(facts, flow, value.name) if isinstance(value, Name) else None
    held = value if found is None else found[1]
    return held.value if isinstance(held, Typed) and held.value is not None else held
