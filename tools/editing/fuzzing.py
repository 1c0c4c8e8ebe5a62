"""Messages in any order, also such as no editor should send, and whether the server knows in the end what it should.

Texts are edited in parts while their findings are asked for, requests are cancelled, documents are edited that are not
open, files change on disk. In the end what the server shows of each file is what a check from nothing says.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types

from lkagent_lint.engine import Request, check
from tools.editing.client import Editor, document, uri

_PIECES = (
    "",
    "\n",
    "    await join(ctx)\n",
    "    await ctx.connect()\n",
    "    session = AgentSession()\n",
    "é😀\u2028\x0c",
    '"""',
    ")",
    "def helper():\n    return 1\n\n",
    "# lkagent: ignore[LKA101] because\n",
    'await client.createDispatch(room, "desk");\n',
)
"""What is put in: code that matters, code that breaks, characters that count double."""
_UNREADABLE: tuple[tuple[str, object], ...] = (
    ("textDocument/hover", {"textDocument": {}}),
    ("textDocument/nonsense", {"x": 1}),
    ("textDocument/definition", None),
    ("workspace/executeCommand", {"command": "lkagent-lint.nothing"}),
    ("workspace/executeCommand", {"command": "lkagent-lint.mend", "arguments": [1, 2, 3]}),
)


