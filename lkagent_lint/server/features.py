"""What clients ask of the server, request by request. A request that fails is answered with its error, and costs no
other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lkagent_lint.diagnostics import Place
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.server import names, pages
from lkagent_lint.server.actions import KINDS, MEND, OPEN_PAGE, ActionMaker
from lkagent_lint.server.app import LintServer
from lkagent_lint.server.desk import NOTHING, Desk, DeskClosedError, DeskOutcome
from lkagent_lint.server.documents import CountedText, path_of
from lkagent_lint.server.findings import Shower
from lkagent_lint.server.standing import Checked
from lkagent_lint.server.wishes import SECTION

_Result = TypeVar("_Result")
_SYMBOLS = {"worker": types.SymbolKind.Class, "job": types.SymbolKind.Function, "dispatch": types.SymbolKind.Event}
_TURNS = 5
"""How often an answer is looked for while documents change under it."""


def new_server() -> LintServer:
    """A server with all that it can do."""
    server = LintServer()
    for add in (_add_life, _add_findings, _add_actions, _add_names, _add_outlines):
        add(server)
    return server


def _add_life(server: LintServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        if params.initialization_options is not None:
            server.take_wishes(params.initialization_options)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        await _ask_for_settings(server)
        server.started()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def settings(params: types.DidChangeConfigurationParams) -> None:
        if server.asks_for_settings:
            await _ask_for_settings(server)
        elif params.settings is not None:
            server.take_wishes(params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.folders_changed(params.event)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files(params: types.DidChangeWatchedFilesParams) -> None:
        server.files_changed({path for each in params.changes if (path := path_of(each.uri)) is not None})

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            server.files_changed({path})

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.end()


async def _ask_for_settings(server: LintServer) -> None:
    if not server.asks_for_settings:
        return
    asked = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
    try:
        found = await server.workspace_configuration_async(asked)
    except JsonRpcException:  # a client that says it could, and cannot
        return
    if found and found[0] is not None:
        server.take_wishes(found[0])


# Findings


def _add_findings(server: LintServer) -> None:
    options = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=SECTION)

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def one(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        path = path_of(params.text_document.uri)
        desk = None if path is None else server.desk_of(path)
        if path is None or desk is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        try:
            outcome = await desk.current()
        except DeskClosedError:
            _ask_again()
        if server.version_of(path) != outcome.versions.get(path):
            _ask_again()
        number = desk.result_id(path)
        if number == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(number)
        return types.RelatedFullDocumentDiagnosticReport(outcome.items(path), result_id=number)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def all_files(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        known = {path: each.value for each in params.previous_result_ids if (path := path_of(each.uri)) is not None}
        while True:
            try:
                outcomes = [(desk, await desk.current()) for desk in list(server.desks.values())]
            except DeskClosedError:
                continue
            found = list(_workspace_reports(server, outcomes, known))
            if found or not params.previous_result_ids:
                return types.WorkspaceDiagnosticReport(found)
            await server.next_outcome()


def _ask_again() -> NoReturn:
    """The document has changed while its findings were looked for: they would be those of another text."""
    data = types.DiagnosticServerCancellationData(retrigger_request=True)
    raise JsonRpcException("the document has changed", types.LSPErrorCodes.ServerCancelled, data)


def _workspace_reports(
    server: LintServer, outcomes: Sequence[tuple[Desk, DeskOutcome]], known: dict[str, str]
) -> list[types.WorkspaceDocumentDiagnosticReport]:
    """What differs from what the client knows."""
    found: list[types.WorkspaceDocumentDiagnosticReport] = []
    for desk, outcome in outcomes:
        for path in desk.named_paths:
            number = desk.result_id(path)
            items = outcome.items(path)
            if known.get(path) != number and (items or path in known):
                found.append(
                    types.WorkspaceFullDocumentDiagnosticReport(
                        uri=server.uri(path), items=items, version=outcome.versions.get(path), result_id=number
                    )
                )
    owned = {path for desk, _ in outcomes for path in desk.named_paths}
    gone = sorted(path for path in known.keys() - owned if known[path] != NOTHING)
    found += (types.WorkspaceFullDocumentDiagnosticReport(server.uri(each), [], result_id=NOTHING) for each in gone)
    return found


# Actions


def _add_actions(server: LintServer) -> None:
    options = types.CodeActionOptions([*KINDS], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        path = path_of(params.text_document.uri)
        settled = None if path is None else await _settled(server, path)
        if path is None or settled is None:
            return None
        desk, outcome = settled
        found = outcome.shown.get(path, [])
        around = [each for each in found if _touches(each.item.range, params.range)]
        maker = ActionMaker(server.action_files(), server.client_shape())
        only = params.context.only
        return await desk.do(lambda _: list(maker.actions(path, around, found, only)))

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        data = action.data
        if isinstance(data, dict) and isinstance(uri := data.get("uri"), str):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            code = data.get("code")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            action.edit = await _mended(server, uri, code if isinstance(code, str) else None)
        return action

    @server.command(MEND)
    async def mend(uri: str, code: str | None = None) -> None:
        edit = await _mended(server, uri, code)
        if edit is not None and server.applies_edits:
            await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, "lkagent-lint"))

    @server.command(OPEN_PAGE)
    def open_page(url: str) -> None:
        server.window_show_document(types.ShowDocumentParams(url, external=True))


async def _mended(server: LintServer, uri: str, code: str | None) -> types.WorkspaceEdit | None:
    path = path_of(uri)
    desk = None if path is None else server.desk_of(path)
    if path is None or desk is None:
        return None
    for _ in range(_TURNS):
        version = server.version_of(path)
        maker = ActionMaker(server.action_files(), server.client_shape())
        rewrites = await desk.do(lambda standing: standing.mended(path, None if code is None else (code,)))
        if version == server.version_of(path):
            return maker.rewritten(rewrites)
    return None


async def _settled(server: LintServer, path: str) -> tuple[Desk, DeskOutcome] | None:
    """The desk of a document, with an outcome for it as it is now; None where it has none. Raises where the document
    does not stand still.
    """
    for _ in range(_TURNS):
        desk = server.desk_of(path)
        if desk is None:
            return None
        try:
            outcome = await desk.current()
        except DeskClosedError:
            continue
        if server.version_of(path) == outcome.versions.get(path):
            return desk, outcome
    raise JsonRpcException("the document has changed", types.LSPErrorCodes.ContentModified)


def _touches(one: types.Range, other: types.Range) -> bool:
    def key(position: types.Position) -> tuple[int, int]:
        return position.line, position.character

    return key(one.start) <= key(other.end) and key(other.start) <= key(one.end)


# Names


def _add_names(server: LintServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        found = _page_at(server, params)
        if found is not None:
            return found
        told = await _at(server, params, lambda checked, spots: [names.told(checked.subject, each) for each in spots])
        if not told:
            return None
        desk = server.desk_of(path_of(params.text_document.uri) or "")
        text = "\n\n---\n\n".join(_in_markdown(server, desk, title, lines) for title, lines in told)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location] | None:
        return _locations(
            server, await _at(server, params, lambda checked, spots: names.definitions(checked.project, spots))
        )

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location] | None:
        own = params.context.include_declaration

        def ask(checked: Checked, spots: list[names.NamedSpot]) -> list[Place]:
            return names.references(checked.project, spots, declarations=own)

        return _locations(server, await _at(server, params, ask))


def _page_at(server: LintServer, params: types.HoverParams) -> types.Hover | None:
    path = path_of(params.text_document.uri)
    if path is None:
        return None
    counted = server.text(path)
    line, column = counted.line_at(params.position)
    found = pages.rule_at(line, column)
    if found is None:
        return None
    number = params.position.line + 1
    span = types.Range(counted.position(number, found.start + 1), counted.position(number, found.end + 1))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, pages.in_short(found.code)), span)


async def _at(
    server: LintServer,
    params: types.HoverParams | types.DefinitionParams | types.ReferenceParams,
    question: Callable[[Checked, list[names.NamedSpot]], _Result],
) -> _Result | None:
    """The answer about what stands where somebody points; None where nothing does."""
    path = path_of(params.text_document.uri)
    settled = None if path is None else await _settled(server, path)
    if path is None or settled is None:
        return None
    desk, _ = settled
    counted = server.text(path)
    line, column = counted.column(params.position)

    def ask(checked: Checked) -> _Result | None:
        spots = names.spots_at(checked.project, path, counted.text, line, column)
        return question(checked, spots) if spots else None

    return await desk.ask(ask)


def _locations(server: LintServer, places: list[Place] | None) -> list[types.Location] | None:
    if not places:
        return None
    shower = Shower(server.text, server.uri)
    return [shower.location(each) for each in places if not each.cell]


def _in_markdown(server: LintServer, desk: Desk | None, title: str, lines: Sequence[names.TalkLine]) -> str:
    root = "" if desk is None else desk.root
    told = [f"**{title}**", ""]
    for text, place in lines:
        if place is None:
            told.append(f"- {text}")
        else:
            shown = f"{relative_path(place.path, root) if root else os.path.basename(place.path)}:{place.span.line}"
            told.append(f"- {text} ([{shown}]({server.uri(place.path)}#L{place.span.line}))")
    return "\n".join(told)


# Outlines


def _add_outlines(server: LintServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolOptions(label="lkagent-lint"))
    async def outline(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
        path = path_of(params.text_document.uri)
        settled = None if path is None else await _settled(server, path)
        if path is None or settled is None:
            return None
        desk, _ = settled
        found = await desk.ask(lambda checked: list(names.symbols(checked.project, path))) or []
        shower = Shower(server.text, server.uri)
        if not server.nests_symbols:
            return [_symbol(shower, each) for each in found]
        ranges = [(each, shower.range(each.place)) for each in found]
        return [types.DocumentSymbol(each.name, _SYMBOLS[each.kind], span, span, each.detail) for each, span in ranges]

    @server.feature(types.WORKSPACE_SYMBOL)
    async def search(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        asked = params.query.casefold()
        shower = Shower(server.text, server.uri)
        answers = await asyncio.gather(
            *(desk.ask(lambda checked: list(names.symbols(checked.project))) for desk in list(server.desks.values()))
        )
        return [
            _symbol(shower, each)
            for found in answers
            for each in found or ()
            if _is_like(asked, each.name.casefold()) and not each.place.cell
        ]

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hints(params: types.InlayHintParams) -> list[types.InlayHint] | None:
        path = path_of(params.text_document.uri)
        settled = await _settled(server, path) if path is not None and server.wishes.inlay_hints else None
        if path is None or settled is None:
            return None
        desk, _ = settled
        counted = server.text(path)
        first, last = params.range.start.line + 1, params.range.end.line + 1
        found = await desk.ask(lambda checked: list(names.hints(checked.subject, path, first, last)))
        return [_hint(counted, each) for each in found or ()]


def _symbol(shower: Shower, found: names.AgentSymbol) -> types.SymbolInformation:
    return types.SymbolInformation(shower.location(found.place), found.name, _SYMBOLS[found.kind])


def _hint(counted: CountedText, hint: names.WorkerHint) -> types.InlayHint:
    at = counted.end_of_line(hint.line)
    return types.InlayHint(at, hint.label, padding_left=True)


def _is_like(asked: str, name: str) -> bool:
    """Whether the letters that somebody typed stand in a name, in their order."""
    letters = iter(name)
    return all(each in letters for each in asked)
