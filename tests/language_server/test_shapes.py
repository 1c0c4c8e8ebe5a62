"""Clients that count in other units, and that ask for findings instead of being told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from tests.language_server.conftest import AGENT, QUIET_ROOMS, ROOMS, project_in
from tools.editing.client import Editor, document, uri

_WIDE = AGENT.replace("    await join(ctx)", '    text = "é😀"; await join(ctx)')
"""Before the finding stand a letter of two bytes and one beyond the basic plane."""
_START = '    text = "é😀"; await '


def pulling(encoding: types.PositionEncodingKind) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[encoding]),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities(related_document_support=True),
            code_action=types.CodeActionClientCapabilities(),
        ),
        workspace=types.WorkspaceClientCapabilities(
            configuration=True,
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
            workspace_edit=types.WorkspaceEditClientCapabilities(snippet_edit_support=True),
        ),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_in(tmp_path_factory.mktemp("pulled"))


@pytest.fixture(scope="module")
def asking(folder: Path) -> Iterator[Editor]:
    """A client that asks, counts in bytes, and gives its settings when it is asked. Nobody watches files for it."""
    editor = Editor([folder], pulling(types.PositionEncodingKind.Utf8), settings={"debounce": 0.01})
    for name in ("agent.py", "rooms.py"):
        editor.open(folder / name)
    yield editor
    assert editor.stop() == 0


def full(found: types.DocumentDiagnosticReport) -> types.RelatedFullDocumentDiagnosticReport:
    assert isinstance(found, types.RelatedFullDocumentDiagnosticReport)
    return found


def items(asking: Editor, folder: Path) -> list[types.Diagnostic]:
    return list(full(asking.pull(folder / "agent.py")).items)


def test_findings_are_asked_for(asking: Editor, folder: Path) -> None:
    assert asking.server.capabilities.position_encoding == "utf-8"
    first = full(asking.pull(folder / "agent.py"))
    assert [each.code for each in first.items] == ["LKA101"]
    assert asking.client.published == []
    again = asking.pull(folder / "agent.py", first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == first.result_id


def test_columns_are_counted_in_bytes(asking: Editor, folder: Path) -> None:
    asking.edit(folder / "agent.py", _WIDE)
    (found,) = full(asking.pull(folder / "agent.py")).items
    start = len(_START.encode())
    assert found.range == types.Range(types.Position(10, start), types.Position(10, start + len("join(ctx)")))
    asking.edit(
        folder / "agent.py",
        types.TextDocumentContentChangePartial(
            types.Range(types.Position(10, start - 6), types.Position(10, start + 9)), "pass"
        ),
    )
    assert items(asking, folder) == []
    asking.edit(folder / "agent.py", AGENT)


def test_the_other_open_file_is_asked_for_again(asking: Editor, folder: Path) -> None:
    assert len(items(asking, folder)) == 1
    asked = asking.client.refreshed
    asking.edit(folder / "rooms.py", QUIET_ROOMS)
    asking.until(lambda: asking.client.refreshed > asked)
    assert items(asking, folder) == []
    asking.edit(folder / "rooms.py", ROOMS)
    assert [each.code for each in full(asking.pull(folder / "agent.py")).items] == ["LKA101"]


def test_all_files_are_asked_for_and_waited_for(asking: Editor, folder: Path) -> None:
    def ask(known: list[types.PreviousResultId]) -> types.WorkspaceDiagnosticReport:
        return asking.run(asking.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known)))

    (told,) = ask([]).items
    assert told.uri == uri(folder / "agent.py")
    assert told.result_id is not None
    asking.edit(folder / "rooms.py", QUIET_ROOMS)
    (gone,) = ask([types.PreviousResultId(told.uri, told.result_id)]).items
    assert isinstance(gone, types.WorkspaceFullDocumentDiagnosticReport)
    assert list(gone.items) == []
    asking.edit(folder / "rooms.py", ROOMS)


def test_a_reason_is_a_placeholder_where_the_client_has_them(asking: Editor, folder: Path) -> None:
    params = types.CodeActionParams(
        document(folder / "agent.py"),
        types.Range(types.Position(10, 12), types.Position(10, 12)),
        types.CodeActionContext([]),
    )
    found = asking.run(asking.client.text_document_code_action_async(params))
    (action,) = [each for each in found or () if each.title.startswith("Hide LKA101")]
    assert isinstance(action, types.CodeAction)
    assert action.edit is not None
    (change,) = list(action.edit.document_changes or ())
    assert isinstance(change, types.TextDocumentEdit)
    (edit,) = change.edits
    assert isinstance(edit, types.SnippetTextEdit)
    assert edit.snippet.value == "    # lkagent: ignore[LKA101] ${1:reason}\n"


def test_files_are_watched_where_the_client_does_not(asking: Editor, folder: Path) -> None:
    settings = (folder / "pyproject.toml").read_text()
    assert len(items(asking, folder)) == 1
    asked = asking.client.refreshed
    for number in range(600):  # written again and again, because nobody tells when the watching has begun
        if number % 30 == 0:
            (folder / "pyproject.toml").write_text(f'{settings}ignore = ["LKA101"]\n# {number}\n')
        time.sleep(0.1)
        if asking.client.refreshed > asked:
            break
    assert items(asking, folder) == []
    (folder / "pyproject.toml").write_text(settings)


def test_wishes_that_cannot_be_meant_are_told(asking: Editor) -> None:
    asking.client.settings = {"debounce": "soon"}
    params = types.DidChangeConfigurationParams(None)
    asking.call(lambda: asking.client.workspace_did_change_configuration(params))
    asking.until(lambda: any("debounce" in each for each in asking.client.shown))


def test_columns_are_counted_in_code_points(folder: Path) -> None:
    editor = Editor([folder], pulling(types.PositionEncodingKind.Utf32), settings={"debounce": 0.01})
    editor.open(folder / "agent.py", _WIDE)
    (found,) = full(editor.pull(folder / "agent.py")).items
    assert found.range.start == types.Position(10, len(_START))
    assert editor.stop() == 0
