"""Commands that ask for an agent, as a program holds them: a list of words, or one text.

Which of the LiveKit CLI's commands do: livekit-cli 29c2686, ``cmd/lk`` (dispatch.go, token.go, perf.go, simulate.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from lkagent_lint.facts.values import OPAQUE, Expr, Join, Text
from lkagent_lint.languages import SCRIPTS

NAME_FLAGS = ("--agent-name", "--agent")
_PROGRAMS = ("lk", "livekit-cli")
_ASKING = {("dispatch", "create"), ("token", "create"), ("perf", "agent-load-test")}
"""Subcommands that take an agent's name; ``lk simulate`` is told by the program alone."""
_OTHERS = {("agent",), ("dispatch", "list"), ("dispatch", "get"), ("dispatch", "delete")}
"""Subcommands that ask for nobody."""
_SUFFIXES = (".py", *SCRIPTS)

_RULING = {("sip", "dispatch", "create"), ("sip", "dispatch-rule", "create")}
_LEGACY_RULING = "create-sip-dispatch-rule"
RULE_FLAGS = frozenset({"--individual", "--direct", "--callee", "--caller"})
"""Of a rule that is said by flags."""

_MARKS = ("create-sip", "create --", "--agent", "dispatch create", "--room")
"""One of them stands in every text that asks for an agent."""
_HELD = "\x01"
"""Stands around the number of a part that is no literal, in the text of all parts."""
_LINE = r"(?:\\\r?\n|[^\n;|&]){0,400}?"
_SPOKEN = re.compile(
    r"(?:(?<![\w.-])(?:lk|livekit-cli)[ \t]+(?!agent\b|dispatch[ \t]+(?:list|get|delete)\b)"
    r"|\b(?:dispatch|token)[ \t]+create\b)"
    rf"{_LINE}[ \t\"'](?P<flag>--agent(?:-name)?)(?:[ \t=\"']|\\\r?\n)+(?P<name>[\w.:@{_HELD}-]{{1,200}})"
)
_RULES = re.compile(
    r"(?<![\w.-])(?:lk|livekit-cli)[ \t]+(?:sip[ \t]+dispatch(?:-rule)?[ \t]+create|create-sip-dispatch-rule)\b"
    r"(?P<rest>(?:\\\r?\n|[^\n;|&]){0,400})"
)
_NAMELESS = re.compile(rf"\bdispatch[ \t]+create(?:[ \t]*$|[ \t]+[-${{%{_HELD}])")
"""Its flags follow elsewhere. A word behind it would make it a sentence."""
_CONNECTS = re.compile(rf"[ \t]connect\b{_LINE}--room\b")
_LONGEST_PROGRAM = 300
_PART = re.compile(rf"{_HELD}(\d+){_HELD}")


THIS_FILE = "."
"""Of a program that starts itself, where another one's file stands."""


class Connecting(NamedTuple):
    """The command by which a worker joins a room of its own accord: ``python agent.py connect --room r``."""

    program: Expr
    """The worker's file as the command names it, or what holds it; ``OPAQUE`` where the command names none."""


class Asking(NamedTuple):
    """A command that asks for an agent by a name."""

    name: Expr
    is_shown: bool
    """It may be meant for a person to read, or be a part of another program's command."""


class MakingRule(NamedTuple):
    """A command that makes a SIP dispatch rule."""

    file: str
    """The file that says the rule, as the command names it; empty where it names none."""
    is_bare: bool
    """Flags alone say the rule: there is none for an agent, so it brings none."""


Commanding = Asking | Connecting | MakingRule


def is_program(word: str) -> bool:
    """``lk``, ``/usr/bin/lk``, ``lk.exe``, ``livekit-cli``."""
    return word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe") in _PROGRAMS


