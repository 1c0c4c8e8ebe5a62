"""An image holds no files for a plugin that needs them.

## What it does

Reports a Dockerfile whose worker uses the turn detector's models, and in which nothing downloads them: no `RUN` of
`download-files`, no script of the project, and nothing that is copied from elsewhere.

## Why it is bad

The plugin looks for its files where they were downloaded and does not fetch them itself: "Make sure you have
downloaded the model before running the agent. Use `python -m livekit.agents download-files` to download the model." The
process that infers does not start, and every job ends before anybody is heard.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the image is built from one that is not known to hold a language or a system alone; where a script, a program or a
copied folder may bring the files; where a process, a service or a script of package.json downloads them; where the
plugin is used in another package only.

## Evidence

livekit-plugins-turn-detector 1.5.17, `base.py` 29-42 and 117-145; `cli.js` 180 of @livekit/agents 1.9.0.

## Fix safety

There is no fix: where the command belongs depends on the image's stages and users.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Default, Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import START_OF_FILE

META = Meta(
    "LKA605",
    "models-not-downloaded",
    Severity.WARNING,
    "an image without the files that a plugin needs",
    Default.PREVIEW,
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    deployment = subject.deployment
    for started in deployment.started:
        plugin = deployment.lacks_models(started)
        if plugin and not started.process.inherits and not started.for_development:
            command = "npx livekit-agents" if started.worker.endswith(SCRIPTS) else "python -m livekit.agents"
            yield META.at(
                started.place,
                "nothing in this image downloads the plugin's models",
                note=f"the worker uses {plugin}, which does not fetch its files itself, so its process cannot start",
                help=f"add a RUN of `{command} download-files`",
                label="started without them",
                related=[Related(Place(started.worker, START_OF_FILE), "the worker")],
                subject=started.process.name,
            )
