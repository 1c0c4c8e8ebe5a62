"""Baselines: the findings that were there when a project began to use the linter, kept in a file of their own.

A baseline lists fingerprints by file and rule, free of line numbers and messages: moved code makes no new finding, and
as many findings that are alike are known as it lists. What it lists and the check does not find is stale.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.errors import ConfigError, unquoted
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.diagnostics import Baselined, Diagnostic, Note
from lkagent_lint.rules import lka000_internal_error, rule_names
from lkagent_lint.sources.reading import Overlays, Unreadable

VERSION = 1
KEY = "baseline"
_LIMIT = 50_000_000
_CODE = re.compile(r"LKA\d{3}")
_SHOWN = 5
"""Codes that a note names."""

KnownFindings = dict[str, dict[str, list[str]]]
"""Fingerprints by path (relative to the baseline's directory, with ``/``) and code."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    findings: KnownFindings


class Rewritten(NamedTuple):
    """A baseline file (absolute path) and what it should hold; ``before`` is None where there is none yet."""

    path: str
    before: bytes | None
    after: bytes
    added: int
    removed: int
    outside: bool
    """The project's own settings put it outside of the project."""
    by_option: bool
    """The command line names it, no settings file does."""


class Baselines:
    """The baselines that the settings of a run name, each read once. ``may_be_missing``: it is about to be written."""

    def __init__(self, finder: SettingsFinder, overlays: Overlays, *, may_be_missing: bool = False) -> None:
        self._finder = finder
        self._overlays = overlays
        self._may_be_missing = may_be_missing
        self._files: dict[str, _Baseline] = {}

    def use(self, directory: str, root: str) -> _Baseline | None:
        """The baseline that holds for the files of a directory of a project. Raises ConfigError for a broken one."""
        parts = self._finder.configuration(directory).parts(KEY)
        if not parts:
            return None
        layer, name = parts[-1]
        path = os.path.normpath(os.path.join(layer.directory, str(name)))
        if path not in self._files:
            read = self._overlays.read(path, _LIMIT)
            if isinstance(read, Unreadable) and (not self._may_be_missing or disk.lexists(path)):
                raise layer.error(f'the baseline "{name}" cannot be used: {_missing(path, read.reason)}', KEY)
            data = read if isinstance(read, bytes) else None
            outside = layer.path is not None and not disk.is_inside(disk.realpath(path), disk.realpath(root))
            known = {} if data is None else _read(path, data, layer.leads_from)
            self._files[path] = _Baseline(path, data, known, outside=outside, by_option=layer.path is None)
        return self._files[path]

    def hides(self, diagnostic: Diagnostic, root: str) -> bool:
        """Whether a finding is known. Failures of the linter itself never are."""
        if diagnostic.code == lka000_internal_error.META.code:
            return False
        baseline = self.use(os.path.dirname(diagnostic.place.path), root)
        return baseline is not None and baseline.hides(diagnostic)

    def outcome(self, paths: Iterable[str], ran: Callable[[str, str], bool]) -> Iterator[Baselined]:
        """What each baseline did, once every finding has been asked about. ``paths`` are those of the request,
        ``ran(path, code)`` tells whether a rule was reported for a file."""
        judged = _judged(list(paths), ran)
        for baseline in self._files.values():
            yield baseline.outcome(judged)

    def notes(self) -> Iterator[Note]:
        """What to say of what baselines list and this version knows nothing of, as another one has written it."""
        for path, baseline in self._files.items():
            codes = baseline.unknown_codes()
            if codes:
                words = ", ".join(codes[:_SHOWN]) + (" and others" if len(codes) > _SHOWN else "")
                message = (
                    f"it lists findings of {words}, which this version of lkagent-lint does not know; they are kept"
                )
                yield Note(path, 0, message)

    def rewritten(
        self, paths: Iterable[str], ran: Callable[[str, str], bool], *, only_prune: bool
    ) -> Iterator[Rewritten]:
        """What each baseline should hold after this check: what it found, or with ``only_prune`` what is not stale.

        Entries that the check says nothing about stay."""
        judged = _judged(list(paths), ran)
        for baseline in self._files.values():
            yield baseline.rewritten(judged, only_prune)


class _Baseline:
    def __init__(self, path: str, data: bytes | None, known: KnownFindings, *, outside: bool, by_option: bool) -> None:
        self._path = path
        self._data = data
        self._outside = outside
        self._by_option = by_option
        self._known = known
        self._found: dict[tuple[str, str], set[str]] = {}

    def hides(self, diagnostic: Diagnostic) -> bool:
        path, code = self._relative(diagnostic.place.path), diagnostic.code
        self._found.setdefault((path, code), set()).add(diagnostic.fingerprint)
        return diagnostic.fingerprint in self._known.get(path, {}).get(code, ())

    def outcome(self, judged: Callable[[str, str], bool]) -> Baselined:
        known = sum(
            len(found & set(self._known.get(path, {}).get(code, ()))) for (path, code), found in self._found.items()
        )
        return Baselined(path=self._path, known=known, stale=tuple(self._stale(judged)))

    def rewritten(self, judged: Callable[[str, str], bool], only_prune: bool) -> Rewritten:
        entries: KnownFindings = {}
        for path, code, fingerprints in self._entries():
            if judged(self._absolute(path), code):
                found = self._found.get((path, code), set())
                fingerprints = [each for each in fingerprints if each in found]
            if fingerprints:
                entries.setdefault(path, {})[code] = fingerprints
        if not only_prune:
            for (path, code), found in self._found.items():
                kept = entries.setdefault(path, {}).get(code, [])
                entries[path][code] = sorted(found.union(kept))
        before, after = _pairs(self._known), _pairs(entries)
        return Rewritten(
            self._path,
            self._data,
            _encoded(entries),
            len(after - before),
            len(before - after),
            self._outside,
            self._by_option,
        )

    def unknown_codes(self) -> list[str]:
        """The codes in it that no rule has, sorted; what does not look like a code is called a rule."""
        codes = {code for rules in self._known.values() for code in rules} - rule_names().keys()
        return sorted({code if _CODE.fullmatch(code) else "a rule" for code in codes})

    def _stale(self, judged: Callable[[str, str], bool]) -> Iterator[tuple[str, str, int]]:
        for path, code, fingerprints in self._entries():
            gone = set(fingerprints) - self._found.get((path, code), set())
            if gone and judged(self._absolute(path), code):
                yield self._absolute(path), code, len(gone)

    def _entries(self) -> Iterator[tuple[str, str, list[str]]]:
        for path, rules in sorted(self._known.items()):
            for code, fingerprints in sorted(rules.items()):
                yield path, code, fingerprints

    def _relative(self, path: str) -> str:
        relative = os.path.relpath(path, os.path.dirname(self._path)).replace(os.sep, "/")
        # A name that is no text has bytes that JSON cannot hold.
        return relative.encode("utf-8", "backslashreplace").decode()

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(os.path.dirname(self._path), path))


