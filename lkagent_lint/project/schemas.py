"""Schemas of ECMAScript over ``process.env``: those of zod, yup, valibot, t3-env, envalid and envsafe.

A field is the variable of its name, with the schema's default where it is not set. Of what is parsed from anywhere else
only the default is known (zod 3 and 4 ``parse``, ``safeParse``; @t3-oss/env 0.13 ``createEnv``; envalid 8
``cleanEnv``; envsafe 2 ``envsafe``; valibot 1 ``parse``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import last_name
from lkagent_lint.project.node_sdk import ENVIRONMENT
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    Activation,
    FromVariable,
    Library,
    Record,
    String,
    Things,
    only,
    record_of,
)

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

_PARSE = frozenset({"parse", "parseAsync", "safeParse", "safeParseAsync", "validateSync", "cast"})
_SAFE = frozenset({"safeParse", "safeParseAsync"})
_CREATE = frozenset({"createEnv", "cleanEnv", "envsafe"})
WORDS = _PARSE | _CREATE
"""The last names of the functions that parse by a schema."""
_OBJECTS = frozenset({"object", "shape", "strictObject", "looseObject", "extend", "safeExtend"})
_DEFAULTS = frozenset({"default", "prefault", "catch"})
_OPTIONAL = frozenset({"optional", "nullish", "nullable", "fallback"})
_SIDES = ("server", "client", "shared")
_MAX_CHAIN = 24
_SchemaFields = dict[str, tuple[v.Expr, Activation]]


def parsed(call: Call, activation: Activation, evaluator: Evaluator) -> Things | None:
    """What such a call gives: an object with a value for each field; None for every other call."""
    name = last_name(call.target)
    if name in _CREATE:
        fields, source = _created(name, call, activation, evaluator)
    elif name in _PARSE and isinstance(call.target, v.Attribute) and call.args:
        fields = _fields(call.target.base, activation, evaluator)
        source = call.args[0]
        if not fields and len(call.args) > 1:  # valibot's ``v.parse(schema, process.env)``
            fields, source = _fields(call.args[0], activation, evaluator), call.args[1]
    else:
        return None
    if not fields:
        return None
    given = None if source is None else activation.value(source)
    entries = {
        key: _field(_read(key, given), _default(schema, home, evaluator)) for key, (schema, home) in fields.items()
    }
    made = only(record_of(activation.path, entries.items(), open_ended=True))
    return only(record_of(activation.path, [("data", made)], open_ended=True)) if name in _SAFE else made


def _created(
    name: str, call: Call, activation: Activation, evaluator: Evaluator
) -> tuple[_SchemaFields, v.Expr | None]:
    """``cleanEnv(process.env, {…})``, ``createEnv({ server: {…}, client: {…}, runtimeEnv })``."""
    if name == "cleanEnv":
        source, *schemas = call.args[:2] or (None,)
        return _listed(schemas[0], activation, evaluator) if schemas else {}, source
    if name == "envsafe":
        return _listed(call.args[0], activation, evaluator) if call.args else {}, _ENVIRONMENT
    given = evaluator.scripts.literal(call.args[0], activation) if call.args else None
    if given is None:
        return {}, None
    options, home = given
    found: _SchemaFields = {}
    for key, value in options.entries:
        if key in _SIDES:
            found.update(_listed(value, home, evaluator))
    return found, _ENVIRONMENT  # whatever it is read through, each field is given its own variable


_ENVIRONMENT = v.Attribute(v.Name("process"), "env")


def _listed(value: v.Expr, activation: Activation, evaluator: Evaluator) -> _SchemaFields:
    given = evaluator.scripts.literal(value, activation)
    if given is None:
        return {}
    mapping, home = given
    return {key: (schema, home) for key, schema in mapping.entries if key not in ("", "**")}


def _fields(schema: v.Expr, activation: Activation, evaluator: Evaluator) -> _SchemaFields:
    """The fields of ``z.object({…}).extend({…})``, wherever it is made."""
    found: _SchemaFields = {}
    for call, home in _chain(schema, activation, evaluator):
        if last_name(call.target) in _OBJECTS and call.args:
            found = {**_listed(call.args[0], home, evaluator), **found}
    return found


def _chain(value: v.Expr, activation: Activation, evaluator: Evaluator) -> Iterator[tuple[Call, Activation]]:
    """The calls that a value is made by, the last one first: ``z.string().min(1).default("x")``."""
    for _ in range(_MAX_CHAIN):
        match evaluator.scripts.origin(value, activation):
            case (v.Result(number), home):
                activation = home
            case _:
                return
        call = activation.flow.calls[number]
        yield call, activation
        if not isinstance(call.target, v.Attribute):
            return
        value = call.target.base


def _field(read: FromVariable | None, default: str | None) -> Things:
    if read is None:
        return ANYTHING if default is None else ANYTHING | only(String(default))
    return only(FromVariable(read.variable, read.default or default))


def _read(name: str, given: Things | None) -> FromVariable | None:
    """The variable that a field is given: that of its name, or the one that stands under it."""
    for each in given or ():
        match each:
            case Library(name=read) if read == ENVIRONMENT:
                return FromVariable(name, None)
            case Record(entries=entries):
                held = next((values for key, values in entries if key == name), NEVER)
                variables = [one for one in held if isinstance(one, FromVariable)]
                if len(variables) == len(held) == 1:
                    return variables[0]
            case _:
                pass
    return None


def _default(schema: v.Expr, home: Activation, evaluator: Evaluator) -> str | None:
    """What a field holds where nothing is given: zod's ``.default("x")``, envalid's ``str({ default: "x" })``."""
    for call, scope in _chain(schema, home, evaluator):
        given = call.args[0] if call.args else None
        if isinstance(given, v.Mapping):
            given = dict(given.entries).get("default")
        elif last_name(call.target) in _OPTIONAL and len(call.args) == 2:  # valibot's ``v.optional(v.string(), "x")``
            given = call.args[1]
        elif last_name(call.target) not in _DEFAULTS:
            continue
        texts = [each.value for each in scope.value(given) if isinstance(each, String)] if given is not None else []
        if len(texts) == 1:
            return texts[0]
    return None
