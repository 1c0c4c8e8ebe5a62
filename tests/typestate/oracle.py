"""A small oracle: it generates programs, renders them as agents, and runs them by brute force.

``run`` executes a program once for every sequence of choices (which branch, how many rounds, whether a step raises)
with a state machine of a few lines, written from the catalogue's semantics and not from the linter. What it observes
is every event's line with the state in which it was reached. It shares no code with the solver.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

ROUNDS = 3
"""A loop's most rounds: joining, starting and observing can each take one."""
DEPTH = 3
"""A helper's most nested calls of itself."""
MAX_PATHS = 1_500
"""A program with more runs is left out: a few of those would take most of the time."""

EVENTS = {
    "connect": "await ctx.connect()",
    "options": "await ctx.connect(auto_subscribe=mode)",
    "start": "await session.start(agent=agent, room=ctx.room)",
    "plain": "await session.start(agent=agent)",
    "wait": "await ctx.wait_for_participant()",
    "use": "print(ctx.room.remote_participants)",
    "other": "await other()",
    "nothing": "print(1)",
}


_SEES = {
    "nested": ["function", "module", "nested", "method"],
    "function": ["function", "module", "method"],
    "method": ["function", "module", "method"],
    "module": ["module", "method"],
}
"""The forms of helper that a helper of a form can name where it stands (the entry sees what a nested one sees)."""


@dataclass(eq=False)
class Node:
    """A statement; ``line`` is where it was rendered (1-based, of the file that holds it)."""

    kind: str
    blocks: list[list[Node]] = field(default_factory=list["list[Node]"])
    name: str = ""
    """Of the helper that a call calls; how a try ends."""
    line: int = 0


class Program(NamedTuple):
    entry: list[Node]
    helpers: dict[str, list[Node]]
    forms: dict[str, str]
    """How each helper is written: ``function``, ``module``, ``nested`` or ``method``."""


# Generating


