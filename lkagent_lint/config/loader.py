"""Finds the settings that govern a directory: the nearest file that sets any, alone, with what it extends.

Settings of two files are merged only where one names the other in ``extend``. What the command line sets comes last.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from lkagent_lint import disk
from lkagent_lint.config.errors import ConfigError
from lkagent_lint.config.files import FILE_NAMES, PYPROJECT, read_layer, read_regular
from lkagent_lint.config.layers import TABLE, Configuration, Layer
from lkagent_lint.config.settings import Settings

ReadBytes = Callable[[str], "bytes | None"]


class SettingsFinder:
    """Configurations by directory, each settings file read once. Directories are absolute paths.

    ``isolated`` ignores every file. ``read`` returns the bytes of a file or None where there is none; it may raise
    ConfigError. ``overrides`` come after what files say, in order. ``file`` (absolute) governs every directory
    instead of the files that would be found. Every method raises ConfigError for a file on its way that cannot be
    used.
    """

    def __init__(
        self,
        isolated: bool = False,
        read: ReadBytes | None = None,
        *,
        overrides: tuple[Layer, ...] = (),
        file: str | None = None,
    ) -> None:
        self._isolated = isolated
        self._read = read or read_regular
        self._overrides = overrides
        self._file = file
        self._own: dict[str, Configuration | None] = {}
        self._nearest: dict[str, Configuration] = {}
        self._defaults = Configuration(overrides, None)

    def for_directory(self, directory: str) -> Settings:
        """The settings that govern the files of a directory; the defaults where no file sets any."""
        return self.configuration(directory).settings

    def configuration(self, directory: str) -> Configuration:
        """The same with the origin of each value."""
        if self._file is not None:
            return self._of_file()
        passed: list[str] = []
        found = self._defaults
        while directory not in self._nearest:
            passed.append(directory)
            own = self.own(directory)
            parent = os.path.dirname(directory)
            if own is not None or parent == directory:
                found = own or found
                break
            directory = parent
        else:
            found = self._nearest[directory]
        self._nearest.update(dict.fromkeys(passed, found))
        return found

    def origin(self, directory: str) -> str | None:
        """The file that ``for_directory`` answers from; None for the defaults."""
        return self.configuration(directory).path

    def own(self, directory: str) -> Configuration | None:
        """What the directory's own settings file sets; None if it has none."""
        if self._file is not None:
            return self._of_file() if directory == os.path.dirname(self._file) else None
        if self._isolated:
            return None
        if directory not in self._own:
            self._own[directory] = self._read_own(directory)
        return self._own[directory]

    def _read_own(self, directory: str) -> Configuration | None:
        found: list[Layer] = []
        for name in FILE_NAMES:
            path = os.path.join(directory, name)
            data = self._read(path)
            layer = None if data is None else read_layer(path, data, directory)
            if layer is not None:
                found.append(layer)
        if len(found) > 1:
            names = " and ".join(os.path.basename(layer.label) for layer in found)
            raise ConfigError(found[0].path, None, f"{names} both hold settings for this directory: keep one of them")
        return self._configured(found[0]) if found else None

    def _of_file(self) -> Configuration:
        path = self._file or ""
        directory = os.path.dirname(path)
        if directory not in self._own:
            self._own[directory] = self._configured(_required(path, self._read, None, None))
        found = self._own[directory]
        assert found is not None
        return found

    def _configured(self, layer: Layer) -> Configuration:
        """The configuration of a file, with what it extends."""
        chain = [layer]
        seen = {_identity(layer)}
        while "extend" in chain[-1].values:
            last = chain[-1]
            target = os.path.normpath(os.path.join(last.directory, str(last.values["extend"])))
            chain.append(_required(target, self._read, last, layer.directory))
            if _identity(chain[-1]) in seen:
                names = " → ".join(os.path.relpath(each.label, layer.directory) for each in chain)
                raise last.error(f'"extend" leads back to a file that it started from: {names}', "extend")
            seen.add(_identity(chain[-1]))
        return Configuration((*reversed(chain), *self._overrides), layer.path)


def _identity(layer: Layer) -> str:
    return os.path.normcase(disk.realpath(layer.label))


def _required(path: str, read: ReadBytes, extending: Layer | None, home: str | None) -> Layer:
    """The settings of a file that was named, by the user or from settings in the directory ``home``. Raises ConfigError
    where it holds none.
    """
    data = read(path)
    layer = None if data is None else read_layer(path, data, home)
    if layer is not None:
        return layer
    lacks = "there is no such file" if data is None else f"it has no table [tool.{TABLE}]"
    if extending is None:
        raise ConfigError(path, None, lacks)
    raise extending.error(f'"extend" names {path}, but {lacks}', "extend")


def read_settings(path: str, data: bytes) -> Settings | None:
    """The settings that one file sets by itself, as ``read_layer`` reads it; ``extend`` is not followed."""
    layer = read_layer(path, data, os.path.dirname(path))
    return None if layer is None else Configuration((layer,), layer.path).settings


__all__ = ["FILE_NAMES", "PYPROJECT", "ConfigError", "SettingsFinder", "read_settings"]
