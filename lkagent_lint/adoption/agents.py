"""What coding agents read of a project: a paragraph of AGENTS.md, a skill, and the settings of their hooks.

Files of JSON are read, extended and read again: what they said they still say, and the one thing more.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

NAME = "lkagent-lint"
HOOK = f"{NAME} hook"
MANY = "AGENTS.md"
SKILL = f".claude/skills/{NAME}/SKILL.md"
CLAUDE = ".claude/settings.json"
CURSOR = ".cursor/hooks.json"

_PARAGRAPH = f"""\
## LiveKit agents

After editing code that uses LiveKit run `{NAME} --output-format agent` and mend what it reports: it finds what fails
without a word when an agent runs (joining the room too early, calls that nobody awaits, agents that nobody dispatches).
Before using a name of the SDK that you are not sure of, ask `{NAME} sdk NAME`, as in `{NAME} sdk session.say`: it says
whether the release that this project pins has it, and what took its place. `{NAME} rule CODE` explains a finding,
`{NAME} why FILE:LINE CODE` why it is there, `{NAME} --diff` shows what fixes would change.
"""
_SKILL = f"""\
---
name: {NAME}
description: Check LiveKit agents (Python, Node) for lifecycle and dispatch mistakes and for names that the SDK does not
  have. Use after editing code that imports livekit or @livekit, and before writing calls of the LiveKit SDK that you
  are not sure of.
---

# {NAME}

- After an edit: `{NAME} --output-format agent PATHS`. Mend every finding; each says what to do. It exits with 0 once
  nothing is left.
- Before writing a name of the SDK: `{NAME} sdk NAME` (`AgentSession`, `session.say`, `'AgentSession.start(room=)'`, an
  event). "no such thing" means that code which uses it fails; take what it names instead.
- `{NAME} rule CODE` explains a rule, `{NAME} why FILE:LINE CODE` what was resolved at a line.
- `{NAME} --diff` shows safe fixes, `{NAME} --fix` writes them. Read unsafe ones (`--unsafe-fixes --diff`) before you
  write them.
- `{NAME} graph` shows who dispatches whom.
- Never silence a finding without a reason: `# lkagent: ignore[CODE] the reason`.
"""


def skill() -> str:
    """The skill, as a new file."""
    return _SKILL


def with_paragraph(before: bytes) -> bytes | None:
    """An AGENTS.md with the paragraph; itself where it names the linter, None where it is no text."""
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if NAME in text:
        return before
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return f"{text}{gap}{_PARAGRAPH.replace(chr(10), end)}".encode()


def with_claude_hooks(before: bytes) -> bytes | None:
    """A ``.claude/settings.json`` whose hooks run after each edit and before the agent ends."""
    command = {"type": "command", "command": HOOK}
    return _with(
        before,
        {
            "PostToolUse": {"matcher": "Edit|Write|NotebookEdit", "hooks": [command]},
            "Stop": {"hooks": [command]},
        },
        {},
    )


def with_cursor_hooks(before: bytes) -> bytes | None:
    """A ``.cursor/hooks.json`` whose hook runs when the agent ends."""
    return _with(before, {"stop": {"command": HOOK}}, {"version": 1})


def _with(before: bytes, added: dict[str, dict[str, Any]], first: dict[str, Any]) -> bytes | None:
    """A file of JSON with one entry more in each of some lists of ``hooks``; itself where it runs the hook already,
    None where it says something else than lists there, or anything twice.
    """
    try:
        text = before.decode("utf-8")
        said: object = json.loads(text, object_pairs_hook=_once) if text.strip() else {}
    except (ValueError, RecursionError):
        return None
    if HOOK in text:
        return before
    if not isinstance(said, dict):
        return None
    document = cast("dict[str, Any]", said)
    hooks = document.get("hooks", {})
    if not isinstance(hooks, dict):
        return None
    grown = dict(cast("dict[str, Any]", hooks))
    for event, entry in added.items():
        known: object = grown.get(event, [])
        if not isinstance(known, list):
            return None
        grown[event] = [*cast("list[object]", known), entry]
    after = {**({} if document else first), **document, "hooks": grown}
    end = "\r\n" if "\r\n" in text else "\n"
    return (json.dumps(after, indent=_indent(text), ensure_ascii=False) + "\n").replace("\n", end).encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _indent(text: str) -> int | str:
    """The indentation of a file's first inner line."""
    found = re.search(r"\{\r?\n([ \t]+)", text)
    return found[1] if found is not None else 2