def of_words(items: Sequence[Expr]) -> Iterator[Commanding]:
    """What the words of one command ask for, the program's name first or left out."""
    words = [item.value if isinstance(item, Text) else "" for item in items]
    if "connect" in words and "--room" in words[words.index("connect") :]:
        yield Connecting(_program_of(items[: words.index("connect")]))
        return
    started = next((index + 1 for index, word in enumerate(words) if is_program(word)), 0)
    if tuple(words[started : started + 1]) in _OTHERS or tuple(words[started : started + 2]) in _OTHERS:
        return
    if tuple(words[started : started + 3]) in _RULING or words[started : started + 1] == [_LEGACY_RULING]:
        yield _rule_of(words)
        return
    is_whole = started > 0 or any(each in _ASKING for each in pairwise(words))
    if not is_whole and words[:1] != [NAME_FLAGS[0]]:  # flags alone are added to a command
        return
    if is_whole and ("dispatch", "create") in pairwise(words) and not any(each.startswith("-") for each in words):
        yield Asking(OPAQUE, is_shown=True)  # its flags are added elsewhere
    for index, word in enumerate(words):
        flag, equals, given = word.partition("=")
        if flag in NAME_FLAGS:
            following = items[index + 1] if index + 1 < len(items) else OPAQUE
            yield Asking(Text(given) if equals else following, is_shown=not is_whole)
    for item in items:
        if isinstance(item, Join) and isinstance(item.parts[0], Text):  # f"--agent-name={name}"
            flag, equals, given = item.parts[0].value.partition("=")
            if equals and flag in NAME_FLAGS:
                yield Asking(_joined([*([Text(given)] if given else []), *item.parts[1:]]), is_shown=not is_whole)


def _rule_of(words: Sequence[str]) -> MakingRule:
    file = next((each for each in words if each.endswith(".json")), "")
    return MakingRule(file, is_bare=not file and not RULE_FLAGS.isdisjoint(words))


def _program_of(before: Sequence[Expr]) -> Expr:
    """Of the words before ``connect`` the one that is the worker's file."""
    words = [each.value if isinstance(each, Text) else "" for each in before]
    file = program_in(words)
    return Text(file) if file else before[-1] if before and not words[-1] else OPAQUE


def program_in(words: Sequence[str]) -> str:
    """The program that is run, among a command's words: a file, or a module by ``-m``; empty where there is none."""
    for index, word in enumerate(words):
        if word.endswith(_SUFFIXES):
            return word
        if index and word and words[index - 1] == "-m":
            return f"{word.rpartition('.')[2]}.py"
    return ""


def of_text(text: Expr) -> Iterator[Commanding]:
    """What a text asks for that may be run as a command, or is shown to somebody who runs it."""
    parts = text.parts if isinstance(text, Join) else (text,)
    if not any(mark in part.value for part in parts if isinstance(part, Text) for mark in _MARKS):
        return
    whole = "".join(
        part.value if isinstance(part, Text) else f"{_HELD}{number}{_HELD}" for number, part in enumerate(parts)
    )
    found = False
    for match in _SPOKEN.finditer(whole):
        found = True
        yield Asking(_expression(match["name"], parts), is_shown=True)
    for match in _RULES.finditer(whole):
        found = True
        yield _rule_of(match["rest"].replace("=", " ").split())
    if not found and _NAMELESS.search(whole):
        yield Asking(OPAQUE, is_shown=True)
    for match in _CONNECTS.finditer(whole):
        line = whole[max(0, match.start() - _LONGEST_PROGRAM) : match.start()].rpartition("\n")[2]
        program = _expression(line.split()[-1].strip("\"'"), parts) if line.split() else OPAQUE
        if not isinstance(program, Text) or program.value.endswith(_SUFFIXES):
            yield Connecting(program)


def _expression(written: str, parts: Sequence[Expr]) -> Expr:
    """What a piece of the text of all parts is made of."""
    pieces: list[Expr] = []
    for number, piece in enumerate(_PART.split(written)):
        if number % 2:
            pieces.append(parts[int(piece)])
        elif piece:
            pieces.append(Text(piece))
    return _joined(pieces)


def _joined(pieces: list[Expr]) -> Expr:
    return pieces[0] if len(pieces) == 1 else Join(tuple(pieces)) if pieces else OPAQUE


def program_file(texts: Sequence[str]) -> str:
    """The one file of a worker among the texts that a program's path is made of; empty where that is not one."""
    files = {each for each in texts if each.endswith(_SUFFIXES)}
    return files.pop() if len(files) == 1 else ""
