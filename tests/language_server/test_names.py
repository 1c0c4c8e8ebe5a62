"""Between a name that is asked for and the worker that has it, across languages; and what is said of both."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from lsprotocol import types

from tests.language_server.conftest import AGENT, SETTINGS, WEB
from tools.editing.client import Editor, document, uri


def at(text: str, word: str) -> types.Position:
    """The position of a word in a text, behind its first letter."""
    before = text[: text.index(word) + 1]
    return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


def places(found: object) -> list[tuple[str, int]]:
    """The files and lines of what is a list of locations."""
    assert isinstance(found, (list, tuple))
    found = cast("list[types.Location]", found)
    return sorted((each.uri.rpartition("/")[2], each.range.start.line) for each in found)


def test_from_a_dispatch_in_typescript_to_the_worker(editor: Editor, project: Path) -> None:
    editor.open(project / "web.ts")
    params = types.DefinitionParams(document(project / "web.ts"), at(WEB, "desk"))
    found = editor.run(editor.client.text_document_definition_async(params))
    assert places(found) == [("agent.py", AGENT[: AGENT.index("@server")].count("\n"))]


def test_words_beside_the_name_mean_nothing(editor: Editor, project: Path) -> None:
    editor.open(project / "web.ts")
    params = types.DefinitionParams(document(project / "web.ts"), at(WEB, "room, "))
    assert editor.run(editor.client.text_document_definition_async(params)) is None


def test_who_asks_for_a_worker(editor: Editor, project: Path) -> None:
    (project / "rule.json").write_text('{"room_config": {"agents": [{"agent_name": "desk"}]}}\n')
    editor.open(project / "agent.py")
    where, position = document(project / "agent.py"), at(AGENT, "desk")
    own = (("agent.py", AGENT[: AGENT.index("@server")].count("\n")),)
    for declared in (False, True):
        params = types.ReferenceParams(types.ReferenceContext(declared), where, position)
        found = editor.run(editor.client.text_document_references_async(params))
        asked = [("rule.json", 0), ("web.ts", WEB[: WEB.index("  await")].count("\n"))]
        assert places(found) == sorted([*asked, *(own if declared else ())])


def said(editor: Editor, path: Path, position: types.Position) -> str:
    found = editor.run(editor.client.text_document_hover_async(types.HoverParams(document(path), position)))
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


def test_what_is_said_of_a_worker_and_of_a_dispatch(editor: Editor, project: Path) -> None:
    editor.open(project / "agent.py")
    editor.open(project / "web.ts")
    worker = said(editor, project / "agent.py", at(AGENT, "desk"))
    assert worker.startswith('**worker: agent "desk" (JT_ROOM)**')
    assert "gets jobs: yes" in worker
    assert f"[web.ts:4]({uri(project / 'web.ts')}#L4)" in worker
    dispatch = said(editor, project / "web.ts", at(WEB, "desk"))
    assert 'dispatch API for agent "desk"' in dispatch
    assert "[agent.py:8]" in dispatch


def test_what_is_said_of_a_rule(editor: Editor, project: Path) -> None:
    text = "x = 1  # lkagent: ignore[LKA101] because\ny = 1  # lkagent: ignore[never-joins-room] because\n"
    editor.open(project / "notes.py", text)
    by_code = said(editor, project / "notes.py", at(text, "KA101"))
    assert by_code.startswith("**LKA101 connect-before-start**")
    assert "/rules/lka101-connect-before-start/" in by_code
    assert said(editor, project / "notes.py", at(text, "joins-room")).startswith("**LKA114 never-joins-room**")
    params = types.HoverParams(document(project / "notes.py"), types.Position(0, 0))
    assert editor.run(editor.client.text_document_hover_async(params)) is None


def test_outlines_and_searches(editor: Editor, project: Path) -> None:
    editor.open(project / "agent.py")
    outline = editor.run(
        editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document(project / "agent.py")))
    )
    assert [each.name for each in outline or ()] == ['agent "desk"', "entry"]
    found = editor.run(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("dsk")))
    assert sorted(each.name for each in found or ()) == ['agent "desk"', 'dispatch of agent "desk"']


def hints(editor: Editor, path: Path) -> list[types.InlayHint] | None:
    params = types.InlayHintParams(document(path), types.Range(types.Position(0, 0), types.Position(99, 0)))
    found = editor.run(editor.client.text_document_inlay_hint_async(params))
    return None if found is None else list(found)


def test_hints_are_off_until_they_are_wished_for(editor: Editor, project: Path) -> None:
    editor.open(project / "agent.py")
    assert hints(editor, project / "agent.py") is None
    wishes = {"lkagent-lint": {"inlayHints": True, "debounce": 0.01}}
    plain = {"lkagent-lint": {"debounce": 0.01}}
    try:
        editor.call(
            lambda: editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(wishes))
        )
        (hint,) = hints(editor, project / "agent.py") or []
        assert hint.label == "dispatched by web.ts:4"
        (project / "pyproject.toml").write_text(SETTINGS + 'exclude = ["web.ts"]\n')
        editor.saved_elsewhere(project / "pyproject.toml")
        (hint,) = hints(editor, project / "agent.py") or []
        assert hint.label == "nobody dispatches it"
    finally:
        editor.call(lambda: editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(plain)))
