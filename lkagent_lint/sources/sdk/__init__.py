"""The livekit-agents releases, what changed in them, and which of them a file is written for."""

from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.versions import ASSUMED, Sdk, SdkFinder

__all__ = ["ASSUMED", "Change", "Sdk", "SdkFinder"]
