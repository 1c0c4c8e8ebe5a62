"""Options of a command line: what argparse's namespace holds where nobody gives another value."""

from __future__ import annotations

from lkagent_lint.facts.following import argument, last_name
from lkagent_lint.facts.values import Text
from lkagent_lint.project.things import ANYTHING, NEVER, Activation, String, Things

NAMESPACES = frozenset({"argparse.ArgumentParser.parse_args", "argparse.ArgumentParser.parse_known_args"})
"""What gives an object with an attribute for each option."""


def default_of(name: str, activation: Activation) -> Things:
    """The text that an option holds by default, besides what is given; empty where the file's parsers say none."""
    for flow in activation.facts.flows.values():
        for call in flow.calls:
            if last_name(call.target) == "add_argument" and name in _names(argument(call, None, "dest"), call.args):
                default = argument(call, None, "default")
                if isinstance(default, Text):
                    return frozenset({String(default.value)}) | ANYTHING
    return NEVER


def _names(given: object, flags: tuple[object, ...]) -> set[str]:
    """The attributes under which an option is kept."""
    if isinstance(given, Text):
        return {given.value}
    return {each.value.lstrip("-").replace("-", "_") for each in flags if isinstance(each, Text)}