class Generator:
    """Makes programs of limited size from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.left = 0

    def program(self) -> Program:
        names = ["first", "second"][: self.random.choice([0, 1, 1, 2])]
        self.left = self.random.choice([4, 6, 8])
        entry = self.block(0, names, loop=False)
        helpers: dict[str, list[Node]] = {}
        for index, name in enumerate(names):
            self.left = 4
            callees = names[index + 1 :] + ([name] if self.random.random() < 0.15 else [])
            helpers[name] = self.block(1, callees, loop=False)
        forms: dict[str, str] = {}
        visible = _SEES["nested"]
        for name in names:
            forms[name] = self.random.choice(visible)
            visible = _SEES[forms[name]]
        return Program(entry, helpers, forms)

    def block(self, depth: int, names: list[str], *, loop: bool) -> list[Node]:
        size = self.random.choice([1, 2, 3]) if depth else self.random.choice([2, 3, 4])
        return [self.statement(depth, names, loop=loop) for _ in range(size)]

    def statement(self, depth: int, names: list[str], *, loop: bool) -> Node:
        self.left -= 1
        roll = self.random.random()
        if depth < 3 and self.left > 0 and roll < 0.42:
            kind = self.random.choice(["if", "if", "match", "while", "forever", "for", "try", "try", "with"])
            return self.compound(kind, depth + 1, names, loop=loop)
        if names and roll < 0.52:
            return Node("call", name=self.random.choice(names))
        if roll < 0.58:
            return Node(self.random.choice(["return", "raise", *(["break", "continue"] if loop else [])]))
        return Node(self.random.choice([*EVENTS, "connect", "start", "start", "wait", "conditional"]))

    def compound(self, kind: str, depth: int, names: list[str], *, loop: bool) -> Node:
        def part(inside: bool = loop) -> list[Node]:
            return self.block(depth, names, loop=inside)

        if kind in ("if", "match"):
            return Node(kind, [part(), part() if self.random.random() < 0.6 else []])
        if kind in ("while", "for"):
            return Node(kind, [part(True), part() if self.random.random() < 0.3 else []])
        if kind == "forever":
            return Node(kind, [[*part(True), Node("leave")]])
        if kind == "with":
            return Node(kind, [part()])
        name = self.random.choice(["except", "bare", "except finally", "bare finally", "finally", "except else"])
        return Node("try", [part(), part(), part(), part()], name=name)


# Rendering


class Renderer:
    """Writes a program as ``agent.py`` and ``steps.py``, and notes every node's line."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lines: list[str] = []
        self.steps = "steps."
        """What stands before the name of a helper of form ``module``."""

    def files(self) -> dict[str, str]:
        helpers = self.program.helpers
        self.lines = ["import livekit", "from others import other, agent, mode, flag, span"]
        self.steps = ""
        self._functions("module", 0)
        self.steps = "steps."
        steps = self.lines
        self.lines = [
            "from livekit.agents import AgentServer, AgentSession",
            "from others import other, agent, mode, flag, span",
            "import steps",
            "server = AgentServer()",
            "class Box:",
            "    def __init__(self, ctx, session):",
            "        self.ctx = ctx",
            "        self.session = session",
        ]
        for name, body in helpers.items():
            if self.program.forms[name] == "method":
                self.lines += [
                    f"    async def {name}(self):",
                    "        ctx, session, box = self.ctx, self.session, self",
                ]
                self._block(body, 2)
        self._functions("function", 0)
        self.lines += ["@server.rtc_session()", "async def entry(ctx):", "    session = AgentSession()"]
        self.lines += ["    box = Box(ctx, session)"]
        self._functions("nested", 1)
        self._block(self.program.entry, 1)
        return {"agent.py": "\n".join(self.lines) + "\n", "steps.py": "\n".join(steps) + "\n"}

    def _functions(self, form: str, depth: int) -> None:
        pad = "    " * depth
        for name, body in self.program.helpers.items():
            if self.program.forms[name] == form:
                parameters = "" if form == "nested" else "ctx, session, box"
                self.lines.append(f"{pad}async def {name}({parameters}):")
                self._block(body, depth + 1)

    def _call(self, name: str) -> str:
        form = self.program.forms[name]
        return {
            "function": f"await {name}(ctx, session, box)",
            "module": f"await {self.steps}{name}(ctx, session, box)",
            "nested": f"await {name}()",
            "method": f"await box.{name}()",
        }[form]

    def _block(self, block: list[Node], depth: int) -> None:
        for node in block:
            self._statement(node, "    " * depth, depth)
        if not block:
            self.lines.append("    " * depth + "pass")

    def _statement(self, node: Node, pad: str, depth: int) -> None:
        node.line = len(self.lines) + 1
        simple = {
            "return": "return",
            "raise": "raise ValueError",
            "break": "break",
            "continue": "continue",
            "leave": "break",
            "conditional": "await ctx.connect() if flag else await other()",
            **EVENTS,
        }
        if node.kind in simple:
            self.lines.append(pad + simple[node.kind])
        elif node.kind == "call":
            self.lines.append(pad + self._call(node.name))
        elif node.kind == "try":
            self._try(node, pad, depth)
        else:
            heads = {
                "if": ["if flag:", "else:"],
                "match": ["match flag:"],
                "while": ["while flag:", "else:"],
                "for": ["for each in flag:", "else:"],
                "forever": ["while True:"],
                "with": ["with span():"],
            }[node.kind]
            self.lines.append(pad + heads[0])
            if node.kind == "match":
                for pattern, block in zip(("case 1:", "case _:"), node.blocks, strict=True):
                    self.lines.append(f"{pad}    {pattern}")
                    self._block(block, depth + 2)
                return
            self._block(node.blocks[0], depth + 1)
            if len(node.blocks) > 1 and node.blocks[1]:
                self.lines.append(pad + heads[1])
                self._block(node.blocks[1], depth + 1)

    def _try(self, node: Node, pad: str, depth: int) -> None:
        body, handler, otherwise, final = node.blocks
        self.lines.append(f"{pad}try:")
        self._block(body, depth + 1)
        if "except" in node.name or "bare" in node.name:
            self.lines.append(pad + ("except:" if "bare" in node.name else "except KeyError:"))
            self._block(handler, depth + 1)
        if "else" in node.name:
            self.lines.append(f"{pad}else:")
            self._block(otherwise, depth + 1)
        if "finally" in node.name:
            self.lines.append(f"{pad}finally:")
            self._block(final, depth + 1)


# Running


class Seen(NamedTuple):
    """An event reached: its place, and what was so at that moment."""

    place: tuple[str, int]
    kind: str
    joined: str
    """``out``, ``in`` or ``lost`` (behind a wait that raised, which the catalogue follows no further)."""
    joiner: tuple[str, int] | None
    bare: bool
    started: bool
    exceptional: bool


class _Raised(Exception):
    pass


class _Returned(Exception):
    pass


class _Broken(Exception):
    pass


class _Continued(Exception):
    pass


class _CutOff(Exception):
    """The run goes on for ever, or too deep: it is given up, and other runs show what lies behind."""


