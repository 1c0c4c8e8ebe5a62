"""What a stub (``.pyi``) says of a module that lies elsewhere: constants with a value, and what classes derive from.

Its functions have no bodies, so calling one may do anything, and so may whatever a class inherits.
"""

from __future__ import annotations

import msgspec

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Class
from lkagent_lint.facts.values import OPAQUE, Constant, Expr, Function, Typed

_LEFT_OUT = Constant("...")


def declared(facts: FileFacts) -> FileFacts:
    """The facts of a stub, read as any Python file: what it declares, and nothing that it could do."""
    module = facts.flows.get(MODULE)
    if module is None:
        return FileFacts(problems=facts.problems)
    return FileFacts(
        problems=facts.problems,
        modules=facts.modules,
        stars=facts.stars,
        classes={name: _class(each) for name, each in facts.classes.items() if each.scope == MODULE},
        flows={MODULE: msgspec.structs.replace(module, variables=_values(module.variables))},
    )


def _class(declaration: Class) -> Class:
    # What the class itself does not declare is looked for in its first base, which is not known.
    bases = (OPAQUE, *declaration.bases)
    return msgspec.structs.replace(declaration, bases=bases, attributes=_values(declaration.attributes))


def _values(names: dict[str, tuple[Expr, ...]]) -> dict[str, tuple[Expr, ...]]:
    return {name: tuple(map(_value, values)) for name, values in names.items()}


def _value(expression: Expr) -> Expr:
    match expression:
        case Function() | Constant("..."):
            return OPAQUE
        case Typed(annotation, value) if value == _LEFT_OUT:
            return Typed(annotation)
        case _:
            return expression
