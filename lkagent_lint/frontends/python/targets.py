"""The dotted names of what a file's calls call, each found once for all who ask."""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.scopes import qualified


class Targets:
    """Of one file. Every call asked for has to be one of its own."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self._names: dict[int, str] = {}

    def name(self, flow: Flow, call: Call) -> str:
        """What ``facts.scopes.qualified`` says of a call's target."""
        found = self._names.get(id(call))
        if found is None:
            found = self._names[id(call)] = qualified(self.facts, flow, call.target)
        return found
