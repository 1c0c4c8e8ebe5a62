"""What the walker makes of code: the blocks of steps of every construct, drawn as ``tools/show/drawing.py`` says."""

from __future__ import annotations

import inspect

import pytest

from lkagent_lint.facts.following import last_name
from lkagent_lint.frontends.python import parse as parsing
from lkagent_lint.frontends.python.inert import NONE_INERT, Inert
from lkagent_lint.frontends.python.reading import read
from tools.show.drawing import drawn

CASES = {
    "if": (
        """
        async def f():
            if ready():
                await go()
            done()
        """,
        """
        async f()
          a: ready() -> b | c
          b: await go() -> c
          c: done(), dropped -> end
        """,
    ),
    "elif and else": (
        """
        def f():
            if first():
                one()
            elif second():
                two()
            else:
                three()
            done()
        """,
        """
        f()
          a: first() -> b | d
          b: one(), dropped -> c
          c: done(), dropped -> end
          d: second() -> e | f
          e: two(), dropped -> c
          f: three(), dropped -> c
        """,
    ),
    "while with continue, break and else": (
        """
        def f():
            while more():
                if skip():
                    continue
                if stop():
                    break
                work()
            else:
                finished()
            done()
        """,
        """
        f()
          a: more() -> b | f
          b: skip() -> a | c
          c: stop() -> d | e
          d: done(), dropped -> end
          e: work(), dropped -> a
          f: finished(), dropped -> d
        """,
    ),
    "for and else": (
        """
        def f():
            for each in source():
                use(each)
            else:
                finished()
            done()
        """,
        """
        f()
          a: source() -> b | c
          b: use(each), dropped -> b | c
          c: finished(), dropped; done(), dropped -> end
        """,
    ),
    "async for": (
        """
        async def f():
            async for each in stream():
                use(each)
            done()
        """,
        """
        async f()
          a: stream() -> b
          b: await … -> c | d
          c: use(each), dropped -> b
          d: done(), dropped -> end
        """,
    ),
    "a loop without an end": (
        """
        async def f():
            while True:
                await take()
            never()
        """,
        """
        async f()
          a: await take() -> a
          b: (never) never(), dropped -> end
        """,
    ),
    "a loop that only a break ends": (
        """
        async def f():
            while True:
                if stop():
                    break
                await take()
            done()
        """,
        """
        async f()
          a: stop() -> b | c
          b: done(), dropped -> end
          c: await take() -> a
        """,
    ),
    "try, except, else and finally": (
        """
        def f():
            try:
                risky()
            except ValueError:
                handle()
            else:
                well()
            finally:
                clean()
            done()
        """,
        """
        f()
          a: risky(), dropped -> b ! d
          b: well(), dropped -> c ! f
          c: clean(), dropped; done(), dropped -> end
          d: nothing -> e | f ! f
          e: handle(), dropped -> c ! f
          f: clean(), dropped -> raise
        """,
    ),
    "a handler that catches everything": (
        """
        def f():
            try:
                risky()
            except BaseException:
                handle()
            done()
        """,
        """
        f()
          a: risky(), dropped -> b ! c
          b: done(), dropped -> end
          c: handle(), dropped -> b
        """,
    ),
    "return in try": (
        """
        async def f():
            try:
                return await work()
            finally:
                await clean()
        """,
        """
        async f()
          a: await work(); return -> b ! c
          b: await clean() -> end
          c: await clean() -> raise
        """,
    ),
    "return in finally, which swallows the exception": (
        """
        async def f():
            try:
                risky()
            finally:
                return clean()
        """,
        """
        async f()
          a: risky(), dropped -> b ! c
          b: clean(), kept; return -> end
          c: clean(), kept; return -> end
        """,
    ),
    "break through finally": (
        """
        def f():
            while more():
                try:
                    if stop():
                        break
                    work()
                finally:
                    clean()
            done()
        """,
        """
        f()
          a: more() -> b | d
          b: stop() -> c | e ! g
          c: clean(), dropped -> d
          d: done(), dropped -> end
          e: work(), dropped -> f ! g
          f: clean(), dropped -> a
          g: clean(), dropped -> raise
        """,
    ),
    "raise": (
        """
        def f():
            if bad():
                raise Error(1)
            done()
        """,
        """
        f()
          a: bad() -> b | c
          b: Error(1) ! raise
          c: done(), dropped -> end
        """,
    ),
    "with": (
        """
        def f():
            with lock() as held:
                work(held)
            done()
        """,
        """
        f()
          a: lock(), kept; lock().__enter__(); work(held), dropped; leave lock(); done(), dropped -> end
        """,
    ),
    "async with, two of them": (
        """
        async def f():
            async with first() as one, second():
                await work(one)
        """,
        """
        async f()
          a: first(), kept; await first().__aenter__(); second(), kept; await second().__aenter__(); await work(one); \
leave second(); leave first() -> end
        """,
    ),
    "suppress": (
        """
        def f():
            with suppress(KeyError):
                risky()
            done()
        """,
        """
        f()
          a: suppress(KeyError), kept; suppress(…).__enter__() -> b
          b: risky(), dropped -> c ! d
          c: leave suppress(…); done(), dropped -> end
          d: nothing -> c | raise
        """,
    ),
    "match": (
        """
        def f():
            match kind():
                case 1:
                    one()
                case [a, b] if ready(a):
                    two()
                case _:
                    other()
            done()
        """,
        """
        f()
          a: kind() -> b | d | e
          b: one(), dropped -> c
          c: done(), dropped -> end
          d: ready(a) -> e | f
          e: other(), dropped -> c
          f: two(), dropped -> c
        """,
    ),
    "a comprehension": (
        """
        def f():
            made = [make(x) for x in source() if good(x)]
            done()
        """,
        """
        f()
          a: source() -> b | c
          b: done(), dropped -> end
          c: good(x) -> b | c | d
          d: make(x), kept -> b | c
        """,
    ),
    "an async comprehension": (
        """
        async def f():
            made = [make(x) async for x in stream()]
            done()
        """,
        """
        async f()
          a: stream() -> b
          b: await … -> c | d
          c: done(), dropped -> end
          d: make(x), kept -> b
        """,
    ),
    "or, whose second side may not run": (
        """
        def f():
            x = first() or second()
            done(x)
        """,
        """
        f()
          a: first(), kept -> b | c
          b: done(x), dropped -> end
          c: second(), kept -> b
        """,
    ),
    "a conditional expression": (
        """
        def f():
            x = one() if ready() else two()
            done(x)
        """,
        """
        f()
          a: ready() -> b | d
          b: one(), kept -> c
          c: done(x), dropped -> end
          d: two(), kept -> c
        """,
    ),
    "lambda": (
        """
        def f():
            use(lambda x: inner(x))
        """,
        """
        f()
          a: use(f.<locals>.<lambda>), dropped -> end
        f.<locals>.<lambda>(x)
          a: inner(x), kept -> end
        """,
    ),
    "a nested function": (
        """
        async def outer(ctx):
            async def inner():
                await ctx.connect()
            await inner()
        """,
        """
        async outer(ctx)
          a: await inner() -> end
        async outer.<locals>.inner()
          a: await ctx.connect() -> end
        """,
    ),
    "await of what was made before": (
        """
        async def f():
            task = asyncio.create_task(work())
            other()
            await task
        """,
        """
        async f()
          a: work(), kept; asyncio.create_task(work()), kept; other(), dropped; await task -> end
        """,
    ),
    "gather": (
        """
        async def f():
            await asyncio.gather(one(), two())
        """,
        """
        async f()
          a: one(), kept; two(), kept; await asyncio.gather(one(), two()) -> end
        """,
    ),
    "decorators": (
        """
        @server.rtc_session(agent_name="desk")
        @plain
        async def entry(ctx):
            await ctx.connect()
        """,
        """
        <module>()
          a: server.rtc_session(agent_name="desk"), kept -> end
        async entry(ctx) @server.rtc_session(…) @plain
          a: await ctx.connect() -> end
        """,
    ),
    "a method, and what stars take": (
        """
        class Desk:
            @staticmethod
            def make(*args, **kwargs):
                return build(*args, x=1, **kwargs)
        """,
        """
        Desk.make(*args, **kwargs) @staticmethod, static
          a: build(*args, x=1, **kwargs), kept -> end
        """,
    ),
    "a generator": (
        """
        def f():
            yield produce()
        """,
        """
        f(), generator
          a: produce() -> end
        """,
    ),
    "a reading that tells something": (
        """
        async def f(ctx):
            for each in ctx.room.remote_participants:
                greet(each)
        """,
        """
        async f(ctx)
          a: read ctx.room.remote_participants -> b | end
          b: greet(each), dropped -> b | end
        """,
    ),
    "a reading that only counts": (
        """
        async def f(ctx):
            show(len(ctx.room.remote_participants))
        """,
        """
        async f(ctx)
          a: read ctx.room.remote_participants, counted; len(ctx.room.remote_participants); show(len(…)), dropped -> end
        """,
    ),
}
"""Code, and its flows."""


