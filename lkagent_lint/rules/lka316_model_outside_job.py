"""A model that needs a job's context is made where there is no job.

## What it does

Reports `MultilingualModel()` and `EnglishModel()` of the turn detector that are made in a setup function, in a plain
function that it calls, or when a module is imported.

## Why it is bad

The constructor asks for the context of the job and raises "RuntimeError: no job context found, are you running this
code inside a job entrypoint?". In a setup function no process of the worker can initialise, so no job ever runs; at
the top level of a module the worker does not even start.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In an entry, a tool, a hook and everything else that runs in a job; when it is given `inference_executor=`; in functions
that are not surely registered as setup functions.

## Evidence

livekit-plugins-turn-detector 1.5.8, `turn_detector/base.py` 211: `get_job_context().inference_executor`; livekit-agents
1.8.9: `get_job_context()` raises outside of a job; run.

## Fix safety

There is no fix: the model has to move into the entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.following import argument
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.things import Activation, Sdk
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.setups import setups
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.walks import walked
from lkagent_lint.questions.wording import shortened, words
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA316",
    "model-outside-job",
    Severity.ERROR,
    "a model that needs a job is made where there is none",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)

_MODELS = ("MultilingualModel", "EnglishModel")
_PACKAGES = ("livekit.plugins.turn_detector.", "livekit.plugins.livekit.")
_DEPTH = 3
"""Functions that a setup function calls are followed so far."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    prepared = _prepared(subject)
    for each in subject.methods.written(_MODELS):
        where = "" if not _is_model(each) else _outside(each.activation, prepared)
        if where:
            raises = "throws" if words(each.place).spells_camel else "raises RuntimeError"
            yield META.at(
                each.place,
                f"{shortened(word_of(each.call))}() needs the context of a job",
                note=f"it {raises} (no job context found) {where}",
                help="make it in the entry function",
                label="no job runs here",
                subject=each.activation.name,
            )


def _is_model(found: WrittenCall) -> bool:
    targets = found.targets
    known = targets and all(isinstance(each, Sdk) and each.name.startswith(_PACKAGES) for each in targets)
    return bool(known) and argument(found.call, None, "inference_executor") is None


def _outside(activation: Activation, prepared: frozenset[tuple[str, str]]) -> str:
    if activation.name == MODULE:
        return "when the module is imported"
    return (
        "in the setup function, so that no process can start" if (activation.path, activation.name) in prepared else ""
    )


def _prepared(subject: Subject) -> frozenset[tuple[str, str]]:
    """The registered setup functions, and what they call themselves."""
    evaluator = subject.project.evaluator
    registered = setups(subject.project, subject.methods)
    roots = (run.activation for setup in registered for run in evaluator.running.given(setup))
    return frozenset((each.path, each.name) for each in walked(roots, evaluator, lambda _: True, depth=_DEPTH))
