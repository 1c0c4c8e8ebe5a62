"""What other repositories register and dispatch, as their manifests say it: agents and backends that lie apart are
joined by it.

A manifest is written from a linked project (``manifest_of``) and read for another one (``read``). It holds names and
places, no code, and may come from anybody: whatever is not of its form is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import (
    UNKNOWN_NAME,
    AgentName,
    FromEnv,
    JobType,
    Known,
    OneOf,
    Pattern,
    Usually,
)
from lkagent_lint.project.records import Dispatch, Fleet, Project, Worker
from lkagent_lint.text import START_OF_FILE, Span

MAX_BYTES = 5_000_000
_Text = Annotated[str, msgspec.Meta(max_length=500)]
_Texts = Annotated[tuple[_Text, ...], msgspec.Meta(max_length=1_000)]


class ManifestName(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An agent's name, as far as its repository tells it."""

    kind: Literal["known", "one-of", "environment", "usually", "pattern", "unknown"]
    values: _Texts = ()
    """``known``: the name, empty where there is none; else all that it may be."""
    variable: _Text = ""
    default: _Text | None = None
    parts: Annotated[tuple[_Text | None, ...], msgspec.Meta(max_length=100)] = ()


class ManifestWorker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registration."""

    name: ManifestName
    job_type: Literal["JT_ROOM", "JT_PUBLISHER", "JT_PARTICIPANT", "unknown"]
    at: _Text
    """``agents/desk.py:12``, in its repository."""


class ManifestDispatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place that asks for an agent."""

    name: ManifestName
    kind: Literal["token", "api", "room", "sip", "connector", "command", "preset", "config", "request"]
    at: _Text
    fresh: bool = False
    """A token for a room whose name is made anew."""


class FleetManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one repository registers and dispatches."""

    lkagent_lint_manifest: Literal[1]
    version: _Text
    """Of the linter that wrote it."""
    commit: _Text
    """Of the repository, when it was written; empty where it is none."""
    sdks: _Texts
    variables: _Texts
    """Variables of the environment that name agents."""
    gaps: Annotated[int, msgspec.Meta(ge=0)]
    """Files that could not be analysed: what they say is not known."""
    workers: Annotated[tuple[ManifestWorker, ...], msgspec.Meta(max_length=20_000)]
    dispatches: Annotated[tuple[ManifestDispatch, ...], msgspec.Meta(max_length=20_000)]


NamesWorkers = Callable[[Project, Worker], AgentName]


def manifest_of(projects: Iterable[Project], named: NamesWorkers, version: str, commit: str) -> bytes:
    """The manifest of the projects of a repository, a line for each worker and dispatch, those in tests left out.

    ``named`` tells a worker's name, which may come from the environment where its code gives none.
    """
    workers: list[ManifestWorker] = []
    dispatches: list[ManifestDispatch] = []
    sdks: set[str] = set()
    gaps = 0
    for project in projects:
        gaps += sum(bool(facts.problems) for facts in project.files.values())
        for worker in project.workers:
            if not worker.in_tests:
                sdks.add(project.sdk(worker.place.path).label(project.root))
                name = _written(named(project, worker))
                workers.append(ManifestWorker(name, worker.job_type.value, _at(project, worker.place)))
        for each in project.dispatches:
            if not each.in_tests and not each.by_manifest and each.kind is not DispatchKind.CONNECT:
                at = _at(project, each.place)
                dispatches.append(ManifestDispatch(_written(each.name), each.kind.value, at, each.is_fresh))
    names = [*(each.name for each in workers), *(each.name for each in dispatches)]
    variables = {each.variable for each in names if each.variable}
    found = FleetManifest(
        1, version, commit, tuple(sorted(sdks)), tuple(sorted(variables)), gaps, tuple(workers), tuple(dispatches)
    )
    return _printed(found)


def _printed(manifest: FleetManifest) -> bytes:
    """JSON with one entry a line, in ASCII."""
    lines: list[str] = []
    for key, value in msgspec.to_builtins(manifest).items():
        if key in ("workers", "dispatches") and value:
            rows = ",\n".join(f"    {json.dumps(each)}" for each in value)
            lines.append(f"  {json.dumps(key)}: [\n{rows}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("ascii")


def decoded(data: bytes) -> FleetManifest:
    """A manifest's bytes as what they say. Raises ValueError for anything else, with the reason."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        found = msgspec.json.decode(data, type=FleetManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is no manifest: {str(error)[:200]}") from None
    entries: tuple[ManifestWorker | ManifestDispatch, ...] = (*found.workers, *found.dispatches)
    for each in entries:
        texts = (*each.name.values, each.name.variable, each.name.default or "", *each.name.parts, each.at)
        if any(text is not None and not text.isprintable() for text in texts):
            raise ValueError("it is no manifest: a name or a place holds a character that cannot be printed")
    return found


