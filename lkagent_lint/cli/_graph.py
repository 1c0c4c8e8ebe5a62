"""What ``graph`` does: one call of the engine, the graph of each project, one of its pictures."""

from __future__ import annotations

import functools
import os

from lkagent_lint import engine
from lkagent_lint.cli._check import request_for
from lkagent_lint.cli._output import write_output
from lkagent_lint.graph import Document, render
from lkagent_lint.graph.build import build
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.stack import run_deep


def show(
    paths: tuple[str, ...],
    output_format: str,
    *,
    everything: bool,
    fail_if: str | None,
    isolated: bool,
    cache: bool,
    cache_dir: str | None,
    manifests: tuple[str, ...] = (),
) -> int:
    """Print the graph of the projects that paths belong to or hold. Raises ConfigError as the engine does.

    ``everything`` adds where names stand as words. The answer is the exit code: 1 where ``fail_if`` says so of some
    worker that no test file registers (``no``: it gets no jobs; ``unknown``: that, or nobody knows), else 0.
    """
    request = request_for(paths, None, {"isolated": isolated}, cache=cache, cache_dir=cache_dir, manifests=manifests)
    shown = functools.partial(relative_path, cwd=os.getcwd())
    surveys = engine.survey(request)
    graphs = run_deep(
        lambda: tuple(
            build(each.project, wanted=each.is_inside, show=shown, everything=everything, seen=each.by_cell)
            for each in surveys
        )
    )
    write_output(render(output_format, Document(projects=graphs), Escaper.from_environment().leading))
    failing = {"no": {"no"}, "unknown": {"no", "unknown"}}.get(fail_if or "", set())
    workers = [worker for graph in graphs for worker in graph.workers if not worker.in_tests]
    return int(any(worker.gets_jobs in failing for worker in workers))
