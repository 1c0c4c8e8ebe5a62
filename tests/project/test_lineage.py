"""In which order the classes of an object are asked for an attribute."""

from __future__ import annotations

import pytest

from lkagent_lint.project.things import ClassOf, Closure, Instance, SdkMethod, SdkObject, Things
from tests.typestate.solving import ROOT, project_of

PATH = f"{ROOT}/agent.py"
CLASSES = """\
from livekit.agents import Agent
class Base:
    def both(self, session): session.start(self)
    def late(self, session): session.start(self)
class Left(Base):
    def left(self, session): session.start(self)
    def on_enter(self, session): session.start(self)
class Right(Base):
    def late(self, session): session.start(self)
    def say_it(self, session): session.start(super().late)
class Desk(Agent, Left, Right):
    def run(self, session): session.start(self.wanted, super().wanted)
"""


def line(name: str, text: str = CLASSES) -> list[str]:
    project = project_of({"agent.py": text})
    found = project.evaluator.classes.lineage(ClassOf(PATH, name))
    return [
        each.name if isinstance(each, ClassOf) else each.kind
        for each in found
        if isinstance(each, (ClassOf, SdkObject))
    ]


def test_a_base_that_two_share_comes_behind_both() -> None:
    assert line("Desk") == ["Desk", "Agent", "Left", "Right", "Base"]


def test_an_order_that_python_refuses_is_some_order() -> None:
    assert line("C", _classes(A="", B="A", C="A, B")) == ["C", "A", "B"]


def test_classes_that_derive_from_each_other_end() -> None:
    assert line("A", _classes(A="B", B="A")) == ["A", "B"]


def _classes(**bases: str) -> str:
    return "".join(f"class {name}({each}):\n    def run(self, x): x.start(self)\n" for name, each in bases.items())


@pytest.mark.parametrize(
    ("name", "home"),
    [("left", "Left"), ("late", "Right"), ("both", "Base"), ("on_enter", "Agent"), ("unheard_of", "Agent")],
)
def test_the_first_class_that_has_a_name_gives_it(name: str, home: str) -> None:
    """The SDK's class comes first, and gives what it has; what nobody has is asked of the SDK's table by the rules."""
    project = project_of({"agent.py": CLASSES.replace("wanted", name)})
    flow = project.files[PATH].flows["Desk.run"]
    (call,) = flow.calls[-1:]
    inside = project.evaluator.usual(PATH, flow)
    assert {_home(inside.value(each)) for each in call.args} == {home}


def test_super_looks_behind_its_class_in_the_object_s_own_lineage() -> None:
    project = project_of({"agent.py": CLASSES})
    flow = project.files[PATH].flows["Right.say_it"]
    function = Closure(PATH, flow.name, None, Instance(PATH, "Desk", None))
    inside = project.evaluator.results.enter(function, (), ())
    assert _home(inside.value(flow.calls[-1].args[0])) == "Base"


def _home(things: Things) -> str:
    (thing,) = things
    if isinstance(thing, SdkMethod):
        return thing.kind
    assert isinstance(thing, Closure)
    return thing.flow.partition(".")[0]