def read(path: str, data: bytes) -> Fleet:
    """What a manifest (its absolute path and its bytes) adds. Raises ValueError as ``decoded`` does."""
    manifest = decoded(data)
    lines = data.decode("utf-8", "replace").splitlines()
    rows = iter([number for number, line in enumerate(lines, 1) if line.lstrip().startswith('{"name"')])
    spans = _spans(lines, rows, len(manifest.workers) + len(manifest.dispatches))
    workers = tuple(
        Worker(
            place=Place(path, next(spans)),
            name=_read_name(each.name),
            job_type=JobType(each.job_type),
            entries=(),
            requests=(),
            package=path,
            in_tests=False,
        )
        for each in manifest.workers
    )
    dispatches = tuple(
        Dispatch(
            place=Place(path, next(spans)),
            kind=DispatchKind(each.kind),
            name=_read_name(each.name),
            package=path,
            in_tests=False,
            presence=True,
            is_fresh=each.fresh,
            by_manifest=True,
        )
        for each in manifest.dispatches
    )
    return Fleet(workers, dispatches, (Place(path, START_OF_FILE),) if manifest.gaps else ())


def joined(fleets: Iterable[Fleet]) -> Fleet:
    """What several manifests add."""
    known = tuple(fleets)
    return Fleet(
        tuple(each for fleet in known for each in fleet.workers),
        tuple(each for fleet in known for each in fleet.dispatches),
        tuple(each for fleet in known for each in fleet.gaps),
    )


def _spans(lines: list[str], rows: Iterator[int], count: int) -> Iterator[Span]:
    """Where each entry stands, in a manifest as it is written; at the start of any other."""
    numbers = list(rows)
    if len(numbers) != count:
        numbers = []
    for index in range(count):
        number = numbers[index] if numbers else 1
        text = lines[number - 1] if numbers else ""
        start = len(text) - len(text.lstrip()) + 1
        yield Span(number, start, number, max(start, len(text.rstrip(",")) + 1)) if numbers else START_OF_FILE


def _at(project: Project, place: Place) -> str:
    return f"{os.path.relpath(place.path, project.root).replace(os.sep, '/')}:{place.span.line}"


def _written(name: AgentName) -> ManifestName:
    match name:
        case Known(value):
            return ManifestName("known", (value,))
        case OneOf(values):
            return ManifestName("one-of", values)
        case FromEnv(variable, default):
            return ManifestName("environment", variable=variable, default=default)
        case Usually(values, variable):
            return ManifestName("usually", values, variable)
        case Pattern(parts):
            return ManifestName("pattern", parts=parts)
        case _:
            return ManifestName("unknown")


def _read_name(name: ManifestName) -> AgentName:
    match name.kind:
        case "known":
            return Known(name.values[0] if name.values else "")
        case "one-of":
            return OneOf(tuple(sorted(set(name.values)))) if name.values else UNKNOWN_NAME
        case "environment":
            return FromEnv(name.variable, name.default) if name.variable else UNKNOWN_NAME
        case "usually":
            return Usually(tuple(sorted(set(name.values))), name.variable)
        case "pattern":
            return Pattern(name.parts)
        case _:
            return UNKNOWN_NAME
