"""What the linter says: a diagnostic, its related places, and the report that holds them.

Paths in these records are absolute paths of the operating system; surfaces decide how to show them.
"""

from __future__ import annotations

import enum
import hashlib
import os

import msgspec

from lkagent_lint.intents import Fix
from lkagent_lint.text import Place as Place
from lkagent_lint.text import Span


class Severity(enum.Enum):
    """How bad a finding is. ``rank`` orders them: info 0, warning 1, error 2."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def numbered_argument(number: int) -> str:
    """As a culprit: the argument of the call that stands there, counted from 0."""
    return f"({number})"


class Related(msgspec.Struct, frozen=True, order=True):
    """The other end of a finding, often in another file."""

    place: Place
    message: str
    """Its label: a few words that say what is there."""
    culprit: tuple[str, ...] = ()
    """As a diagnostic's."""


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, in parts that surfaces lay out. ``subject`` is the qualified name of the function or the agent name
    that the finding is about, and ``key`` further values that tell two findings of one subject apart; both feed the
    fingerprint, which never holds a text or a line number.

    Texts begin in lower case and end without a period, so that they can be joined. Where they name a file, they do so
    by its absolute path with ``/``, until ``seen_from`` has made it one of the project.
    """

    code: str
    name: str
    severity: Severity
    title: str
    """One fact: what happened."""
    note: str = ""
    """What follows, and why; errors of the runtime are quoted here."""
    help: str = ""
    """What to do, in the imperative."""
    label: str = ""
    """What is at the place."""
    culprit: tuple[str, ...] = ()
    """What of the place is meant, as it may be written there, the likeliest first: a keyword, a name, the text of a
    string, or ``numbered_argument``. Where none of it is written, what is called."""
    place: Place
    related: tuple[Related, ...] = ()
    subject: str = ""
    key: tuple[str, ...] = ()
    fingerprint: str = ""
    fix: Fix | None = None
    """How it is mended, where that is known."""

    @property
    def places(self) -> list[Place]:
        """Its own and the related ones."""
        return [self.place, *(each.place for each in self.related)]

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """What there is of ``note`` and ``help``, each with its name."""
        return [(name, text) for name, text in (("note", self.note), ("help", self.help)) if text]

    @property
    def message(self) -> str:
        """The parts in one line, for whoever shows no more than that."""
        rest = "; ".join(text for _, text in self.remarks)
        return f"{self.title}: {rest}" if rest else self.title

    @property
    def order(self) -> tuple[str, Span, str, str]:
        """The report's order: path, span, code, title."""
        return (self.place.path, self.place.span, self.code, self.title)

    def with_fingerprint(self, root_relative_path: str) -> Diagnostic:
        """The same diagnostic with its fingerprint, which survives line moves, rewording and other machines.

        ``root_relative_path`` is the path below the indexed root, with ``/`` separators.
        """
        parts = "\0".join([root_relative_path, self.code, self.subject, *self.key])
        digest = hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return msgspec.structs.replace(self, fingerprint=digest)

    def seen_from(self, root: str) -> Diagnostic:
        """The same diagnostic with files in its texts named as they lie below the project's root, an absolute path."""
        above = os.path.join(root, "").replace(os.sep, "/")
        texts = {name: getattr(self, name) for name in ("title", "note", "help", "label")}
        said = {name: text.replace(above, "") for name, text in texts.items() if above in text}
        if any(above in each.message for each in self.related):
            said["related"] = tuple(
                msgspec.structs.replace(each, message=each.message.replace(above, "")) for each in self.related
            )
        return msgspec.structs.replace(self, **said) if said else self


class Hidden(msgspec.Struct, frozen=True, kw_only=True):
    """A suppression comment: where it stands, what it names, why, and whether it hid anything."""

    place: Place
    verb: str
    """``ignore``, ``file-ignore``, ``disable``, ``enable`` or ``noqa``."""
    rules: tuple[str, ...]
    """Codes and names as written; empty for a comment that is malformed."""
    reason: str
    used: tuple[bool, ...]
    """Of each rule, whether the comment hid a finding of it."""


class Baselined(msgspec.Struct, frozen=True, kw_only=True):
    """What a baseline did in a check."""

    path: str
    """Absolute."""
    known: int
    """How many findings it hid."""
    stale: tuple[tuple[str, str, int], ...]
    """What it lists and the check did not find: absolute path, code, number of findings."""


class Note(msgspec.Struct, frozen=True, order=True):
    """What is worth a word and changes no result, as the use of a rule's former name."""

    where: str
    """The file (absolute path) or the option of the command line."""
    line: int
    """1-based; 0 where there is none."""
    message: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a check saw, so that a clean run differs from a blind one. Counts over every root checked."""

    files: int = 0
    elsewhere: int = 0
    """Those of the files that were only read beside what was asked for."""
    not_analysed: int = 0
    """Those of the files that could not be analysed, or only in part, also where nothing reports them."""
    workers: int = 0
    jobs: int = 0
    """Without those that are too large."""
    too_large: tuple[str, ...] = ()
    """``agent.py:10580``: jobs too large to follow, each by its entry function in a file of its root."""
    dispatches: int = 0
    sdks: tuple[str, ...] = ()
    """``livekit-agents 1.5.3 (uv.lock)``: version and the file it was read from, one entry each."""
    steps: int = 0
    """How often something was looked at: by who asks what values are and by who follows jobs. The same everywhere."""
    unanswered: int = 0
    """Questions of values that met their budget of steps, so that their answer is unknown."""


class Fault(msgspec.Struct, frozen=True, order=True):
    """A fault of the linter itself, of which a finding tells (LKA000)."""

    path: str
    """The file (absolute path) at which it is reported."""
    part: str
    trace: str
    """The traceback, without an end of its last line."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one check: diagnostics in report order, after selection and suppression."""

    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    failing: int = 0
    """How many diagnostics reach the ``fail-on`` of their file's settings."""
    suppressions: tuple[Hidden, ...] = ()
    """The suppression comments in what was asked for, in report order."""
    baselines: tuple[Baselined, ...] = ()
    """The baselines that the settings name, by path."""
    notes: tuple[Note, ...] = ()
    """By place, each message once."""
    internal_errors: int = 0
    """How many LKA000 there are; any makes the command exit with 2."""
    faults: tuple[Fault, ...] = ()
    """What is behind them, for whoever asks for it; no report that is kept holds any."""
