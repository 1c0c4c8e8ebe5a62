"""Dispatches in languages that are not parsed, found by each SDK's own constructs; no finding ever stands at one.

A name counts where it stands inside a construct that dispatches: a message of the protocol, a list of agents, a call
of the dispatch client, the options of a token's request, a request to the real service. Anywhere else the word is none.

Sources: livekit-server-sdk for Go, Ruby, Kotlin, PHP and Rust, client-sdk-swift, -android, -flutter and -unity, as
listed in the reference on spellings (C4, C5, C9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.facts.file import DispatchFact, DispatchKind
from lkagent_lint.facts.values import OPAQUE, Env, Expr, Text
from lkagent_lint.frontends.text.languages import ENVIRONMENT, Language, without_comments
from lkagent_lint.text import Lines

_OPENERS = re.compile(
    r"(?P<message>\b(?:RoomAgentDispatch|CreateAgentDispatchRequest|TokenRequestOptions|TokenSourceFetchOptions)\b"
    r"(?:\.new(?:Builder)?|::new)?\s{0,3}(?=[({\[])|\btokenOptions:\s{0,3}\.init(?=\())"
    r"|(?P<declared>\b(?:RoomAgentDispatch|CreateAgentDispatchRequest|TokenRequestOptions)\s{1,3}\w{1,60}\s{0,3};)"
    r"|(?P<block>^\s{0,40}agents\s{0,3}(?=\{))"
    r"|(?P<agents>[\"']?\b[aA]gents\b[\"']?\s{0,3}(?:=>|:=|[:=])\s{0,3}(?:vec!|new\b[^\[{(\n;]{0,60}|\[\]\*?[\w.]{1,60}"
    r"|(?:mutable)?listOf|arrayOf|List\.of|Arrays\.asList|@)?\s{0,3}(?=[\[{(]))"
    r"|(?P<call>\b(?:create_?[dD]ispatch|CreateDispatch)\s{0,3}(?=\())"
    r"|(?P<builder>\b[sS]et_?[aA]gent_?[nN]ame\s{0,3}(?=\()|\bwithAgent\s{0,3}(?=\())"
    r"|(?P<service>livekit\.AgentDispatchService/CreateDispatch)"
    r"|(?P<preset>\b(?:[sS]et|with_?|[wW]ith)?_?[rR]oom_?[pP]reset\b[\"']?\s{0,3}(?:=>|:=|[:=(]))"
    r"|(?P<asset>^[ ]*_agentName:[ ]{0,3}(?=\S))"
    r"|(?P<send>\b(?:fetch|post|put|request|invoke|useSession)\s{0,3}(?=\())",
    re.MULTILINE,
)
_NAME = re.compile(
    r"(?:\b|_)(?:set_?)?agent_?name\b[\"'`]?\s{0,3}(?:=>|:=|[:=(])\s{0,3}"
    r"(?P<value>\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|`[^`\n]{0,200}`|[^\s,;)}\]][^,;)}\]\n]{0,120})",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"[\"'`](?P<text>[\w.:/@ -]{1,200})[\"'`](?:\.(?:to_string|to_owned|into)\(\)|\.freeze)?")
_CONVERTED = re.compile(r"\.(?:to_string|to_owned|into|clone|as_str|toString|trim)\(\)$")
_DEFAULT = re.compile(
    r"[\"']?\s{0,3}[\])]{0,2}\s{0,3}(?:,\s{0,3}(?:default(?:Value)?:\s{0,3})?|\?\?|\?:|\|\||\bor\b|"
    r"\.unwrap_or(?:_else)?\(\s{0,3}(?:\|_\|\s{0,3})?|\.getOrDefault\(|\.orElse\()\s{0,3}"
    r"[\"'](?P<text>[\w.:/@ -]{1,200})[\"']"
)
"""What stands behind a variable of the environment that has a default."""
_WORD = re.compile(r"\w+")
_DECLARED = re.compile(r"[\w)>][ ]+\w*$")
_USED = re.compile(r"\b(?:new|return|await|let|val|var|const|auto|yield)[ ]+$")
_SPRING = re.compile(
    r"@Value\(\s*\"\$\{(?P<variable>[\w.-]{1,80})(?::(?P<default>[^}\"]{0,80}))?\}\"\s*\)"
    r"[^;=]{0,120}?\b(?P<name>\w+)\s*[;,)]"
)
_BRACKET = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?|[(\[{)\]},]")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_MAX_OPENERS = 2_000
"""Words of one file that may begin a construct; what stands behind them in a file of more is not looked at."""
_REACH = 1_200
"""Code points within which a construct has to close."""
_LONGEST_VALUE = 300
_MAX_FOUND = 500
"""Dispatches of one file; nobody writes so many by hand."""


NamedConstruct = tuple[Expr, int, int]
"""A name, and the offsets of where it stands or of the construct's first word."""


