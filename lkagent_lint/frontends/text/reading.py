"""Making the facts: what kind of file it is decides how its text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lkagent_lint.facts.file import DispatchFact, DroppedFact, FileFacts, SipRuleFact, VariableFact
from lkagent_lint.frontends.text import commands, constructs, is_example, is_script
from lkagent_lint.frontends.text.languages import DOCUMENT, SHELL, language_of
from lkagent_lint.languages import JSON, YAML
from lkagent_lint.sources.reading import decode_loosely
from lkagent_lint.text import Lines

# export AGENT_NAME=desk, ENV AGENT_NAME desk, AGENT_NAME := desk
_ASSIGNMENT = re.compile(
    r"^[ \t]{0,40}(?:(?:export|ENV|ARG|set|SET)[ \t]{1,8})?(?P<variable>[A-Z_]\w{0,80})"
    r"[ \t]{0,8}(?:[:?]?=|[ \t])[ \t]{0,8}"
    r"(?P<quote>[\"']?)(?P<value>[^\"'#\r\n]{1,100}?)(?P=quote)[ \t]*(?:#[^\n]*)?\r?$",
    re.MULTILINE,
)
_MAX_HERE_DOCUMENTS = 100
"""In one script; each is read with everything before it blanked out."""
_LONG_LINE = 5_000
HERE_DOCUMENT = re.compile(r"<<-?[ \t]?['\"]?(?P<end>[A-Za-z_]{1,40})\b")

_WRITTEN_HERE = re.compile(r"(?:>|\btee)[ \t]{0,4}[\"']?(?P<file>[^\s\"'<>|;]{1,200})[\"']?[ \t]{0,4}<<")
"""``cat > rule.json <<EOF``"""

TextFact = DispatchFact | DroppedFact | SipRuleFact | VariableFact


def facts_of(data: bytes, name: str) -> FileFacts:
    """The facts of one file by its bytes and base name."""
    text = decode_loosely(data)
    lines = Lines(text)
    found = _structured(text, name) if len(data) <= _structured_limit() else None
    if found is not None:
        language, facts = found
        return _collected(language, [*facts, *commands.dispatches(text, lines, presence=False)])
    if is_script(name):
        return _collected("script", _of_script(text, lines, name))
    # JSON and YAML that do not parse, such as templates, are scanned as a program's text would be.
    scanned = DOCUMENT if name.endswith(JSON + YAML) else language_of(name)
    code = [] if scanned is None or _is_generated(text) else list(constructs.dispatches(text, lines, scanned))
    # Commands in prose are what people run by hand; those in a program's text are what it runs.
    return _collected("text", [*code, *commands.dispatches(text, lines, presence=True)])


def _is_generated(text: str) -> bool:
    """Whether no person has written it: a report with a program's text in it, a page that a bundler made."""
    return max(map(len, text.split("\n"))) > _LONG_LINE


def _structured_limit() -> int:
    from lkagent_lint.sources.documents import MAX_BYTES

    return MAX_BYTES


def _structured(text: str, name: str) -> tuple[str, list[TextFact]] | None:
    """The facts of a JSON or YAML file; None for others, and for one that cannot be read as such."""
    if not name.endswith(JSON + YAML):
        return None
    from lkagent_lint.frontends.text import structures
    from lkagent_lint.sources.documents import json_documents, yaml_documents

    is_json = name.endswith(JSON)
    documents = json_documents(text) if is_json else yaml_documents(text)
    if documents is None:
        return None
    return ("json" if is_json else "yaml", list(structures.facts_of(documents, is_example=is_example(name))))


def _of_script(text: str, lines: Lines, name: str) -> list[TextFact]:
    """Commands, JSON in here-documents, requests to the real service, and the variables that are set."""
    from lkagent_lint.frontends.text.structures import set_variable

    written = {match["file"] for match in _WRITTEN_HERE.finditer(text)}
    asked = commands.dispatches(text, lines, presence=False)
    # A file that the script writes from a here-document says there what it asks for.
    found: list[TextFact] = [each for each in asked if not (isinstance(each, DispatchFact) and each.file in written)]
    found += _of_here_documents(text)
    for match in _ASSIGNMENT.finditer(text):
        span = lines.span(*match.span("value"))
        found += set_variable(match["variable"], match["value"].strip(), span, is_example=is_example(name))
    return found + list(constructs.dispatches(text, lines, SHELL))


def _of_here_documents(text: str) -> Iterable[TextFact]:
    """JSON between ``<<EOF`` and ``EOF``. The rest of the script is blanked out, so that positions stay."""
    end, body, start, offset, left = "", list[str](), 0, 0, _MAX_HERE_DOCUMENTS
    for line in text.splitlines(keepends=True):
        offset += len(line)
        opened = None if end else HERE_DOCUMENT.search(line)
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


def _of_json(body: str, before: str) -> Iterable[TextFact]:
    if not body.lstrip().startswith("{"):
        return ()
    from lkagent_lint.frontends.text import structures
    from lkagent_lint.sources.documents import json_documents

    documents = json_documents(re.sub(r"[^\r\n]", " ", before) + body)
    return structures.facts_of(documents or ())


def _collected(language: str, found: Iterable[TextFact]) -> FileFacts:
    facts = list(found)
    return FileFacts(
        language=language,
        dispatches=tuple(each for each in facts if isinstance(each, DispatchFact)),
        dropped=tuple(each for each in facts if isinstance(each, DroppedFact)),
        sip_rules=tuple(each for each in facts if isinstance(each, SipRuleFact)),
        set_variables=tuple(each for each in facts if isinstance(each, VariableFact)),
    )
