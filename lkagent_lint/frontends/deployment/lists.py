"""Units of systemd, lists of processes, and shell scripts: files of lines.

Sources: systemd.service(5) and systemd-system.conf(5) (``TimeoutStopSec=``, 90 s by default); Heroku, "The Procfile";
Fly.io, "App configuration" (``[processes]``, ``kill_timeout``, 5 s by default).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from lkagent_lint.facts.deployment import ProcessCommand, ProcessFact, ProcessKind
from lkagent_lint.frontends.deployment.shell import commands_of, split, unwrapped
from lkagent_lint.text import Lines, Span

_SETTING = re.compile(r"^[ \t]*(?P<key>[A-Za-z]+)[ \t]*=[ \t]*(?P<value>.*?)[ \t]*\r?$", re.MULTILINE)
_SECTION = re.compile(r"^\[(?P<name>\w+)\]", re.MULTILINE)
_PREFIX = re.compile(r"^[-@:+!|]{1,4}")
_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|hours?|hr|h|minutes?|min|m|seconds?|sec|s|)\b")
_UNITS = {"ms": 0.001, "h": 3600.0, "m": 60.0, "s": 1.0, "": 1.0}
_PROCESS_TYPE = re.compile(r"^(?P<name>[\w-]+):[ \t]+(?P<command>.+?)\r?$", re.MULTILINE)
_SHEBANG = re.compile(r"#!.*?\b(?P<name>bash|dash|zsh|sh)\b")
_ENTRY_POINT = re.compile(
    r"""^[ \t]*["']?(?P<name>[\w.-]{1,80})["']?[ \t]*=[ \t]*["']?"""
    r"""(?P<module>[A-Za-z_][\w.]{0,200}):\w+["']?[ \t]*\r?$""",
    re.MULTILINE,
)
_RULE = re.compile(
    r"^(?P<names>[\w./-][\w ./-]{0,200}?)[ \t]*::?(?!=)[^\n]*\n(?P<recipe>(?:\t[^\n]*\n?)+)", re.MULTILINE
)
_RECIPE_PREFIX = re.compile(r"^\t[ \t]*[@+-]*")
_ENDLESS = 10.0**9


def unit(text: str) -> Iterator[ProcessFact]:
    """The process of a unit: its last ``ExecStart``, and how long it has to end. A drop-in may say the latter alone."""
    lines = Lines(text)
    command: re.Match[str] | None = None
    grace: re.Match[str] | None = None
    for match in _SETTING.finditer(text):
        match match["key"]:
            case "ExecStart":
                command = match if match["value"] else None
            case "TimeoutStopSec" | "TimeoutSec":
                grace = match
            case _:
                pass
    given = grace if command is None else command
    if given is not None:
        commands, shell = unwrapped(() if command is None else split(_PREFIX.sub("", command["value"])))
        yield ProcessFact(
            kind=ProcessKind.UNIT,
            name="",
            span=lines.span(*given.span("value")),
            commands=commands,
            shell=shell,
            grace=None if grace is None else _time_span(grace["value"]),
            says_grace=grace is not None,
            grace_span=None if grace is None else lines.span(*grace.span("value")),
        )


def _time_span(text: str) -> float | None:
    """Seconds as systemd.time(7) writes them: ``90``, ``5min 20s``, ``infinity``; zero is endless too."""
    if text == "infinity":
        return _ENDLESS
    if _PART.sub("", text).strip():
        return None
    parts = list(_PART.finditer(text))
    seconds = sum(
        float(each["number"]) * _UNITS[each["unit"] if each["unit"] == "ms" else each["unit"][:1]] for each in parts
    )
    return None if not parts else seconds or _ENDLESS


def process_types(text: str) -> Iterator[ProcessFact]:
    """The processes of a Procfile."""
    lines = Lines(text)
    for match in _PROCESS_TYPE.finditer(text):
        yield _named(ProcessKind.PROCFILE, match["name"], match["command"], lines.span(*match.span("command")))


def fly(text: str) -> Iterator[ProcessFact]:
    """The processes of a fly.toml, with the time that they have to end."""
    section = ""
    grace: float | None = None
    grace_span: Span | None = None
    found: list[ProcessFact] = []
    for number, line in enumerate(text.splitlines(), 1):
        header = _SECTION.match(line)
        if header is not None or line.lstrip().startswith("["):
            section = header["name"] if header is not None else "-"
            continue
        key, equals, value = line.partition("=")
        literal = _toml_string(value)
        span = Span(number, 1, number, len(line) + 1)
        if not equals:
            continue
        if not section and key.strip() == "kill_timeout":
            grace, grace_span = _time_span(literal or value.strip()), span
        elif section == "processes" and literal is not None:
            found.append(_named(ProcessKind.FLY, key.strip(), literal, span))
    for each in found:
        yield msgspec.structs.replace(each, grace=grace, says_grace=grace_span is not None, grace_span=grace_span)


def _toml_string(value: str) -> str | None:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0] else None


def _named(kind: ProcessKind, name: str, text: str, span: Span) -> ProcessFact:
    return ProcessFact(kind=kind, name=name, span=span, commands=commands_of(text))


def script(text: str, name: str) -> Iterator[ProcessFact]:
    """A shell script: all that it runs, line by line."""
    lines = Lines(text)
    shebang = _SHEBANG.match(text)
    yield ProcessFact(
        kind=ProcessKind.SCRIPT,
        name=name,
        span=lines.span(0, len(lines.line(1))),
        commands=commands_of(text),
        shell="sh" if shebang is None else shebang["name"],
    )


def entry_points(text: str) -> Iterator[ProcessFact]:
    """The commands that a package installs (``[project.scripts]``, Poetry's, ``console_scripts`` of setup.cfg): each
    imports a module and calls a function of it.
    """
    lines = Lines(text)
    for match in _ENTRY_POINT.finditer(text):
        header = text.rfind("\n[", 0, match.start())
        section = text[header + 1 : text.find("\n", header + 1)].strip() if header >= 0 else ""
        is_command = section in ("[project.scripts]", "[tool.poetry.scripts]") or (
            section == "[options.entry_points]" and _is_console(text[header : match.start()])
        )
        if is_command:
            yield ProcessFact(
                kind=ProcessKind.SCRIPT,
                name=match["name"],
                span=lines.span(*match.span()),
                commands=(ProcessCommand(words=("python", "-m", match["module"])),),
            )


def _is_console(text: str) -> bool:
    """The last group of entry points that has begun is that of commands."""
    groups = re.findall(r"^(\w+)\s*=[ \t]*\r?$", text, re.MULTILINE)
    return groups[-1:] == ["console_scripts"]


def rules(text: str) -> Iterator[ProcessFact]:
    """The rules of a Makefile, each with the commands of its recipe. ``make`` passes signals on and runs each line in a
    shell that becomes the command, so no shell is said to stand between.
    """
    lines = Lines(text)
    for match in _RULE.finditer(text):
        recipe = "\n".join(_RECIPE_PREFIX.sub("", each) for each in match["recipe"].splitlines())
        for name in match["names"].split():
            yield ProcessFact(
                kind=ProcessKind.SCRIPT, name=name, span=lines.span(*match.span("names")), commands=commands_of(recipe)
            )
