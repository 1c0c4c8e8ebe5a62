"""The graph as a Mermaid flowchart and as Graphviz's DOT. Solid arrows are certain, dashed ones may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from lkagent_lint.graph.records import DispatchRecord, Document, Edge, ProjectGraph, WorkerRecord
from lkagent_lint.graph.words import edge_in_words, kind_in_words, name_in_words, place, title

_COLOURS = {"yes": "#2e7d32", "unknown": "#b26a00", "no": "#c62828"}


def render_mermaid(document: Document, escape: Callable[[str], str]) -> str:
    """A flowchart, a subgraph a project; workers have the colour of their answer."""
    lines = ["flowchart LR"]
    for number, graph in enumerate(document.projects, 1):
        lines += [f"  subgraph p{number}[{_mermaid([graph.root])}]", *_in_mermaid(f"p{number}", graph), "  end"]
    lines += [f"  classDef {answer} stroke:{colour},stroke-width:2px" for answer, colour in _COLOURS.items()]
    return "\n".join([*lines, ""])


def _in_mermaid(project: str, graph: ProjectGraph) -> Iterator[str]:
    for dispatch in graph.dispatches:
        yield f"    {project}{dispatch.id}[/{_mermaid(_dispatch(dispatch))}/]"
    for worker in graph.workers:
        yield f"    {project}{worker.id}[{_mermaid(_worker(worker))}]:::{worker.gets_jobs}"
    for edge in _drawn(graph):
        arrow = "-->" if edge.certain else "-.->"
        yield f"    {project}{edge.dispatch} {arrow}|{_mermaid([edge_in_words(edge)])}| {project}{edge.worker}"
    for dispatch in graph.dispatches:
        end = _other_end(dispatch, graph)
        if end:
            arrow = "--x" if dispatch.reaches == "no" else "-.->"
            yield f"    {project}{dispatch.id} {arrow} {project}{dispatch.id}n(({_mermaid([end])}))"
    for worker in graph.workers:
        if any(reason.kind == "automatic" for reason in worker.because):
            yield f"    {project}{worker.id}a([{_mermaid(['automatic dispatch'])}]) --> {project}{worker.id}"


def _mermaid(lines: Sequence[str]) -> str:
    """A quoted label. Whatever could end it, open a tag or mean anything to Mermaid becomes a character number."""
    return '"' + "<br/>".join(_escaped(each, _number) for each in lines) + '"'


def _number(character: str) -> str:
    return f"#{ord(character)};"


def render_dot(document: Document, escape: Callable[[str], str]) -> str:
    """A digraph, a cluster a project."""
    lines = ["digraph agents {", "  rankdir=LR;", "  node [shape=box];"]
    for number, graph in enumerate(document.projects, 1):
        lines.append(f"  subgraph cluster_p{number} {{")
        lines.append(f"    label={_dot([graph.root])};")
        lines += [*_in_dot(f"p{number}", graph), "  }"]
    return "\n".join([*lines, "}", ""])


def _in_dot(project: str, graph: ProjectGraph) -> Iterator[str]:
    for dispatch in graph.dispatches:
        yield f"    {project}{dispatch.id} [label={_dot(_dispatch(dispatch))}, shape=parallelogram];"
    for worker in graph.workers:
        colour = _COLOURS[worker.gets_jobs]
        yield f'    {project}{worker.id} [label={_dot(_worker(worker))}, color="{colour}"];'
    for edge in _drawn(graph):
        style = "solid" if edge.certain else "dashed"
        label = _dot([edge_in_words(edge)])
        yield f"    {project}{edge.dispatch} -> {project}{edge.worker} [label={label}, style={style}];"
    for dispatch in graph.dispatches:
        end = _other_end(dispatch, graph)
        if end:
            arrow = "arrowhead=tee" if dispatch.reaches == "no" else "style=dashed"
            yield f"    {project}{dispatch.id}n [label={_dot([end])}, shape=circle];"
            yield f"    {project}{dispatch.id} -> {project}{dispatch.id}n [{arrow}];"
    for worker in graph.workers:
        if any(reason.kind == "automatic" for reason in worker.because):
            yield f"    {project}{worker.id}a [label={_dot(['automatic dispatch'])}, shape=ellipse];"
            yield f"    {project}{worker.id}a -> {project}{worker.id};"


def _dot(lines: Sequence[str]) -> str:
    r"""A quoted label, ``\n`` between its lines. What means something to Graphviz becomes a character number."""
    return '"' + "\\n".join(_escaped(each, _entity) for each in lines) + '"'


def _entity(character: str) -> str:
    # Graphviz resolves entities before it looks for backslashes.
    return "\\\\" if character == "\\" else f"&#{ord(character)};"


_SPECIAL = re.compile(r"[^\w .,:/()$=^'!?@-]|_")
"""Everything else of ASCII, and whatever is no letter or digit of some script, may mean something somewhere: Markdown's
signs too, which Mermaid reads in every label.
"""


def _escaped(text: str, spelt: Callable[[str], str]) -> str:
    """Text with every character replaced that is not plain; what cannot be shown becomes its picture."""

    def replace(found: re.Match[str]) -> str:
        character = found[0]
        if character < " ":
            return chr(0x2400 + ord(character))
        return spelt(character) if character.isprintable() else f"U+{ord(character):04X}"

    return _SPECIAL.sub(replace, text)


_MOST = 3
"""Arrows of one dispatch that may be; more of them say no more than one arrow does."""


def _drawn(graph: ProjectGraph) -> list[Edge]:
    """The arrows: all that are certain, and those that may be where a dispatch has few of them."""
    return [each for each in graph.edges if each.certain or _possible(each.dispatch, graph) <= _MOST]


def _possible(dispatch: str, graph: ProjectGraph) -> int:
    return sum(each.dispatch == dispatch and not each.certain for each in graph.edges)


def _other_end(dispatch: DispatchRecord, graph: ProjectGraph) -> str:
    """What a dispatch leads to beside the workers that its arrows reach; empty for nothing."""
    possible = _possible(dispatch.id, graph)
    if possible > _MOST:
        return f"any of {possible} workers"
    if dispatch.reaches == "no":
        return "nobody"
    return "" if any(each.dispatch == dispatch.id for each in graph.edges) else "not known"


def _worker(worker: WorkerRecord) -> list[str]:
    return [f"worker {title(worker)}", place(worker.at), f"gets jobs: {worker.gets_jobs}"]


def _dispatch(dispatch: DispatchRecord) -> list[str]:
    return [f"{kind_in_words(dispatch)}: {name_in_words(dispatch.name)}", place(dispatch.at)]
