"""What no editor should send, in any order, and editors that go without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tools.editing.client import Editor, document
from tools.editing.fuzzing import Fuzzer

MESSAGES = 250


def test_messages_in_any_order(editor: Editor, project: Path) -> None:
    """``python -m tools.editing fuzz`` sends more of them."""
    fuzzer = Fuzzer(editor, project, seed=23)
    editor.run(fuzzer.run(MESSAGES))
    assert fuzzer.sent.total() == MESSAGES
    assert fuzzer.answered["result"] > 20
    assert set(fuzzer.answered) <= {
        *("result", "JsonRpcException", "JsonRpcRequestCancelled", "JsonRpcInvalidParams", "JsonRpcMethodNotFound"),
        *("JsonRpcContentModified", "JsonRpcInternalError"),
    }
    expected = fuzzer.expected
    editor.until(lambda: fuzzer.shown == expected)
    fuzzer.close_all()


def test_a_request_that_cannot_be_read_is_answered(editor: Editor) -> None:
    with pytest.raises(JsonRpcException):
        editor.run(editor.raw("textDocument/hover", {"textDocument": {}}))


def test_a_request_that_fails_costs_no_other(editor: Editor, project: Path) -> None:
    nowhere = types.HoverParams(document(project / "agent.py"), types.Position(10**9, 10**9))
    assert editor.run(editor.client.text_document_hover_async(nowhere)) is None
    params = types.ExecuteCommandParams("lkagent-lint.mend", [1, 2, 3])
    with pytest.raises(JsonRpcException):
        editor.run(editor.client.workspace_execute_command_async(params))
    editor.until_codes(project / "agent.py", "LKA101")


def test_an_editor_that_goes_without_a_word() -> None:
    """Its end of the pipe is closed: the server ends, and says by its exit code that nobody had said goodbye."""
    command = [sys.executable, "-m", "lkagent_lint", "server"]
    done = subprocess.run(command, input=b"Content-Length: 5\r\n\r\nnull!", capture_output=True, timeout=60)
    assert done.returncode == 1
    assert b"Traceback" not in done.stdout
