"""The one door of the engine: ``check`` for a report, ``live`` for one after each edit, ``survey`` for the linked
projects, ``inspect`` for one project with everything that is found in it and what became of that; and what other tasks
of the surfaces ask.

A check that is answered by the report of an earlier one imports nothing of what makes reports, so that is imported
where it is needed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from lkagent_lint.engine.request import Request
from lkagent_lint.engine.watch import Watch
from lkagent_lint.stack import is_shallow, run_deep

if TYPE_CHECKING:
    from lkagent_lint.diagnostics import Report
    from lkagent_lint.engine.adding import Added
    from lkagent_lint.engine.baseline import Rewritten
    from lkagent_lint.engine.blind import Seen
    from lkagent_lint.engine.fixing import Fixed
    from lkagent_lint.engine.inspection import Inspection
    from lkagent_lint.engine.live import LiveCheck
    from lkagent_lint.engine.showing import Governed
    from lkagent_lint.engine.surveys import Survey
    from lkagent_lint.engine.upgrading import Upgraded
    from lkagent_lint.questions.sdk_lookup import SdkAnswer

__all__ = [
    "Request",
    "Watch",
    "check",
    "facts_of",
    "files_of",
    "fixed",
    "inspect",
    "live_check",
    "manifest",
    "manifest_commit",
    "rewritten_baselines",
    "sdk_answer",
    "seen_of",
    "settings_of",
    "suppressed",
    "survey",
    "upgraded",
]


def check(request: Request, watch: Watch | None = None) -> Report:
    """Check the paths of a request and return every diagnostic that stands in them.

    ``watch`` is told what the check is at. Raises ``ConfigError`` where a settings file or a rule name cannot be used.
    Runs in a thread with a deep stack.
    """
    from lkagent_lint.engine.kept import through_cache

    def made() -> Report:
        from lkagent_lint.engine.checking import checked

        return checked(request, watch or Watch())

    report = run_deep(lambda: through_cache(request, made))
    return _with_shallow_note(report) if is_shallow() else report


def _with_shallow_note(report: Report) -> Report:
    import msgspec

    from lkagent_lint.diagnostics import Note

    note = Note(
        "memory",
        0,
        "there is not enough of it, or no thread left, for a deep stack: files that are nested deeply may be left out",
    )
    return msgspec.structs.replace(report, notes=(*report.notes, note))


def live_check(request: Request) -> LiveCheck:
    """A check of a request that goes on while files change."""
    from lkagent_lint.engine.live import LiveCheck

    return LiveCheck(request)


def inspect(request: Request, code: str | None = None) -> Inspection:
    """The project of the request's first path, everything that its rules find, and what becomes of each finding.

    ``code`` is that of a rule that is run even where the settings leave it out. No report of an earlier check answers
    this. Raises ``ConfigError`` as ``check`` does. Runs in a thread with a deep stack; so should what evaluates more
    of the project.
    """
    from lkagent_lint.engine.checking import inspected

    return run_deep(lambda: inspected(request, code, Watch()))


def rewritten_baselines(request: Request, *, only_prune: bool = False) -> tuple[Rewritten, ...]:
    """The baselines that the settings for a request name, as they should be written after a check of it.

    With ``only_prune`` they lose what is stale and gain nothing. Raises ``ConfigError`` as ``check`` does.
    """
    from lkagent_lint.engine.checking import rewritten

    return run_deep(lambda: rewritten(request, only_prune))


def survey(request: Request) -> tuple[Survey, ...]:
    """The linked project of every root that the paths of a request belong to or hold, in the order of their roots.

    Raises ``ConfigError`` where a settings file cannot be used. Runs in a thread with a deep stack; so should what
    evaluates more of a project (``lkagent_lint.stack.run_deep``).
    """
    from lkagent_lint.engine.checking import surveyed

    return run_deep(lambda: surveyed(request))


def suppressed(request: Request, reason: str) -> Added:
    """Comments that hide every finding of a request, as files should be rewritten with them; nothing is written here.

    ``reason`` is one line, which may be empty. Raises ``ConfigError`` as ``check`` does.
    """
    from lkagent_lint.engine.adding import suppress_all

    return suppress_all(request, reason)


def fixed(
    request: Request, *, unsafe: bool = False, codes: Collection[str] | None = None, watch: Watch | None = None
) -> Fixed:
    """A request's findings mended as far as their fixes go, ``unsafe`` ones only if wanted; nothing is written here.

    ``codes`` are those of the rules whose findings are mended; None means all. Raises ``ConfigError`` as ``check``
    does.
    """
    from lkagent_lint.engine.fixing import fix_all

    wanted = None if codes is None else frozenset(codes)
    return fix_all(request, unsafe=unsafe, watch=watch, wanted=lambda each: wanted is None or each.code in wanted)


def settings_of(request: Request) -> tuple[Governed, ...]:
    """The settings that hold for each path of a request. Raises ``ConfigError`` where they cannot be used."""
    from lkagent_lint.engine import showing

    return showing.settings_of(request)


def files_of(request: Request) -> tuple[str, ...]:
    """The files (absolute paths) that a check of a request looks at, sorted. Raises ``ConfigError`` as that does."""
    from lkagent_lint.engine import showing

    return showing.files_of(request)


def seen_of(request: Request) -> Seen:
    """What there is where a check of a request found no file that takes part. Raises ``ConfigError`` as that does."""
    from lkagent_lint.engine import blind

    return run_deep(lambda: blind.seen_of(request))


def facts_of(request: Request) -> tuple[bytes, int]:
    """The facts of a request's files as the bytes of one file, for later checks, and of how many files they are."""
    from lkagent_lint.engine import shards

    return shards.facts_of(request)


def upgraded(request: Request, to: str | None = None, *, pins: bool = False, watch: Watch | None = None) -> Upgraded:
    """The paths of a request rewritten for a release of livekit-agents, the newest stable one where none is named, with
    what is left for a person; nothing is written here. ``pins`` are the files that say which release is installed.

    Raises ``ValueError`` for a release that is not known, and ``ConfigError`` as ``check`` does.
    """
    from lkagent_lint.engine import upgrading

    return upgrading.upgraded(request, to, pins=pins, watch=watch)


def sdk_answer(request: Request, name: str, *, node: bool | None = None) -> SdkAnswer:
    """What the SDK has under a name in the release that holds for a request's first path: since when, and what took its
    place where it is not there. ``node`` is the language, None for those of which the project says anything.

    Raises ``ConfigError`` where settings cannot be used.
    """
    from lkagent_lint.engine import sdks

    return run_deep(lambda: sdks.sdk_answer(request, name, node=node))


def manifest(request: Request, version: str, commit: str) -> bytes:
    """What the projects of a request's paths register and dispatch, for checks of other repositories.

    ``version`` is the linter's, and ``commit`` the one that the repository is at, empty for none.
    Raises ``ConfigError`` as ``check`` does.
    """
    from lkagent_lint.engine import manifests

    return run_deep(lambda: manifests.written(request, version, commit))


def manifest_commit(path: str) -> str:
    """The commit at which a manifest (absolute path) was written; empty where it names none. Raises ``ValueError`` for
    what is no manifest.
    """
    from lkagent_lint.engine import manifests

    return manifests.commit_of(path)
