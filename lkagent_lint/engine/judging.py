"""What the rules say of a project: of each of its parts by itself, and of the whole where a rule compares parts.

What is found in a part is kept with all that the part asked of the rest (``PartFindings.asked``) and is right as long
as its own facts and all those answers are the same. No rule says what it needs: it is noted when it is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lkagent_lint.cache.reports import KeptReports, report_key
from lkagent_lint.diagnostics import Diagnostic, Place
from lkagent_lint.engine.watch import Watch
from lkagent_lint.languages import NOTEBOOK
from lkagent_lint.project.answers import Answers
from lkagent_lint.project.parts import AskedOf, Imports, ProjectPart, Surroundings, WholeAsked, WholeProject, parts_of
from lkagent_lint.project.records import Job, Project, RegisteredHere
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import Meta, Rule, rule
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.tables import BUNDLED
from lkagent_lint.text import START_OF_FILE

_ANY_RELEASE = (Basis.NOTHING, Basis.TABLES)
"""What rules rest on that are asked whatever the release is."""


_SOLVER = "the solver"
_MOST_STORED = 4
"""Requests of one root, by the rules that they ask, of which the parts are kept."""
_AT_ONCE = 300
"""Files. The answers of all of them are kept until the end where they are judged at once: many take much memory."""


class Failure(NamedTuple):
    """A part of the linter that raised, with what it was looking at."""

    part: str
    error: Exception
    place: Place | None


class RuleFindings(NamedTuple):
    """What one rule says."""

    found: tuple[Diagnostic, ...]
    ungrounded: tuple[Diagnostic, ...]
    """What it would say if enough were known of the release."""


class PartFindings(NamedTuple):
    """What is found in one part of a project."""

    versions: tuple[bytes, ...]
    """Digests of the facts of its files, in the order of their paths."""
    asked: Mapping[AskedOf, bytes]
    """What the part asked of the rest, with digests of the answers."""
    codes: tuple[str, ...]
    """The rules that were asked."""
    said: Mapping[str, RuleFindings]
    """By code, of those that have anything to say."""
    of_whole: frozenset[str]
    """Rules that compare the part with others."""
    failures: tuple[Failure, ...]
    here: RegisteredHere
    jobs: tuple[Job, ...]
    """Without what runs first, which only the evaluator that found it knows."""
    too_large: tuple[Place, ...]
    cut: tuple[Place, ...]
    """Jobs that are followed in part."""
    steps: int
    unanswered: frozenset[str]
    """Which questions of values met their budget, as digests."""

    @property
    def is_kept(self) -> bool:
        """It follows from what was asked alone, whatever was asked first."""
        return not self.failures


class Findings(NamedTuple):
    """What is found in a project."""

    found: tuple[Diagnostic, ...]
    ungrounded: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]
    project: Project
    """The whole; what it can be asked about expressions is found when it is asked."""
    jobs: int
    too_large: tuple[Place, ...]
    cut: tuple[Place, ...]
    steps: int
    unanswered: int


class PartMemory:
    """What was found in the parts of a project the last time that it was judged."""

    def __init__(self, *, waits: bool = False) -> None:
        """``waits``: a project that is judged for the first time may be judged at once, and nothing of it kept."""
        self.waits = waits
        self.known: dict[tuple[str, ...], PartFindings] = {}
        self.imports = Imports()

    def get(self, paths: tuple[str, ...], around: Surroundings, codes: tuple[str, ...]) -> PartFindings | None:
        """What was found in a part, if that is still right."""
        found = self.known.get(paths)
        if found is None or found.codes != codes:
            return None
        if any(around.versions[path] != version for path, version in zip(paths, found.versions, strict=True)):
            return None
        return found if all(around.digest(asked) == was for asked, was in found.asked.items()) else None


class _KeptPart(msgspec.Struct, array_like=True):
    paths: tuple[str, ...]
    found: PartFindings


class StoredParts:
    """What was found in the parts of a project by an earlier process, in the cache's directory."""

    def __init__(self, directory: str, root: str, codes: Sequence[str]) -> None:
        """Raises OSError where the linter's own sources cannot be read."""
        self._reports = KeptReports(directory, ".parts", _MOST_STORED)
        self._key = report_key("\0".join((root, *codes)).encode("utf-8", "surrogatepass"))
        data = self._reports.get(self._key)
        self._is_new = data is None
        # Whoever checks a project once, as a CI job does, pays for nothing that is kept.
        self.memory = PartMemory(waits=self._is_new)
        try:
            kept = [] if data is None else msgspec.msgpack.decode(data, type=list[_KeptPart], dec_hook=_decoded)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            kept = []
        self._before = {each.paths: each.found for each in kept}
        self.memory.known = dict(self._before)

    def save(self) -> None:
        """Keep what is in the memory now, where that is more or other than was read."""
        now = self.memory.known
        if (
            not self._is_new
            and now.keys() == self._before.keys()
            and all(found is self._before[paths] for paths, found in now.items())
        ):
            return
        encoded = [each for paths, found in now.items() if (each := _encoded_part(paths, found)) is not None]
        self._reports.put(self._key, msgspec.msgpack.encode(encoded))


