"""What an editor is told while somebody types: findings by push, of open files and others, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.language_server.conftest import AGENT, QUIET_ROOMS, ROOMS, SETTINGS
from tools.editing.client import Editor, uri


def test_findings_of_the_folder_are_told(editor: Editor, project: Path) -> None:
    (found,) = editor.until_codes(project / "agent.py", "LKA101")
    assert found.range == types.Range(types.Position(10, 10), types.Position(10, 19))
    assert found.severity is types.DiagnosticSeverity.Warning
    assert found.source == "lkagent-lint"
    assert found.code_description is not None
    assert found.code_description.href.endswith("/lka101-connect-before-start/")
    related = found.related_information
    assert related is not None
    assert uri(project / "rooms.py") in [each.location.uri for each in related]


def test_text_that_is_not_saved_counts(editor: Editor, project: Path) -> None:
    editor.until_codes(project / "agent.py", "LKA101")
    editor.open(project / "agent.py")
    editor.edit(project / "agent.py", AGENT.replace("    await join(ctx)\n", ""))
    editor.until_codes(project / "agent.py")
    told = [each for each in editor.client.published if each.uri == uri(project / "agent.py")]
    assert told[-1].version == 2


def test_an_edit_in_one_file_changes_what_is_shown_in_another(editor: Editor, project: Path) -> None:
    editor.open(project / "agent.py")
    editor.open(project / "rooms.py")
    editor.until_codes(project / "agent.py", "LKA101")
    editor.edit(project / "rooms.py", QUIET_ROOMS)
    editor.until_codes(project / "agent.py")
    editor.edit(project / "rooms.py", ROOMS)
    editor.until_codes(project / "agent.py", "LKA101")
    editor.close(project / "rooms.py")


def test_closing_takes_the_text_on_disk_again(editor: Editor, project: Path) -> None:
    editor.open(project / "rooms.py", QUIET_ROOMS)
    editor.until_codes(project / "agent.py")
    editor.close(project / "rooms.py")
    editor.until_codes(project / "agent.py", "LKA101")


def test_changes_come_in_parts(editor: Editor, project: Path) -> None:
    """A form feed and a line separator end no line in the protocol."""
    text = AGENT.replace("server = AgentServer()", 'TITLE = "a\u2028b\x0c😀"; server = AgentServer()')
    editor.open(project / "agent.py", text)
    editor.until_codes(project / "agent.py", "LKA101")
    line = next(number for number, each in enumerate(AGENT.split("\n")) if "join(ctx)" in each)
    gone = types.Range(types.Position(line, 0), types.Position(line + 1, 0))
    back = types.Range(types.Position(line, 0), types.Position(line, 0))
    editor.edit(project / "agent.py", types.TextDocumentContentChangePartial(gone, ""))
    editor.until_codes(project / "agent.py")
    editor.edit(
        project / "agent.py",
        types.TextDocumentContentChangePartial(back, "    # 😀\n"),
        types.TextDocumentContentChangePartial(
            types.Range(types.Position(line, 8), types.Position(line, 8)), "\n    await join(ctx)"
        ),
    )
    (found,) = editor.until_codes(project / "agent.py", "LKA101")
    assert found.range.start == types.Position(line + 1, 10)


def test_files_that_change_on_disk(editor: Editor, project: Path) -> None:
    editor.until_codes(project / "agent.py", "LKA101")
    (project / "rooms.py").write_text(QUIET_ROOMS)
    editor.saved_elsewhere(project / "rooms.py")
    editor.until_codes(project / "agent.py")


def test_settings_and_pins_are_watched(editor: Editor, project: Path) -> None:
    assert "workspace/didChangeWatchedFiles" in editor.client.registered
    editor.until_codes(project / "agent.py", "LKA101")
    (project / "pyproject.toml").write_text(SETTINGS + 'ignore = ["LKA101"]\n')
    editor.saved_elsewhere(project / "pyproject.toml")
    editor.until_codes(project / "agent.py")
    (project / "pyproject.toml").write_text(SETTINGS)
    (project / "requirements.txt").write_text("livekit-agents==0.12.0\n")
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    editor.saved_elsewhere(project / "pyproject.toml", project / "requirements.txt")
    editor.until(lambda: any("LKA5" in code or "LKA4" in code for code in editor.codes(project / "agent.py")))


def test_settings_that_cannot_be_used_are_shown_where_they_stand(editor: Editor, project: Path) -> None:
    editor.until_codes(project / "agent.py", "LKA101")
    (project / "pyproject.toml").write_text(SETTINGS + 'ignroe = ["LKA101"]\n')
    editor.saved_elsewhere(project / "pyproject.toml")
    editor.until(lambda: bool(editor.found(project / "pyproject.toml")))
    (found,) = editor.found(project / "pyproject.toml")
    assert "ignroe" in found.message
    assert found.range.start.line == SETTINGS.count("\n")
    assert any("ignroe" in each for each in editor.client.shown)
    (project / "pyproject.toml").write_text(SETTINGS)
    editor.saved_elsewhere(project / "pyproject.toml")
    editor.until_codes(project / "agent.py", "LKA101")
    editor.until_codes(project / "pyproject.toml")


def test_a_project_in_the_folder_has_findings_of_its_own(editor: Editor, project: Path) -> None:
    inner = project / "inner"
    inner.mkdir()
    for name in ("pyproject.toml", "agent.py", "rooms.py"):
        (inner / name).write_bytes((project / name).read_bytes())
    editor.saved_elsewhere(inner / "pyproject.toml", inner / "agent.py")
    found = editor.until_codes(inner / "agent.py", "LKA101", "LKA201")
    assert len(found) == 2, "nobody dispatches it within its own root"
    editor.until_codes(project / "agent.py", "LKA101")
    editor.open(inner / "agent.py", AGENT.replace("    await join(ctx)\n", ""))
    editor.until_codes(inner / "agent.py", "LKA201")


def test_a_file_outside_of_every_folder(editor: Editor, project: Path) -> None:
    other = project.parent / "other"
    other.mkdir()
    for name in ("pyproject.toml", "agent.py", "rooms.py"):
        (other / name).write_bytes((project / name).read_bytes())
    editor.open(other / "agent.py")
    editor.until_codes(other / "agent.py", "LKA101", "LKA201")
    editor.close(other / "agent.py")
    editor.until_codes(other / "agent.py")


def test_a_folder_that_goes_takes_its_findings_along(editor: Editor, project: Path) -> None:
    editor.until_codes(project / "agent.py", "LKA101")
    editor.folders(removed=[project])
    editor.until_codes(project / "agent.py")
    editor.folders(added=[project])
    editor.until_codes(project / "agent.py", "LKA101")


def test_a_name_that_goes_and_a_comment_for_nothing_have_tags(editor: Editor, project: Path) -> None:
    text = "from livekit.agents import Worker  # lkagent: ignore[LKA101] x\n"
    editor.open(project / "old.py", text)
    editor.until(lambda: len(editor.found(project / "old.py")) > 1)
    tags = {str(each.code): list(each.tags or ()) for each in editor.found(project / "old.py")}
    assert tags["LKA002"] == [types.DiagnosticTag.Unnecessary]
    assert tags["LKA501"] == [types.DiagnosticTag.Deprecated]
