"""Expressions about as they are written, for messages."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow


def spelt(expression: v.Expr, flow: Flow | None = None) -> str:
    """An expression about as it is written; ``…`` for what is not followed. ``flow`` is the one that holds it: with it
    calls are spelt too.
    """

    def inner(each: v.Expr) -> str:
        return spelt(each, flow)

    match expression:
        case v.Text(value):
            return f'"{value}"'
        case v.Constant(value):
            return value
        case v.Name(name) | v.Import(name) | v.ClassName(name) | v.Function(name):
            return name
        case v.External(module, name):
            return f"{module}.{name}"
        case v.Attribute(base, name):
            return f"{inner(base)}.{name}"
        case v.Subscript(base, key):
            return f"{inner(base)}[{inner(key)}]"
        case v.Env(variable):
            return f"${variable}"
        case v.Result(number) if flow is not None:
            call = flow.calls[number]
            return f"{inner(call.target)}({'…' if call.args or call.keywords else ''})"
        case v.Result():
            return "(…)"
        case v.Typed(_, value) if value is not None:
            return inner(value)
        case v.Elsewhere(_, value):
            return spelt(value)
        case v.Either(options):
            return " | ".join(map(inner, options))
        case v.Or(options):
            return " or ".join(map(inner, options))
        case v.Items(items):
            return f"[{', '.join(map(inner, items))}]"
        case v.Spread(value):
            return f"*{inner(value)}"
        case _:
            return "…"
