"""Which one call of the project makes what an expression is: objects are told apart by it."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import CallRef

_MAX_STEPS = 8
"""Names of names are followed so far."""


class Origins:
    """Follows names that are assigned once, and imports. It holds nothing that does not follow from the facts."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def of(self, path: str, flow: Flow, expression: v.Expr) -> CallRef | None:
        """The one call whose result an expression is, in a flow of a file; None where that is not known."""
        return self._origin(path, flow, expression, _MAX_STEPS)

    def door(self, site: CallRef) -> CallRef:
        """The call that makes a door: of ``rtc_session(...)(entry)`` the inner one."""
        target = self._evaluator.files[site.path].flows[site.flow].calls[site.call].target
        return CallRef(site.path, site.flow, target.call) if isinstance(target, v.Result) else site

    def _origin(self, path: str, flow: Flow, expression: v.Expr, steps: int) -> CallRef | None:
        facts = self._evaluator.files[path]
        if steps == 0:
            return None
        match expression:
            case v.Result(
                call
            ):  # of the flow itself: a value that another one carried here may have a number of its own
                return CallRef(path, flow.name, call) if call < len(flow.calls) else None
            case v.Typed(_, value) if value is not None:
                return self._origin(path, flow, value, steps - 1)
            case v.Function(name) if name in facts.flows:  # what a decorator made of it
                made = [each for each in facts.flows[name].decorators if isinstance(each, v.Result)]
                around = facts.flows[facts.flows[name].parent or MODULE]
                return self._origin(path, around, made[0], steps) if len(made) == 1 else None
            case v.Name(name):
                home = owner_of(facts, flow, name)
                values = () if home is None else home.variables.get(name, ())
                if home is None or len(values) != 1 or any(each.name == name for each in home.parameters):
                    return None
                return self._origin(path, home, values[0], steps - 1)
            case v.Import(dotted):
                module, _, name = dotted.rpartition(".")
                return self._member(path, module or ".", name, steps)
            case v.Attribute(v.Name(name), member):
                home = owner_of(facts, flow, name)
                values = () if home is None else home.variables.get(name, ())
                if len(values) == 1 and isinstance(imported := values[0], v.Import):
                    return self._member(path, imported.name, member, steps)
                return None
            case _:
                return None

    def _member(self, path: str, module: str, name: str, steps: int) -> CallRef | None:
        found = self._evaluator.modules.find(path, module)
        facts = None if found is None else self._evaluator.files.get(found)
        if found is None or facts is None or facts.problems:
            return None
        return self._origin(found, facts.flows[MODULE], v.Name(name), steps - 1)
