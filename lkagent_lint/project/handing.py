"""Which functions are handed the names of agents, by their words: who calls them says what they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Set

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import given_to, parts_of
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.facts.values import Elsewhere, Expr, Name
from lkagent_lint.project.call_words import word_of

_EVERYWHERE = frozenset(
    {
        *(
            "GET",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "default",
            "main",
            "handler",
            "handle",
            "run",
            "start",
            "<anonymous>",
        ),
        *("constructor", "entry", "entrypoint", "fetch", "lambda_handler", "loader", "action"),
    }
)
"""Names that frameworks give, or that every program has: who calls such a function is not told by its name."""
_MAX_PARTS = 200


def handed_in(facts: FileFacts) -> frozenset[str]:
    """The functions of a file whose parameters name the agents that they ask for, or register."""
    found: set[str] = set()
    named = [(each.flow, each.name) for each in facts.dispatches] + [(each.flow, each.name) for each in facts.workers]
    for home, name in named:
        flow = facts.flows.get(home)
        if flow is not None and name is not None:
            found.update(_words(name, flow, facts))
    return frozenset(found)


def handed_on(facts: FileFacts, words: Set[str]) -> frozenset[str]:
    """The functions of a file that hand their own parameters on to functions called by these words."""
    found: set[str] = set()
    for flow in facts.flows.values():
        for call in flow.calls:
            if flow.name != MODULE and word_of(call) in words:
                for value in given_to(call):
                    found.update(_words(value, flow, facts))
    return frozenset(found - words)


def _words(value: Expr, flow: Flow, facts: FileFacts) -> Iterator[str]:
    """The functions by whose parameters a value is given; what calls make of them is not looked into."""
    seen: set[tuple[str, Expr]] = set()
    stack: list[tuple[Flow, Expr]] = [(flow, value)]
    while stack and len(seen) < _MAX_PARTS:
        here, expression = stack.pop()
        if (here.name, expression) in seen:
            continue
        seen.add((here.name, expression))
        match expression:
            case Name(name):
                home = owner_of(facts, here, name)
                if home is not None:
                    stack += [(home, each) for each in home.variables.get(name, ())]
                    yield from _word(home, name)
            case Elsewhere(inner, assigned):
                stack.append((facts.flows[inner], assigned))
            case _:
                stack += [(here, part) for part in parts_of(expression)]


def _word(flow: Flow, name: str) -> Iterator[str]:
    """By what a function is called that has a parameter of this name: for ``self``, its class."""
    names = [each.name for each in flow.parameters]
    if name in names:
        own, owner = flow.name.rpartition(".")[2].partition("#")[0], flow.owner.rpartition(".")[2]
        word = owner if owner and (own == "__init__" or (name == names[0] and flow.binding != "static")) else own
        if word not in _EVERYWHERE:
            yield word
