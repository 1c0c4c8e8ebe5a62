"""The same edits for entries of @livekit/agents, on the text of TypeScript and JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lkagent_lint.frontends.javascript.parse import (
    FUNCTIONS,
    ParsedFile,
    arguments,
    callee,
    entries,
    last_name,
    text_of,
    unwrap,
    walk,
)
from lkagent_lint.languages import dialect_of
from tools.mutate.operators import HELPERS, Mutant

if TYPE_CHECKING:
    from tree_sitter import Node

MANIFEST = '{"dependencies": {"@livekit/agents": "1.9.0"}}'


class NodeEntry(NamedTuple):
    """An entry and the one statement in it that awaits ``session.start({ room })``. Offsets are in bytes."""

    name: str
    context: str
    session: str
    body: tuple[int, int]
    """Between the braces."""
    start: tuple[int, int]
    """The whole statement."""
    call: str
    """The call that it awaits."""
    room: tuple[int, int]
    """The entry of the room in what the call is given, with the comma behind it."""


def parse(text: str, name: str) -> ParsedFile | None:
    """A file that the parser understands; None for others."""
    dialect = dialect_of(name)
    source = None if dialect is None else ParsedFile(text.encode(), dialect)
    return None if source is None or source.root.has_error else source


def node_entries(text: str, name: str) -> Iterator[NodeEntry]:
    """The entries of a file that await exactly one start with a room in their own body."""
    source = parse(text, name) if "defineAgent" in text else None
    for node, _ in walk(source.root) if source is not None else ():
        if node.type == "call_expression" and last_name(callee(node)) == "defineAgent":
            for given in arguments(node)[:1]:
                function = _entry_function(given)
                found = None if function is None else _of_function(function)
                if found is not None:
                    yield found


def _entry_function(given: Node) -> Node | None:
    for key, _, value in entries(given) if given.type == "object" else ():
        function = unwrap(value)
        if key == "entry" and function.type in FUNCTIONS:
            return function
    return None


def _of_function(function: Node) -> NodeEntry | None:
    body = function.child_by_field_name("body")
    context = _context(function)
    starts = [] if body is None else list(_starts(body))
    if body is None or body.type != "statement_block" or not context or len(starts) != 1:
        return None
    statement, call = starts[0]
    target = callee(call)
    session = None if target is None else target.child_by_field_name("object")
    pair = next((each for each in arguments(call)[0].named_children if text_of(each).startswith("room")), None)
    if session is None or session.type != "identifier" or pair is None:
        return None
    end = (
        pair.next_sibling.end_byte if pair.next_sibling is not None and pair.next_sibling.type == "," else pair.end_byte
    )
    return NodeEntry(
        "entry",
        context,
        text_of(session),
        (body.start_byte + 1, body.end_byte - 1),
        (statement.start_byte, statement.end_byte),
        text_of(call),
        (pair.start_byte, end),
    )


def _context(function: Node) -> str:
    """The name of the first parameter; empty where it is taken apart."""
    given = function.child_by_field_name("parameters")
    first = function.child_by_field_name("parameter") if given is None else next(iter(given.named_children), None)
    if first is not None and first.type in ("required_parameter", "optional_parameter"):
        first = first.child_by_field_name("pattern")
    return text_of(first) if first is not None and first.type == "identifier" else ""


def _starts(body: Node) -> Iterator[tuple[Node, Node]]:
    """``await session.start({ …, room })``, a statement of its own in the function's own body."""
    for child in body.named_children:
        if child.type in FUNCTIONS or child.type.startswith("class"):
            continue
        if child.type == "expression_statement" and child.named_children[0].type == "await_expression":
            call = unwrap(child.named_children[0])
            given = arguments(call) if call.type == "call_expression" else []
            if last_name(callee(call)) == "start" and len(given) == 1 and given[0].type == "object":
                if any(key == "room" for key, _, _ in entries(given[0])):
                    yield child, call
                    continue
        yield from _starts(child)