def _encoded_part(paths: tuple[str, ...], found: PartFindings) -> msgspec.Raw | None:
    """None for what only the evaluator knows that found it, and for paths that are no text."""
    try:
        return msgspec.Raw(msgspec.msgpack.encode(_KeptPart(paths, found), enc_hook=_plain))
    except (NotImplementedError, UnicodeEncodeError):
        return None


def _plain(value: object) -> None:
    if value is not BUNDLED:
        raise NotImplementedError


def _decoded(kind: type, value: object) -> object:
    if kind is not type(BUNDLED):
        raise NotImplementedError
    return BUNDLED


def judged_project(
    around: Surroundings, codes: Sequence[str], watch: Watch, memory: PartMemory | None = None
) -> Findings:
    """What these rules say of a project. What is in ``memory`` and still right is not found again; it holds what was
    found in every part afterwards. Without one, and the first time, a small project is judged at once, which says the
    same in less time.
    """
    if (memory is None or memory.waits) and len(around.files) <= _AT_ONCE:
        return _at_once(around, codes, watch)
    memory = memory or PartMemory()
    known: dict[tuple[str, ...], PartFindings] = {}
    asked = tuple(codes)
    for paths in parts_of(around.files, memory.imports.of(around.files, around.modules)):
        known[paths] = memory.get(paths, around, asked) or _part_findings(around, paths, asked, watch)
    memory.known = {paths: found for paths, found in known.items() if found.is_kept}
    return _joined(around, tuple(known.values()), asked, watch)


def _at_once(around: Surroundings, codes: Sequence[str], watch: Watch) -> Findings:
    watch.at("following jobs")
    project = around.linked()
    subject = Subject(project)
    # Here, so that the first rule that asks for it is not blamed for the time.
    solved = subject.solved
    said: list[RuleFindings] = []
    failures = [Failure(_SOLVER, error, Place(path, START_OF_FILE)) for path, error in subject.failures]
    for code in codes:
        watch.at(code)
        try:
            said.append(_said(rule(code), subject))
        except Exception as error:  # the linter's own fault: every other rule is still asked
            failures.append(_failed(code, error, project))
    answers = project.evaluator.answers
    return Findings(
        found=tuple(found for each in said for found in each.found),
        ungrounded=tuple(found for each in said for found in each.ungrounded),
        failures=tuple(failures),
        project=project,
        jobs=len(project.jobs),
        too_large=tuple(each.job.place for each in solved if each.is_too_large),
        cut=tuple(each.job.place for each in solved if each.is_cut),
        steps=answers.steps + project.evaluator.followed,
        unanswered=len(_unanswered(answers)),
    )


def _part_findings(around: Surroundings, paths: tuple[str, ...], codes: tuple[str, ...], watch: Watch) -> PartFindings:
    watch.at("following jobs")
    part = ProjectPart(around, paths)
    subject = Subject(part)
    # Here, so that the first rule that asks for it is not blamed for the time.
    solved = subject.solved
    said: dict[str, RuleFindings] = {}
    of_whole: set[str] = set()
    failures = [Failure(_SOLVER, error, Place(path, START_OF_FILE)) for path, error in subject.failures]
    for code in codes:
        watch.at(code)
        try:
            found = _said(rule(code), subject)
        except WholeAsked:
            of_whole.add(code)
        except Exception as error:  # the linter's own fault: every other rule is still asked
            failures.append(_failed(code, error, part))
        else:
            if found.found or found.ungrounded:
                said[code] = found
    answers = part.evaluator.answers
    return PartFindings(
        versions=tuple(around.versions[path] for path in paths),
        asked={asked: around.digest(asked) for asked in part.asked},
        codes=codes,
        said=said,
        of_whole=frozenset(of_whole),
        failures=tuple(failures),
        here=part.here,
        jobs=tuple(job._replace(runs=None) for job in part.jobs),
        too_large=tuple(each.job.place for each in solved if each.is_too_large),
        cut=tuple(each.job.place for each in solved if each.is_cut),
        steps=answers.steps + part.evaluator.followed,
        unanswered=_unanswered(answers),
    )


