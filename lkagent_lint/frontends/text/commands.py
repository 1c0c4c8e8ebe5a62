"""Commands of the LiveKit CLI, wherever they are written: scripts, Makefiles, CI files, lists of arguments.

Sources: livekit-cli 29c2686, ``cmd/lk`` (dispatch.go, token.go, room.go, perf.go, simulate.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from lkagent_lint.facts import cli_commands
from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact, SipRuleFact
from lkagent_lint.facts.values import OPAQUE, Env, Expr, Text
from lkagent_lint.frontends.text import LK
from lkagent_lint.text import Lines

# Each alternative consumes what it begins, so the text is read once.
_TOKEN = re.compile(
    r"(?P<continued>[\\`]\r?\n)"
    r"|(?P<end>[\n;|&`()]+)"
    r"|(?P<quoted>\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?)"
    r"|(?P<template>\$?\{\{[^{}\n]{0,100}\}\})"
    r"|(?P<word>(?:\$\([^()\s]*\)|[^\s;|&`()'\",\[\]])+)"
)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?[-=?+](?P<default>[\w.:/@-]*))?\}|\$\((\w+)\)|\$(\w+)|%(\w+)%")
"""As shells, make and batch files write it."""
_TEMPLATE = re.compile(r"\$?\{\{-?\s{0,3}(?P<space>env|vars)?(?P<dot>\.?)(?P<variable>\w+)\s{0,3}-?\}\}")
"""As workflows, Taskfile and just write it; in just it is a variable of the file's own."""
_LITERAL = re.compile(r"[\w.:/@-]+(?: [\w.:/@-]+)*")
_LK = re.compile(LK)
_SET = re.compile(r"(?P<variable>[A-Z_]\w{0,80})[:?]?=[\"']?(?:\$\{\w+:?-)?(?P<value>[\w.:/@-]{1,200})\}?[\"']?")
_SET_APART = re.compile(r"[A-Za-z_]\w{0,80}|\$[A-Za-z_]\w{0,80}")
_ASSIGNS = ("=", ":=", "?=")
SERVICE = "livekit.AgentDispatchService/CreateDispatch"
"""The path of the real service, which a request that is written by hand names."""
_CLIENTS = ("curl", "wget", "http", "https", "xh")
_NAMED = re.compile(r"[\"']?agent_?name[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[\w.:/@${}-]{1,200})", re.IGNORECASE)


class Token(NamedTuple):
    """A word of a command, with its offsets in the text (0-based code points), quotes left out."""

    text: str
    start: int
    end: int


def commands(text: str) -> Iterator[tuple[Token, ...]]:
    """The commands of a text, in order; one that is written within quotes comes after the one that holds it."""
    whole = 0, len(text)
    spans: list[tuple[int, int]] = [whole]
    unquoted = text.replace('\\"', ' "')  # quotes within quotes, every position as it was
    while spans:
        start, end = span = spans.pop()
        if span != whole:
            text = unquoted
        words: list[Token] = []
        for match in _TOKEN.finditer(text, start, end):
            if match["end"]:
                if words:
                    yield tuple(words)
                words = []
            elif match["quoted"]:
                inner = match.start() + 1, match.end() - (len(match[0]) > 1 and match[0][-1] == match[0][0])
                words.append(Token(text[slice(*inner)], *inner))
                if span == whole and " " in words[-1].text:
                    spans.append(inner)
            elif match["template"]:
                words.append(Token(match[0], *match.span()))
            elif match["word"]:
                words += _assigned(match["word"], match.start())
        if words:
            yield tuple(words)


def _assigned(word: str, start: int) -> Iterator[Token]:
    """``--flag=value`` as two words."""
    flag, equals, value = word.partition("=")
    if equals and flag.startswith("--"):
        yield Token(flag, start, start + len(flag))
        yield Token(value, start + len(flag) + 1, start + len(word))
    else:
        yield Token(word, start, start + len(word))