def _written(text: str) -> Expr:
    """A literal, or a variable of the environment with the default that is written out; opaque for all else."""
    literal = _LITERAL.fullmatch(text)
    if literal is not None:
        return Text(literal["text"])
    environment = ENVIRONMENT.match(text)
    if environment is None:
        return OPAQUE
    default = _DEFAULT.match(text, environment.end("variable"))
    return Env(environment["variable"], None if default is None else Text(default["text"]))


class Region(NamedTuple):
    """What stands between a construct's brackets, by offsets (0-based code points), and where the reach ended."""

    start: int
    end: int


def dispatches(text: str, lines: Lines, language: Language) -> Iterator[DispatchFact]:
    """The dispatches that a text's constructs make, in order."""
    code = without_comments(text, language)
    finder = _Finder(code, language, is_livekit="livekit" in text.lower())
    for number, (name, start, end) in enumerate(finder.find()):
        if number == _MAX_FOUND:
            return
        yield DispatchFact(kind=DispatchKind.REQUEST, span=lines.span(start, end), name=name, presence=True)


class _Finder:
    def __init__(self, code: str, language: Language, *, is_livekit: bool) -> None:
        self._code = code
        self._language = language
        self._is_livekit = is_livekit
        """A name that is not known counts only in a file that speaks of LiveKit: others dispatch other things."""

    def find(self) -> Iterator[NamedConstruct]:
        """Each dispatch's name with the offsets of its construct's first word or of the name."""
        covered = 0
        for opener, _ in zip(_OPENERS.finditer(self._code), range(_MAX_OPENERS), strict=False):
            kind = opener.lastgroup or ""
            if opener.start() < covered and kind != "builder":
                continue
            if kind == "send" and not self._language.holds_script:
                continue
            found = list(self._of(kind, opener))
            yield from found
            if found and kind in ("message", "agents", "call", "service", "send"):
                covered = max(covered, *(end for _, _, end in found))

    def _of(self, kind: str, opener: re.Match[str]) -> Iterator[NamedConstruct]:
        unknown: list[NamedConstruct] = [(OPAQUE, opener.start(), opener.end())] if self._is_livekit else []
        match kind:
            case "preset":
                yield from unknown
            case "asset":
                end = self._code.find("\n", opener.end())
                value = self._code[opener.end() : end if end >= 0 else len(self._code)].strip()
                if value.strip("\"'"):
                    yield Text(value.strip("\"'")), opener.start(), opener.end()
            case "declared":  # C++: the name is assigned behind it
                named = list(self._named(Region(opener.end(), opener.end() + _REACH)))[:1]
                yield from named or unknown
            case "block":
                if self._language.name == "Terraform":
                    yield from self._named(self._region(opener.end()))
            case "service":
                named = list(self._named(Region(opener.end(), opener.end() + _REACH)))[:1]
                yield from named or unknown
            case "send":
                region = self._region(opener.end())
                body = self._code[region.start : region.end]
                if re.search(r"room|livekit", body, re.IGNORECASE):
                    yield from self._named(region)
            case "builder":
                if not self._is_declared(opener):
                    yield from self._argument(opener, 0, unknown)
            case "call":
                if not self._is_declared(opener):
                    yield from self._called(opener, unknown)
            case _:
                if not self._is_declared(opener):
                    yield from self._built(opener, unknown)

    def _is_declared(self, opener: re.Match[str]) -> bool:
        """The word is declared here, or names a type, instead of being called or made."""
        before = self._code[max(0, opener.start() - 60) : opener.start()].rpartition("\n")[2]
        return _USED.search(before) is None and _DECLARED.search(before) is not None

    def _called(self, opener: re.Match[str], unknown: list[NamedConstruct]) -> Iterator[NamedConstruct]:
        """``createDispatch(room, name, …)``, by a keyword, by position, or with a request that stands within it."""
        region = self._region(opener.end())
        named = list(self._named(region))
        if named:
            yield from named
        elif "CreateAgentDispatchRequest" in self._code:
            return  # the request says it, wherever it is made
        else:
            yield from self._argument(opener, 1, unknown)

    def _argument(
        self, opener: re.Match[str], position: int, unknown: list[NamedConstruct]
    ) -> Iterator[NamedConstruct]:
        parts = list(self._split(self._region(opener.end())))
        if position >= len(parts):
            if position == 0:
                return
            yield from unknown
            return
        start, end = parts[position]
        value = re.sub(r"^\w+\s*[:=]\s*(?=[\"'])", "", self._code[start:end].strip())
        name = self._value(value)
        if name != OPAQUE or self._is_livekit:
            yield name, start, end

    def _built(self, opener: re.Match[str], unknown: list[NamedConstruct]) -> Iterator[NamedConstruct]:
        """A message, or a list of agents: the names within it; of a builder or an empty one, what is set behind it."""
        region = self._region(opener.end())
        named = list(self._named(region))
        if named:
            yield from named
        elif opener["agents"]:
            return  # an empty list, one of variables that are made elsewhere, or other agents than these
        elif not self._code[region.start : region.end].strip():
            behind = _NAME.search(self._code, region.end, region.end + _REACH)
            if behind is None:
                yield from unknown
            elif not re.search(r"set_?agent_?name", behind[0], re.IGNORECASE):  # builders are found by their own word
                yield self._value(behind["value"]), behind.start("value"), behind.end("value")
        elif opener["message"].startswith(("RoomAgent", "CreateAgent")):
            yield from unknown

    def _named(self, region: Region) -> Iterator[NamedConstruct]:
        for match in _NAME.finditer(self._code, region.start, region.end):
            name = self._value(self._extent(match.start("value"), region.end))
            if name != OPAQUE or self._is_livekit:
                yield name, match.start("value"), match.end("value")

    def _extent(self, start: int, limit: int) -> str:
        """A value as far as it is written: to the comma, the bracket or the line that ends it."""
        depth, limit = 0, min(limit, start + _LONGEST_VALUE)
        for match in _BRACKET.finditer(self._code, start, limit):
            if match[0] in _OPENING:
                depth += 1
            elif match[0] in _CLOSING:
                depth -= 1
            if depth < 0 or (match[0] == "," and depth == 0):
                limit = match.start()
                break
        return self._code[start:limit].partition("\n")[0].strip()

    # Values

    def _value(self, text: str) -> Expr:
        """What a value that is written out says: a literal, a variable of the environment, a constant of the file."""
        text = _CONVERTED.sub("", text.strip().removesuffix(";"))
        known = _written(text)
        if known != OPAQUE:
            return known
        name = text.rpartition(".")[2].removeprefix("$").removeprefix("@")
        return self._constant(name) if _WORD.fullmatch(name) else OPAQUE

    def _constant(self, name: str) -> Expr:
        """The one literal that the file gives to a name, wherever it is a constant or a variable."""
        given = re.compile(
            rf"(?<![\w.\"'])\$?{re.escape(name)}\b(?:\s{{0,3}}:\s{{0,3}}[\w?<>&']{{1,40}}(?: str)?)?"
            r"\s{0,3}:?=(?![=>])\s{0,3}([^\n;]{1,200})"
            rf"|^\s{{0,40}}@{re.escape(name)}[ ]{{1,3}}(\"[^\"\n]{{1,200}}\")",  # an attribute of an Elixir module
            re.MULTILINE,
        )
        found = (match[1] or match[2] for match in given.finditer(self._code))
        values = {each.strip().removesuffix(",") for each in found}
        if len(values) == 1:
            return _written(values.pop())
        for match in _SPRING.finditer(self._code) if not values else ():
            if match["name"] == name:
                default = match["default"]
                return Env(match["variable"], None if default is None else Text(default))
        return OPAQUE

    # Brackets

    def _region(self, at: int) -> Region:
        """What stands between the bracket at an offset and the one that closes it, or as far as is looked."""
        end = min(len(self._code), at + _REACH)
        return Region(at + 1, min(self._closing.get(at, end), end))

    @cached_property
    def _closing(self) -> dict[int, int]:
        """Where each bracket is closed, by offsets; brackets in strings are none."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for match in _BRACKET.finditer(self._code):
            if match[0] in _OPENING:
                opened.append(match.start())
            elif match[0] in _CLOSING and opened:
                found[opened.pop()] = match.start()
        return found

    def _split(self, region: Region) -> Iterator[tuple[int, int]]:
        """The offsets of what commas part at the top of a region."""
        depth, start = 0, region.start
        for match in _BRACKET.finditer(self._code, region.start, region.end):
            if match[0] in _OPENING:
                depth += 1
            elif match[0] in _CLOSING:
                depth -= 1
            elif match[0] == "," and depth == 0:
                yield start, match.start()
                start = match.end()
        if self._code[start : region.end].strip():
            yield start, region.end