def _joined(around: Surroundings, parts: tuple[PartFindings, ...], codes: tuple[str, ...], watch: Watch) -> Findings:
    project = _whole(around, parts)
    subject = Subject(project)
    found: list[Diagnostic] = []
    ungrounded: list[Diagnostic] = []
    failures = list(_once(failure for part in parts for failure in part.failures))
    of_whole = frozenset[str]().union(*(part.of_whole for part in parts))
    for code in codes:
        said = [part.said[code] for part in parts if code in part.said]
        if code in of_whole:
            watch.at(code)
            try:
                said = [_said(rule(code), subject)]
            except Exception as error:  # as above
                failures.append(_failed(code, error, project))
        found += [each for one in said for each in one.found]
        ungrounded += [each for one in said for each in one.ungrounded]
    answers = project.evaluator.answers
    return Findings(
        found=tuple(found),
        ungrounded=tuple(ungrounded),
        failures=tuple(failures),
        project=project,
        jobs=sum(len(part.jobs) for part in parts),
        too_large=tuple(place for part in parts for place in part.too_large),
        cut=tuple(place for part in parts for place in part.cut),
        steps=sum(part.steps for part in parts) + answers.steps + project.evaluator.followed,
        unanswered=len(_unanswered(answers).union(*(part.unanswered for part in parts))),
    )


def _once(failures: Iterable[Failure]) -> Iterator[Failure]:
    """What fails in several parts is one fault."""
    seen: set[str] = set()
    for each in failures:
        if each.part not in seen or each.part == _SOLVER:
            seen.add(each.part)
            yield each


def _unanswered(answers: Answers) -> frozenset[str]:
    asked = (repr(each).encode("utf-8", "surrogatepass") for each in answers.unanswered)
    return frozenset(hashlib.blake2b(each, digest_size=16).hexdigest() for each in asked)


def _failed(code: str, error: Exception, project: Project) -> Failure:
    from lkagent_lint.engine.failures import looked_at

    return Failure(f"rule {code}", error, looked_at(error, project.files))


def _whole(around: Surroundings, parts: Iterable[PartFindings]) -> Project:
    """The whole project. What its parts register and ask for stands in the order of the files."""
    here = RegisteredHere(
        tuple(sorted((each for part in parts for each in part.here.workers), key=lambda each: each.place.path)),
        tuple(sorted((each for part in parts for each in part.here.servers), key=lambda each: each.site.path)),
        tuple(sorted((each for part in parts for each in part.here.starts), key=lambda each: each.site.path)),
        tuple(sorted((each for part in parts for each in part.here.dispatches), key=lambda each: each.place.path)),
    )
    return WholeProject(around, here, tuple(job for part in parts for job in part.jobs))


def _said(asked: Rule, subject: Subject) -> RuleFindings:
    """What a rule says, and what it says where too little is known of the release."""
    found: list[Diagnostic] = []
    ungrounded: list[Diagnostic] = []
    for each in asked.check(subject):
        if each.place.path.endswith(NOTEBOOK) and not asked.META.in_notebooks:
            continue
        (found if _is_grounded(asked.META, each, subject.project) else ungrounded).append(each)
    return RuleFindings(tuple(found), tuple(ungrounded))


def _is_grounded(meta: Meta, found: Diagnostic, project: Project) -> bool:
    """Enough is known of the release that the finding's file is written for."""
    path = found.place.path
    facts = project.files.get(path)
    if meta.basis in _ANY_RELEASE or facts is None or facts.language not in ("python", "javascript"):
        return True
    package = meta.packages[facts.language == "javascript"]
    return project.pin(path, package).bears(meta.basis)
