"""The language server: what clients ask, answered from the projects' desks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.workspace import PositionCodec

from lkagent_lint import __version__
from lkagent_lint.config import ConfigError
from lkagent_lint.faults import is_asked, trace_of
from lkagent_lint.reporters.paths import file_uri
from lkagent_lint.server.actions import ActionFiles, ClientShape
from lkagent_lint.server.desk import Desk, DeskOutcome, Unsaved
from lkagent_lint.server.documents import CountedText, OpenDocument, path_of, text_on_disk
from lkagent_lint.server.findings import FindingShape, Shower, ShownFinding
from lkagent_lint.server.roots import roots_for
from lkagent_lint.server.standing import Checked, StandingProject
from lkagent_lint.server.watching import OwnWatch, registration
from lkagent_lint.server.wishes import SECTION, EditorWishes, read_wishes
from lkagent_lint.sources.unsaved import is_saved
from lkagent_lint.sources.watched import matters, moves_roots

_Steps = Generator[Any, Any, None]
"""What pygls takes of its own handlers: the steps in which they run, of which ours have none."""


class LintProtocol(LanguageServerProtocol):
    """pygls' protocol with documents of our own: a line ends where the linter has it end, and nowhere else."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """As pygls does; a request that cannot be read is answered too, and not only logged."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    @property
    def _lint(self) -> LintServer:
        assert isinstance(self._server, LintServer)
        return self._server

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """As pygls does; a client that is told of findings is not offered to ask for them."""
        result = yield from super().lsp_initialize(params)
        if not self._lint.pulls:
            result.capabilities.diagnostic_provider = None
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> _Steps:
        self._lint.opened(params.text_document)
        yield from ()

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> _Steps:
        self._lint.changed(params.text_document, params.content_changes)
        yield from ()

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> _Steps:
        self._lint.closed(params.text_document.uri)
        yield from ()

    @property
    def was_shut_down(self) -> bool:
        """The client has said that it will go."""
        return self._shutdown


