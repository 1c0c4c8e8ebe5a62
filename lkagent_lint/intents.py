"""What a fix is to do, as data: a rule names places that the facts know, and what is meant to happen there.

Nobody here knows a syntax tree. ``fixes/`` reads the file anew and turns intents into edits of its text; an intent that
does not fit what stands there makes the whole fix impossible.
"""

from __future__ import annotations

import enum

import msgspec

from lkagent_lint.text import Place


class Safety(enum.Enum):
    """Who may apply a fix: everybody, whoever asks for it, or nobody but a person who looks at it."""

    SAFE = "safe"
    """The program does what its author meant, and nothing else changes."""
    UNSAFE = "unsafe"
    """It mends the finding, and what the program does otherwise may change too."""
    SUGGESTION = "suggestion"
    """There is a choice that is a person's: it is shown and never applied."""


class PutAwait(msgspec.Struct, frozen=True, tag="put-await"):
    """Put ``await`` before an expression, with brackets where something is read of what it gives."""

    place: Place


class DropAwait(msgspec.Struct, frozen=True, tag="drop-await"):
    """Take the ``await`` away that stands before an expression."""

    place: Place


class RemoveStatement(msgspec.Struct, frozen=True, tag="remove-statement"):
    """Take a statement away that is nothing but this expression, perhaps awaited."""

    place: Place


class RemoveText(msgspec.Struct, frozen=True, tag="remove-text"):
    """Take a part of a comment away; with its line, or the space before it, where nothing else is left there."""

    place: Place


class Replace(msgspec.Struct, frozen=True, tag="replace"):
    """Put other code in the place of an expression or a name."""

    place: Place
    code: str


class ReplaceText(msgspec.Struct, frozen=True, tag="replace-text"):
    """Put another text into a literal, which keeps its quotes."""

    place: Place
    """Of the literal, or of the call of which it is the first argument."""
    before: str
    after: str


class Rename(msgspec.Struct, frozen=True, tag="rename"):
    """Give the last name of an expression, ``b`` of ``a.b`` and of ``a.b()``, another spelling."""

    place: Place
    before: str
    after: str


class RenameImported(msgspec.Struct, frozen=True, tag="rename-imported"):
    """Import another name of the same module, and use it wherever the file uses the one that it has imported here.

    An import under a name of its own keeps that. Names in texts stay, but for annotations that are written as texts.
    """

    place: Place
    """Of the name in the import."""
    before: str
    after: str


class Reimport(msgspec.Struct, frozen=True, tag="reimport"):
    """Import a name, under whatever name it has in the file, from another module."""

    place: Place
    """Of the name in the import."""
    name: str
    module: str


class Insert(msgspec.Struct, frozen=True, tag="insert"):
    """Put a line of code before the statement in which an expression stands, or behind it."""

    place: Place
    code: str
    behind: bool = False


class Move(msgspec.Struct, frozen=True, tag="move"):
    """Put the statement in which an expression stands before another one, or behind it. Both stand in one block."""

    place: Place
    to: Place
    behind: bool = False


class Follows(msgspec.Struct, frozen=True, tag="follows"):
    """Nothing is to be done, but the statement of one expression has to come after that of another in one block, or a
    fix is impossible.
    """

    place: Place
    then: Place


class Ends(msgspec.Struct, frozen=True, tag="ends"):
    """Nothing is to be done, but behind the statement of an expression nothing may come in its function, and a
    decorator of that name stands on the function, or a fix is impossible.
    """

    place: Place
    decorator: str


class AddArgument(msgspec.Struct, frozen=True, tag="add-argument"):
    """Give a call one more keyword argument; in JavaScript, the object that is its last one gets one more key."""

    place: Place
    name: str
    code: str


class RemoveArgument(msgspec.Struct, frozen=True, tag="remove-argument"):
    """Take a keyword argument, or the key of an object that is an argument, away from a call."""

    place: Place
    name: str


class RenameArgument(msgspec.Struct, frozen=True, tag="rename-argument"):
    """Spell a keyword of a call, or the key of an object that is an argument, in another way."""

    place: Place
    before: str
    after: str


class MoveArgument(msgspec.Struct, frozen=True, tag="move-argument"):
    """Take a keyword argument away from one call and give it to another."""

    place: Place
    name: str
    to: Place


class ReplaceArgument(msgspec.Struct, frozen=True, tag="replace-argument"):
    """Give a call another value for a keyword argument that it has."""

    place: Place
    name: str
    code: str


class NameArguments(msgspec.Struct, frozen=True, tag="name-arguments"):
    """Give the first arguments of a call by keywords; Python's only."""

    place: Place
    names: tuple[str, ...]


class Surround(msgspec.Struct, frozen=True, tag="surround"):
    """Put code before and behind an expression."""

    place: Place
    before: str
    behind: str


class SurroundArgument(msgspec.Struct, frozen=True, tag="surround-argument"):
    """Put code before and behind what a call is given, by this keyword or key; by position where the name is empty."""

    place: Place
    name: str
    before: str
    behind: str


class PutInto(msgspec.Struct, frozen=True, tag="put-into"):
    """Give a call one argument: a call of something else, with all that it is given."""

    place: Place
    code: str


