"""Flows as text that a person can read beside the code: blocks of steps, and where each of them leads.

::

    async entry(ctx)
      a: await ctx.connect() -> b | c ! d

Block ``a`` connects and goes on to ``b`` or ``c``; an exception in it leads to ``d``, and out of the function where
nothing is said. ``end`` is the end of the function, ``raise`` the way out by exception. Blocks that only join others
are left out, and blocks that follow each other in one way are one, so that the drawing shows what the code says and not
how its graph was built. A call's result is ``dropped``, ``kept`` (stored, returned, handed to asyncio), or part of
something else where nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import (
    ENTRY_BLOCK,
    EXIT_BLOCK,
    MODULE,
    RAISE_BLOCK,
    Await,
    Do,
    Flow,
    Leave,
    Parameter,
    Read,
    Return,
    Step,
    Use,
)
from lkagent_lint.facts.spelling import spelt

_USES = {Use.VALUE: "", Use.AWAITED: "", Use.DROPPED: ", dropped", Use.KEPT: ", kept", Use.COUNTED: ", counted"}
_STARS = {"*": "*", "**": "**"}


def drawn(facts: FileFacts) -> str:
    """Every flow of a file that does anything, in the order of the text."""
    return "\n".join(
        drawn_flow(flow, facts) for flow in facts.flows.values() if any(block.steps for block in flow.blocks)
    )


def drawn_flow(flow: Flow, facts: FileFacts) -> str:
    """One flow: a line that says what it is, and one for each block."""
    around = facts.flows[flow.parent or MODULE]
    return "\n".join([_title(flow, around), *(f"  {line}" for line in _Drawing(flow).lines())])


def _title(flow: Flow, around: Flow) -> str:
    kind = "async " if flow.is_async else ""
    given = ", ".join(map(_parameter, flow.parameters))
    decorated = "".join(f" @{spelt(each, around)}" for each in flow.decorators)
    says = [word for word, holds in (("generator", flow.is_generator), (flow.binding, flow.binding)) if holds]
    return f"{kind}{flow.name}({given}){decorated}{''.join(f', {word}' for word in says)}"


def _parameter(each: Parameter) -> str:
    return _STARS.get(each.kind, "") + each.name


class _Drawing:
    """The blocks of one flow, those that say nothing taken out."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._steps = {number: list(map(self._step, block.steps)) for number, block in enumerate(flow.blocks)}
        self._next = {number: list(block.next) for number, block in enumerate(flow.blocks)}
        self._raises = {number: block.raises[0] for number, block in enumerate(flow.blocks)}
        self._starts = [ENTRY_BLOCK, *(loop.behind for loop in flow.endless)]
        while self._passed_over() or self._joined():
            pass
        if not self._steps[ENTRY_BLOCK] and len(self._next[ENTRY_BLOCK]) == 1:
            self._starts[0] = self._next[ENTRY_BLOCK][0]

    def lines(self) -> Iterator[str]:
        names = {EXIT_BLOCK: "end", RAISE_BLOCK: "raise"}
        order = list(self._reached())
        names |= {number: _letters(place) for place, number in enumerate(order)}
        behind = {loop.behind for loop in self._flow.endless}
        for number in order:
            ways = " | ".join(names[each] for each in self._next[number])
            is_said = self._raises[number] != RAISE_BLOCK or not ways
            caught = f" ! {names[self._raises[number]]}" if is_said else ""
            unreached = "(never) " if number in behind else ""
            said = "; ".join(self._steps[number]) or "nothing"
            yield f"{names[number]}: {unreached}{said}{f' -> {ways}' if ways else ''}{caught}"

    def _reached(self) -> Iterator[int]:
        """Blocks in the order in which a reader comes to them: depth first, where exceptions lead last."""
        seen = {EXIT_BLOCK, RAISE_BLOCK}
        pending, caught = list(reversed(self._starts)), list[int]()
        while pending or caught:
            number = pending.pop() if pending else caught.pop(0)
            if number not in seen:
                seen.add(number)
                yield number
                pending += reversed(self._next[number])
                caught.append(self._raises[number])

    def _passed_over(self) -> bool:
        """Lead around one block without steps, if an exception in it goes where those before it send theirs."""
        order = list(self._reached())
        caught = {self._raises[number] for number in order}
        for number in order:
            before = [each for each in order if number in self._next[each]]
            idle = not self._steps[number] and number not in caught and number not in self._starts
            if idle and number not in before and {self._raises[each] for each in before} == {self._raises[number]}:
                for each in before:
                    at = self._next[each].index(number)
                    ways = [*self._next[each][:at], *self._next[number], *self._next[each][at + 1 :]]
                    self._next[each] = list(dict.fromkeys(ways))
                return True
        return False

    def _joined(self) -> bool:
        """Make one block of two that always follow each other."""
        order = list(self._reached())
        caught = {self._raises[number] for number in order}
        for number in order:
            (following,) = self._next[number] if len(self._next[number]) == 1 else (EXIT_BLOCK,)
            ways = sum(following in self._next[each] for each in order)
            own = following not in (EXIT_BLOCK, RAISE_BLOCK, number, *caught, *self._starts)
            if own and ways == 1 and self._raises[number] == self._raises[following]:
                self._steps[number] += self._steps[following]
                self._next[number] = self._next[following]
                return True
        return False

    def _step(self, step: Step) -> str:
        match step:
            case Do(number):
                call = self._flow.calls[number]
                given = [spelt(each, self._flow) for each in call.args]
                given += [_keyword(word, spelt(value, self._flow)) for word, value in call.keywords]
                waits = "await " if call.use is Use.AWAITED else ""
                return f"{waits}{spelt(call.target, self._flow)}({', '.join(given)}){_USES[call.use]}"
            case Await(value):
                return f"await {spelt(value, self._flow)}"
            case Read(value, use):
                return f"read {spelt(value, self._flow)}{_USES[use]}"
            case Leave(value):
                return f"leave {spelt(value, self._flow)}"
            case Return():
                return "return"


def _keyword(word: str, value: str) -> str:
    return f"**{value}" if word == "**" else f"{word}={value}"


def _letters(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"{_letters(place // 26 - 1)}{_letters(place % 26)}"