def node_mutants(text: str, entry: NodeEntry) -> Iterator[Mutant]:
    """Every mutant of one entry."""
    data = text.encode()
    context, session = entry.context, entry.session

    def put(at: int, code: str) -> str:
        return (data[:at] + f"\n{code}\n".encode() + data[at:]).decode()

    def in_place_of_start(code: str) -> str:
        return (data[: entry.start[0]] + code.encode() + data[entry.start[1] :]).decode()

    first, last = entry.body
    before, after = entry.start
    yield from _early_connects(text, entry)
    for operator, rule, mutated in (
        ("drop the start's await", "LKA106", in_place_of_start(f"{entry.call};")),
        ("drop a connect's await", "LKA106", put(after, f"{context}.connect();")),
        ("wait first", "LKA104", put(first, f"await {context}.waitForParticipant();")),
        (
            "connect with options after the start",
            "LKA107",
            put(after, f"await {context}.connect(undefined, 1 as any);"),
        ),
        ("speak before the start", "LKA108", put(before, f"{session}.generateReply();")),
        ("read the participant first", "LKA109", put(first, f"console.log({context}.room.localParticipant);")),
        ("room listener after the start", "LKA110", put(after, f"{context}.room.on('dataReceived', () => {{}});")),
        ("session listener after the start", "LKA111", put(after, f"{session}.on('user_state_changed', () => {{}});")),
        ("participant entrypoint after the start", "LKA112", put(after, f"{context}.addParticipantEntrypoint(f);")),
        ("publish in a shutdown callback", "LKA113", put(first, _PUBLISHES.format(context=context))),
        ("return first", "LKA115", put(first, f"if ({context}.job.metadata === 'no') return;")),
        *(
            (f"return by {told}", "LKA115", put(first, call.format(guard=f"{HELPERS}_g({context})")) + _guard(body))
            for told, call, body in _GUARDS
        ),
        ("drop room", "LKA116", (data[: entry.room[0]] + data[entry.room[1] :]).decode()),
        ("callback after an endless wait", "LKA105", put(last, _ENDLESS.format(context=context))),
    ):
        yield Mutant(operator, rule, mutated, {})
    # A connect in a room that has been joined does nothing, so it is no mistake there.
    if f"{context}.connect(".encode() not in data[entry.body[0] : entry.start[0]]:
        beside = in_place_of_start(_BESIDE.format(context=context, call=entry.call))
        yield Mutant("connect beside the start", "LKA117", beside, {})


_GUARDS = (
    ("what a function says", "if (!(await {guard})) return;", "return c.job.metadata !== 'no';"),
    ("null", "if ((await {guard}) === null) return;", "return c.job.metadata === 'no' ? null : c.job;"),
    ("an exception", "try {{ await {guard}; }} catch {{ return; }}", "if (c.job.metadata === 'no') throw new Error();"),
    ("a flag", "let _no = false; if (await {guard}) _no = true; if (_no) return;", "return c.job.metadata === 'no';"),
)
"""How a guard that shuts nothing down says no: in words, its call, and what it does."""


def _guard(body: str) -> str:
    return f"\nasync function {HELPERS}_g(c: any): Promise<any> {{ {body} }}\n"


_PUBLISHES = (
    "{context}.addShutdownCallback(async () => {{ await {context}.room.localParticipant?.publishData(x, {{}}); }});"
)
_BESIDE = "await Promise.all([{context}.connect(), {call}]);"
_ENDLESS = "await new Promise(() => {{}});\n{context}.addShutdownCallback(async () => {{}});"


def _early_connects(text: str, entry: NodeEntry) -> Iterator[Mutant]:
    """A connect before the start, in the ways in which people hide it."""
    data, context = text.encode(), entry.context
    if b".connect(" in data[entry.body[0] : entry.start[0]]:
        return  # the room is joined by then, and a second connect changes nothing
    plain = f"await {context}.connect();"
    helper = f"\nasync function {HELPERS}_f(c: any) {{ await c.connect(); }}\n"
    members = "c: any; constructor(c: any) { this.c = c; } async go() { await this.c.connect(); }"
    method = f"\nclass {HELPERS}_C {{ {members} }}\n"
    foreign = f"const {HELPERS}_x = await {HELPERS}_build();\n"
    table = f"{helper}const {HELPERS}_t = {{ go: {HELPERS}_f }};\n"
    module = "export const go = async (c: any) => c.connect();\n"
    for shape, code, end, extra in (
        ("plain", plain, "", {}),
        ("in a branch", f"if ({context}.job.metadata) {{ {plain} }}", "", {}),
        ("in a loop", f"for (let i = 0; i < 2; i++) {{ {plain} }}", "", {}),
        ("in a try", f"try {{ {plain} }} finally {{ console.log(1); }}", "", {}),
        ("behind a limit", f"await Promise.race([{context}.connect(), fetch('x')]);\n{plain}", "", {}),
        ("behind a factory of others", f"{foreign}{plain}", _FOREIGN, {}),
        ("from a table", f"await {HELPERS}_t.go({context});", table, {}),
        ("in Promise.all", f"await Promise.all([{context}.connect(), fetch('x')]);", "", {}),
        ("before a then", f"await {context}.connect().then(() => console.log(1));", "", {}),
        ("in a nested function", f"const {HELPERS}_n = async () => {{ {plain} }};\nawait {HELPERS}_n();", "", {}),
        ("in a helper", f"await {HELPERS}_f({context});", helper, {}),
        ("in a method", f"await new {HELPERS}_C({context}).go();", method, {}),
        ("in another module", f"await {HELPERS}_go({context});", _IMPORT, {f"{HELPERS}.ts": module}),
    ):
        at = entry.start[0]
        mutated = (data[:at] + f"\n{code}\n".encode() + data[at:]).decode()
        yield Mutant(f"connect before the start, {shape}", "LKA101", mutated + end, extra)


_FOREIGN = f"\nimport {{ build as {HELPERS}_build }} from '{HELPERS}-others';\n"
_IMPORT = f"\nimport {{ go as {HELPERS}_go }} from './{HELPERS}.js';\n"
