"""Classes whose fields are read from the environment: those of pydantic-settings.

A field is the variable of its name in capitals, with the prefix of the class's configuration or the alias of its
``Field``; the value in the code is what holds where the variable is not set (pydantic-settings 2, ``BaseSettings``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Class
from lkagent_lint.facts.following import argument
from lkagent_lint.project.things import Activation, Foreign, FromVariable, String, Things, only

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
_ALIASES = ("validation_alias", "alias", "env")


def reads_environment(record: Class, scope: Activation) -> bool:
    """Whether a class's own bases make its fields variables of the environment."""
    return any(isinstance(each, Foreign) and each.name in _BASES for base in record.bases for each in scope.value(base))


def variable_of(record: Class, scope: Activation, name: str, evaluator: Evaluator) -> Things:
    """What a field of such a class is: its variable, with the literal that the class gives for a default."""
    variable, default = f"{_prefix(record, scope, evaluator)}{name}".upper(), None
    for written in record.attributes.get(name, ()):
        value = written.value if isinstance(written, v.Typed) and written.value is not None else written
        call = scope.flow.calls[value.call] if isinstance(value, v.Result) else None
        given = value if call is None else argument(call, 0, "default")
        default = _text(None if given is None else scope.value(given)) or default
        if call is not None:
            variable = next(filter(None, (_text(_named(call, each, scope)) for each in _ALIASES)), variable)
    return only(FromVariable(variable, default))


def _prefix(record: Class, scope: Activation, evaluator: Evaluator) -> str:
    """``model_config = SettingsConfigDict(env_prefix="APP_")``, or a ``Config`` class with ``env_prefix``."""
    for value in record.attributes.get("model_config", ()):
        if isinstance(value, v.Result):
            found = _text(_named(scope.flow.calls[value.call], "env_prefix", scope))
            if found is not None:
                return found
    older = evaluator.files[scope.path].classes.get(f"{record.name}.Config")
    values = () if older is None else older.attributes.get("env_prefix", ())
    texts = [_text(scope.value(each)) for each in values]
    return next((each for each in texts if each is not None), "")


def _named(call: Call, name: str, scope: Activation) -> Things | None:
    given = dict(call.keywords).get(name)
    return None if given is None else scope.value(given)


def _text(things: Things | None) -> str | None:
    """The one text that a value is."""
    found = [each.value for each in things or () if isinstance(each, String)]
    return found[0] if len(found) == 1 and len(things or ()) == 1 else None
