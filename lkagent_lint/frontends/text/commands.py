"""Commands of the LiveKit CLI, wherever they are written: scripts, Makefiles, CI files, lists of arguments.

Sources: livekit-cli 29c2686, ``cmd/lk`` (dispatch.go, token.go, room.go, perf.go, simulate.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact
from lkagent_lint.facts.values import OPAQUE, Env, Expr, Text
from lkagent_lint.frontends.text import LK
from lkagent_lint.text import Lines

# Each alternative consumes what it begins, so the text is read once.
_TOKEN = re.compile(
    r"(?P<continued>\\\r?\n)"
    r"|(?P<end>[\n;|&`()]+)"
    r"|(?P<quoted>\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?)"
    r"|(?P<word>(?:\$\([^()\s]*\)|[^\s;|&`()'\",\[\]])+)"
)
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$\((\w+)\)|\$(\w+)|%(\w+)%")
_LITERAL = re.compile(r"[\w.:/@-]+(?: [\w.:/@-]+)*")
_LK = re.compile(LK)
_NAME_FLAGS = ("--agent-name", "--agent")


class Token(NamedTuple):
    """A word of a command, with its offsets in the text (0-based code points), quotes left out."""

    text: str
    start: int
    end: int


def commands(text: str) -> Iterator[tuple[Token, ...]]:
    """The commands of a text, in order; one that is written within quotes comes after the one that holds it."""
    spans = [(0, len(text))]
    while spans:
        start, end = spans.pop()
        words: list[Token] = []
        for match in _TOKEN.finditer(text, start, end):
            if match["end"]:
                if words:
                    yield tuple(words)
                words = []
            elif match["quoted"]:
                inner = match.start() + 1, match.end() - (len(match[0]) > 1 and match[0][-1] == match[0][0])
                words.append(Token(text[slice(*inner)], *inner))
                if (start, end) == (0, len(text)) and " " in words[-1].text:
                    spans.append(inner)
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


def dispatches(text: str, lines: Lines, *, presence: bool) -> Iterator[DispatchFact | DroppedFact]:
    """What the commands of a text dispatch, and the flags that they give in vain."""
    if not ("livekit-cli" in text or _LK.search(text) or ("connect" in text and "--room" in text)):
        return
    for words in commands(text):
        texts = [word.text for word in words]
        index = next((i for i, each in enumerate(texts) if each in ("lk", "livekit-cli") or each.endswith("/lk")), None)
        if index is not None:
            yield from _of_cli(words[index + 1 :], lines, presence)
        elif "connect" in texts and "--room" in texts[texts.index("connect") :]:
            # The agent's own command: python agent.py connect --room r
            yield _fact(words[texts.index("connect")], OPAQUE, lines, presence=True)


def _of_cli(words: tuple[Token, ...], lines: Lines, presence: bool) -> Iterator[DispatchFact | DroppedFact]:
    texts = [word.text for word in words]
    verbs = [each for each in texts[:4] if not each.startswith("-")]
    flags = {word.text: words[i + 1] if i + 1 < len(words) else None for i, word in enumerate(words)}
    name = next((flags[each] for each in _NAME_FLAGS if each in flags), None)
    if name is not None:
        yield _fact(name, name_of(name.text), lines, presence=presence)
        flag = words[texts.index("--agent")] if "--agent" in texts else None
        if verbs[:2] == ["token", "create"] and flag is not None and "--join" not in flags and not presence:
            yield DroppedFact(owner="lk token create", field="--agent", span=lines.span(flag.start, flag.end))
    elif verbs[:2] == ["dispatch", "create"]:
        yield _fact(words[0], OPAQUE, lines, presence=True)  # the command asks for it, or the flags follow elsewhere
    elif verbs[:1] == ["sip"] or any(each in flags for each in ("--agents-file", "--room-preset", "--request")):
        yield _fact(words[0], OPAQUE, lines, presence=True)  # a file or a preset says which


def _fact(word: Token, name: Expr, lines: Lines, *, presence: bool) -> DispatchFact:
    span = lines.span(word.start, word.end)
    return DispatchFact(kind=DispatchKind.COMMAND, span=span, name=name, presence=presence)


def name_of(text: str) -> Expr:
    """An agent's name as a script writes it: literal, one variable, or something that is not followed."""
    variable = _VARIABLE.fullmatch(text)
    if variable is not None:
        return Env(next(group for group in variable.groups() if group))
    return Text(text) if _LITERAL.fullmatch(text) else OPAQUE
