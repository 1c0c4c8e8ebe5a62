"""What an annotation promises about a parameter."""

from __future__ import annotations

import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.project.things import UNKNOWN, SdkObject, Things, only
from tests.typestate.solving import ROOT, project_of

CONTEXT = only(SdkObject("JobContext"))


def parameter(annotation: str) -> Things:
    """What ``ctx`` holds in ``def f(ctx: annotation)``."""
    text = f"""\
import typing as t
from typing import Annotated, Optional, Union
from fakes import Fake
from livekit.agents import JobContext
def f(ctx: {annotation}):
    ctx.connect()
"""
    project = project_of({"agent.py": text})
    flow = project.files[f"{ROOT}/agent.py"].flows["f"]
    target = flow.calls[0].target
    assert isinstance(target, v.Attribute)
    return project.evaluator.usual(f"{ROOT}/agent.py", flow).value(target.base)


@pytest.mark.parametrize(
    "annotation",
    [
        "JobContext",
        "'JobContext'",
        "JobContext | None",
        "'JobContext | None'",
        "Optional[JobContext]",
        "t.Optional['JobContext']",
        "Union[JobContext, None]",
        "Annotated[JobContext, 'of the call']",
    ],
)
def test_the_class_is_known(annotation: str) -> None:
    assert parameter(annotation) == CONTEXT


@pytest.mark.parametrize(
    "annotation", ["Fake", "list[JobContext]", "Union[JobContext, Fake]", "JobContext | Fake", "'JobContext | Fake'"]
)
def test_it_may_be_something_else(annotation: str) -> None:
    assert UNKNOWN in parameter(annotation)
