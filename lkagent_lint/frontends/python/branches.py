"""What decides what runs next: branches, loops, patterns, exceptions and contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import libcst as cst

from lkagent_lint.facts.flows import CountedLoop, Leave, Use
from lkagent_lint.facts.values import OPAQUE, Attribute
from lkagent_lint.frontends.python.bindings import Binder
from lkagent_lint.frontends.python.cancellation import settles, swallowing
from lkagent_lint.frontends.python.drafts import AwaitDraft
from lkagent_lint.frontends.python.shapes import (
    always_true,
    asks_for_main,
    catches,
    catches_all,
    descendants,
    irrefutable,
    rounds,
    suppresses,
    suppresses_the,
)


class BranchWalker(Binder):
    """Draws the edges between the blocks of a flow."""

    def _if(self, node: cst.If) -> None:
        after: int | None = None
        here: cst.If | cst.Else | None = node
        while isinstance(here, cst.If):  # elif chains may be thousands long
            self._evaluate(here.test)
            start = self.graph.fork()
            after = self.graph.block() if after is None else after
            self.graph.branch(start)
            outside, self._is_guarded = self._is_guarded, self._is_guarded or asks_for_main(here.test)
            self._walk(here.body)
            self._is_guarded = outside
            self.graph.goto(after)
            self.graph.branch(start)
            here = here.orelse
        if here is not None:
            self._walk(here.body)
        if after is not None:
            self.graph.goto(after)
            self.graph.here = after

    def _while(self, node: cst.While) -> None:
        graph = self.graph
        if always_true(node.test):
            self.flow.swallows.extend(swallowing(node))
        head = graph.fork()
        after = graph.block()
        self._evaluate(node.test)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(head, after, partial(self._walk, node.body))
        if not always_true(node.test):
            graph.branch(decided)
            self._loop_end(node.orelse, after)
        elif not is_left:
            self.flow.endless.append((head, after, node.test))
        graph.here = after

    def _loop_end(self, orelse: cst.Else | None, after: int) -> None:
        if orelse is not None:
            self._walk(orelse.body)
        self.graph.goto(after)

    def _for(self, node: cst.For) -> None:
        graph = self.graph
        iterated = self._evaluate(node.iter)
        head = graph.fork()
        after = graph.block()
        times = rounds(node)
        if times is not None:
            self.flow.counted.append(CountedLoop(head, times))
        if node.asynchronous is not None:
            graph.step(AwaitDraft(OPAQUE, node.iter))
        decided = graph.fork()
        graph.branch(decided)
        self.bind_each(node.target, OPAQUE if node.asynchronous is not None else iterated)
        graph.loop(head, after, partial(self._walk, node.body))
        graph.branch(decided)
        self._loop_end(node.orelse, after)
        graph.here = after

    def _match(self, node: cst.Match) -> None:
        graph = self.graph
        self._evaluate(node.subject)
        after = graph.block()
        for case in node.cases:
            test, miss = graph.fork(), graph.block()
            graph.branch(test)
            self._capture(case.pattern)
            if case.guard is not None:
                self._evaluate(case.guard)
                decided = graph.fork()
                graph.goto(miss)
                graph.branch(decided)
            self._walk(case.body)
            graph.goto(after)
            if case.guard is not None or not irrefutable(case.pattern):
                graph.here = test
                graph.goto(miss)
            graph.here = miss
        graph.goto(after)
        graph.here = after

    def _capture(self, pattern: cst.MatchPattern) -> None:
        """Names that a pattern binds hold something that is not followed."""
        for node in (pattern, *descendants(pattern)):
            match node:
                case (
                    cst.MatchAs(name=cst.Name(value=name))
                    | cst.MatchStar(name=cst.Name(value=name))
                    | cst.MatchMapping(rest=cst.Name(value=name))
                ):
                    self._bind_name(name, OPAQUE)
                case _:
                    pass

    # Exceptions and contexts

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        handlers: list[Callable[[], object]] = [partial(self._handler, handler) for handler in node.handlers]
        self.graph.attempt(
            partial(self._tried, node) if handlers else partial(self._walk, node.body),
            handlers,
            catches_all=any(catches_all(handler) for handler in node.handlers),
            otherwise=None if node.orelse is None else partial(self._walk, node.orelse.body),
            final=None if node.finalbody is None else partial(self._walk, node.finalbody.body),
        )

    def _tried(self, node: cst.Try | cst.TryStar) -> None:
        looks, calls = self.expressions.looks, self.flow.calls
        first, is_guard = len(calls), any(map(partial(catches, "AttributeError"), node.handlers))
        looks.tries += 1
        looks.guards += is_guard
        self._walk(node.body)
        looks.tries -= 1
        looks.guards -= is_guard
        if len(calls) > first and self.flow.is_async and settles(node):
            self.flow.caught.append((first, len(calls)))
        if len(calls) > first and any(map(partial(catches, "TypeError"), node.handlers)):
            self.flow.refusable.append((first, len(calls)))

    def _handler(self, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        if handler.name is not None:
            self.bind(handler.name.name, OPAQUE)
        self._walk(handler.body)

    def _with(self, node: cst.With) -> None:
        awaited = node.asynchronous is not None
        self._enter(iter(node.items), awaited, partial(self._walk, node.body))

    def _enter(self, items: Iterator[cst.WithItem], awaited: bool, body: Callable[[], object]) -> None:
        """What the items that are left do, one within the other, and then the body."""
        item = next(items, None)
        if item is None:
            body()
            return
        value = self._evaluate(item.item, Use.KEPT)
        prefix = "__a" if awaited else "__"
        entered = self.expressions.record(
            Attribute(value, f"{prefix}enter__"), (), (), Use.AWAITED if awaited else Use.VALUE, item.item
        )
        if item.asname is not None:
            self.bind(item.asname.name, entered)
        inner: Callable[[], None] = partial(self._enter, items, awaited, body)
        if suppresses(item.item):
            first = len(self.flow.calls)
            self.graph.attempt(inner, [lambda: None], catches_all=False)
            if len(self.flow.calls) > first and suppresses_the("TypeError", item.item):
                self.flow.refusable.append((first, len(self.flow.calls)))
        else:
            inner()
        self.graph.step(Leave(value))
