"""The table: every kind of hostile input or fault by its number (``rows.toml``), and the inputs of all rows."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import msgspec

from tools.hostile.inputs import Input
from tools.hostile.sizes import sizes
from tools.hostile.structure import structure
from tools.hostile.texts import texts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row."""

    number: int
    group: str
    name: str
    outcome: str
    """What is to happen."""
    tests: tuple[str, ...] = ()
    """Tests of it, as file and function below ``tests``; the row's inputs are tested besides."""
    untried: str = ""
    """What of it cannot be tried on Linux, and why; its functions are tested there."""


@cache
def rows() -> tuple[Row, ...]:
    """The table."""
    table = tomllib.loads((Path(__file__).parent / "rows.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["row"], tuple[Row, ...])


def inputs(large: bool = False) -> list[Input]:
    """Every input, in the order of the rows: of the size that tests can bear, or that which the rows ask for."""
    return sorted([*texts(large), *sizes(large), *structure(large)], key=lambda each: each.row)
