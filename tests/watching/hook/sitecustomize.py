"""Put on PYTHONPATH by the watching tests: every Python that starts notes what it does in one file."""

# pyright: strict
from __future__ import annotations

import json
import os
import sys
from types import CodeType

_FAMILIES = (
    "os.",
    "shutil.",
    "socket.",
    "subprocess.",
    "ctypes.",
    "urllib.",
    "ftplib.",
    "smtplib.",
    "pty.",
    "tempfile.",
)


def _holds(code: CodeType, marker: str) -> bool:
    return marker in repr(code.co_consts)


def _begin(log: str, marker: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(event: str, *arguments: object) -> None:
        texts = [os.fsdecode(each) if isinstance(each, bytes) else str(each) for each in arguments]
        os.write(descriptor, (json.dumps([event, *texts]) + "\n").encode("utf-8", "surrogatepass"))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, (str, bytes)):
                note("open", os.path.abspath(os.fsdecode(path)), flags)
        elif event == "exec":
            if isinstance(arguments[0], CodeType) and _holds(arguments[0], marker):
                note("exec", arguments[0].co_filename)
        elif event == "marshal.loads":
            if isinstance(arguments[0], bytes) and marker.encode() in arguments[0]:
                note("marshal.loads", marker)
        elif event in ("pickle.find_class", "os.listdir", "os.scandir") or event.startswith(_FAMILIES):
            note(event, *arguments)

    sys.addaudithook(hook)


if "LKAGENT_LINT_WATCH" in os.environ:
    _begin(os.environ["LKAGENT_LINT_WATCH"], os.environ["LKAGENT_LINT_MARKER"])
