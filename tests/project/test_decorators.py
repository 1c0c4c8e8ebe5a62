"""What stands on a function, and what calling it runs."""

from __future__ import annotations

import textwrap

import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.project.decorators import AS_WRITTEN, DOES_THE_SAME, Decoration
from lkagent_lint.project.records import Project
from lkagent_lint.project.running import Run
from lkagent_lint.project.things import Closure, String, Things
from tests.typestate.solving import ROOT, project_of

PATH = f"{ROOT}/agent.py"
OWN = """
import functools
def logged(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        return function(*args, **kwargs)
    return run
def named(name):
    def decorate(function):
        def run(*args):
            return function(name, *args)
        return run
    return decorate
class Counted:
    def __init__(self, function):
        self.function = function
    def __call__(self, *args):
        return self.function(*args)
def marked(function):
    function.mark = True
    return function
def partly(function):
    return functools.partial(function, "given")
"""


def project(text: str) -> Project:
    return project_of({"agent.py": OWN + textwrap.dedent(text)})


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [
        ("staticmethod", Decoration.HOLDS),
        ("property", Decoration.HOLDS),
        ("functools.cached_property", Decoration.HOLDS),
        ("shown.setter", Decoration.HOLDS),
        ("abc.abstractmethod", Decoration.HOLDS),
        ("typing.override", Decoration.HOLDS),
        ("functools.cache", Decoration.CACHES),
        ("functools.lru_cache(maxsize=4)", Decoration.CACHES),
        ("functools.wraps(print)", Decoration.WRAPS),
        ("contextlib.contextmanager", Decoration.LIBRARY),
        ("server.rtc_session", Decoration.REGISTERS),
        ("server.rtc_session(agent_name='a')", Decoration.REGISTERS),
        ("elsewhere.rtc_session()", Decoration.REGISTERS),
        ("room.on('connected')", Decoration.REGISTERS),
        ("elsewhere.on('connected')", Decoration.UNKNOWN),
        ("function_tool", Decoration.SDKS),
        ("function_tool(name='a')", Decoration.SDKS),
        ("logged", Decoration.OWN),
        ("named('a')", Decoration.OWN),
        ("Counted", Decoration.OWN),
        ("tenacity.retry", Decoration.UNKNOWN),
        ("tenacity.retry(stop=3)", Decoration.UNKNOWN),
        ("nobody_knows", Decoration.UNKNOWN),
    ],
)
def test_every_decorator_has_a_kind(decorator: str, kind: Decoration) -> None:
    found = project(f"""
        import abc, contextlib, functools, typing, tenacity, elsewhere
        from livekit import rtc
        from livekit.agents import AgentServer, function_tool
        server = AgentServer()
        room = rtc.Room()
        @{decorator}
        def decorated(session):
            session.start(session)
    """)
    assert found.evaluator.decorators.on(Closure(PATH, "decorated", None)) == (kind,)


def test_a_name_of_the_class_s_own_body_is_followed() -> None:
    found = project("""
        class Desk:
            def guarded(function):
                def run(self, *args):
                    return function(self, *args)
                return run
            @guarded
            def decorated(self, session):
                session.start(self)
    """)
    assert found.evaluator.decorators.on(Closure(PATH, "Desk.decorated", None)) == (Decoration.OWN,)


def runs(text: str, **given: object) -> tuple[Run, ...]:
    """What the call ``wanted(...)`` at the end of a module runs."""
    found = project(text)
    module = found.evaluator.module(PATH)
    call = next(each for each in module.flow.calls[::-1] if each.target in (v.Name("wanted"), v.Name("Wanted")))
    (thing,) = module.targets(call)
    return found.evaluator.running.of(thing, call, module, **given)  # type: ignore[arg-type]


def bound(run: Run, name: str) -> Things:
    assert run.activation is not None
    return next(values for each, values in run.activation.bindings if each == name)


FUNCTION = "def work(first, second=None):\n    first.start(second)\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"{FUNCTION}wanted = work\nwanted('a')", "work"),
        (f"{FUNCTION}wanted = functools.partial(work, 'a')\nwanted('b')", "work"),
        (f"@staticmethod\n{FUNCTION}wanted = work\nwanted('a')", "work"),
        (f"@marked\n{FUNCTION}wanted = work\nwanted('a')", "work"),
        (f"@logged\n{FUNCTION}wanted = work\nwanted('a')", "logged.<locals>.run"),
        (f"@named('a')\n@marked\n{FUNCTION}wanted = work\nwanted('b')", "named.<locals>.decorate.<locals>.run"),
        (f"@Counted\n{FUNCTION}wanted = work\nwanted('a')", "Counted.__call__"),
        (f"@partly\n{FUNCTION}wanted = work\nwanted('b')", "work"),
        (f"@functools.lru_cache\n{FUNCTION}wanted = work\nwanted('a')", "work"),
        ("class Wanted:\n    def __init__(self, first):\n        first.start(self)\nWanted('a')", "Wanted.__init__"),
        (
            "class C:\n    def __call__(self, first):\n        first.start(self)\nwanted = C()\nwanted('a')",
            "C.__call__",
        ),
    ],
)
def test_what_a_call_runs_first(text: str, first: str) -> None:
    (run,) = runs(text)
    assert run.activation is not None
    assert run.activation.name == first


def test_arguments_of_partials_come_first() -> None:
    (run,) = runs(f"{FUNCTION}wanted = functools.partial(work, 'a')\nwanted('b')")
    assert (bound(run, "first"), bound(run, "second")) == (frozenset({String("a")}), frozenset({String("b")}))


@pytest.mark.parametrize("decorator", ["tenacity.retry", "nobody_knows", "logged\n@tenacity.retry", "undecided"])
def test_behind_a_decorator_that_is_not_known_it_is_not_known_what_runs(decorator: str) -> None:
    head = "import tenacity\nundecided = logged if tenacity else marked"
    (run,) = runs(f"{head}\n@{decorator}\n{FUNCTION}wanted = work\nwanted('a')")
    assert run.activation is None
    assert run.inside.name == "work"


def test_who_asks_says_what_is_looked_through() -> None:
    text = f"import contextlib\n@contextlib.ContextDecorator\n{FUNCTION}wanted = work\nwanted('a')"
    assert [run.activation is None for run in runs(text, through=DOES_THE_SAME)] == [False]
    assert [run.activation is None for run in runs(text, through=AS_WRITTEN)] == [True]


@pytest.mark.parametrize(
    "text", ["wanted = print\nwanted('a')", "class Wanted: pass\nWanted()", "import b\nb.wanted()"]
)
def test_what_is_not_the_project_s_runs_nothing_of_it(text: str) -> None:
    found = project(text)
    module = found.evaluator.module(PATH)
    call = module.flow.calls[-1]
    assert [run for thing in module.targets(call) for run in found.evaluator.running.of(thing, call, module)] == []


def test_a_decorator_on_itself_ends() -> None:
    (run,) = runs("@wanted\ndef wanted(function):\n    function.start(function)\n    return function\nwanted(print)")
    assert run.activation is None


@pytest.mark.parametrize(
    "decorator", ["logged", "named('b')", "Counted", "marked", "functools.cache", "functools.wraps(print)"]
)
def test_a_decorated_function_gives_what_it_returns(decorator: str) -> None:
    text = f"""
        @{decorator}
        def work(*args):
            args.start(args)
            return "given back"
        show(work("a"))
    """
    found = project(text)
    module = found.evaluator.module(PATH)
    assert module.value(module.flow.calls[-1].args[0]) == frozenset({String("given back")})