class LintServer(LanguageServer):
    """Keeps the open documents and a desk for each project."""

    def __init__(self) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            SECTION, f"v{__version__}", protocol_cls=LintProtocol, max_workers=2
        )
        self.wishes = EditorWishes()
        self.documents: dict[str, OpenDocument] = {}
        """By path."""
        self.desks: dict[str, Desk] = {}
        """By root."""
        self.folders: list[str] = []
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lkagent-lint-engine")
        self._nested: dict[str, str] = {}
        """Roots of other projects in a folder, each by the root in which it was found."""
        self._published: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self._said: set[str] = set()
        self._own_watch = OwnWatch(self.files_changed)
        self._news: list[asyncio.Future[None]] = []

    @property
    def debounce(self) -> float:
        return self.wishes.debounce

    # What the client understands

    @property
    def _capable(self) -> types.ClientCapabilities:
        return self.client_capabilities

    @property
    def pulls(self) -> bool:
        """The client asks for findings, and is not told of them. It has to understand that it should ask again: an edit
        changes what is shown in other files."""
        documents, workspace = self._capable.text_document, self._capable.workspace
        found = None if workspace is None else workspace.diagnostics
        can_ask = documents is not None and documents.diagnostic is not None
        return can_ask and found is not None and bool(found.refresh_support)

    @property
    def asks_for_settings(self) -> bool:
        workspace = self._capable.workspace
        return workspace is not None and bool(workspace.configuration)

    @property
    def watches(self) -> bool:
        """The client can be asked to tell of changed files."""
        workspace = self._capable.workspace
        found = None if workspace is None else workspace.did_change_watched_files
        return found is not None and bool(found.dynamic_registration)

    @property
    def nests_symbols(self) -> bool:
        documents = self._capable.text_document
        found = None if documents is None else documents.document_symbol
        return found is not None and bool(found.hierarchical_document_symbol_support)

    @property
    def refreshes_hints(self) -> bool:
        """The client can be told to ask for inlay hints again."""
        workspace = self._capable.workspace
        found = None if workspace is None else workspace.inlay_hint
        return found is not None and bool(found.refresh_support)

    @property
    def applies_edits(self) -> bool:
        workspace = self._capable.workspace
        return workspace is not None and bool(workspace.apply_edit)

    def finding_shape(self) -> FindingShape:
        documents = self._capable.text_document
        found = None if documents is None else (documents.diagnostic if self.pulls else documents.publish_diagnostics)
        if found is None:
            return FindingShape(False, False, False)
        return FindingShape(
            bool(found.related_information), found.tag_support is not None, bool(found.code_description_support)
        )

    def client_shape(self) -> ClientShape:
        documents, workspace, window = self._capable.text_document, self._capable.workspace, self._capable.window
        action = None if documents is None else documents.code_action
        resolves = None if action is None else action.resolve_support
        edit = None if workspace is None else workspace.workspace_edit
        page = None if window is None else window.show_document
        return ClientShape(
            resolves=resolves is not None and "edit" in resolves.properties,
            snippets=edit is not None and bool(edit.snippet_edit_support),
            shows_pages=page is not None and page.support,
        )

    @property
    def codec(self) -> PositionCodec:
        return self.workspace.position_codec

    # Documents

    def opened(self, item: types.TextDocumentItem) -> None:
        path = path_of(item.uri)
        if path is not None:
            self.documents[path] = OpenDocument(item, path, self.codec)
            self._seat()
            self.edited(path)

    def changed(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Iterable[types.TextDocumentContentChangeEvent],
    ) -> None:
        path = path_of(document.uri)
        found = None if path is None else self.documents.get(path)
        if path is not None and found is not None:
            found.change(document.version, changes)
            self.edited(path)

    def closed(self, uri: str) -> None:
        path = path_of(uri)
        if path is not None and self.documents.pop(path, None) is not None:
            desk = self.desk_of(path)
            self._seat()
            if desk is not None and desk.root in self.desks:
                desk.touch((path,))

    def edited(self, path: str) -> None:
        desk = self.desk_of(path)
        if desk is not None:
            desk.edited.add(path)
            desk.touch()

    def text(self, path: str) -> CountedText:
        """The text of a file as the client sees it."""
        found = self.documents.get(path)
        return CountedText(text_on_disk(path), self.codec) if found is None else found.counted

    def uri(self, path: str) -> str:
        """The address of a file as the client spells it."""
        found = self.documents.get(path)
        return file_uri(path) if found is None else found.uri

    def version_of(self, path: str) -> int | None:
        found = self.documents.get(path)
        return None if found is None else found.version

    def action_files(self) -> ActionFiles:
        """The files as they are at this moment, for another thread."""
        kept = {path: each.counted for path, each in self.documents.items()}
        uris = {path: each.uri for path, each in self.documents.items()}
        versions = {path: each.version for path, each in self.documents.items()}
        data = {path: each.data for path, each in self.documents.items()}
        codec = self.codec

        def counted(path: str) -> CountedText:
            return kept[path] if path in kept else CountedText(text_on_disk(path), codec)

        def uri(path: str) -> str:
            return uris[path] if path in uris else file_uri(path)

        def data_of(path: str) -> bytes:
            return data[path] if path in data else _bytes_on_disk(path)

        return ActionFiles(counted, uri, versions.get, data_of)

    def unsaved(self, root: str) -> Unsaved:
        """What the open documents of a project say at this moment."""
        inside = {path: each for path, each in self.documents.items() if self.root_of(path) == root}
        files = self.action_files()
        shower = Shower(files.counted, files.uri, self.finding_shape())

        def show(found: Checked | ConfigError) -> dict[str, list[ShownFinding]]:
            if isinstance(found, ConfigError):
                path = found.path if found.path is not None and os.path.isabs(found.path) else None
                return {} if path is None else {path: [shower.refused(found, path)]}
            shown: dict[str, list[ShownFinding]] = {}
            for each in found.diagnostics:
                if not each.place.cell:
                    shown.setdefault(each.place.path, []).append(shower.shown(each))
            return shown

        texts = {path: data for path, each in inside.items() if not is_saved(path, data := each.data)}
        return Unsaved(texts, {path: each.version for path, each in inside.items()}, show)

    # Projects

    def root_of(self, path: str) -> str | None:
        """The root of the desk that a file belongs to: the innermost one around it."""
        around = [root for root in self.desks if path == root or path.startswith(os.path.join(root, ""))]
        return max(around, key=len, default=None)

    def desk_of(self, path: str) -> Desk | None:
        root = self.root_of(path)
        return None if root is None else self.desks[root]

    def _seat(self, *, anew: bool = False) -> None:
        """A desk for every project of the folders and of the open documents, and none for others."""
        wanted = roots_for(self.folders, list(self.documents), self.wishes)
        wanted |= {root: frozenset({root}) for root in self._nested}
        for root in [each for each in self.desks if anew or each not in wanted]:
            self.desks.pop(root).close()
        for root, asked in wanted.items():
            desk = self.desks.get(root)
            if desk is None:
                desk = self.desks[root] = Desk(root, StandingProject(root, self.wishes), self._threads, self)
            if desk.asked != asked:
                desk.asked = asked
                desk.touch(at_once=True)
        self._take_back()
        if not self.watches:
            self._own_watch.watch(self.desks)

    def told(self, desk: Desk, before: DeskOutcome | None) -> None:
        """A project has an outcome: tell the client of it."""
        outcome = desk.outcome
        assert outcome is not None
        news, self._news = self._news, []
        for each in news:
            if not each.done():
                each.set_result(None)
        self._report(outcome)
        if outcome.checked is not None:
            self._find_nested(desk, outcome.checked)
        if self.wishes.inlay_hints and self.refreshes_hints:
            self.workspace_inlay_hint_refresh(None)
        if not self.pulls:
            self._publish(desk, outcome)
        elif self._shows_else(desk, before, outcome):
            self.workspace_diagnostic_refresh(None)

    async def next_outcome(self) -> None:
        """Wait until some project has another outcome."""
        news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._news.append(news)
        await news

    def _find_nested(self, desk: Desk, checked: Checked) -> None:
        now = dict.fromkeys(checked.nested, desk.root)
        known = {root: owner for root, owner in self._nested.items() if owner == desk.root}
        if now != known:
            self._nested = {root: owner for root, owner in self._nested.items() if owner != desk.root} | now
            self._seat()

    def _shows_else(self, desk: Desk, before: DeskOutcome | None, outcome: DeskOutcome) -> bool:
        """Whether something else than the edited documents shows other findings than it did."""
        return any(
            path not in desk.edited and (before is None or before.items(path) != outcome.items(path))
            for path in desk.named_paths
        )

    def _publish(self, desk: Desk, outcome: DeskOutcome) -> None:
        for path in sorted({*desk.named_paths, *outcome.versions}):
            items, version = outcome.items(path), self.version_of(path)
            if version is not None and version != outcome.versions.get(path):
                continue  # edited since: the next outcome speaks of it
            if self._published.get(path, (version, [])) != (version, items):
                self._publish_one(path, version, items)

    def _publish_one(self, path: str, version: int | None, items: list[types.Diagnostic]) -> None:
        self._published[path] = (version, items)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(path), items, version))

    def _take_back(self) -> None:
        """Nothing is shown of files that belong to no project any more."""
        for path, (_, items) in list(self._published.items()):
            if self.root_of(path) is None:
                if items:
                    self._publish_one(path, None, [])
                del self._published[path]

    def _report(self, outcome: DeskOutcome) -> None:
        """Say once what keeps a project from being checked, and what was wrong with the linter itself."""
        if outcome.error and outcome.error not in self._said:
            self._said.add(outcome.error)
            kind = types.MessageType.Error if outcome.trace else types.MessageType.Warning
            self.window_show_message(types.ShowMessageParams(kind, f"lkagent-lint: {outcome.error}"))
        if outcome.trace and (outcome.error or is_asked()):
            self.log(outcome.trace, types.MessageType.Error)

    def log(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        self.window_log_message(types.LogMessageParams(kind, text))

    def report_server_error(self, error: Exception, source: object) -> None:
        """A message that cannot be read, or a notification that failed, is a line in the log and no window."""
        text = trace_of(error) if is_asked() else f"{type(error).__name__}: {error}"
        self.log(text, types.MessageType.Error)

    # What else happens

    def started(self) -> None:
        """The client is ready."""
        folders = self.workspace.folders.values()
        self.folders = [path for each in folders if (path := path_of(each.uri)) is not None]
        if not self.folders and self.workspace.root_uri is not None:
            path = path_of(self.workspace.root_uri)
            self.folders = [] if path is None else [path]
        self._seat()
        if self.watches:
            self.client_register_capability(registration())

    def folders_changed(self, event: types.WorkspaceFoldersChangeEvent) -> None:
        gone = {path_of(each.uri) for each in event.removed}
        added = [path for each in event.added if (path := path_of(each.uri)) is not None]
        self.folders = [each for each in self.folders if each not in gone] + [
            each for each in added if each not in self.folders
        ]
        self._nested = {root: owner for root, owner in self._nested.items() if owner not in gone}
        self._seat()

    def files_changed(self, paths: Collection[str]) -> None:
        """Files on disk are other ones, or gone, or new."""
        if any(map(moves_roots, paths)):
            self._nested.clear()
            self._seat()
        for desk in self.desks.values():
            inside = {each for each in paths if matters(each, desk.root)}
            if inside:
                desk.touch(inside)

    def take_wishes(self, given: object) -> None:
        """The settings of the editor. What cannot be meant is said, and changes nothing."""
        told = cast("Mapping[object, object]", given) if isinstance(given, Mapping) else dict[object, object]()
        try:
            wishes = read_wishes(told.get(SECTION, told))
        except ValueError as error:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"lkagent-lint: {error}"))
            return
        if wishes != self.wishes:
            self.wishes = wishes
            self._seat(anew=True)

    @property
    def was_shut_down(self) -> bool:
        """The client has said that it will go."""
        return isinstance(self.protocol, LintProtocol) and self.protocol.was_shut_down

    def end(self) -> None:
        """Nothing is to be done any more."""
        self._own_watch.close()
        for each in self._news:
            each.cancel()
        is_busy = any(desk.is_checking for desk in self.desks.values())
        for desk in self.desks.values():
            desk.close()
        self._threads.shutdown(wait=not is_busy, cancel_futures=True)


def _bytes_on_disk(path: str) -> bytes:
    from lkagent_lint.sources.reading import read

    data = read(path)
    return data if isinstance(data, bytes) else b""
