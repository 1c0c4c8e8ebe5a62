"""Applies suppression comments to the findings of one root, and judges the comments themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from lkagent_lint.diagnostics import Diagnostic, Hidden, Note, Place
from lkagent_lint.languages import JUDGED_BY_NOQA
from lkagent_lint.likeness import TYPED, most_alike
from lkagent_lint.rules import (
    former,
    former_words,
    lka000_internal_error,
    lka002_unused_suppression,
    lka003_invalid_suppression,
    renamed,
    rule_names,
)
from lkagent_lint.sources.reading import decode
from lkagent_lint.suppressions import Suppression, read_suppressions
from lkagent_lint.suppressions.noqa import NoqaMap
from lkagent_lint.suppressions.ranges import Ranges


class Hiding:
    """The comments of a root's files. ``read`` gives a file's bytes, empty where there are none; ``may_hold`` says of
    few files that they need to be read for comments that are judged.
    """

    def __init__(self, read: Callable[[str], bytes], may_hold: Callable[[str], bool], respect_noqa: bool) -> None:
        self._read = read
        self._may_hold = may_hold
        self._respect_noqa = respect_noqa
        self._noqa: dict[str, NoqaMap] = {}
        self._comments: dict[str, list[Suppression]] = {}
        self._covered: dict[str, dict[str, Ranges]] = {}
        """The lines that our own comments cover, by path and code."""
        self._hidden: dict[tuple[str, bool], dict[str, list[range]]] = {}
        """The lines of the findings that comments hid, by code: of a path, those that our own hid, or a ``noqa``."""
        self._searches: dict[tuple[str, bool, str], Ranges] = {}

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment hides a finding: one of ours at its place or a related one, a ``noqa`` on its first line.

        A failure of the linter itself cannot be hidden.
        """
        if diagnostic.code == lka000_internal_error.META.code:
            return False
        # Each comment that could have hidden it counts as used, so that taking one away leaves the other right.
        hidden = [self._hides_at(place, diagnostic) for place in _ends(diagnostic)]
        # A noqa that hides more than it seems to hides not that this is said of it, unless it names that.
        of_comment = diagnostic.code == lka003_invalid_suppression.META.code
        if self._respect_noqa and not (of_comment and self._is_bare(diagnostic.place)):
            hidden.append(self._noqa_hides(diagnostic))
        return any(hidden)

    def invalid(self, paths: Iterable[str]) -> Iterator[Diagnostic]:
        """What LKA003 says of the comments in some files. A ``noqa`` is judged only where it is applied."""
        for path, comment in self._judged(paths):
            for name, problem in comment.problems:
                place = Place(path, comment.spans.get(name, comment.span))
                yield lka003_invalid_suppression.malformed(place, problem)
            for name in comment.names:
                if not _codes(name, exact=comment.ours) and not _is_gone(name):
                    place = Place(path, comment.spans[name])
                    yield lka003_invalid_suppression.unknown(place, name, _nearest(name))

    def notes(self, paths: Iterable[str]) -> Iterator[Note]:
        """What to say of the names in the comments of some files that rules had before."""
        for path, comment in self._judged(paths):
            for name in comment.names:
                meant = former(name)
                if meant is not None and (comment.ours or meant.now is None):
                    yield Note(path, comment.spans[name].line, renamed(name, meant))

    def unused(self, paths: Iterable[str], ran: Callable[[str, str], bool]) -> Iterator[Diagnostic]:
        """What LKA002 says, once every other finding has been asked about.

        ``ran(path, code)`` tells whether a rule was reported for a file.
        """
        for path, comment in self._judged(paths):
            # What covers nothing is malformed or changes nothing, which LKA003 says.
            for name in comment.covers if comment.hides else ():
                codes = _codes(name, exact=comment.ours)
                own = lka002_unused_suppression.META.code in codes
                used = self._is_used(path, comment, name)
                if codes and not own and not used and all(ran(path, code) for code in codes):
                    cut = comment.cuts.get(name)
                    yield lka002_unused_suppression.unused(
                        Place(path, comment.spans[name]), name, None if cut is None else Place(path, cut)
                    )

    def listed(self, paths: Iterable[str]) -> Iterator[Hidden]:
        """The comments of some files, once every finding has been asked about."""
        for path, comment in self._judged(paths):
            yield Hidden(
                place=Place(path, comment.span),
                verb=comment.verb,
                rules=comment.names,
                reason=comment.reason,
                used=tuple(self._is_used(path, comment, name) for name in comment.names),
            )

    def _hides_at(self, place: Place, diagnostic: Diagnostic) -> bool:
        covered = self._covered.get(place.path)
        if covered is None:
            covered = self._covered[place.path] = _lines_by_code(self._of(place.path))
        # Both ends of a finding's lines and of a comment's count.
        lines = range(place.span.line, place.span.last_line + 1)
        if diagnostic.code not in covered or not covered[diagnostic.code].meet(lines):
            return False
        self._note(place.path, diagnostic.code, lines, ours=True)
        return True

    def _noqa_hides(self, diagnostic: Diagnostic) -> bool:
        path, line = diagnostic.place.path, diagnostic.place.span.line
        if not self._noqa_of(path).hides(diagnostic.code, line):
            return False
        self._note(path, diagnostic.code, range(line, line + 1), ours=False)
        return True

    def _note(self, path: str, code: str, lines: range, *, ours: bool) -> None:
        self._hidden.setdefault((path, ours), {}).setdefault(code, []).append(lines)
        self._searches.pop((path, ours, code), None)

    def _is_used(self, path: str, comment: Suppression, name: str) -> bool:
        """Whether a name in a comment has hidden any of the findings that were asked about."""
        lines = comment.covers.get(name)
        if lines is None:
            return False
        hidden = self._hidden.get((path, comment.ours), {})
        codes = [rule_codes().get(name)] if comment.ours else [code for code in hidden if code.startswith(name)]
        return any(code in hidden and self._search(path, comment.ours, code).meet(lines) for code in codes)

    def _search(self, path: str, ours: bool, code: str) -> Ranges:
        key = path, ours, code
        if key not in self._searches:
            self._searches[key] = Ranges(self._hidden[path, ours][code])
        return self._searches[key]

    def _is_bare(self, place: Place) -> bool:
        """The ``noqa`` of a line names no code: it hides a code that no plugin has."""
        return self._noqa_of(place.path).hides("-", place.span.line)

    def _judged(self, paths: Iterable[str]) -> Iterator[tuple[str, Suppression]]:
        for path in paths:
            for comment in self._of(path):
                if comment.ours or self._respect_noqa:
                    yield path, comment

    def _of(self, path: str) -> list[Suppression]:
        if path not in self._comments:
            data = self._read(path) if self._may_hold(path) else b""
            self._comments[path] = read_suppressions(path, data, rule_codes())
        return self._comments[path]

    def _noqa_of(self, path: str) -> NoqaMap:
        if path not in self._noqa:
            text = decode(self._read(path)) if path.endswith(JUDGED_BY_NOQA) else ""
            self._noqa[path] = NoqaMap(text if isinstance(text, str) else "")
        return self._noqa[path]


