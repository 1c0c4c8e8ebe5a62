"""An agent that is exported as a plain object.

## What it does

Reports, from @livekit/agents 1.5.0 on, a file whose default export is an object with an `entry` that was not made by
`defineAgent`, where a worker runs that file.

## Why it is bad

The process that takes a job refuses the file and exits with 1: "Unable to load agent: Missing or invalid default
export". The worker itself registers, and every job that it is given fails.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Before 1.5.0, where any object with an `entry` was taken; where no worker of the project runs the file; where what is
exported is not written out.

## Evidence

@livekit/agents 1.5.0, `generator.ts` 27-29 (`isAgent` asks for a mark that only `defineAgent` sets); the loader of
1.7.0 and 1.9.0, run: the child process exits with 1 and says the sentence above.

## Fix safety

Safe: what `export default` exports is put into `defineAgent()`, and that is imported. For `module.exports` there is no
fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.intents import AddImport, Surround, safe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_NODE, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import NODE, Basis

META = Meta(
    "LKA309",
    "unwrapped-agent-export",
    Severity.ERROR,
    "an agent's default export that defineAgent did not make",
    basis=Basis.REFUSAL,
    sdks=IN_NODE,
    since=Change.AGENT_MUST_BE_DEFINED,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    run = {worker.agent_file for worker in project.workers}
    for path, facts in project.files.items():
        for agent in facts.agents:
            if not agent.defined and path in run and project.sdk(path).has(Change.AGENT_MUST_BE_DEFINED):
                place = Place(path, agent.span)
                wrapped = Surround(place, "defineAgent(", ")")
                yield META.at(
                    place,
                    "this agent was not made by defineAgent",
                    note='every job ends with "Unable to load agent: Missing or invalid default export"',
                    help="export default defineAgent({ ... })",
                    label="no agent of defineAgent",
                    fix=safe("make it by defineAgent()", wrapped, AddImport(path, NODE.package, "defineAgent")),
                )
