"""What decorators of the project's own make of a function."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.values import Expr
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Closure, Library, in_order, only

_MAX_LAYERS = 4

IsTransparent = Callable[[str, str, Expr], bool]
"""Whether a decorator, in a file and on a function within a flow (empty: in none), leaves the function as it is."""


def decorated(function: Closure, evaluator: Evaluator, is_transparent: IsTransparent) -> Closure | None:
    """The function that runs when a decorated one is called: itself, if all its decorators are transparent; what the
    project's own decorators return for it; None where that is not known.

    A method's receiver is passed on to what stands in its place.
    """
    flow = evaluator.files[function.path].flows[function.flow]
    layers = [each for each in reversed(flow.decorators) if not is_transparent(function.path, flow.parent, each)]
    if not layers or function.bare:
        return function
    if len(layers) > _MAX_LAYERS:
        return None
    scope = evaluator.usual(function.path, evaluator.files[function.path].flows[flow.parent or MODULE])
    made = Closure(function.path, function.flow, function.home, bare=True)
    for layer in layers:
        decorators = in_order(evaluator.value(layer, scope))
        if len(decorators) != 1 or not isinstance(decorators[0], Closure):
            return None
        results = in_order(evaluator.results.called(decorators[0], (only(made),), ()))
        if len(results) != 1 or not isinstance(result := results[0], Closure):
            return None
        if not (result.bare or _only_wraps(result, evaluator)):
            return None
        made = result
    return made.on(function.bound)


def _only_wraps(function: Closure, evaluator: Evaluator) -> bool:
    """No decorator stands on it but ``functools.wraps``."""
    flow = evaluator.files[function.path].flows[function.flow]
    scope = evaluator.usual(function.path, evaluator.files[function.path].flows[flow.parent or MODULE])
    return all(
        isinstance(each, Library) and each.name == "functools.wraps"
        for decorator in flow.decorators
        for each in evaluator.value(decorator, scope)
    )
