"""The report of an earlier check, given again where everything that it follows from is as it was.

Its key says what was asked and of which linter; with it lie the questions that the check put to the disk and digests of
the answers. Each is asked again. Times and sizes tell nothing, and no part of a report is kept by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from lkagent_lint import disk
from lkagent_lint.cache import directory_for
from lkagent_lint.cache.reports import KeptReports, report_key
from lkagent_lint.config.errors import ConfigError
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.diagnostics import Report
from lkagent_lint.engine.request import Request
from lkagent_lint.sources import discovery, prefilter, reading
from lkagent_lint.sources.roots import group_by_root, too_wide

_ASK = (discovery, prefilter, reading)
"""With them every question is known that a check asks."""


class _Kept(msgspec.Struct, array_like=True):
    answers: tuple[tuple[disk.Question, bytes], ...]
    report: Report


def through_cache(request: Request, make: Callable[[], Report]) -> Report:
    """The report that is kept for a request if it is still right, else the one that ``make`` makes here and now."""
    reports = _reports_for(request)
    key = None if reports is None else request_key(request)
    if reports is None or key is None:
        return make()
    if request.anew:
        return _made(reports, key, make)
    kept = _recalled(reports.get(key))
    if kept is not None:
        return kept
    with reports.alone(key) as waited:
        kept = _recalled(reports.get(key)) if waited else None
        return kept or _made(reports, key, make)


def _made(reports: KeptReports, key: bytes, make: Callable[[], Report]) -> Report:
    """What ``make`` makes, kept if it follows from what the disk says and from nothing else."""
    with disk.seeing() as sight:
        report = make()
    # Code without LiveKit is walked again as fast, and finds no directory of ours.
    if sight.is_steady and not report.internal_errors and not report.faults and report.summary.files:
        encoded = _encoded(_Kept(tuple(sight.answers.items()), report))
        if encoded is not None:
            reports.put(key, encoded)
    return report


def _reports_for(request: Request) -> KeptReports | None:
    """Where a request's report is kept. None for unsaved text, which soon is another, and for what others have made."""
    if not request.cache or request.overlays or request.facts or request.scheduler is not None:
        return None
    try:
        grouped = group_by_root(request.paths, SettingsFinder(request.isolated, file=request.config_file))
    except ConfigError:  # the check itself says it
        return None
    root = next(iter(grouped), None)
    if root is None or too_wide(root, SettingsFinder(request.isolated, file=request.config_file)) is not None:
        return None
    return KeptReports(directory_for(root, request.cache_dir))


def request_key(request: Request) -> bytes | None:
    """The key of what a request asks; nothing else of it shows in a report."""
    asked = msgspec.structs.replace(request, jobs=None, cache_dir=None, anew=False)
    encoded = _encoded(asked)
    try:
        return None if encoded is None else report_key(encoded)
    except OSError:  # the linter's own sources cannot be read
        return None


def _encoded(value: object) -> bytes | None:
    try:
        return msgspec.msgpack.encode(value, order="deterministic")
    except UnicodeEncodeError:  # a path that is no text
        return None


def _recalled(data: bytes | None) -> Report | None:
    if data is None:
        return None
    try:
        kept = msgspec.msgpack.decode(data, type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return kept.report if disk.still_says(kept.answers) else None
