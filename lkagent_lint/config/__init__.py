"""Settings: one documented record and its loader. Values come with their origins; the engine validates rule codes."""

from lkagent_lint.config.errors import ConfigError
from lkagent_lint.config.layers import Configuration, Layer
from lkagent_lint.config.loader import SettingsFinder, read_settings
from lkagent_lint.config.settings import Settings

__all__ = ["ConfigError", "Configuration", "Layer", "Settings", "SettingsFinder", "read_settings"]
