"""What the command line sets: ``--config key=value`` and the options that stand for a setting."""

from __future__ import annotations

import os
import re

from lkagent_lint.config.errors import ConfigError
from lkagent_lint.config.layers import OWN_FILE_ONLY, Layer

_ASSIGNMENT = re.compile(r"\s*[A-Za-z0-9_\"'. -]+=")
CONFIG_OPTION = "--config"


def is_assignment(argument: str) -> bool:
    """Whether the argument of ``--config`` is ``key=value`` and not the name of a file."""
    return _ASSIGNMENT.match(argument) is not None and not os.path.isfile(argument)


def from_assignment(argument: str, directory: str) -> Layer:
    """The layer of ``--config key=value``: one line of TOML. Globs are relative to ``directory`` (absolute).

    Raises ConfigError where it is no such line, and for settings that cannot be used or that only a file can set.
    """
    from lkagent_lint.config.toml import TomlError, parse_toml

    try:
        raw = parse_toml(argument.encode("utf-8", "replace"))
    except TomlError as error:
        raise ConfigError(CONFIG_OPTION, None, f"{error.message}{_quoting(argument)}") from None
    layer = Layer(raw, label=CONFIG_OPTION, path=None, directory=directory, text=argument)
    for key in layer.values:
        if key in OWN_FILE_ONLY:
            raise layer.error(f'"{key}" speaks of the file that it stands in and has no meaning here', key, value=False)
    return layer


def from_option(option: str, key: str, value: object, directory: str) -> Layer:
    """The layer of an option that stands for a setting, as ``--select`` does."""
    return Layer({key: value}, label=option, path=None, directory=directory)


def _quoting(argument: str) -> str:
    """A hint for the mistake that a shell invites: a string without its quotes."""
    from lkagent_lint.config.toml import TomlError, as_toml, parse_toml

    key, _, value = argument.partition("=")
    better = f"{key.strip()} = {as_toml(value.strip())}"
    try:
        parse_toml(better.encode("utf-8", "replace"))
    except TomlError:
        return ""
    return f"; strings need quotes that the shell leaves: --config '{better}'"
