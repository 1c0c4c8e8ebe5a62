"""Text that a shell runs, as commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import msgspec

from lkagent_lint.facts.deployment import ProcessCommand

_CONTINUED = re.compile(r"\\\r?\n")
_SEPARATORS = frozenset({";", "&", "&&", "||", "|", "(", ")", ";;"})
_SHELL = re.compile(r"(?:/usr)?(?:/bin/)?(?P<name>sh|bash|dash|ash|zsh)")
_INIT = re.compile(r"tini|docker-init|catatonit")
_RUNS_TEXT = re.compile(r"-[a-z]*c")


def commands_of(text: str) -> tuple[ProcessCommand, ...]:
    """The commands of a shell's text, in order; none where it cannot be read, as with an open quote."""
    found: list[ProcessCommand] = []
    try:
        for line in _CONTINUED.sub(" ", text).splitlines():
            found += _of_line(line)
    except ValueError:
        return ()
    return tuple(msgspec.structs.replace(each, last=each is found[-1]) for each in found)


def _of_line(line: str) -> Iterator[ProcessCommand]:
    """Raises ValueError for an open quote."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    words: list[str] = []
    for token in lexer:
        if token in _SEPARATORS:
            if words:
                yield ProcessCommand(words=tuple(words), background=token == "&")
            words = []
        else:
            words.append(token)
    if words:
        yield ProcessCommand(words=tuple(words))


def split(text: str) -> tuple[ProcessCommand, ...]:
    """A command that no shell runs although it is written as one text: compose, systemd."""
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        return ()
    return (ProcessCommand(words=words),) if words else ()


def unwrapped(commands: tuple[ProcessCommand, ...]) -> tuple[tuple[ProcessCommand, ...], str]:
    """Commands, and the shell that runs them: ``sh -c "python agent.py start"`` is its text and ``sh``."""
    words = _behind_init(commands[0].words) if len(commands) == 1 else ()
    shell = _SHELL.fullmatch(words[0]) if words else None
    if shell is not None and len(words) > 2 and _RUNS_TEXT.fullmatch(words[1]):
        return commands_of(words[2]), shell["name"]
    return commands, ""


def _behind_init(words: tuple[str, ...]) -> tuple[str, ...]:
    """What an init process starts that signals its child alone: ``tini -- sh -c …``."""
    if words and _INIT.fullmatch(words[0].rpartition("/")[2]) and "-g" not in words[:4]:
        start = next((number for number, each in enumerate(words) if number and not each.startswith("-")), len(words))
        return words[start:]
    return words
