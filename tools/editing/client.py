"""A client of the language server: pygls' own, in a thread with a loop, so that tests read line by line."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, Union

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter

from lkagent_lint.reporters.paths import file_uri

_Result = TypeVar("_Result")
_raw = count(1)
SERVER = (sys.executable, "-c", "from lkagent_lint.__main__ import run; run()", "server")
"""The installed script, in the environment that this runs in."""
PATIENCE = 120
"""Seconds after which an answer will not come any more."""
_DOCUMENTS = types.TextDocumentClientCapabilities(
    publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
        related_information=True,
        code_description_support=True,
        tag_support=types.ClientDiagnosticsTagOptions(
            [types.DiagnosticTag.Unnecessary, types.DiagnosticTag.Deprecated]
        ),
    ),
    document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
    code_action=types.CodeActionClientCapabilities(resolve_support=types.ClientCodeActionResolveOptions(["edit"])),
)
PUSHED = types.ClientCapabilities(
    text_document=_DOCUMENTS,
    workspace=types.WorkspaceClientCapabilities(
        workspace_folders=True,
        apply_edit=True,
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
    window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(support=True)),
)
"""What a client can that is told of findings."""


def _converter() -> Converter:
    """lsprotocol takes an action that holds a command for a command."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call, unused-ignore]
    either: Any = Union[types.Command, types.CodeAction]  # noqa: UP007

    def made(given: Any, _: object) -> types.Command | types.CodeAction:
        if isinstance(given.get("command"), str):
            return converter.structure(given, types.Command)
        return converter.structure(given, types.CodeAction)

    converter.register_structure_hook(either, made)
    usual = converter.get_structure_hook(types.ServerCapabilities)

    def capable(given: Any, _: object) -> types.ServerCapabilities:
        # What ruff's server says of notebooks is in a form that lsprotocol does not read.
        told = {key: value for key, value in given.items() if key != "notebookDocumentSync"}
        capabilities: types.ServerCapabilities = usual(told, types.ServerCapabilities)
        return capabilities

    converter.register_structure_hook(types.ServerCapabilities, capable)
    return converter