def _judged(asked: list[str], ran: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """Whether this run says of a file (absolute path) what findings of a rule it has."""
    known = rule_names()
    return lambda path, code: code in known and any(disk.is_inside(path, each) for each in asked) and ran(path, code)


def _read(path: str, data: bytes, home: str | None) -> KnownFindings:
    """What a file lists. ``home`` is that of the settings that name it, None for the command line (``disclosure``)."""
    try:
        version = msgspec.json.decode(data, type=_Version).version
        if version > VERSION:
            message = f"it is of version {version}, and this lkagent-lint reads version {VERSION}: use a newer one"
            raise ConfigError(path, None, message)
        return msgspec.json.decode(data, type=_Written).findings
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        from lkagent_lint.config.disclosure import withheld

        reason = withheld(path, home, ".json")
        if reason is not None:
            raise unquoted(path, "it is no baseline of lkagent-lint", reason) from None
        message = f"it is no baseline of lkagent-lint ({error}); write it anew with --write-baseline once it is away"
        raise ConfigError(path, None, message) from None


class _Version(msgspec.Struct):
    version: int


def _encoded(entries: KnownFindings) -> bytes:
    ordered = {path: dict(sorted(rules.items())) for path, rules in sorted(entries.items())}
    document = _Written(version=VERSION, findings=ordered)
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _pairs(known: KnownFindings) -> set[tuple[str, str, str]]:
    return {(path, code, each) for path, rules in known.items() for code, found in rules.items() for each in found}


def _missing(path: str, reason: str) -> str:
    return reason if disk.lexists(path) else "there is no such file; --write-baseline makes it"
