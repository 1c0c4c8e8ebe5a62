"""A script sees the same in a fork as in an interpreter that is started for it."""

from __future__ import annotations

import pytest

from tests.sdk.harness import Sdk

pytestmark = pytest.mark.sdk(since="", before="", node=False)


@pytest.fixture(params=["forked", "started"])
def either(sdk: Sdk, request: pytest.FixtureRequest) -> Sdk:
    if request.param == "started":
        return sdk._replace(forks=None)
    if sdk.forks is None:
        pytest.skip("no process can be forked here")
    return sdk


def test_it_is_a_program_of_its_own(either: Sdk) -> None:
    seen = either.run(
        """
        import os, sys, threading, __main__

        here = os.getcwd()
        print(__name__, __main__.__dict__ is globals(), [os.path.relpath(each) for each in (__file__, *sys.argv)])
        print("PATH", sys.path[0] == os.path.dirname(__file__), os.environ["HOME"] == here, os.listdir())
        print("STDIN", repr(sys.stdin.read()), [name for name in os.environ if "OPENBLAS" in name])
        print("DESCRIPTORS", len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 4)
        print("THREADS", threading.active_count(), flush=True)
        os.write(2, b"ERROR\\n")
        os.system("echo CHILD")
        """
    )
    assert seen.text.splitlines() == [
        "__main__ True ['agent.py', 'agent.py']",
        "PATH True True ['agent.py']",
        "STDIN '' []",
        "DESCRIPTORS 4",  # three, and the directory that is read
        "THREADS 1",
        "ERROR",
        "CHILD",
    ]


def test_nothing_of_it_is_left_for_the_next(either: Sdk) -> None:
    seen = either.run(
        """
        import os, stage
        from livekit import rtc

        rtc.Room = None
        os.environ["LEFT"] = "yes"
        """
    )
    assert not seen.text
    either.run(
        "import os, sys\nfrom livekit import rtc\nprint('LEFT' in os.environ, rtc.Room is None, 'stage' in sys.modules)"
    ).says("False False False")


def test_it_ends_as_an_interpreter_ends(either: Sdk) -> None:
    seen = either.run(
        """
        import atexit

        async def work(): ...

        atexit.register(print, "AT EXIT")
        left = work()
        raise ValueError("the last word")
        """
    )
    seen.says("Traceback", 'agent.py", line 8, in <module>', "ValueError: the last word", "AT EXIT")
    seen.says("AT EXIT", "coroutine 'work' was never awaited")


def test_it_has_its_time_and_no_more(either: Sdk) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"did not end within 3 s; it said:\nBEGINS"):
        either.run("import time\nprint('BEGINS')\ntime.sleep(60)", timeout=3)
    either.run("print('NEXT')").says("NEXT")