def _set_by(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """``NAME=value`` of a shell, ``name := "value"`` of just and make, ``$Name = "value"`` of PowerShell."""
    yield from ((each["variable"], each["value"]) for each in map(_SET.fullmatch, texts) if each)
    for (name, assigns), value in zip(pairwise(texts), texts[2:], strict=False):
        if assigns in _ASSIGNS and _SET_APART.fullmatch(name) and _LITERAL.fullmatch(value):
            yield name.removeprefix("$"), value


CommandFact = DispatchFact | DroppedFact | SipRuleFact


def dispatches(text: str, lines: Lines, *, presence: bool) -> Iterator[CommandFact]:
    """What the commands of a text dispatch, the SIP rules that they make, and the flags that they give in vain."""
    is_asked = "livekit-cli" in text or _LK.search(text) or SERVICE in text
    if not (is_asked or ("connect" in text and "--room" in text)):
        return
    set_here: dict[str, str] = {}
    for words in commands(text):
        texts = [word.text for word in words]
        set_here.update(_set_by(texts))
        index = next((i for i, each in enumerate(texts) if cli_commands.is_program(each)), None)
        if index is not None:
            yield from _Command(words[index + 1 :], lines, presence=presence, set_here=set_here).found()
        elif "connect" in texts and "--room" in texts[texts.index("connect") :]:
            # The agent's own command: python agent.py connect --room r
            word = words[texts.index("connect")]
            yield DispatchFact(
                kind=DispatchKind.CONNECT,
                span=lines.span(word.start, word.end),
                name=OPAQUE,
                presence=True,
                file=cli_commands.program_in(texts[: texts.index("connect")]),
            )
        elif presence and texts[0] in _CLIENTS and any(SERVICE in each for each in texts):
            named = next((found for each in texts if (found := _NAMED.search(each))), None)
            yield DispatchFact(
                kind=DispatchKind.REQUEST,
                span=lines.span(words[0].start, words[0].end),
                name=OPAQUE if named is None else name_of(named["value"]),
                presence=True,
            )


_FILES = ("--agents-file", "--request")
_LEGACY_RULE = "create-sip-dispatch-rule"
_RULE_FILE = re.compile(r"[\w./${}-]+\.json[c5]?|\$\{?\w+\}?")


class _Command:
    """One command of the LiveKit CLI, by the words behind the program's name."""

    def __init__(self, words: tuple[Token, ...], lines: Lines, *, presence: bool, set_here: Mapping[str, str]) -> None:
        """``set_here`` are the variables that the commands before it set."""
        self._set_here = set_here
        self._words = words
        self._texts = [word.text for word in words]
        self._lines = lines
        self._presence = presence
        self._verbs = [each for each in self._texts[:4] if not each.startswith("-")]
        self._flags = {
            word.text: words[i + 1] if i + 1 < len(words) else None
            for i, word in enumerate(words)
            if word.text[:1] == "-"
        }

    def found(self) -> Iterator[CommandFact]:
        """What it asks for. Commands that only list, read, change or delete ask for nobody."""
        name = next((self._flags[each] for each in cli_commands.NAME_FLAGS if self._flags.get(each) is not None), None)
        if self._makes_rule():
            yield from self._rule()
        elif self._verbs[:1] == ["agent"]:
            return  # it makes, deploys or lists agents
        elif name is not None and self._verbs[:2] != ["dispatch", "list"]:
            yield from self._named(name)
        elif self._verbs[:2] == ["dispatch", "create"]:
            if self._flags or not self._presence:  # in prose that is the command's name
                yield self._asks(OPAQUE)  # the flags follow elsewhere
        elif (given := self._given(_FILES)) is not None and self._verbs[:1] in (["room"], ["dispatch"], ["token"]):
            yield self._asks(OPAQUE, file=given.text)
        elif "--room-preset" in self._flags:
            yield self._asks(OPAQUE, kind=DispatchKind.PRESET)

    def _given(self, flags: tuple[str, ...]) -> Token | None:
        return next((self._flags[each] for each in flags if self._flags.get(each) is not None), None)

    def _named(self, name: Token) -> Iterator[CommandFact]:
        yield DispatchFact(
            kind=DispatchKind.COMMAND,
            span=self._lines.span(name.start, name.end),
            name=self._name(name.text),
            presence=self._presence,
        )
        flag = self._words[self._texts.index("--agent")] if "--agent" in self._texts else None
        if self._verbs[:2] == ["token", "create"] and flag is not None and "--join" not in self._flags:
            if not self._presence:
                span = self._lines.span(flag.start, flag.end)
                yield DroppedFact(owner="lk token create", field="--agent", span=span)

    def _name(self, text: str) -> Expr:
        template = _TEMPLATE.fullmatch(text)
        if template is None:
            name = name_of(text)
        elif template["variable"] in self._set_here or template["dot"]:
            name = Env(template["variable"])
        else:
            name = OPAQUE
        if isinstance(name, Env) and name.default is None and name.variable in self._set_here:
            return Env(name.variable, Text(self._set_here[name.variable]))
        return name

    def _makes_rule(self) -> bool:
        if _LEGACY_RULE in self._verbs[:1]:
            return True
        return self._verbs[:1] == ["sip"] and self._verbs[1:3] in (
            ["dispatch", "create"],
            ["dispatch-rule", "create"],
        )

    def _rule(self) -> Iterator[CommandFact]:
        """A rule from a file lists the file's agents; one of flags alone has none, for there is no flag for them."""
        given = self._given(("--request",)) or next(
            (word for word in self._words if _RULE_FILE.fullmatch(word.text)), None
        )
        verb = self._words[self._texts.index(_LEGACY_RULE if _LEGACY_RULE in self._texts else "create")]
        if given is not None:
            yield self._asks(OPAQUE, kind=DispatchKind.SIP, file=given.text)
        elif any(each.startswith("<<") for each in self._texts):
            return  # the document that follows says it
        elif any(each in self._flags for each in cli_commands.RULE_FLAGS) and not self._presence:
            yield SipRuleFact(span=self._lines.span(self._words[0].start, verb.end), has_agents=False)
        elif not any(each in self._flags for each in cli_commands.RULE_FLAGS) and not self._presence:
            yield self._asks(OPAQUE, kind=DispatchKind.SIP)

    def _asks(self, name: Expr, *, kind: DispatchKind = DispatchKind.COMMAND, file: str = "") -> DispatchFact:
        span = self._lines.span(self._words[0].start, self._words[0].end)
        return DispatchFact(kind=kind, span=span, name=name, presence=True, file=file)


def name_of(text: str) -> Expr:
    """An agent's name as a script writes it: literal, one variable, or something that is not followed."""
    variable = _VARIABLE.fullmatch(text.strip())
    if variable is not None:
        given = [group for group in variable.groups() if group]
        return Env(given[0], Text(variable["default"]) if variable["default"] else None)
    return Text(text) if _LITERAL.fullmatch(text) else OPAQUE
