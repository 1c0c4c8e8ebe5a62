"""From libcst expressions to symbolic ones, recording calls, awaits and reads in evaluation order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from lkagent_lint.facts.flows import Do, Use
from lkagent_lint.facts.following import last_name, made_of, parts_of
from lkagent_lint.facts.values import (
    NONE,
    OPAQUE,
    Attribute,
    Constant,
    Either,
    Expr,
    Function,
    Items,
    Join,
    Made,
    Mapping,
    Name,
    Opaque,
    Or,
    Result,
    Spread,
    Subscript,
    Text,
)
from lkagent_lint.frontends.python import filling
from lkagent_lint.frontends.python.drafts import AwaitDraft, CallDraft, ReadDraft
from lkagent_lint.frontends.python.looks import Looks
from lkagent_lint.frontends.python.words import QUIET_METHODS, READS_ON, ROOM_READS
from lkagent_lint.sources.sdk.vocabulary import CALLED_ON

if TYPE_CHECKING:
    from lkagent_lint.frontends.python.walker import Walker

_SURROGATES = re.compile("[\ud800-\udfff]")
_PLAIN_STRING = re.compile(r"""[rRuU]?("(?!"")|'(?!'')|\"{3}|'{3})([^\\\r\x00\ud800-\udfff]*)\1""")
"""A string whose value is what stands between the quotes; libcst would compile it to know."""
_PLAIN = (Text, Constant, Made, Opaque)


def text_of(node: cst.SimpleString) -> Expr:
    """A string literal's value; bytes and literals that Python itself refuses are opaque."""
    plain = _PLAIN_STRING.fullmatch(node.value)
    if plain is not None:
        return Text(plain[2])
    try:
        value = node.evaluated_value
    except (SyntaxError, ValueError):
        return OPAQUE
    if not isinstance(value, str) or _SURROGATES.search(value):  # lone surrogates cannot be encoded, nor be a name
        return OPAQUE
    return Text(value)


def join(parts: Iterable[Expr]) -> Expr:
    """The concatenation of parts, however they are written: literals beside each other are one."""
    joined: list[Expr] = []
    for part in parts:
        for each in part.parts if isinstance(part, Join) else (part,):
            last = joined[-1] if joined else None
            if isinstance(each, Text) and isinstance(last, Text):
                joined[-1] = Text(last.value + each.value)
            elif each != Text(""):
                joined.append(each)
    return (
        joined[0] if len(joined) == 1 and isinstance(joined[0], Text) else Join(tuple(joined)) if joined else Text("")
    )


def _fills_agents(target: Expr) -> bool:
    """``configuration.agents.add()`` makes a dispatch, arguments or not."""
    return isinstance(target, Attribute) and isinstance(target.base, Attribute) and target.base.name == "agents"


def _reads_environment(target: Expr) -> bool:
    """``os.environ.get("NAME", "default")``, ``env.str("NAME")``: the value may be an agent's name."""
    base = target.base if isinstance(target, Attribute) else None
    return last_name(base) == "environ" or (base == Name("env") and last_name(target) == "str") if base else False


def _is_called_on(target: Expr) -> bool:
    """``server.http.get("/calls")``: a common word, on what it has to be called on."""
    match target:
        case Attribute(Attribute(name=base) | Name(base), name):
            return base in CALLED_ON.get(name, ())
        case _:
            return False


def _says(target: Expr) -> bool:
    """``print("…")`` and ``logger.info("…")`` give back nothing."""
    match target:
        case Name("print"):
            return True
        case Attribute(Name("logger" | "logging" | "log"), name):
            return name in ("debug", "info", "warning", "error", "exception", "critical")
        case _:
            return False


def _made(target: Expr, given: Sequence[Expr]) -> Expr:
    """What a quiet method makes of values; of ``names.get("desk", "front")`` it is known which one."""
    if last_name(target) == "get" and given and isinstance(given[0], Text) and OPAQUE not in given:
        return Made((*parts_of(target), *given), "get")
    if last_name(target) == "split" and len(given) < 2:
        words = filling.words_of(given[0] if given else target.base if isinstance(target, Attribute) else OPAQUE)
        if words:
            return Items(words)
    return made_of(*parts_of(target), *given, by=last_name(target))


def _is_infinite(target: Expr, args: Sequence[Expr]) -> bool:
    """``float("inf")`` is a number that is written out."""
    return target == Name("float") and list(args) in ([Text("inf")], [Text("infinity")])


