"""Answers to questions that lean on each other.

A question is an expression in an activation; finding its answer asks others. Where one is asked while it is still open,
the questions between form a cycle, and none of them can be answered before the others. They are answered together once
no question outside of the cycle is waited for (Tarjan's strongly connected components, found while asking): all begin
with no values, and every round finds the answers anew from those of the round before, until none changes. So each is
asked a few times instead of once for every path through the cycle, and the answer is the same whichever came first.

Not everything grows with what it is made of: a list of nothing yet is another value than a list of something, and a
name without values means something else. Who makes such a value asks whether something that it read ``waits``, and
then gives no value yet. Only when nothing else changes, what has no values is taken to have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lkagent_lint.facts.values import Expr
from lkagent_lint.project import limits
from lkagent_lint.project.things import ANYTHING, NEVER, Activation, Things, deepest

Find = Callable[[Expr, Activation], Things]
"""Finds an answer from the answers to other questions, each of which it asks for by ``Answers.ask``."""


class Unanswered(NamedTuple):
    """A question that met its budget: what was asked in a function of a file."""

    path: str
    flow: str
    expression: Expr


class _Question:
    """One that is not answered yet."""

    __slots__ = (
        "activation",
        "changes",
        "deepened",
        "depth",
        "expression",
        "found",
        "index",
        "is_flat",
        "is_settled",
        "low",
        "readers",
        "value",
        "waits",
    )

    def __init__(self, activation: Activation, expression: Expr, index: int) -> None:
        self.activation = activation
        self.expression = expression
        self.index = index
        """Its place among the questions that are not answered."""
        self.low = index
        """The first place that it leans on, as far as is known."""
        self.readers: set[_Question] = set()
        """Those that have read its value while it was not answered."""
        self.found: Things = NEVER
        """What was found last."""
        self.value: Things = NEVER
        """What others read: what had been found by the end of the round before."""
        self.waits = False
        """When it was found, something that matters had no values yet."""
        self.is_settled = False
        """It has no values yet and is taken to have none."""
        self.is_flat = False
        """Its values are known without what they were made of: they nest ever deeper."""
        self.changes = 0
        self.depth = 0
        self.deepened = 0

    def begin_again(self) -> None:
        """Have no values, as at first."""
        self.value = NEVER
        self.is_settled = self.is_flat = False
        self.changes = self.depth = self.deepened = 0


class Answers:
    """Every answer that is known (in ``Activation.answers``), and the questions that are open.

    ``flatten`` gives a thing as it is known without what it was made of.
    """

    def __init__(self, find: Find, flatten: Callable[[Things], Things]) -> None:
        self._find = find
        self._flatten = flatten
        self._questions: dict[tuple[Activation, Expr], _Question] = {}
        self._stack: list[_Question] = []
        """The same, in the order in which they were asked."""
        self._current: _Question | None = None
        self._nested = 0
        self._shared: dict[Things, Things] = {}
        """Answers that are equal, as most are to another one, are one object."""
        self.tentative = 0
        """How often something was read that was not known for good."""
        self._waiting = 0
        """How often something was read that had no values yet."""
        self._is_spent = False
        self._most = 0
        self.steps = 0
        """How often an answer was looked for."""
        self.unanswered: dict[Unanswered, None] = {}
        """Questions whose answer is unknown because they met their budget."""

    def mark(self) -> int:
        """A point in time, for ``waits``."""
        return self._waiting

    def waits(self, mark: int) -> bool:
        """Whether something that was read since then has no values yet, although it may come to have some."""
        return self._waiting != mark

    def ask(self, expression: Expr, activation: Activation) -> Things:
        """The answer to a question that has none in ``Activation.answers``; what is known by now, if it is open."""
        question = self._questions.get((activation, expression))
        if question is not None:
            return self._read(question)
        if self._is_spent:
            self.tentative += 1
            return ANYTHING
        if self._nested >= limits.MAX_NESTED:
            self._note()
            return ANYTHING
        if not self._stack:
            self._most = self.steps + limits.MAX_STEPS
        question = _Question(activation, expression, len(self._stack))
        self._questions[activation, expression] = question
        self._stack.append(question)
        mark = self._waiting
        try:
            self._look(question)
            if question is self._stack[-1] and question.low == question.index and not question.readers:
                return self._alone(question, mark)
            is_closed = question.low == question.index and self._is_closed(question)
        except BaseException:
            self._forget(question.index)
            raise
        if is_closed or self._is_spent:
            found = self._answer(question)
            self._waiting = mark
            return found
        return self._read(question)

    def give(self, expression: Expr, activation: Activation, found: Things) -> Things:
        """Keep the answer to a question that asks no other one."""
        found = activation.answers[expression] = self._shared.setdefault(found, found)
        return found

    def _read(self, question: _Question) -> Things:
        """What is known by now of a question that is not answered, for the one that is being looked at."""
        reader = self._current
        assert reader is not None, "nothing is open where nothing is asked"
        self.tentative += 1
        reader.low = min(reader.low, question.low)
        question.readers.add(reader)
        if not question.value and not question.is_settled:
            self._waiting += 1
        return question.value

    def _look(self, question: _Question) -> None:
        """Look for the answer, by what is known by now."""
        self.steps += 1
        if self.steps > self._most:  # whatever is open now has no known answer
            self._is_spent = True
            self._note()
            return
        before, self._current = self._current, question
        mark = self._waiting
        self._nested += 1
        try:
            found = self._find(question.expression, question.activation)
        finally:
            self._current = before
            self._nested -= 1
        question.waits = self._waiting != mark
        question.found = found if len(found) <= limits.MAX_VALUES else ANYTHING

    def _note(self) -> None:
        """The question that was asked first has met its budget."""
        first = self._stack[0]
        self.unanswered[Unanswered(first.activation.path, first.activation.name, first.expression)] = None

    def _is_closed(self, root: _Question) -> bool:
        """Answer the questions from this one on together, if no other is waited for. Whether none is."""
        if root.index == len(self._stack) - 1 and root not in root.readers:
            root.value = root.found
            return True
        first = {each: each.found for each in self._stack[root.index :]}
        if self._settle(root.index):
            return True
        # Another one is waited for after all: once that is closed, all of them begin again.
        if not self._is_spent:
            low = min(each.low for each in self._stack[root.index :])
            self._forget(root.index + len(first))
            for each, found in first.items():
                each.begin_again()
                each.found = found
                each.readers = {reader for reader in each.readers if reader in first}
            root.low = low
        return False

    def _settle(self, base: int) -> bool:
        """Find the answers of the questions from this place on. False where they lean on one before it.

        When a value comes to be known can tell how it was made, so questions that joined the others on the way are
        there from the beginning another time.
        """
        for _ in range(limits.MAX_BEGINNINGS):
            known = len(self._stack)
            if not self._run(base):
                return False
            if len(self._stack) == known:
                return True
            for each in self._stack[base:]:
                each.begin_again()
            if not self._round(self._stack[base:], base):
                return False
        return self._run(base)

    def _run(self, base: int) -> bool:
        """Find them in rounds, until none changes. False as for ``_settle``."""
        changed = self._changed(self._stack[base:])
        while True:
            while changed:
                readers: set[_Question] = {reader for each in changed for reader in each.readers}
                work = sorted(readers, key=lambda each: each.index)
                if not self._round(work, base):
                    return False
                changed = self._changed(work)
            unsettled = [each for each in self._stack[base:] if not each.is_settled]
            for each in unsettled:
                each.is_settled = True
            work = [each for each in self._stack[base:] if each.waits] if unsettled else []
            if not work:
                return True
            if not self._round(work, base):
                return False
            changed = self._changed(work)

    def _round(self, work: list[_Question], base: int) -> bool:
        """Look at these questions again; new ones that lean on them are added to them. False as for ``_settle``."""
        top = len(self._stack)
        for each in work:
            self._look(each)
            if self._is_spent:
                return False
        work += self._stack[top:]
        return all(each.low >= base for each in work)

    def _changed(self, questions: Iterable[_Question]) -> list[_Question]:
        """Give to readers what has been found. Those of which that is another value than before."""
        changed: list[_Question] = []
        for each in questions:
            found = self._bounded(each)
            if found != each.value:
                each.value = found
                each.changes += 1
                changed.append(each)
        return changed

    def _bounded(self, question: _Question) -> Things:
        """What was found, or less where it would grow for ever."""
        if question.changes >= limits.MAX_CHANGES:
            return ANYTHING
        found = question.found
        if not question.is_flat:
            depth = deepest(found)
            if depth > question.depth:
                question.depth = depth
                question.deepened += 1
            question.is_flat = question.deepened > limits.MAX_DEEPENED
        return self._flatten(found) if question.is_flat else found

    def _answer(self, root: _Question) -> Things:
        """Keep the answers of the questions from this one on."""
        for each in self._stack[root.index :]:
            found = ANYTHING if self._is_spent else each.value
            each.activation.answers[each.expression] = self._shared.setdefault(found, found)
        self._forget(root.index)
        return root.activation.answers[root.expression]

    def _alone(self, question: _Question, mark: int) -> Things:
        """Keep the answer of the question that was asked last, which leans on none: most do not."""
        found = ANYTHING if self._is_spent else question.found
        found = self._shared.setdefault(found, found)
        question.activation.answers[question.expression] = found
        del self._questions[question.activation, question.expression]
        self._stack.pop()
        if not self._stack:
            self._is_spent = False
        self._waiting = mark
        return found

    def _forget(self, base: int) -> None:
        """The questions from this place on are no longer open."""
        for each in self._stack[base:]:
            del self._questions[each.activation, each.expression]
        del self._stack[base:]
        if not self._stack:
            self._is_spent = False
