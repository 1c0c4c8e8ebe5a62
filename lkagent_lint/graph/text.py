"""The graph for reading: each worker with its answer, then what else was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lkagent_lint.graph.records import DispatchRecord, Document, ProjectGraph, WorkerRecord
from lkagent_lint.graph.words import kind_in_words, name_in_words, place, reason_in_words, title
from lkagent_lint.questions.wording import quoted
from lkagent_lint.text import counted

_MOST = 3
"""Places that may be something are not worth more lines than this for one worker; JSON has them all."""


def render_text(document: Document, escape: Callable[[str], str]) -> str:
    """The document as lines; ``escape`` makes a line safe to print."""
    lines: list[str] = []
    for graph in document.projects:
        lines += [*map(escape, _project(graph)), ""]
    return "\n".join([*lines, escape(_summary(document)), ""])


def _project(graph: ProjectGraph) -> Iterator[str]:
    yield f"project {graph.root}: {counted(graph.files, 'file')} in it"
    for worker in graph.workers:
        yield ""
        yield from _worker(worker)
    if graph.dispatches:
        yield ""
        yield "dispatches"
        for dispatch in graph.dispatches:
            yield f"  {_dispatch(dispatch, graph)}"
    if any(worker.name.kind == "unnamed" for worker in graph.workers) and graph.sources:
        yield ""
        yield "rooms"
        for source in graph.sources:
            kind = "a SIP rule" if source.kind == "sip-rule" else "a token or a room"
            agents = "that lists its agents: automatic dispatch is off" if source.lists_agents else "without agents"
            yield f"  {place(source.at)} {kind} {agents}"
    if graph.variables:
        yield ""
        yield "environment"
        for variable in graph.variables:
            readers = [_where(graph, each) for each in (*variable.workers, *variable.dispatches)]
            default = "".join(f' or "{each}"' for each in variable.defaults)
            yield f"  ${variable.name}{default}, read at {', '.join(dict.fromkeys(readers))}"
    if graph.mentions:
        yield ""
        yield "names as words, which ask for nobody"
        for mention in graph.mentions:
            yield f"  {quoted(mention.name)} in {', '.join(mention.paths)}"
    if graph.gaps:
        yield ""
        yield "not analysed, so that what is missing elsewhere may stand there"
        for gap in graph.gaps:
            yield f"  {gap.path}: {gap.message}"


def _worker(worker: WorkerRecord) -> Iterator[str]:
    yield f"worker {title(worker)} at {place(worker.at)}"
    runs = [f"{each.name or 'the agent'} ({place(each.at)})" for each in worker.runs]
    yield f"  runs {', '.join(runs) or 'an entry function that is not known'}; {worker.sdk}"
    for start in worker.started_by:
        named = f"{start.kind} {start.name}".rstrip()
        command = "a command that is not known" if start.command is None else start.command or "no command"
        yield f"  started by {named} ({place(start.at)}) with {command}"
    yield f"  gets jobs: {worker.gets_jobs}"
    possible = [each for each in worker.because if each.kind == "possible-dispatch"]
    shown = possible[: 0 if worker.gets_jobs == "yes" and len(possible) > 1 else _MOST]
    for reason in worker.because:
        if reason.kind != "possible-dispatch" or reason in shown:
            yield f"    {reason_in_words(reason)}"
    if len(possible) > len(shown):
        yield f"    {counted(len(possible) - len(shown), 'other place')} may ask for it: see below"


_ENDS = {
    "yes": "a worker of another repository",
    "unknown": "perhaps an agent that is not seen",
    "no": "no worker of this project",
}
"""Where a dispatch leads that no worker of the project answers."""


def _dispatch(dispatch: DispatchRecord, graph: ProjectGraph) -> str:
    reached = [each for each in graph.edges if each.dispatch == dispatch.id]
    certain = [_where(graph, each.worker) for each in reached if each.certain]
    perhaps = [_where(graph, each.worker) for each in reached if not each.certain]
    ends = [*certain, *(f"perhaps {each}" for each in perhaps[:_MOST])]
    if len(perhaps) > _MOST:
        ends.append(f"perhaps {counted(len(perhaps) - _MOST, 'other worker')}")
    if not ends:
        ends = [_ENDS[dispatch.reaches]]
    return f"{place(dispatch.at)} {kind_in_words(dispatch)}: {name_in_words(dispatch.name)} -> {', '.join(ends)}"


def _where(graph: ProjectGraph, key: str) -> str:
    places = {each.id: each.at for each in graph.workers} | {each.id: each.at for each in graph.dispatches}
    return f"{places[key].path}:{places[key].line}"


def _summary(document: Document) -> str:
    workers = [worker for graph in document.projects for worker in graph.workers]
    dispatches = sum(len(graph.dispatches) for graph in document.projects)
    found = Counter(worker.gets_jobs for worker in workers)
    answers = ", ".join(f"{found[each]} {each}" for each in ("yes", "unknown", "no") if found[each])
    seen = f"{counted(len(workers), 'worker')}, {counted(dispatches, 'dispatch', 'dispatches')}"
    return f"{seen}; gets jobs: {answers}" if workers else seen