class Path:
    """One run: it follows given choices, then takes the first of every further one and notes how many there were."""

    def __init__(self, program: Program, given: list[int], *, waits_join: bool) -> None:
        self.program = program
        self.choices = list(given)
        self.sizes: list[int] = []
        self.waits_join = waits_join
        self.seen: set[Seen] = set()
        self.joined, self.bare = "out", False
        self.joiner: tuple[str, int] | None = None
        self.started = self.exceptional = False
        self.tries = self.depth = 0
        self.file = "agent.py"

    def choose(self, size: int) -> int:
        index = len(self.sizes)
        self.sizes.append(size)
        if index == len(self.choices):
            self.choices.append(0)
        return self.choices[index]

    def run(self) -> None:
        with suppress(_Raised, _Returned, _CutOff):
            self.block(self.program.entry)

    def may_raise(self) -> None:
        """Any step may raise; outside of every try nobody could tell."""
        if self.tries and self.choose(2):
            self.exceptional = True
            raise _Raised

    def block(self, block: list[Node]) -> None:
        for node in block:
            self.may_raise()
            self.statement(node)

    def statement(self, node: Node) -> None:
        match node.kind:
            case "return":
                raise _Returned
            case "raise":
                self.exceptional = True
                raise _Raised
            case "break" | "leave":
                raise _Broken
            case "continue":
                raise _Continued
            case "if" | "match":
                self.block(node.blocks[self.choose(2)])
            case "while" | "for" | "forever":
                self.loop(node)
            case "with":
                self.block(node.blocks[0])
            case "try":
                self.attempt(node)
            case "call":
                self.call(node.name)
            case "conditional":
                if self.choose(2):
                    self.event("connect", node.line)
            case kind:
                self.event(kind, node.line)

    def loop(self, node: Node) -> None:
        for _ in range(ROUNDS):
            if node.kind != "forever" and not self.choose(2):
                break
            try:
                self.block(node.blocks[0])
            except _Broken:
                return
            except _Continued:
                pass
        else:
            if node.kind == "forever":
                raise _CutOff
        if node.kind != "forever":
            self.block(node.blocks[1])

    def call(self, name: str) -> None:
        if self.depth == DEPTH:
            raise _CutOff
        file = self.file
        self.depth += 1
        self.file = "steps.py" if self.program.forms[name] == "module" else "agent.py"
        try:
            self.block(self.program.helpers[name])
        except _Returned:
            pass
        finally:
            self.depth -= 1
            self.file = file

    def attempt(self, node: Node) -> None:
        body, handler, otherwise, final = node.blocks
        if "finally" not in node.name:
            self.guarded(node.name, body, handler, otherwise)
            return
        self.tries += 1
        try:
            self.guarded(node.name, body, handler, otherwise)
            self.may_raise()
        except (_Raised, _Returned, _Broken, _Continued) as leaving:
            self.tries -= 1
            self.block(final)
            raise leaving
        self.tries -= 1
        self.block(final)

    def guarded(self, name: str, body: list[Node], handler: list[Node], otherwise: list[Node]) -> None:
        if name == "finally":
            self.block(body)
            return
        self.tries += 1
        try:
            self.block(body)
            self.may_raise()
        except _Raised:
            self.tries -= 1
            if "bare" not in name and not self.choose(2):
                raise
            self.block(handler)
            return
        except (_Returned, _Broken, _Continued):
            self.tries -= 1
            raise
        self.tries -= 1
        if "else" in name:
            self.block(otherwise)

    def event(self, kind: str, line: int) -> None:
        """The machine itself."""
        if kind in ("other", "nothing"):
            return
        place = (self.file, line)
        self.seen.add(Seen(place, kind, self.joined, self.joiner, self.bare, self.started, self.exceptional))
        joins = kind in ("connect", "options", "start") or (kind == "wait" and self.waits_join)
        if joins and self.joined != "in":
            if self.joined == "out":
                self.joiner, self.bare = place, kind == "connect"
            self.joined = "in"
        elif kind == "wait" and self.joined == "out":
            self.joined = "lost"
        if kind in ("start", "plain"):
            self.started = True


def run(program: Program, *, waits_join: bool) -> set[Seen] | None:
    """Everything that any run of a rendered program observes; None where there are too many runs."""
    seen: set[Seen] = set()
    given: list[int] | None = []
    for _ in range(MAX_PATHS):
        if given is None:
            return seen
        path = Path(program, given, waits_join=waits_join)
        path.run()
        seen |= path.seen
        given = _following(path.choices, path.sizes)
    return None


def _following(choices: list[int], sizes: list[int]) -> list[int] | None:
    """The next sequence of choices in order; None after the last."""
    for index in range(len(sizes) - 1, -1, -1):
        if choices[index] + 1 < sizes[index]:
            return [*choices[:index], choices[index] + 1]
    return None
