"""Applies suppression comments to the findings of one root, and judges the comments themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lkagent_lint.comments import Suppression, read_suppressions
from lkagent_lint.diagnostics import Diagnostic, Place
from lkagent_lint.rules import all_rules, lka002_unused_suppression, lka003_invalid_suppression
from lkagent_lint.suppress import NoqaMap


class Hiding:
    """The comments of a root's files. ``text`` gives a file's decoded text, empty where there is none."""

    def __init__(self, text: Callable[[str], str], respect_noqa: bool) -> None:
        self._text = text
        self._respect_noqa = respect_noqa
        self._noqa: dict[str, NoqaMap] = {}
        self._comments: dict[str, list[Suppression]] = {}
        self._hidden: dict[str, list[Diagnostic]] = {}

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment hides a finding."""
        path, line = diagnostic.place.path, diagnostic.place.span.line
        hidden = any(
            comment.ours and line in comment.lines and any(_means(name, diagnostic) for name in comment.names)
            for comment in self._of(path)
        )
        if not hidden and self._respect_noqa:
            hidden = self._noqa_of(path).hides(diagnostic.code, line)
        if hidden:
            self._hidden.setdefault(path, []).append(diagnostic)
        return hidden

    def invalid(self, paths: Iterable[str]) -> Iterator[Diagnostic]:
        """What LKA003 says of the comments in some files. A ``noqa`` is judged only where it is applied."""
        for path, comment in self._judged(paths):
            place = Place(path, comment.span)
            if comment.problem:
                yield lka003_invalid_suppression.malformed(place, comment.problem)
            for name in comment.names:
                if not _codes(name, exact=comment.ours):
                    yield lka003_invalid_suppression.unknown(place, name, _nearest(name))

    def unused(self, paths: Iterable[str], ran: Callable[[str, str], bool]) -> Iterator[Diagnostic]:
        """What LKA002 says, once every other finding has been asked about.

        ``ran(path, code)`` tells whether a rule was reported for a file.
        """
        for path, comment in self._judged(paths):
            for name in comment.names:
                codes = _codes(name, exact=comment.ours)
                own = lka002_unused_suppression.META.code in codes
                if codes and not own and all(ran(path, code) for code in codes) and not self._hid(path, comment, codes):
                    yield lka002_unused_suppression.unused(Place(path, comment.span), name)

    def _judged(self, paths: Iterable[str]) -> Iterator[tuple[str, Suppression]]:
        for path in paths:
            for comment in self._of(path):
                if comment.ours or self._respect_noqa:
                    yield path, comment

    def _hid(self, path: str, comment: Suppression, codes: list[str]) -> bool:
        return any(
            hidden.code in codes and hidden.place.span.line in comment.lines for hidden in self._hidden.get(path, ())
        )

    def _of(self, path: str) -> list[Suppression]:
        if path not in self._comments:
            self._comments[path] = read_suppressions(self._text(path)) if path.endswith(".py") else []
        return self._comments[path]

    def _noqa_of(self, path: str) -> NoqaMap:
        if path not in self._noqa:
            self._noqa[path] = NoqaMap(self._text(path))
        return self._noqa[path]


def _codes(name: str, *, exact: bool) -> list[str]:
    """The rules that a name in a comment means: a code or a rule's name, and a prefix in a ``noqa``."""
    rules = all_rules()
    if exact:
        return [code for code, rule in rules.items() if name in (code, rule.META.name)]
    return [code for code in rules if code.startswith(name)]


def _means(name: str, diagnostic: Diagnostic) -> bool:
    return name in (diagnostic.code, diagnostic.name)


def _nearest(name: str) -> str | None:
    from difflib import get_close_matches

    rules = all_rules()
    known = [*rules, *(rule.META.name for rule in rules.values())]
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.5)), None)
