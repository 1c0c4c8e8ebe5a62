"""Names of the SDK as a file spells them: what a release must have for the file to run."""

from __future__ import annotations

import enum

import msgspec

from lkagent_lint.text import Span


class AskedBy(enum.Enum):
    """How a name is asked for."""

    IMPORT = "import"
    """``import livekit.agents.pipeline``: the module itself, without a name."""
    FROM = "from"
    """``from livekit.agents import Worker``, or an ECMAScript import of one name."""
    ATTRIBUTE = "attribute"
    """``agents.Worker``, where ``agents`` is an import and nothing else in the whole file."""


class SdkName(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One place that names something of the SDK."""

    module: str
    """Absolute: ``livekit.agents``, or an npm package."""
    name: str
    """What is asked of the module, dotted where more than one attribute follows; empty for the module alone."""
    spelling: AskedBy
    span: Span
    guarded: bool
    """It may fail: a ``try`` catches that, or a condition decides whether it runs."""
