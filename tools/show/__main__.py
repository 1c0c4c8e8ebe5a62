"""What the linter makes of a file, in words.

    python -m tools.show FILE [--flow NAME]

Prints the facts of the file, its flows as blocks of steps, and every job of its project that runs through it, with each
event in the file and the states in which the job reaches it. The file is read with its project and its settings.
``--flow`` leaves all but the flows whose name holds these letters. Exits with 2 where the file has no facts.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from lkagent_lint import engine
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.questions.subject import Subject
from lkagent_lint.stack import run_deep
from tools.show.drawing import drawn_flow
from tools.show.facts import fact_lines
from tools.show.states import job_lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--flow", default="", metavar="NAME", help="only flows whose name holds these letters")
    given = parser.parse_args(arguments)
    path = os.path.realpath(given.file)
    survey = next(iter(engine.survey(engine.Request(paths=(path,), jobs=1))), None)
    if survey is None or path not in survey.project.files:
        print(f"no facts: {given.file} takes no part in any project", file=sys.stderr)
        return 2
    subject = Subject(survey.project)
    print("\n".join(run_deep(lambda: list(shown(subject, path, given.flow)))))
    return 0


def shown(subject: Subject, path: str, flow: str = "") -> Iterator[str]:
    """What is known of a file (absolute path), line by line."""
    project = subject.project
    facts = project.files[path]
    yield f"{os.path.basename(path)}: {facts.language}, judged by {project.sdk(path).label(project.root)}"
    if not flow:
        yield from _part("Facts", fact_lines(facts))
    yield from _part("Flows", _flows(facts, flow))
    yield from _part("Jobs", job_lines(subject, path))


def _flows(facts: FileFacts, name: str) -> Iterator[str]:
    for each in facts.flows.values():
        if name in each.name and any(block.steps for block in each.blocks):
            yield from drawn_flow(each, facts).split("\n")


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield from ("", title)
    held = [f"  {line}" for line in lines]
    yield from held or ["  none"]


if __name__ == "__main__":
    sys.exit(main())
