"""A livekit-server on loopback: found, or built with the Go toolchain."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

MODULE = "github.com/livekit/livekit-server"
MINIMUM = (1, 13)
KEY, SECRET = "devkey", "secret"
"""What ``--dev`` accepts."""


class NoServer(Exception):
    """No server could be had; the text says what was tried."""


def find() -> str:
    """The path of a livekit-server: ``LIVEKIT_SERVER_BIN``, on PATH, or built. Raises NoServer."""
    given = os.environ.get("LIVEKIT_SERVER_BIN") or shutil.which("livekit-server")
    if given:
        return given
    go = shutil.which("go")
    if go is None:
        raise NoServer("LIVEKIT_SERVER_BIN is not set, livekit-server is not on PATH, and there is no Go toolchain")
    return _build(go)


def _build(go: str) -> str:
    """The newest release that builds. ``go install`` refuses modules with ``replace``, so a copy is built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "lkagent-lint-server"
    cache.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(
        [go, "list", "-m", "-versions", MODULE], capture_output=True, text=True, check=False, cwd=cache
    )
    versions = [each for each in reversed(listed.stdout.split()[1:]) if _number(each) >= MINIMUM]
    for version in versions:
        target = cache / f"livekit-server-{version}"
        if target.exists() or _build_version(go, version, cache, target):
            return str(target)
    raise NoServer(f"none of {len(versions)} releases of {MODULE} could be built")


def _build_version(go: str, version: str, cache: Path, target: Path) -> bool:
    got = subprocess.run(
        [go, "mod", "download", "-json", f"{MODULE}@{version}"], capture_output=True, text=True, check=False, cwd=cache
    )
    directory = json.loads(got.stdout or "{}").get("Dir")
    if not directory:
        return False
    source = cache / "src"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(directory, source)
    for path in [source, *source.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    command = [go, "build", "-o", str(target), "./cmd/server"]
    done = subprocess.run(command, cwd=source, capture_output=True, check=False, env={**os.environ, "CGO_ENABLED": "0"})
    shutil.rmtree(source, ignore_errors=True)
    return done.returncode == 0


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2])


def version_of(binary: str) -> str:
    """``1.13.5``."""
    done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


@contextmanager
def running(binary: str, log: Path) -> Generator[str]:
    """A fresh server; gives its address, ``http://127.0.0.1:PORT``."""
    port = _free_port()
    config = f"port: {port}\nrtc:\n  tcp_port: {_free_port()}\n  udp_port: {_free_port()}\n  use_external_ip: false\n"
    command = [binary, "--dev", "--bind", "127.0.0.1", "--config-body", config]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise NoServer(f"the server ended with {process.returncode}")
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NoServer("the server does not answer")
