"""Scaffolds a rule: its file and its fixtures, which fail until the rule finds what they expect.

python tools/new_rule.py 120 silent-in-joined-room --severity warning
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from string import Template
from typing import cast

REPOSITORY = Path(__file__).resolve().parents[1]

RULE = Template('''\
"""TODO one sentence: what is wrong, in the words of the people who run into it.

## What it does

TODO what it reports, and what it follows to find it.

## Why it is bad

TODO what happens at run time, quoting the runtime's own words where it says any.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

TODO what looks like it and is right, and where knowledge ends.

## Evidence

TODO SDK or server version, file and lines, or the issue where it was seen.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import $imported

META = Meta("$code", "$name", Severity.$severity, "TODO a line for tables"$default)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """TODO what is asked of the subject, if a page in words is not enough."""
    yield from ()
''')

AGENT = Template("""\
# TODO why this is $kind.
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await session.start(agent=Agent(instructions=""), room=ctx.room)$mark
""")

SETTINGS = Template("""\
[project]
name = "agent"
version = "1.0.0"
dependencies = ["livekit-agents==1.8.9"]

[tool.lkagent-lint]
root = true
$select""")

NEXT = Template("""\
Next:
  1. say in ${name}'s fixtures what is wrong (bad/), what is right (good/), and every shape that must stay silent
     (edge/<shape>/, at least five for a rule that follows paths)
  2. write the page and the check in $rule
  3. python tools/generate.py && python -m pytest -k $code
""")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("number", help="three digits; a code that was ever used is not used again")
    parser.add_argument("name", help="lower-case words with hyphens: what is wrong, not what to do")
    parser.add_argument("--severity", choices=("error", "warning", "info"), default="warning")
    parser.add_argument("--preview", action="store_true", help="it runs only where it is asked for")
    given = parser.parse_args(argv)
    number, name, severity = cast("tuple[str, str, str]", (given.number, given.name, given.severity))
    if not re.fullmatch(r"\d{3}", number) or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        parser.error("write it like this: tools/new_rule.py 120 silent-in-joined-room")
    taken = [*REPOSITORY.glob(f"lkagent_lint/rules/lka{number}_*"), *REPOSITORY.glob(f"fixtures/rules/*-{name}")]
    if taken:
        parser.error(f"there is already {taken[0].relative_to(REPOSITORY)}")
    rule = scaffold(number, name, severity, preview=bool(given.preview))
    print(NEXT.substitute(name=name, code=f"LKA{number}", rule=rule))
    return 0


def scaffold(number: str, name: str, severity: str, *, preview: bool) -> Path:
    """Write a rule's blanks; returns its path in the repository."""
    code = f"LKA{number}"
    rule = REPOSITORY / "lkagent_lint" / "rules" / f"lka{number}_{name.replace('-', '_')}.py"
    imported, default = ("Default, Meta", ", Default.PREVIEW") if preview else ("Meta", "")
    text = RULE.substitute(code=code, name=name, severity=severity.upper(), imported=imported, default=default)
    rule.write_text(text, encoding="utf-8")
    settings = SETTINGS.substitute(select=f'select = ["LKA", "{code}"]\n' if preview else "")
    for kind, mark in (("bad", f'  # expect {code} "TODO words of the message"'), ("good", "")):
        folder = REPOSITORY / "fixtures" / "rules" / f"{code}-{name}" / kind
        folder.mkdir(parents=True)
        shown = "wrong" if kind == "bad" else "right"
        (folder / "agent.py").write_text(AGENT.substitute(kind=shown, mark=mark), encoding="utf-8")
        (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return rule.relative_to(REPOSITORY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
