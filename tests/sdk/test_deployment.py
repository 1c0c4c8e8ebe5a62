"""What LKA601 to LKA603 say of ``cli.run_app``, and LKA604 of the processes of this machine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.harness import Sdk, claim

_APP = """
import os, sys
sys.argv = ["agent.py"]
from livekit.agents import AgentServer, cli

server = AgentServer()

@server.rtc_session()
async def entry(ctx): ...

try:
    cli.run_app(server)
except SystemExit as ended:
    print("ENDED", ended.code)
else:
    print("ENDED", 0)
"""


@claim("LKA602", "cli.run_app() prints its help and ends")
def test_without_a_command_the_help_is_printed(sdk: Sdk) -> None:
    seen = sdk.run(_APP)
    seen.says("Usage:", "start")
    seen.says("ENDED 0")
    seen.never_says("registered worker")


@claim("LKA603", "for an hour by default", since="1.6.5")
def test_a_worker_drains_for_an_hour(sdk: Sdk) -> None:
    seen = sdk.run("from livekit.agents import AgentServer; print('DRAINS', AgentServer()._drain_timeout)")
    seen.says("DRAINS 3600")


@claim("LKA603", "half an hour before 1.6.5", before="1.6.5")
def test_a_worker_drained_for_half_an_hour(sdk: Sdk) -> None:
    seen = sdk.run("from livekit.agents import AgentServer; print('DRAINS', AgentServer()._drain_timeout)")
    seen.says("DRAINS 1800")


@claim("LKA601", "it drains only outside of dev mode")
def test_only_a_worker_in_production_is_drained(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import inspect
        from livekit.agents.cli import cli

        source = inspect.getsource(cli)
        at = source.index("server.drain()")
        print("GUARD", source[:at].rstrip().splitlines()[-3:])
        """
    )
    seen.says("GUARD", "if not devmode")


_WORKER = """
import signal, sys, time

def told(number, frame):
    print("TOLD", flush=True)
    sys.exit()

signal.signal(signal.SIGTERM, told)
print("UP", flush=True)
for _ in range(40):
    time.sleep(0.1)
"""


def _told(tmp_path: Path, command: list[str]) -> bool:
    """Whether SIGTERM to the first process reaches the worker, which says so and else ends after four seconds."""
    (tmp_path / "worker.py").write_text(_WORKER, encoding="utf-8")
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "UP\n"
        first.send_signal(signal.SIGTERM)
        return "TOLD" in first.stdout.read()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_that_is_the_first_process_is_told(tmp_path: Path) -> None:
    assert _told(tmp_path, [sys.executable, "worker.py"])


@pytest.mark.skipif(shutil.which("dash") is None, reason="there is no dash")
@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("{python} worker.py", False),
        ("exec {python} worker.py", True),
        ("true && {python} worker.py", False),
        ("true && exec {python} worker.py", True),
    ],
)
def test_dash_passes_no_signal_on(tmp_path: Path, text: str, is_told: bool) -> None:
    """LKA604: the shell form of an image's command, on Debian and what is made from it."""
    assert _told(tmp_path, ["dash", "-c", text.format(python=sys.executable)]) is is_told


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("text", "is_told"),
    [("{python} worker.py", True), ("true; {python} worker.py", True), ("{python} worker.py; true", False)],
)
def test_bash_becomes_the_last_of_its_commands(tmp_path: Path, text: str, is_told: bool) -> None:
    assert _told(tmp_path, ["bash", "-c", text.format(python=sys.executable)]) is is_told


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(("line", "is_told"), [("{python} worker.py", False), ("exec {python} worker.py", True)])
def test_a_script_stays_the_first_process(tmp_path: Path, shell: str, line: str, is_told: bool) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (tmp_path / "start.sh").write_text(f"true\n{line.format(python=sys.executable)}\n", encoding="utf-8")
    assert _told(tmp_path, [shell, "start.sh"]) is is_told
