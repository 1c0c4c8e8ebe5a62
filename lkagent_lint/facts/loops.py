"""The loops of a flow: what is part of every round, and what stays the same in each."""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import ENTRY_BLOCK, Do, Flow
from lkagent_lint.facts.following import made_from
from lkagent_lint.facts.paths import reached
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.facts.values import Expr, Made, Name, Opaque, Result


def rounds_of(flow: Flow, head: int) -> frozenset[int]:
    """The blocks that are part of every round of a loop: those behind its head from which the head is reached again."""
    onward = [block.next for block in flow.blocks]
    behind = reached(ENTRY_BLOCK, onward) - reached(ENTRY_BLOCK, onward, frozenset({head}))
    back: list[list[int]] = [[] for _ in flow.blocks]
    for number in behind:
        for each in flow.blocks[number].next:
            back[each].append(number)
    found = reached(head, back)
    return found if len(found) > 1 or head in onward[head] else frozenset()


def loops_around(flow: Flow, call: int) -> list[tuple[int, frozenset[int]]]:
    """The loops of whose every round a call is part, each with its head and its blocks: behind it the next round may
    begin without an exception.
    """
    homes = [number for number, block in enumerate(flow.blocks) if Do(call) in block.steps]
    heads = {after for number, block in enumerate(flow.blocks) for after in block.next if after <= number}
    found = [(head, rounds_of(flow, head)) for head in sorted(heads)]
    return [(head, rounds) for head, rounds in found if rounds.intersection(homes)]


def is_the_same(value: Expr, flow: Flow, facts: FileFacts) -> bool:
    """An expression means the same wherever in a function it stands: all that it is made of is assigned once, and
    written out or given from outside.
    """
    for home, part in made_from(value, flow, facts):
        match part:
            case Opaque() | Result() | Made(by="each"):
                return False
            case Name(name):
                owner = owner_of(facts, home, name)
                assigned = () if owner is None else owner.variables.get(name, ())
                is_given = owner is not None and any(each.name == name for each in owner.parameters)
                if len(assigned) + is_given > 1:
                    return False
            case _:
                pass
    return True
