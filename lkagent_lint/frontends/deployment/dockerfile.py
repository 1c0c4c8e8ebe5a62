"""Images: the command of each stage of a Dockerfile.

Source: Dockerfile reference, https://docs.docker.com/reference/dockerfile/ (shell and exec form, "Understand how CMD
and ENTRYPOINT interact", heredocs, parser directives).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from lkagent_lint.facts.deployment import ProcessCommand, ProcessFact, ProcessKind
from lkagent_lint.frontends.deployment.lists import script
from lkagent_lint.frontends.deployment.shell import commands_of, unwrapped
from lkagent_lint.text import Lines, Span

_ESCAPE = re.compile(r"#[ \t]*escape[ \t]*=[ \t]*`", re.IGNORECASE)
_COMMENT = re.compile(r"[ \t]*#")
_HERE = re.compile(r"<<-?[ \t]*[\"']?(?P<end>\w{1,40})[\"']?")
_NAMED = re.compile(r"(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE)
_OPTION = re.compile(r"--\w+(?:=\S+)?\s+")
_COPIES = re.compile(r"--from=[\"']?(?P<stage>[\w.-]+)")
_PLAIN_BASE = re.compile(
    r"(?:.*/)?(?:python|node|bun|deno|uv|ubuntu|debian|debian-slim|alpine|fedora|pypy|cuda|micromamba|miniconda3?)(?:[:@].*)?"
)
"""Images of languages and systems, which hold nothing of an agent."""
_FETCHES = re.compile(
    r"download|hugging|\bhf\b|\bmake\b|curl|wget|gsutil|\baws\b|\.sh\b|\.py\b|\.[cm]?[jt]s\b|\bnode\b|\bpython[\d.]*\s+-(?!m\s+(?:pip|venv|ensurepip)\b)",
    re.IGNORECASE,
)
"""What may fetch a model while an image is built, and what nobody knows of."""
_HOLDS_MODELS = re.compile(r"hugging|cache|model|weights|onnx", re.IGNORECASE)
_WRITTEN = re.compile(r"(?:>|\btee)[ \t]*(?P<path>[\w./-]{1,200}\.(?:sh|bash))\b")
_COPIED = re.compile(r"[ \t](?P<path>[\w./-]{1,200}\.(?:sh|bash))[ \t]*$")
"""Where a here-document ends up as a script of the image."""
_HAS_HERE_DOCUMENTS = frozenset({"RUN", "COPY", "ADD"})


class _ImageCommand(NamedTuple):
    """What CMD or ENTRYPOINT gives."""

    words: tuple[str, ...] | None
    """Of the exec form; None for the shell form."""
    text: str
    span: Span


class _Stage:
    """One stage as far as it has been read."""

    def __init__(self, name: str, base: str, parent: _Stage | None) -> None:
        self.name = name
        self.base: str = base if parent is None else parent.base
        self.shell: str = "sh" if parent is None else parent.shell
        self.command: _ImageCommand | None = None if parent is None else parent.command
        self.entry: _ImageCommand | None = None if parent is None else parent.entry
        self.parent = parent
        self.replaced = False

    def take(self, keyword: str, text: str, span: Span) -> None:
        """An instruction. A new ENTRYPOINT takes the inherited CMD away, as the builder does."""
        if keyword == "SHELL":
            words = _exec_form(text)
            self.shell = words[0].rpartition("/")[2] if words else self.shell
        elif keyword in ("CMD", "ENTRYPOINT") and self.parent is not None:
            self.parent.replaced = True
        if keyword == "CMD":
            self.command = _ImageCommand(_exec_form(text), text, span)
        elif keyword == "ENTRYPOINT":
            self.entry, self.command = _ImageCommand(_exec_form(text), text, span), None

    def process(self, *, final: bool, bare: bool) -> ProcessFact | None:
        """What runs: the entry point with the command as its arguments; one in shell form takes none."""
        entry, command = self.entry, self.command
        given = entry or command
        if given is None:
            return None
        if given.words is None:
            commands, shell = commands_of(given.text), self.shell
        else:
            if entry is not None and command is not None:
                if command.words is None:
                    return None  # a shell's text as arguments: nobody writes that on purpose
                given = command._replace(words=(*given.words, *command.words))
            words = given.words or ()
            commands, shell = unwrapped((ProcessCommand(words=words),) if words else ())
        return ProcessFact(
            kind=ProcessKind.IMAGE,
            name=self.name,
            span=given.span,
            commands=commands,
            shell=shell,
            final=final,
            base=self.base,
            replaced=self.replaced,
            lacks_downloads=bare,
        )


def stages(text: str) -> Iterator[ProcessFact]:
    """The process of every stage that has a command, in order, and the scripts that here-documents write."""
    lines = Lines(text)
    found: list[_Stage] = []
    names: dict[str, _Stage] = {}
    bare = True
    for keyword, arguments, span, document in _instructions(text, lines):
        if keyword == "FROM":
            match = _NAMED.match(_OPTION.sub("", arguments))
            if match is None:
                continue
            stage = _Stage(match["name"] or "", match["base"], names.get(match["base"].lower()))
            found.append(stage)
            bare = bare and (_PLAIN_BASE.fullmatch(stage.base) is not None)
            if match["name"]:
                names[match["name"].lower()] = stage
        elif found:
            written = (_WRITTEN if keyword == "RUN" else _COPIED).search(arguments) if document else None
            if written is not None:
                yield from script(document, written["path"].rpartition("/")[2])
            found[-1].take(keyword, arguments, span)
            source = _COPIES.match(arguments) if keyword == "COPY" else None
            if source is not None and source["stage"].lower() in names:
                names[source["stage"].lower()].replaced = True
            bare = bare and not _may_fetch(keyword, arguments)
    for stage in found:
        process = stage.process(final=stage is found[-1], bare=bare)
        if process is not None:
            yield process


def _may_fetch(keyword: str, arguments: str) -> bool:
    """Whether an instruction may bring files of models into the image."""
    match keyword:
        case "RUN":
            return "<<" in arguments or _FETCHES.search(arguments) is not None
        case "COPY" | "ADD":
            is_of_image = re.search(r"--from=[\"']?[\w-]*[/:.]", arguments) is not None
            return (is_of_image and "uv" not in arguments) or _HOLDS_MODELS.search(arguments) is not None
        case "ENV" | "VOLUME" | "ARG":
            return "hf_" in arguments.lower() or _HOLDS_MODELS.search(arguments.replace("NO_CACHE", "")) is not None
        case _:
            return False


def _instructions(text: str, lines: Lines) -> Iterator[tuple[str, str, Span, str]]:
    """Every instruction: its keyword in capitals, its text with continued lines joined, its place, and the text of its
    here-document.
    """
    escape = "`" if _ESCAPE.match(text) else "\\"
    parts: list[str] = []
    start = number = 0
    written = text.splitlines()
    after = 0
    for number, line in enumerate(written, 1):
        if number <= after:
            continue
        if _COMMENT.match(line) or not line.strip():
            continue
        start = start if parts else number
        if line.rstrip().endswith(escape):
            parts.append(line.rstrip()[:-1])
            continue
        parts.append(line)
        keyword, _, arguments = " ".join(parts).strip().partition(" ")
        parts = []
        here = _HERE.search(arguments) if keyword.upper() in _HAS_HERE_DOCUMENTS else None
        after = number if here is None else _end_of_document(written, number, here["end"])
        document = "\n".join(written[number : after - 1])
        yield keyword.upper(), arguments.strip(), _span(lines, start, number), document


def _end_of_document(lines: list[str], start: int, end: str) -> int:
    """The number of the line that ends a here-document, or of the last one."""
    return next((number for number in range(start, len(lines)) if lines[number].strip() == end), len(lines)) + 1


def _span(lines: Lines, first: int, last: int) -> Span:
    line = lines.line(first)
    return Span(first, len(line) - len(line.lstrip()) + 1, last, len(lines.line(last).rstrip()) + 1)


def _exec_form(text: str) -> tuple[str, ...] | None:
    """The words of a JSON list; None for the shell form, as which the builder takes whatever is no such list."""
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, list):
        return None
    given = [each for each in cast("list[object]", words) if isinstance(each, str)]
    return tuple(given) if len(given) == len(cast("list[object]", words)) else None