@pytest.fixture(autouse=True)
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out as inert."""

    def find(*_: object) -> Inert:
        return NONE_INERT

    monkeypatch.setattr(parsing, "find_inert", find)


@pytest.mark.parametrize("name", CASES)
def test_this_code_gives_these_flows(name: str) -> None:
    code, flows = map(inspect.cleandoc, CASES[name])
    assert drawn(read(code.encode(), frozenset())) == flows


@pytest.mark.parametrize(
    ("handlers", "caught"),
    [
        ("except Exception:\n  pass", True),
        ("except:\n  pass", True),
        ("except (ValueError, Exception) as error:\n  log(error)", True),
        ("except ValueError:\n  pass\n except Exception:\n  pass", True),
        ("except ValueError:\n  pass", False),
        ("except ValueError:\n  raise\n except Exception:\n  pass", False),  # it may be the one that is raised
        ("except Exception:\n  log()\n  raise", False),
        ("finally:\n  log()", False),
    ],
)
def test_which_calls_raise_nothing_further(handlers: str, caught: bool) -> None:
    code = f"async def f():\n before()\n try:\n  await work(made())\n {handlers}\n after()\n"
    flow = read(code.encode(), frozenset()).flows["f"]
    names = [last_name(call.target) for first, end in flow.caught for call in flow.calls[first:end]]
    assert names == (["made", "work"] if caught else [])