def is_left_out(target: Expr, given: Sequence[Expr]) -> bool:
    """A call that can do nothing to a job, and of which nobody asks anything: it is not recorded."""
    return (
        (isinstance(target, Opaque) or last_name(target) in QUIET_METHODS)
        and not _fills_agents(target)
        and not _reads_environment(target)
        and not _is_called_on(target)
        and all(isinstance(value, _PLAIN) for value in given)
    )


_LEAVES = frozenset({cst.Name, cst.SimpleString, cst.Integer, cst.Float})


def is_leaf(node: cst.BaseExpression) -> bool:
    """No step can come from evaluating it."""
    return node.__class__ in _LEAVES


class Expressions:
    """Evaluates expressions into the walker's open flow."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self.looks = Looks(walker)

    def evaluate(self, node: cst.BaseExpression, use: Use = Use.VALUE) -> Expr:
        """The symbolic value of an expression, after recording what its evaluation does."""
        handler = self._HANDLERS.get(type(node))
        return OPAQUE if handler is None else handler(self, node, use)

    def annotation(self, node: cst.BaseExpression) -> Expr:
        """A type expression; string annotations are kept as text. Nothing is recorded."""
        match node:
            case cst.Name():
                return Constant("None") if node.value == "None" else Name(node.value)
            case cst.Attribute():
                return Attribute(self.annotation(node.value), node.attr.value)
            case cst.Subscript():
                keys = [self.annotation(item.slice.value) for item in node.slice if isinstance(item.slice, cst.Index)]
                return Subscript(self.annotation(node.value), Items(tuple(keys)))
            case cst.BinaryOperation(operator=cst.BitOr()):
                return Either((self.annotation(node.left), self.annotation(node.right)))
            case cst.SimpleString():
                return text_of(node)
            case _:
                return OPAQUE

    # Leaves

    def _name(self, node: cst.Name, use: Use) -> Expr:
        return Constant(node.value) if node.value in ("None", "True", "False") else Name(node.value)

    def _string(self, node: cst.SimpleString, use: Use) -> Expr:
        return text_of(node)

    def _number(self, node: cst.Integer | cst.Float, use: Use) -> Expr:
        return Constant(node.value)

    def _concatenated(self, node: cst.ConcatenatedString, use: Use) -> Expr:
        return join((self.evaluate(node.left), self.evaluate(node.right)))

    def _formatted(self, node: cst.FormattedString | cst.TemplatedString, use: Use) -> Expr:
        parts: list[Expr] = []
        for part in node.parts:
            if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
                parts.append(Text(part.value) if "\\" not in part.value and "{" not in part.value else OPAQUE)
            elif isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
                value = self.evaluate(part.expression)
                spelled = part.conversion is not None or part.format_spec is not None or part.equal is not None
                parts.append(made_of(value) if spelled else value)
        return join(parts)

    # Access

    def _attribute(self, node: cst.Attribute, use: Use) -> Expr:
        value = Attribute(self.evaluate(node.value), node.attr.value)
        read_on = READS_ON.get(node.attr.value)
        is_read = node.attr.value in ROOM_READS and (read_on is None or read_on == last_name(value.base))
        if is_read and use is not Use.AWAITED:
            self._walker.graph.step(ReadDraft(value, use, node))
        self.looks.attribute(value, node)
        return value

    def _subscript(self, node: cst.Subscript, use: Use) -> Expr:
        if use is not Use.COUNTED:
            self.looks.subscript(node)
        base = self.evaluate(node.value)
        keys = [self.evaluate(item.slice.value) for item in node.slice if isinstance(item.slice, cst.Index)]
        for item in node.slice:
            if isinstance(item.slice, cst.Slice):
                self._discard(item.slice.lower, item.slice.upper, item.slice.step)
        if not keys or len(keys) < len(node.slice):
            return made_of(base)
        return Subscript(base, keys[0] if len(keys) == 1 else Items(tuple(keys)))

    def _discard(self, *nodes: cst.BaseExpression | None) -> None:
        for node in nodes:
            if node is not None:
                self.evaluate(node)

    # Calls

    def _call(self, node: cst.Call, use: Use) -> Expr:
        self.looks.call(node)
        target = self.evaluate(node.func)
        self.looks.called(node)
        quietly = self._hands_to_asyncio(target)
        args: list[Expr] = []
        keywords: list[tuple[str, Expr]] = []
        for arg in node.args:
            counted = target == Name("len") and isinstance(arg.value, cst.Attribute)
            value = self.evaluate(arg.value, Use.KEPT if quietly else Use.COUNTED if counted else Use.VALUE)
            if arg.star == "*":
                args.append(Spread(value))
            elif arg.star == "**":
                keywords.append(("**", value))
            elif arg.keyword is not None:
                keywords.append((arg.keyword.value, value))
            else:
                args.append(value)
        return self.record(target, args, keywords, use, node)

    def _hands_to_asyncio(self, target: Expr) -> bool:
        return isinstance(target, Attribute) and isinstance(target.base, Name) and target.base.name == "asyncio"

    def record(
        self,
        target: Expr,
        args: Sequence[Expr],
        keywords: Sequence[tuple[str, Expr]],
        use: Use,
        node: cst.CSTNode | None,
    ) -> Expr:
        """Record a call as a step and return its result; calls that can do nothing to a job are left out."""
        if _is_infinite(target, args):
            return Constant("inf")
        if isinstance(target, Attribute) and isinstance(target.base, Text) and target.name == "format":
            filled = filling.by_format(target.base.value, args, keywords)
            return made_of(*args, *(value for _, value in keywords), by="format") if filled is None else join(filled)
        given = (*args, *(value for _, value in keywords))
        if use is not Use.AWAITED and is_left_out(target, given) and not self._blocks(target):
            return NONE if _says(target) else _made(target, given)
        flow = self._walker.flow
        number = len(flow.calls)
        flow.calls.append(CallDraft(target, tuple(args), tuple(keywords), use, node))
        self._walker.graph.step(Do(number))
        return Result(number)

    def _blocks(self, target: Expr) -> bool:
        """``requests.get("https://…")`` holds the job up, whatever its arguments; so does a client's ``get("key")``."""
        reached = self._walker.reached
        while True:
            match target:
                case Name(name):
                    return name in reached.objects
                case Attribute(Name(module), name) if name in reached.modules.get(module, ()):
                    return True
                case Attribute(_, name) if name in reached.objects:
                    return True
                case Attribute(base) | Subscript(base):
                    target = base
                case Result(number):
                    target = self._walker.flow.calls[number].target
                case _:
                    return False

    def _await(self, node: cst.Await, use: Use) -> Expr:
        inner = node.expression
        value = self.evaluate(inner, Use.AWAITED)
        if not isinstance(inner, cst.Call):
            self._walker.graph.step(AwaitDraft(value, node))
        return value

    # Operators: what may not run stands on a branch of its own

    def _maybe(self, node: cst.BaseExpression, use: Use = Use.VALUE) -> Expr:
        """Evaluate something that only some paths reach, and join the paths again."""
        if is_leaf(node):
            return self.evaluate(node, use)
        graph = self._walker.graph
        start, after = graph.fork(), graph.block()
        graph.goto(after)
        graph.branch(start)
        value = self.evaluate(node, use)
        graph.goto(after)
        graph.here = after
        return value

    def _boolean(self, node: cst.BooleanOperation, use: Use) -> Expr:
        options = (self.evaluate(node.left, use), self._maybe(node.right, use))
        return Or(options) if isinstance(node.operator, cst.Or) else Either(options)

    def _conditional(self, node: cst.IfExp, use: Use) -> Expr:
        self.evaluate(node.test)
        if is_leaf(node.body) and is_leaf(node.orelse):
            return Either((self.evaluate(node.body, use), self.evaluate(node.orelse, use)))
        graph = self._walker.graph
        start, after = graph.fork(), graph.block()
        options: list[Expr] = []
        for option in (node.body, node.orelse):
            graph.branch(start)
            options.append(self.evaluate(option, use))
            graph.goto(after)
        graph.here = after
        return Either(tuple(options))

    def _binary(self, node: cst.BinaryOperation, use: Use) -> Expr:
        if isinstance(node.operator, cst.Add):
            return join(self._summands(node))
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(node.operator, cst.Modulo) and isinstance(left, Text):
            filled = filling.by_percent(left.value, right)
            return made_of(left, right) if filled is None else join(filled)
        return made_of(left, right)

    def _summands(self, node: cst.BinaryOperation) -> Iterator[Expr]:
        """What a sum adds, from left to right: all at once, or each sum in a long one would hold those before it."""
        added: list[cst.BaseExpression] = []
        first: cst.BaseExpression = node
        while isinstance(first, cst.BinaryOperation) and isinstance(first.operator, cst.Add):
            added.append(first.right)
            first = first.left
        yield self.evaluate(first)
        for each in reversed(added):
            yield self.evaluate(each)

    def _unary(self, node: cst.UnaryOperation, use: Use) -> Expr:
        return made_of(self.evaluate(node.expression))

    def _comparison(self, node: cst.Comparison, use: Use) -> Expr:
        self.looks.compare(node)
        values = [self.evaluate(each) for each in (node.left, *(one.comparator for one in node.comparisons))]
        self.looks.compared(node, values[0], values[1])
        return made_of(*values)

    def _named(self, node: cst.NamedExpr, use: Use) -> Expr:
        value = self.evaluate(node.value, Use.KEPT)
        self._walker.bind(node.target, value)
        return value

    def _yield(self, node: cst.Yield, use: Use) -> Expr:
        self._walker.flow.is_generator = True
        value = node.value
        self._discard(value.item if isinstance(value, cst.From) else value)
        return OPAQUE

    # Displays and comprehensions

    def _items(self, node: cst.List | cst.Tuple | cst.Set, use: Use) -> Expr:
        values: list[Expr] = []
        for element in node.elements:
            value = self.evaluate(element.value, use)
            values.append(Spread(value) if isinstance(element, cst.StarredElement) else value)
        return Items(tuple(values))

    def _dict(self, node: cst.Dict, use: Use) -> Expr:
        entries: list[tuple[str, Expr]] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.evaluate(element.key)
                entries.append((key.value if isinstance(key, Text) else "", self.evaluate(element.value)))
            else:
                entries.append(("**", self.evaluate(element.value)))
        return Mapping(tuple(entries))

    def _comprehension(self, node: cst.BaseSimpleComp | cst.DictComp, use: Use) -> Expr:
        graph = self._walker.graph
        iterated = self.evaluate(node.for_in.iter)
        head = graph.fork()
        after = graph.block()
        is_lazy = isinstance(node, cst.GeneratorExp)  # who asks it for values waits for them
        decided = graph.fork() if self._waits(node.for_in, is_lazy) else head
        graph.goto(after)
        graph.branch(decided)
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            if clause is not node.for_in:
                iterated = self.evaluate(clause.iter)
                self._waits(clause, is_lazy)
            self._walker.bind_each(clause.target, OPAQUE if clause.asynchronous is not None else iterated)
            self._discard(*(condition.test for condition in clause.ifs))
            if clause.ifs or clause.inner_for_in is not None:
                start = graph.fork()
                graph.goto(head)
                graph.branch(start)
            clause = clause.inner_for_in
        values: tuple[Expr, ...]
        if isinstance(node, cst.DictComp):
            values = (self.evaluate(node.key), self.evaluate(node.value))
        else:
            values = (self.evaluate(node.elt, use),)
        graph.goto(head)
        graph.here = after
        return Items(values)

    def _waits(self, clause: cst.CompFor, is_lazy: bool) -> bool:
        """Record that an asynchronous clause waits for each value, and say whether it does."""
        waits = clause.asynchronous is not None and not is_lazy
        if waits:
            self._walker.graph.step(AwaitDraft(OPAQUE, clause.iter))
        return waits

    def _lambda(self, node: cst.Lambda, use: Use) -> Expr:
        return Function(self._walker.lambda_flow(node))

    _HANDLERS: ClassVar[dict[type[cst.CSTNode], Callable[..., Expr]]] = {
        cst.Name: _name,
        cst.SimpleString: _string,
        cst.Integer: _number,
        cst.Float: _number,
        cst.ConcatenatedString: _concatenated,
        cst.FormattedString: _formatted,
        cst.TemplatedString: _formatted,
        cst.Attribute: _attribute,
        cst.Subscript: _subscript,
        cst.Call: _call,
        cst.Await: _await,
        cst.BooleanOperation: _boolean,
        cst.IfExp: _conditional,
        cst.BinaryOperation: _binary,
        cst.UnaryOperation: _unary,
        cst.Comparison: _comparison,
        cst.NamedExpr: _named,
        cst.Yield: _yield,
        cst.List: _items,
        cst.Tuple: _items,
        cst.Set: _items,
        cst.Dict: _dict,
        cst.ListComp: _comprehension,
        cst.SetComp: _comprehension,
        cst.GeneratorExp: _comprehension,
        cst.DictComp: _comprehension,
        cst.Lambda: _lambda,
    }
