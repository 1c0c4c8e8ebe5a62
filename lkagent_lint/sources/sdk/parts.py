"""The parts of the SDK: what Python imports each from, and which package holds it in each language."""

from __future__ import annotations

from typing import NamedTuple


class SdkPart(NamedTuple):
    module: str
    """What Python imports it from."""
    python: str
    """The package on PyPI."""
    node: str
    """The package on npm, which is what Node imports it from."""

    @property
    def name(self) -> str:
        """What it is called behind ``livekit``."""
        return self.module.rpartition(".")[2]

    def package(self, *, node: bool) -> str:
        """The package of one language."""
        return self.node if node else self.python


PARTS = (
    SdkPart("livekit.agents", "livekit-agents", "@livekit/agents"),
    SdkPart("livekit.rtc", "livekit", "@livekit/rtc-node"),
    SdkPart("livekit.api", "livekit-api", "livekit-server-sdk"),
    SdkPart("livekit.protocol", "livekit-protocol", "@livekit/protocol"),
)
BY_NAME = {each.name: each for each in PARTS}


_NODE_PLUGIN = "@livekit/agents-plugin-"
_UNNAMED = frozenset({"cartesia", "deepgram", "elevenlabs", "google", "openai", "silero"})
"""Plugins of Node that export nothing by their own name (read in their first and newest releases, 0.1.4 to 1.9.0)."""


def own_name_of_plugin(module: str) -> str:
    """The name of a plugin of Node that its package surely does not export; empty for every other module."""
    name = module.removeprefix(_NODE_PLUGIN)
    return name if module.startswith(_NODE_PLUGIN) and name in _UNNAMED else ""


def part_of(module: str) -> SdkPart | None:
    """The part that a dotted name of the SDK, as Python has it, belongs to; None for plugins and other packages."""
    return next((each for each in PARTS if module == each.module or module.startswith(f"{each.module}.")), None)


def package_of(module: str) -> str:
    """The Python package that a dotted name of the SDK belongs to; empty for plugins and other packages."""
    found = part_of(module)
    return "" if found is None else found.python
