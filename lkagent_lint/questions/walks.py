"""What functions run when they are called: themselves, and the project's functions that they call in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from lkagent_lint.facts.flows import Call
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, in_order

ANY_DEPTH = 1_000
"""Of rules that follow calls wherever they lead: each function is entered once all the same."""


def walked(
    roots: Iterable[Activation | None], evaluator: Evaluator, follows: Callable[[Call], bool], *, depth: int = ANY_DEPTH
) -> Iterator[Activation]:
    """The activations that are known, each once and the nearest first. ``follows`` says of which calls that is asked;
    ``depth`` is how many of them may lie in between.
    """
    pending = deque((each, depth) for each in roots)
    seen: set[Activation] = set()
    while pending:
        inside, left = pending.popleft()
        if inside is None or inside in seen:
            continue
        seen.add(inside)
        yield inside
        for call in inside.flow.calls if left else ():
            if follows(call):
                pending.extend((each, left - 1) for each in called(call, inside, evaluator))


def called(call: Call, inside: Activation, evaluator: Evaluator) -> list[Activation]:
    """The project's functions that a call runs, as far as they are known. Calling a generator runs nothing yet."""
    runs = (run for each in in_order(inside.targets(call)) for run in evaluator.running.of(each, call, inside))
    return [run.activation for run in runs if run.activation is not None and not run.activation.flow.is_generator]