class Told(LanguageClient):
    """The client, and what the server told it."""

    def __init__(self) -> None:
        super().__init__("tests", "1", converter_factory=_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.logged: list[str] = []
        self.shown: list[str] = []
        self.pages: list[str] = []
        self.applied: list[types.WorkspaceEdit] = []
        self.registered: list[str] = []
        self.refreshed = 0
        self.settings: Any = None
        self.news = asyncio.Event()


def _listen(client: Told) -> None:
    def hear(feature: str, take: Callable[[Any], object]) -> None:
        @client.feature(feature)  # type: ignore[untyped-decorator, unused-ignore]
        def heard(params: Any) -> object:
            answer = take(params)
            client.news.set()
            return answer

    def refresh(_: object) -> None:
        client.refreshed += 1

    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        client.applied.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        client.pages.append(params.uri)
        return types.ShowDocumentResult(success=True)

    hear(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, client.published.append)
    hear(types.WINDOW_LOG_MESSAGE, lambda params: client.logged.append(params.message))
    hear(types.WINDOW_SHOW_MESSAGE, lambda params: client.shown.append(params.message))
    hear(types.WORKSPACE_DIAGNOSTIC_REFRESH, refresh)
    hear(types.WORKSPACE_APPLY_EDIT, apply)
    hear(types.WINDOW_SHOW_DOCUMENT, show)
    hear(types.WORKSPACE_CONFIGURATION, lambda params: [client.settings for _ in params.items])
    hear(
        types.CLIENT_REGISTER_CAPABILITY,
        lambda params: client.registered.extend(each.method for each in params.registrations),
    )


class Editor:
    """One client and its server, over standard input and output."""

    def __init__(
        self,
        folders: Sequence[Path],
        capabilities: types.ClientCapabilities = PUSHED,
        options: object = None,
        settings: object = None,
        *,
        command: Sequence[str] = SERVER,
        patience: float = PATIENCE,
    ) -> None:
        self._command = command
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.versions: dict[Path, int] = {}
        self.client: Told
        self.server: types.InitializeResult
        self.run(self._start(folders, capabilities, options, settings))

    async def _start(
        self, folders: Sequence[Path], capabilities: types.ClientCapabilities, options: object, settings: object
    ) -> None:
        self.client = Told()
        self.client.settings = settings
        _listen(self.client)
        await self.client.start_io(*self._command)  # pyright: ignore[reportUnknownMemberType]
        named = [types.WorkspaceFolder(file_uri(str(each)), each.name) for each in folders]
        self.server = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=capabilities, initialization_options=options, workspace_folders=named, root_uri=None
            )
        )
        self.client.initialized(types.InitializedParams())

    def run(self, doing: Awaitable[_Result]) -> _Result:
        """What a coroutine gives, run where the client lives."""

        async def within() -> _Result:
            return await asyncio.wait_for(doing, self._patience)

        return asyncio.run_coroutine_threadsafe(within(), self._loop).result()

    def call(self, do: Callable[[], object]) -> None:
        """Do something where the client lives."""

        async def within() -> None:
            do()

        self.run(within())

    async def raw(self, method: str, params: object) -> object:
        """The answer to a request that may be none: as it is, whatever its type should be."""
        protocol = self.client.protocol
        name = f"raw-{next(_raw)}"
        answer: Future[object] = Future()
        protocol._request_futures[name] = answer  # pyright: ignore[reportPrivateUsage]
        message = {"jsonrpc": "2.0", "id": name, "method": method, "params": params}
        protocol._send_data(message)  # type: ignore[no-untyped-call, unused-ignore]  # pyright: ignore[reportPrivateUsage]
        return await asyncio.wrap_future(answer)

    # Documents

    def open(self, path: Path, text: str | None = None) -> None:
        said = path.read_text(encoding="utf-8") if text is None else text
        self.versions[path] = 1
        item = types.TextDocumentItem(uri(path), "python", 1, said)
        self.call(lambda: self.client.text_document_did_open(types.DidOpenTextDocumentParams(item)))

    def edit(self, path: Path, *changes: types.TextDocumentContentChangeEvent | str) -> int:
        """Change a document, by whole texts or parts; returns its version."""
        self.versions[path] += 1
        told = [
            types.TextDocumentContentChangeWholeDocument(each) if isinstance(each, str) else each for each in changes
        ]
        document = types.VersionedTextDocumentIdentifier(self.versions[path], uri(path))
        self.call(lambda: self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, told)))
        return self.versions[path]

    def close(self, path: Path) -> None:
        params = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri(path)))
        self.call(lambda: self.client.text_document_did_close(params))

    def saved_elsewhere(self, *paths: Path) -> None:
        """Tell the server that files have changed on disk."""
        events = [types.FileEvent(uri(each), types.FileChangeType.Changed) for each in paths]
        self.call(lambda: self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events)))

    def folders(self, *, added: Sequence[Path] = (), removed: Sequence[Path] = ()) -> None:
        def named(paths: Sequence[Path]) -> list[types.WorkspaceFolder]:
            return [types.WorkspaceFolder(uri(each), each.name) for each in paths]

        event = types.WorkspaceFoldersChangeEvent(named(added), named(removed))
        params = types.DidChangeWorkspaceFoldersParams(event)
        self.call(lambda: self.client.workspace_did_change_workspace_folders(params))

    # Findings

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until what the server told makes something so."""

        async def within() -> None:
            while not is_so():
                self.client.news.clear()
                await self.client.news.wait()

        self.run(within())

    def found(self, path: Path) -> list[types.Diagnostic]:
        """What was told of a file last."""
        own = [each for each in self.client.published if each.uri == uri(path)]
        return list(own[-1].diagnostics) if own else []

    def codes(self, path: Path) -> list[str]:
        return sorted(str(each.code) for each in self.found(path))

    def until_codes(self, path: Path, *codes: str) -> list[types.Diagnostic]:
        """Wait until exactly these are shown at a file."""
        self.until(lambda: self.codes(path) == sorted(codes))
        return self.found(path)

    def pull(self, path: Path, known: str | None = None) -> types.DocumentDiagnosticReport:
        """Ask for a file's findings, and again where the server says so, as editors do."""
        params = types.DocumentDiagnosticParams(document(path), previous_result_id=known)
        while True:
            try:
                return self.run(self.client.text_document_diagnostic_async(params))
            except JsonRpcException as error:
                if error.code != types.LSPErrorCodes.ServerCancelled:
                    raise

    def stop(self) -> int | None:
        """Say goodbye; returns the server's exit code."""

        async def within() -> int | None:
            await self.client.shutdown_async(None)
            self.client.exit(None)
            await self.client.stop()  # type: ignore[no-untyped-call, unused-ignore]
            server = self.client._server  # pyright: ignore[reportPrivateUsage]
            return None if server is None else server.returncode

        code = self.run(within())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        return code


def uri(path: Path) -> str:
    return file_uri(str(path))


def document(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri(path))
