"""``--show-settings`` and ``--show-files``: what a check would go by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from lkagent_lint import engine
from lkagent_lint.cli._output import write_output
from lkagent_lint.config.layers import SettingOrigin
from lkagent_lint.config.settings import KEYS
from lkagent_lint.config.toml import as_toml
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path

if TYPE_CHECKING:
    from lkagent_lint.engine.showing import Governed

_DEFAULT = "default"


def show_settings(request: engine.Request, *, as_json: bool) -> int:
    """Print the settings of each path with the origin of every value; as TOML or as JSON."""
    governed = engine.settings_of(request)
    if as_json:
        write_output(_json([_record(each) for each in governed]))
    else:
        write_output("\n".join(map(_page, governed)))
    return 0


def show_files(request: engine.Request, *, as_json: bool) -> int:
    """Print the files that a check would look at, one a line; or as an array of JSON."""
    cwd = os.getcwd()
    paths = [relative_path(path, cwd) for path in engine.files_of(request)]
    if as_json:
        write_output(_json([path.encode("utf-8", "replace").decode() for path in paths]))
    else:
        escape = Escaper.from_environment()
        write_output("".join(f"{escape.leading(path)}\n" for path in paths))
    return 0


def _page(governed: Governed) -> str:
    cwd, escape = os.getcwd(), Escaper.from_environment()
    file = governed.configuration.path
    head = [
        f"# settings of {relative_path(governed.path, cwd)}",
        f"# from {'no file' if file is None else relative_path(file, cwd)}; project {governed.root}",
        *(f"# judged by {each}" for each in governed.sdks),
    ]
    values = _values(governed)
    rows = [(f"{key} = {'unset' if value is None else as_toml(value)}", origin) for key, (value, origin) in values]
    # An unset key stands in a comment, so that the whole can be read back as a settings file.
    rows = [(f"# {row}" if row.endswith("= unset") else row, origin) for row, origin in rows]
    width = min(60, max(len(row) for row, _ in rows))
    lines = [f"{row:{width}}  # {origin}" for row, origin in rows]
    rules = f"# rules: {' '.join(governed.rules)}"
    return "".join(f"{escape.leading(line)}\n" for line in [*head, *lines, rules])


def _record(governed: Governed) -> dict[str, object]:
    cwd = os.getcwd()
    file = governed.configuration.path
    return {
        "path": relative_path(governed.path, cwd),
        "root": governed.root,
        "file": None if file is None else relative_path(file, cwd),
        "settings": {key: {"value": value, "origin": origin} for key, (value, origin) in _values(governed)},
        "rules": list(governed.rules),
        "sdks": list(governed.sdks),
    }


def _values(governed: Governed) -> list[tuple[str, tuple[object, str]]]:
    """Key, value as plain data, and where it comes from, in the order of the settings page."""
    plain: dict[str, object] = msgspec.to_builtins(governed.configuration.settings)
    origins = ((key, governed.configuration.origins(key)) for key in KEYS)
    return [(key, (plain[key], ", ".join(map(_shown, found)) or _DEFAULT)) for key, found in origins]


def _shown(origin: SettingOrigin) -> str:
    if not os.path.isabs(origin.label):
        return origin.label
    path = relative_path(origin.label, os.getcwd())
    return path if origin.line is None else f"{path}:{origin.line}"


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
