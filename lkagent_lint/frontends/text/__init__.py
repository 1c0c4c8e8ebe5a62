"""Files that are neither Python nor JavaScript, as facts: JSON and YAML by their structure, scripts by their commands,
everything else by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact, FileFacts, SipRuleFact
from lkagent_lint.frontends.text import commands, markers
from lkagent_lint.sources.reading import decode_loosely
from lkagent_lint.text import Lines

_JSON = (".json", ".jsonc", ".json5")
_YAML = (".yaml", ".yml")
_SCRIPTS = (".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".mk", ".just", ".tcl")
_SCRIPT_NAMES = re.compile(
    r"(?:GNUm|M|m)akefile|[Jj]ustfile|(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile|Procfile|\.env.*"
)
# export AGENT_NAME=desk, ENV AGENT_NAME desk, AGENT_NAME := desk
_ASSIGNMENT = re.compile(
    r"^[ \t]{0,40}(?:(?:export|ENV|ARG)[ \t]{1,8})?(?:\w{0,60}_)?AGENT_NAME[ \t]{0,8}(?:[:?]?=|[ \t])[ \t]{0,8}"
    r"(?P<quote>[\"']?)(?P<value>[^\s\"'#]{0,200})(?P=quote)",
    re.MULTILINE,
)
_MAX_HERE_DOCUMENTS = 100
"""In one script; each is read with everything before it blanked out."""
_HERE_DOCUMENT = re.compile(r"<<-?[ \t]?['\"]?(?P<end>[A-Za-z_]{1,40})\b")

Found = DispatchFact | DroppedFact | SipRuleFact


def may_dispatch(data: bytes) -> bool:
    """Whether a text can say anything about a dispatch; what is False has no facts."""
    return b"\0" not in data[:4096] and markers.MARKS.search(data) is not None


def extract(data: bytes, name: str) -> FileFacts:
    """The facts of one file by its bytes and base name; none for a binary file. Never raises for bad input."""
    if not may_dispatch(data):
        return FileFacts(language="text")
    text = decode_loosely(data)
    lines = Lines(text)
    found = _structured(text, name) if len(data) <= _structured_limit() else None
    if found is not None:
        language, facts = found
        return _collected(language, [*facts, *commands.dispatches(text, lines, presence=False)])
    if _is_script(name):
        return _collected("script", _of_script(text, lines))
    loose = commands.dispatches(text, lines, presence=True)
    return _collected("text", [*markers.dispatches(text, lines), *loose])


def _is_script(name: str) -> bool:
    return name.endswith(_SCRIPTS) or _SCRIPT_NAMES.fullmatch(name) is not None


def configures(name: str) -> bool:
    """Whether a file of this base name says how things are run, so that it may deploy an agent."""
    return name.endswith((*_JSON, *_YAML, ".toml", ".ini", ".cfg", ".conf", ".tf", ".hcl")) or _is_script(name)


def silenced(facts: FileFacts) -> FileFacts:
    """The facts of a file that git ignores: others do not have it, so it only silences."""
    dispatches = tuple(msgspec.structs.replace(each, presence=True) for each in facts.dispatches)
    return msgspec.structs.replace(facts, dispatches=dispatches, dropped=(), sip_rules=())


def _structured_limit() -> int:
    from lkagent_lint.frontends.text.documents import MAX_BYTES

    return MAX_BYTES


def _structured(text: str, name: str) -> tuple[str, list[Found]] | None:
    """The facts of a JSON or YAML file; None for others, and for one that cannot be read as such."""
    if not name.endswith(_JSON + _YAML):
        return None
    from lkagent_lint.frontends.text import structures
    from lkagent_lint.frontends.text.documents import json_documents, yaml_documents

    is_json = name.endswith(_JSON)
    documents = json_documents(text) if is_json else yaml_documents(text)
    return None if documents is None else ("json" if is_json else "yaml", list(structures.facts_of(documents)))


def _of_script(text: str, lines: Lines) -> list[Found]:
    """Commands, JSON in here-documents, and every other mention of an agent's name by its words."""
    found: list[Found] = list(commands.dispatches(text, lines, presence=False))
    found += _of_here_documents(text)
    for match in _ASSIGNMENT.finditer(text):
        if match["value"]:
            span = lines.span(*match.span("value"))
            name = commands.name_of(match["value"])
            found.append(DispatchFact(kind=DispatchKind.REQUEST, span=span, name=name, presence=True))
    rest = _ASSIGNMENT.sub(lambda match: " " * len(match[0]), text)
    return found + list(markers.dispatches(rest, lines))


def _of_here_documents(text: str) -> Iterable[Found]:
    """JSON between ``<<EOF`` and ``EOF``. The rest of the script is blanked out, so that positions stay."""
    end, body, start, offset, left = "", list[str](), 0, 0, _MAX_HERE_DOCUMENTS
    for line in text.splitlines(keepends=True):
        offset += len(line)
        opened = None if end else _HERE_DOCUMENT.search(line)
        if opened is not None:
            end, body, start = opened["end"], [], offset
        elif end and line.strip() == end:
            left -= 1
            if left < 0:
                return
            yield from _of_json("".join(body), text[:start])
            end = ""
        elif end:
            body.append(line)


def _of_json(body: str, before: str) -> Iterable[Found]:
    if not body.lstrip().startswith("{"):
        return ()
    from lkagent_lint.frontends.text import structures
    from lkagent_lint.frontends.text.documents import json_documents

    documents = json_documents(re.sub(r"[^\r\n]", " ", before) + body)
    return structures.facts_of(documents or ())


def _collected(language: str, found: Iterable[Found]) -> FileFacts:
    facts = list(found)
    return FileFacts(
        language=language,
        dispatches=tuple(each for each in facts if isinstance(each, DispatchFact)),
        dropped=tuple(each for each in facts if isinstance(each, DroppedFact)),
        sip_rules=tuple(each for each in facts if isinstance(each, SipRuleFact)),
    )
