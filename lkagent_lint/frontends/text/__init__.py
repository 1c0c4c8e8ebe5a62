"""Files that are neither Python nor JavaScript, as facts: JSON and YAML by their structure, scripts by their commands,
everything else by its words.

This module says which files these are; what reads them is imported when there is one to read.
"""

from __future__ import annotations

import re

import msgspec

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.languages import JSON, SCANNED, YAML

_SCRIPTS = (".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".mk", ".just", ".tcl")
_SCRIPT_NAMES = re.compile(
    r"(?:GNUm|M|m)akefile|[Jj]ustfile|(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile|Procfile|\.env.*"
)

_EXAMPLE = re.compile(r"(?:^|[._-])(?:example|sample|template|dist|default|tmpl|tpl)s?(?:[._-]|$)", re.IGNORECASE)
_SETS_VARIABLE = re.compile(rb"(?:AGENT|BOT(?![HT])|ASSISTANT|WORKER|DISPATCH)[A-Z_]*[\"']?[ \t]*[:=]")

# What any spelling of a dispatch holds, in lower case. Searching for literals is ten times faster than a pattern.
_WORDS = (
    b"agentname",
    b"agent_name",
    b"agentdispatch",
    b"createdispatch",
    b"create_dispatch",
    b"roomconfig",
    b"room_config",
    b"roompreset",
    b"room_preset",
    b"dispatchrule",
    b"dispatch_rule",
)
_EXACT_WORDS = (b"withAgent", b"--agent", b"TokenRequestOptions", b"AgentDispatchService")
LK = r"lk(?<!\wlk)(?!\w)"
"""The name of the LiveKit CLI as a word; it begins with a letter that a search can skip to."""
_COMMAND = re.compile(LK.encode())


def may_dispatch(data: bytes) -> bool:
    """Whether a text can say anything about a dispatch; what is False has no facts."""
    if b"\0" in data[:4096]:
        return False
    if any(word in data for word in _EXACT_WORDS) or _COMMAND.search(data):
        return True
    if b"--room" in data and b"connect" in data:
        return True
    folded = data.lower()
    return any(word in folded for word in _WORDS) or _SETS_VARIABLE.search(data) is not None


def extract(data: bytes, name: str) -> FileFacts:
    """The facts of one file by its bytes and base name; none for a binary file. Never raises for bad input."""
    if not may_dispatch(data):
        return FileFacts(language="text")
    from lkagent_lint.frontends.text.reading import facts_of

    return facts_of(data, name)


def is_script(name: str) -> bool:
    """Whether a file of this base name holds commands."""
    return name.endswith(_SCRIPTS) or _SCRIPT_NAMES.fullmatch(name) is not None


def is_scanned(name: str) -> bool:
    """Whether a file of this base name is in a programming language that is scanned for constructs."""
    return any(name.lower().endswith(suffixes) for suffixes in SCANNED.values())


def is_example(name: str) -> bool:
    """Whether a file of this base name only shows what could be set: ``.env.example``, ``config.sample.yaml``."""
    return _EXAMPLE.search(name) is not None


def configures(name: str) -> bool:
    """Whether a file of this base name says how things are run, so that it may deploy an agent."""
    return name.endswith((*JSON, *YAML, ".toml", ".ini", ".cfg", ".conf", ".tf", ".hcl")) or is_script(name)


def silenced(facts: FileFacts) -> FileFacts:
    """The facts of a file that git ignores: others do not have it, so it only silences."""
    dispatches = tuple(msgspec.structs.replace(each, presence=True) for each in facts.dispatches)
    return msgspec.structs.replace(facts, dispatches=dispatches, dropped=(), sip_rules=())
