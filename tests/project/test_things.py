"""Values of different kinds are never equal: they are held in sets and are the keys of what is kept."""

from __future__ import annotations

from itertools import combinations
from typing import Any, get_args

import pytest

from lkagent_lint.project.things import Thing

KINDS: tuple[Any, ...] = get_args(Thing)
FILLS: tuple[object, ...] = ("name", None, "", False, (), frozenset({"name"}))
"""What every field of a thing may hold, as far as equality goes."""


def _things(fill: object) -> list[Thing]:
    return [kind(*[fill] * len(kind.__struct_fields__)) for kind in KINDS]


def test_all_kinds_are_here() -> None:
    assert len(set(KINDS)) == len(KINDS) == 19


@pytest.mark.parametrize("fill", FILLS)
def test_things_of_different_kinds_differ(fill: object) -> None:
    things = _things(fill)
    assert not [(one, other) for one, other in combinations(things, 2) if one == other]
    assert len(frozenset(things)) == len(dict.fromkeys(things)) == len(KINDS)


@pytest.mark.parametrize("fill", FILLS)
def test_things_of_one_kind_with_equal_fields_are_one(fill: object) -> None:
    again = _things(fill)
    assert _things(fill) == again
    assert len(frozenset([*_things(fill), *again])) == len(KINDS)


def test_things_of_one_kind_differ_by_every_field() -> None:
    for kind in KINDS:
        width = len(kind.__struct_fields__)
        made = [kind(*["x" if at == other else "y" for at in range(width)]) for other in range(width + 1)]
        assert len(frozenset(made)) == width + 1


def test_no_thing_changes_and_none_is_a_tuple() -> None:
    for thing in _things("name"):
        assert not isinstance(thing, tuple)
        for field in thing.__struct_fields__:
            with pytest.raises(AttributeError):
                setattr(thing, field, "other")