class Fuzzer:
    """Sends messages to one server about the files of one project (absolute path), by one seed."""

    def __init__(self, editor: Editor, root: Path, seed: int) -> None:
        self.editor = editor
        self.root = root
        self.sent: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        """By the kind of answer: ``result``, or the class of the error."""
        self._random = random.Random(seed)
        self._saved = {path: path.read_text(encoding="utf-8") for path in sorted(root.iterdir()) if path.is_file()}
        self._texts: dict[Path, str] = {}
        self._pending: set[asyncio.Task[None]] = set()
        self._requests: list[Callable[[Path], Awaitable[Any]]] = self._asking()
        self._doing: list[Callable[[], None]] = [
            *([self._edit] * 6),
            *([self._ask] * 6),
            *([self._open, self._close, self._save, self._edit_what_is_closed, self._send_unreadable]),
        ]

    async def run(self, count: int) -> None:
        """Send so many messages, then let everything be answered."""
        for number in range(count):
            doing = self._random.choice(self._doing)
            doing()
            self.sent[doing.__name__.strip("_")] += 1
            if self._random.random() < 0.1:
                await asyncio.sleep(self._random.choice((0, 0, 0.002, 0.02)))
            elif number % 50 == 0:
                await asyncio.sleep(0)
        await asyncio.gather(*self._pending)

    @property
    def expected(self) -> dict[str, list[tuple[str, int]]]:
        """By the addresses of files the codes and 0-based lines that a check from nothing finds now."""
        overlays = {str(path): text.encode("utf-8") for path, text in self._texts.items()}
        found: dict[str, list[tuple[str, int]]] = {}
        for each in check(Request(paths=(str(self.root),), overlays=overlays)).diagnostics:
            found.setdefault(uri(Path(each.place.path)), []).append((each.code, each.place.span.line - 1))
        return {path: sorted(rows) for path, rows in found.items()}

    @property
    def shown(self) -> dict[str, list[tuple[str, int]]]:
        """The same as the server has told it."""
        last = {each.uri: each.diagnostics for each in self.editor.client.published}
        rows = {path: sorted((str(each.code), each.range.start.line) for each in told) for path, told in last.items()}
        return {path: each for path, each in rows.items() if each}

    def close_all(self) -> None:
        """Leave the editor without documents of the project."""
        for path in self._texts:
            self.editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document(path)))
        self._texts.clear()

    # Documents

    def _open(self) -> None:
        path = self._random.choice(sorted(each for each in self._saved if each.suffix != ".toml"))
        if path not in self._texts:
            self._texts[path] = self._saved[path]
            item = types.TextDocumentItem(uri(path), "python", 1, self._texts[path])
            self.editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def _close(self) -> None:
        if len(self._texts) > 1:
            path = self._random.choice(sorted(self._texts))
            del self._texts[path]
            self.editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document(path)))

    def _edit(self) -> None:
        if not self._texts:
            return self._open()
        path = self._random.choice(sorted(self._texts))
        changes = [self._change(path) for _ in range(self._random.choice((1, 1, 1, 3)))]
        version = types.VersionedTextDocumentIdentifier(self._random.randrange(2, 1_000_000), uri(path))
        self.editor.client.text_document_did_change(types.DidChangeTextDocumentParams(version, changes))
        return None

    def _change(self, path: Path) -> types.TextDocumentContentChangeEvent:
        text = self._texts[path]
        if self._random.random() < 0.1 or len(text) > 20_000:
            self._texts[path] = self._saved[path]
            return types.TextDocumentContentChangeWholeDocument(self._saved[path])
        start = self._random.randrange(len(text) + 1)
        end = min(len(text), start + self._random.choice((0, 0, 1, 5, 40)))
        if self._random.random() < 0.5:  # at the beginning of a line, where more of it stays code
            start = end = text.rfind("\n", 0, start) + 1
        piece = self._random.choice(_PIECES)
        self._texts[path] = text[:start] + piece + text[end:]
        return types.TextDocumentContentChangePartial(types.Range(_position(text, start), _position(text, end)), piece)

    def _edit_what_is_closed(self) -> None:
        path = self.root / "closed.py"
        version = types.VersionedTextDocumentIdentifier(3, uri(path))
        change = types.TextDocumentContentChangeWholeDocument("x = 1\n")
        self.editor.client.text_document_did_change(types.DidChangeTextDocumentParams(version, [change]))

    def _save(self) -> None:
        """Another program writes a file."""
        path = self._random.choice(sorted(self._saved))
        text = self._saved[path]
        # Some text that parses now and then, so that the projects differ.
        self._saved[path] = text + "\n# written\n" if len(text) < 5_000 else text[: text.rfind("\n# written")]
        path.write_text(self._saved[path], encoding="utf-8")
        event = types.FileEvent(uri(path), types.FileChangeType.Changed)
        self.editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    # Requests

    def _ask(self) -> None:
        path = self._random.choice(sorted(self._saved))
        asking = self._random.choice(self._requests)
        task = asyncio.ensure_future(self._answered(asking(path)))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    def _send_unreadable(self) -> None:
        method, params = self._random.choice(_UNREADABLE)
        task = asyncio.ensure_future(self._answered(self.editor.raw(method, params)))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _answered(self, answer: Awaitable[Any]) -> None:
        try:
            await answer
            self.answered["result"] += 1
        except Exception as error:
            self.answered[type(error).__name__] += 1

    def _asking(self) -> list[Callable[[Path], Awaitable[Any]]]:
        client = self.editor.client

        def where() -> types.Position:
            return types.Position(self._random.randrange(30), self._random.randrange(60))

        def word() -> str:
            return self._random.choice(("", "desk", "é"))

        def span() -> types.Range:
            return types.Range(types.Position(0, 0), where())

        return [
            lambda path: client.text_document_diagnostic_async(types.DocumentDiagnosticParams(document(path))),
            lambda path: client.text_document_hover_async(types.HoverParams(document(path), where())),
            lambda path: client.text_document_definition_async(types.DefinitionParams(document(path), where())),
            lambda path: client.text_document_references_async(
                types.ReferenceParams(types.ReferenceContext(True), document(path), where())
            ),
            lambda path: client.text_document_code_action_async(
                types.CodeActionParams(document(path), span(), types.CodeActionContext([]))
            ),
            lambda path: client.text_document_document_symbol_async(types.DocumentSymbolParams(document(path))),
            lambda path: client.text_document_inlay_hint_async(types.InlayHintParams(document(path), span())),
            lambda _: client.workspace_symbol_async(types.WorkspaceSymbolParams(word())),
            self._cancelled,
        ]

    async def _cancelled(self, path: Path) -> None:
        """A request that is taken back at once."""
        name = f"gone-{self._random.random()}"
        params = types.DocumentDiagnosticParams(document(path))
        sent: Any = self.editor.client.protocol.send_request(types.TEXT_DOCUMENT_DIAGNOSTIC, params, msg_id=name)
        self.editor.client.cancel_request(types.CancelParams(name))
        await asyncio.wrap_future(sent)


def _position(text: str, offset: int) -> types.Position:
    """Where an offset stands, in UTF-16 as the client counts; lines end as the protocol says."""
    line = text.count("\n", 0, offset)
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return types.Position(line, len(before.encode("utf-16-le")) // 2)
