"""What an edit costs: from the debounce's end to the findings of the edited file, through the protocol."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types

from tools.editing.client import Editor, Told, document

PULLING = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities(related_document_support=True)
    ),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)
"""A client that asks for findings, so that both servers are asked in one way."""


class EditCosts(NamedTuple):
    """Milliseconds of each edit, and megabytes of the server's process on the way."""

    milliseconds: list[float]
    megabytes: list[tuple[int, float]]
    """After how many edits, and how many."""
    processor: list[float]
    """Milliseconds of processor time of each edit, which other programs on the machine do not prolong."""
    first: float
    """Seconds from the start to the findings of the first file that is open."""

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def late(self) -> float:
        """The 95th percentile."""
        return statistics.quantiles(self.milliseconds, n=20)[-1] if len(self.milliseconds) > 1 else self.median


def measured(root: Path, command: Sequence[str], *, opened: int, edits: int, debounce: float) -> EditCosts:
    """Open so many agents of a project, edit one after the other, and ask for its findings each time."""
    files = sorted((root / "agents").glob("desk_*.py"))[:opened]
    began = time.perf_counter()
    editor = Editor([root], PULLING, options={"debounce": debounce}, command=command, patience=600)
    try:
        for path in files:
            editor.open(path)
        editor.pull(files[0])
        first = time.perf_counter() - began
        costs, sizes, processor = _edits(editor, files, edits, debounce)
        return EditCosts(costs, sizes, processor, first)
    finally:
        editor.stop()


def _edits(
    editor: Editor, files: Sequence[Path], edits: int, debounce: float
) -> tuple[list[float], list[tuple[int, float]], list[float]]:
    chosen = random.Random(0)
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    costs: list[float] = []
    processor: list[float] = []
    sizes: list[tuple[int, float]] = []
    for number in range(1, edits + 1):
        path = chosen.choice(files)
        texts[path] = _edited(texts[path], number)
        editor.edit(path, texts[path])
        used, began = _processor_seconds(editor.client), time.perf_counter()
        params = types.DocumentDiagnosticParams(document(path))
        editor.run(editor.client.text_document_diagnostic_async(params))
        costs.append((time.perf_counter() - began - debounce) * 1000)
        processor.append((_processor_seconds(editor.client) - used) * 1000)
        if number in (1, edits) or number % max(1, edits // 4) == 0:
            sizes.append((number, _megabytes(editor.client)))
    return costs, sizes, processor


def _edited(text: str, number: int) -> str:
    """The text with another line of code in the entry: every second edit joins the room too early, or no more."""
    early, right = "    await ctx.connect()\n    await join(", "    await join("
    if number % 2:
        return text.replace(early, right) if early in text else text.replace(right, early, 1)
    return text.replace("    session = AgentSession(", f"    number = {number}\n    session = AgentSession(", 1)


def _processor_seconds(client: Told) -> float:
    fields = Path(f"/proc/{_process(client)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _process(client: Told) -> int:
    server = client._server  # pyright: ignore[reportPrivateUsage]
    assert server is not None
    return server.pid


def _megabytes(client: Told) -> float:
    status = Path(f"/proc/{_process(client)}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
