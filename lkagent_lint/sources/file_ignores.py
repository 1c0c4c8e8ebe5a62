"""The rules that ``per-file-ignores`` turns off for a file."""

from __future__ import annotations

import os
from typing import cast

from lkagent_lint.config.layers import Configuration, Layer
from lkagent_lint.sources.ignoring import IgnorePatterns, parse_patterns


class FileIgnores:
    """The tables of one configuration, ready to be asked. A pattern that cannot be used raises ConfigError."""

    def __init__(self, configuration: Configuration) -> None:
        self._entries: list[tuple[IgnorePatterns, str, bool, tuple[str, ...]]] = []
        for key in ("per-file-ignores", "extend-per-file-ignores"):
            for layer, value in configuration.parts(key):
                for glob, rules in cast("dict[str, tuple[str, ...]]", value).items():
                    self._entries.append((*_patterns(layer, key, glob), rules))

    def rules(self, path: str) -> tuple[str, ...]:
        """Codes, prefixes and names that are off for a file (absolute path)."""
        return tuple(
            rule
            for patterns, directory, negated, rules in self._entries
            if _fits(patterns, path, directory) != negated
            for rule in rules
        )


def _patterns(layer: Layer, key: str, glob: str) -> tuple[IgnorePatterns, str, bool]:
    negated = glob.startswith("!")
    patterns, refused = parse_patterns(layer.directory, [glob[negated:]])
    if patterns is None or refused is not None:
        message = f'"{key}" in {layer.table_name} has a pattern that cannot be used: "{glob}"'
        raise layer.error(message, key, glob, value=False)
    return patterns, layer.directory, negated


def _fits(patterns: IgnorePatterns, path: str, directory: str) -> bool:
    """Whether a pattern fits a file or one of the directories that it lies in, as it would for git."""
    if patterns.verdict(path, is_directory=False):
        return True
    above = os.path.dirname(path)
    while len(above) > len(directory):
        if patterns.verdict(above, is_directory=True):
            return True
        above = os.path.dirname(above)
    return False
