"""Deep recursion in a thread of its own leaves the process as it was."""

from __future__ import annotations

import sys
import threading

import pytest

from lkagent_lint.stack import RECURSION_LIMIT, run_deep


def depth(number: int) -> int:
    return 0 if number == 0 else 1 + depth(number - 1)


def test_it_recurses_deeper_than_the_process_may() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    assert run_deep(lambda: depth(before[0] * 10)) == before[0] * 10
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_what_it_raises_is_raised_and_leaves_the_limit() -> None:
    before = sys.getrecursionlimit()

    def fail() -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        run_deep(fail)
    assert sys.getrecursionlimit() == before


def test_functions_that_overlap_leave_the_limit_as_the_first_found_it() -> None:
    before = sys.getrecursionlimit()
    began, may_end, limits = threading.Event(), threading.Event(), list[int]()

    def first() -> None:
        began.set()
        assert may_end.wait(60)

    def second() -> None:
        may_end.set()
        outer.join(60)
        limits.append(sys.getrecursionlimit())

    outer = threading.Thread(target=run_deep, args=(first,))
    outer.start()
    assert began.wait(60)
    run_deep(second)
    assert limits == [RECURSION_LIMIT]
    assert sys.getrecursionlimit() == before


def test_a_library_that_ends_the_process_ends_only_what_was_called() -> None:
    with pytest.raises(RuntimeError, match="a library ended with code 3"):
        run_deep(lambda: sys.exit(3))
