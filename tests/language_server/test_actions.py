"""What an editor offers at a finding, and what becomes of a file when it is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from lsprotocol import types

from tools.editing.client import Editor, document, uri

UNAWAITED = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx: JobContext):
    session = AgentSession()
    session.start(agent=Agent(instructions="x"), room=ctx.room)


@server.rtc_session(agent_name="desk")
async def other(ctx: JobContext):
    session = AgentSession()
    session.start(agent=Agent(instructions="x"), room=ctx.room)
"""
WHOLE = types.Range(types.Position(0, 0), types.Position(999, 0))


def offered(editor: Editor, path: Path, *only: str, at: types.Range = WHOLE) -> list[types.CodeAction]:
    context = types.CodeActionContext([], only=list(only) or None)
    found = editor.run(
        editor.client.text_document_code_action_async(types.CodeActionParams(document(path), at, context))
    )
    return [cast(types.CodeAction, each) for each in found or ()]


def done(text: str, edit: types.WorkspaceEdit | None, path: Path) -> str:
    """The text of a file after an edit, whose positions are those of plain ASCII."""
    assert edit is not None
    assert edit.document_changes
    lines = text.splitlines(keepends=True)

    def offset(at: types.Position) -> int:
        return sum(map(len, lines[: at.line])) + at.character

    for change in edit.document_changes:
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.uri == uri(path)
        for each in sorted(change.edits, key=lambda one: -offset(one.range.start)):
            assert isinstance(each, types.TextEdit)
            text = text[: offset(each.range.start)] + each.new_text + text[offset(each.range.end) :]
    return text


@pytest.fixture
def agent(editor: Editor, project: Path) -> Path:
    path = project / "agent.py"
    editor.open(path, UNAWAITED)
    editor.until(lambda: editor.codes(path).count("LKA106") == 2)
    return path


def test_a_fix_awaits(editor: Editor, agent: Path) -> None:
    line = types.Range(types.Position(8, 8), types.Position(8, 8))
    fixes = [each for each in offered(editor, agent, at=line) if each.is_preferred]
    assert len(fixes) == 1
    (finding,) = list(fixes[0].diagnostics or ())
    assert finding.code == "LKA106"
    after = done(UNAWAITED, fixes[0].edit, agent)
    assert after == UNAWAITED.replace("    session.start", "    await session.start", 1)
    assert fixes[0].edit is not None
    (change,) = list(fixes[0].edit.document_changes or ())
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1


def test_all_that_is_safe_is_mended_on_save(editor: Editor, agent: Path) -> None:
    (action,) = offered(editor, agent, "source.fixAll")
    assert action.kind == "source.fixAll.lkagent-lint"
    assert action.edit is None
    resolved = editor.run(editor.client.code_action_resolve_async(action))
    assert done(UNAWAITED, resolved.edit, agent) == UNAWAITED.replace("    session.start", "    await session.start")


def test_every_finding_of_a_rule_is_mended(editor: Editor, agent: Path) -> None:
    line = types.Range(types.Position(8, 8), types.Position(8, 8))
    (action,) = [each for each in offered(editor, agent, at=line) if each.title.startswith("Mend every LKA106")]
    assert len(action.diagnostics or ()) == 2
    resolved = editor.run(editor.client.code_action_resolve_async(action))
    assert done(UNAWAITED, resolved.edit, agent).count("await session.start") == 2


def test_a_finding_is_hidden_with_a_reason(editor: Editor, agent: Path) -> None:
    line = types.Range(types.Position(8, 8), types.Position(8, 8))
    (action,) = [each for each in offered(editor, agent, at=line) if each.title.startswith("Hide LKA106")]
    after = done(UNAWAITED, action.edit, agent)
    assert "\n    # lkagent: ignore[LKA106] TODO say why\n    session.start" in after
    editor.edit(agent, after)
    editor.until(lambda: editor.codes(agent).count("LKA106") == 1)


def test_the_page_is_opened(editor: Editor, agent: Path) -> None:
    line = types.Range(types.Position(8, 8), types.Position(8, 8))
    (action,) = [each for each in offered(editor, agent, at=line) if each.title == "Open the page of LKA106"]
    assert action.command is not None
    params = types.ExecuteCommandParams(action.command.command, list(action.command.arguments or ()))
    editor.run(editor.client.workspace_execute_command_async(params))
    editor.until(lambda: any("/lka106-" in each for each in editor.client.pages))


def test_what_is_mended_without_asking_for_the_edit(editor: Editor, agent: Path) -> None:
    params = types.ExecuteCommandParams("lkagent-lint.mend", [uri(agent), None])
    editor.client.applied.clear()
    editor.run(editor.client.workspace_execute_command_async(params))
    (edit,) = editor.client.applied
    assert done(UNAWAITED, edit, agent).count("await session.start") == 2


def test_only_what_is_asked_for_is_offered(editor: Editor, agent: Path) -> None:
    assert offered(editor, agent, "refactor") == []
    assert {each.kind for each in offered(editor, agent, "quickfix")} == {"quickfix"}
