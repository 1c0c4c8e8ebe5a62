"""The words of the SDKs that are followed: what each class and member is, and what it does to a job.

One row a member, for both languages (``rows.py``). What the front ends record, what the evaluator knows of objects,
which call is which event of the lifecycle and what rules say of it follow from these rows, so that a new method that
joins the room is one row. Everything above the front ends knows a member by one name, Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lkagent_lint.sources.sdk.vocabulary import rows
from lkagent_lint.sources.sdk.vocabulary.records import ClassTerm, Form, Hands, Outside, Role, Term, camel, snake

__all__ = [
    "CALLED_ON",
    "CLASSES",
    "EMITTING_MODELS",
    "MODELS",
    "TERMS",
    "ClassTerm",
    "Form",
    "Hands",
    "Outside",
    "Role",
    "Term",
    "camel",
    "class_name",
    "exports_of_node",
    "function",
    "member",
    "snake",
    "spoken",
    "term",
    "written",
]

MODELS, EMITTING_MODELS = rows.MODELS, rows.EMITTING_MODELS
CLASSES = {each.name: each for each in rows.CLASSES}
"""By their own names."""
TERMS = {(each.owner, each.name): each for each in rows.TERMS}
"""By the class, or the module, and Python's name."""
_COMMON = [(each.name, term.written_on) for term in rows.TERMS if term.is_called for each in term.python]
CALLED_ON = {name: frozenset(on for one, on in _COMMON if on and one == name) for name, needed in _COMMON if needed}
"""Methods of Python's SDK that are called by common words, and what they have to be called on: one of these names."""


def term(owner: str, name: str) -> Term | None:
    """What a member of a class is, its base's included; None for what is not followed."""
    found = TERMS.get((owner, name))
    if found is None and owner in CLASSES and CLASSES[owner].base:
        return term(CLASSES[owner].base, name)
    return found


def written(wanted: Callable[[Term], object], *, in_node: bool | None = None) -> frozenset[str]:
    """Every word by which one language, or either, writes or once wrote the members of which something is so."""
    found = [term for term in TERMS.values() if wanted(term)]
    python = {each.name for term in found for each in term.python} if in_node is not True else set[str]()
    node = {each.name for term in found for each in term.node} if in_node is not False else set[str]()
    return frozenset(python | node)


def member(owner: str, name: str, *, in_node: bool) -> str:
    """What a member is called here: ``aclose`` for the ``close`` of a session in Node."""
    known = _meanings(in_node)
    while (owner, name) not in known and owner in CLASSES and CLASSES[owner].base:
        owner = CLASSES[owner].base
    return known.get((owner, name)) or (snake(name) if in_node else name)


@cache
def _meanings(in_node: bool) -> dict[tuple[str, str], str]:
    """The names of members by their owners and how one language spells them."""
    return {
        (term.owner, each.name): term.name
        for term in TERMS.values()
        for each in (term.node if in_node else term.python)
    }


def spoken(term: Term) -> str:
    """What messages call a member: ``session.say()``, ``room.local_participant``."""
    owner = CLASSES[term.owner].spoken if term.owner in CLASSES else term.owner.rpartition(".")[2]
    return f"{owner}.{term.name}{'()' if term.is_called else ''}"


def class_name(dotted: str) -> str:
    """The class of the SDK that a dotted name means, whatever module it is imported from; empty for all others.

    One of a plugin counts where plugins have it too, as they have ``AvatarSession``.
    """
    found = _classes().get(dotted.rpartition(".")[2])
    if found is None:
        return ""
    homes = (f"{found.home}.", "livekit.plugins.") if found.in_plugins else (f"{found.home}.",)
    return found.name if dotted.startswith(homes) else ""


@cache
def _classes() -> dict[str, ClassTerm]:
    """By every name that they have or had in Python, which Node's are turned into (``exports_of_node``)."""
    return {each.name: found for found in CLASSES.values() for each in found.python}


@cache
def exports_of_node() -> dict[str, str]:
    """What Node's packages export under another name than Python's: that one, as it stands behind its package."""
    found = {each.name: one.name for one in CLASSES.values() for each in one.node if each.name != one.name}
    for one in TERMS.values():
        if one.owner not in CLASSES:
            module = one.owner.removeprefix("livekit.agents").removeprefix(".")
            found |= {each.name: f"{module}.{one.name}".removeprefix(".") for each in one.node}
    return found


def function(dotted: str) -> Term | None:
    """The function of the SDK that a dotted name means, in its module or in one below; None for all others."""
    found = _functions().get(dotted.rpartition(".")[2])
    return found if found is not None and dotted.startswith(f"{found.owner}.") else None


@cache
def _functions() -> dict[str, Term]:
    return {each.name: one for one in TERMS.values() if one.owner not in CLASSES for each in one.python}