def _lines_by_code(comments: Iterable[Suppression]) -> dict[str, Ranges]:
    """The lines that our own comments cover."""
    lines: dict[str, list[range]] = {}
    for comment in comments:
        for name, covered in comment.covers.items() if comment.ours else ():
            if name in rule_codes():
                lines.setdefault(rule_codes()[name], []).append(covered)
    return {code: Ranges(each) for code, each in lines.items()}


@cache
def rule_codes() -> dict[str, str]:
    """A rule's code by its code or name, also by one that it had before."""
    return former_words() | _todays_codes()


def _todays_codes() -> dict[str, str]:
    return {word: code for code, name in rule_names().items() for word in (code, name)}


def _is_gone(name: str) -> bool:
    meant = former(name)
    return meant is not None and meant.now is None


def _ends(diagnostic: Diagnostic) -> list[Place]:
    return [diagnostic.place, *(related.place for related in diagnostic.related)]


def _codes(name: str, *, exact: bool) -> list[str]:
    """The rules that a name in a comment means: a code or a rule's name, and a prefix in a ``noqa``."""
    if exact:
        return [rule_codes()[name]] if name in rule_codes() else []
    return [code for code in rule_names() if code.startswith(name)]


def _nearest(name: str) -> str | None:
    meant = former(name)
    if meant is not None:
        return meant.now  # a noqa's code, which flake8 would not take for another's
    return most_alike(name, _todays_codes(), TYPED) or None