class AwaitGiven(msgspec.Struct, frozen=True, tag="await-given"):
    """Wait for what a call is given, in its place: the call is a statement, and is given one thing."""

    place: Place


class CallReturned(msgspec.Struct, frozen=True, tag="call-returned"):
    """Let the function whose name, in its definition, stands here return what this name makes where it returns it."""

    place: Place
    name: str


class ChangeCopy(msgspec.Struct, frozen=True, tag="change-copy"):
    """Let a statement that is nothing but this call change a copy of what an attribute holds, and give the copy back
    by a coroutine method of the attribute's owner. The attribute is a part of what is called.
    """

    place: Place
    attribute: str
    setter: str


class Guard(msgspec.Struct, frozen=True, tag="guard"):
    """Put the statement in which an expression stands under a condition."""

    place: Place
    condition: str


class InThread(msgspec.Struct, frozen=True, tag="in-thread"):
    """Let a call that blocks run in a thread, and wait for that."""

    place: Place


class CallInstead(msgspec.Struct, frozen=True, tag="call-instead"):
    """Let a call, with the arguments that it has, be one of something else."""

    place: Place
    code: str
    awaited: bool = False


class RenameCallee(msgspec.Struct, frozen=True, tag="rename-callee"):
    """Spell the last name of what a call calls in another way."""

    place: Place
    before: str
    after: str


class Uncall(msgspec.Struct, frozen=True, tag="uncall"):
    """Give a call its first argument without the brackets that call it; they hold nothing."""

    place: Place


class InTask(msgspec.Struct, frozen=True, tag="in-task"):
    """Let a listener that is a coroutine function be started as a task by a plain function; Python's only. The place is
    that of the call that registers it, also where that stands on the function as a decorator.
    """

    place: Place


class ReplaceWord(msgspec.Struct, frozen=True, tag="replace-word"):
    """Put code in the place of a literal with this text, of which there is one at a place."""

    place: Place
    text: str
    code: str


class ReturnInstead(msgspec.Struct, frozen=True, tag="return-instead"):
    """Let a statement that is nothing but this call return, with its arguments, the call of something else."""

    place: Place
    code: str


class MakeAsync(msgspec.Struct, frozen=True, tag="make-async"):
    """Make a coroutine function of the function whose name, in its definition, stands here."""

    place: Place


class AddImport(msgspec.Struct, frozen=True, tag="add-import"):
    """See that a file imports a name from a module, or the module itself where the name is empty."""

    path: str
    module: str
    name: str = ""


class ImportFirst(msgspec.Struct, frozen=True, tag="import-first"):
    """Import a module, and no name of it, before all others; JavaScript's only."""

    path: str
    module: str


class FollowWord(msgspec.Struct, frozen=True, tag="follow-word"):
    """Put one more word behind a word of a command, which is written as a text or as a list of words."""

    place: Place
    word: str
    text: str


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Put a word before a command that is written as a text and begins with these words."""

    place: Place
    words: tuple[str, ...]
    text: str


class Requires(msgspec.Struct, frozen=True, tag="requires"):
    """Nothing is to be done, but something has to hold for a fix to be as safe as it says: the statements of two
    expressions follow each other, with nothing in between.
    """

    place: Place
    then: Place


CallIntent = (
    AddArgument
    | RemoveArgument
    | RenameArgument
    | MoveArgument
    | ReplaceArgument
    | NameArguments
    | SurroundArgument
    | PutInto
    | AwaitGiven
    | ChangeCopy
    | InThread
    | CallInstead
    | RenameCallee
    | Uncall
    | InTask
    | ReturnInstead
)
"""What is about one call."""
TextIntent = RemoveText | FollowWord | Begin
"""What is asked of a text in whatever language."""
Intent = (
    CallIntent
    | PutAwait
    | DropAwait
    | RemoveStatement
    | Replace
    | ReplaceText
    | Rename
    | ReplaceWord
    | RenameImported
    | Reimport
    | Insert
    | Move
    | Surround
    | Guard
    | MakeAsync
    | CallReturned
    | AddImport
    | ImportFirst
    | TextIntent
    | Requires
    | Follows
    | Ends
)


class Edit(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Another text for what stands at a place."""

    place: Place
    text: str


class Fix(msgspec.Struct, frozen=True):
    """How a finding is mended: all of its intents, or nothing."""

    safety: Safety
    title: str
    """What it does, in the imperative: ``put `await` before it``."""
    intents: tuple[Intent, ...]
    edits: tuple[Edit, ...] = ()
    """What that comes to in the files as they are, by place; rules leave it empty."""

    @property
    def paths(self) -> frozenset[str]:
        """The files that it changes (absolute)."""
        return frozenset(edit.place.path for edit in self.edits)


def safe(title: str, *intents: Intent) -> Fix:
    """A fix that changes nothing but what is wrong."""
    return Fix(Safety.SAFE, title, intents)


def unsafe(title: str, *intents: Intent) -> Fix:
    """A fix after which the program may do something else, too."""
    return Fix(Safety.UNSAFE, title, intents)


def suggestion(title: str, *intents: Intent) -> Fix:
    """What a person may choose."""
    return Fix(Safety.SUGGESTION, title, intents)
