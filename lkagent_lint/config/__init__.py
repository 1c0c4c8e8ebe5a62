"""Settings: one documented record and its loader. Returns values; the engine validates rule codes."""

from lkagent_lint.config.loader import ConfigError, SettingsFinder, read_settings
from lkagent_lint.config.settings import Settings

__all__ = ["ConfigError", "Settings", "SettingsFinder", "read_settings"]
