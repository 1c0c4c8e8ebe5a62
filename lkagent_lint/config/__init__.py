"""Settings: one documented record and its loader. Returns values; the engine validates rule codes."""

from lkagent_lint.config.settings import Settings

__all__ = ["Settings"]
