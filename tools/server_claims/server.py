"""Finds or builds a livekit-server, and runs one for each try, on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULE = "github.com/livekit/livekit-server"
OLDEST = (1, 13, 0)
KEY, SECRET = "devkey", "a secret for a server that only loopback can reach"


class NoServer(Exception):
    """No server can be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Binary:
    path: str
    version: str


def find(*, build: bool = True) -> Binary:
    """The server to try: named by the environment, on the PATH, or built. Raises NoServer.

    Without ``build`` only what was built before is taken: building downloads modules and takes minutes.
    """
    named = os.environ.get("LIVEKIT_SERVER_BIN")
    if named:
        return _checked(named, "LIVEKIT_SERVER_BIN")
    found = shutil.which("livekit-server")
    if found:
        return _checked(found, "the PATH")
    return _built() if build else _built_before()


def _checked(path: str, origin: str) -> Binary:
    version = _version(path)
    if version is None:
        raise NoServer(f"the livekit-server of {origin} does not start")
    if _numbers(version) < OLDEST:
        raise NoServer(f"the livekit-server of {origin} is {version}; 1.13 or newer is needed")
    return Binary(path, version)


def _version(path: str) -> str | None:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\d+\.\d+\.\d+", shown)
    return match.group() if match else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lkagent-lint" / "livekit-server"


def _built_before() -> Binary:
    kept = [each for each in _cache().glob("*.*.*") if _version(str(each)) == each.name]
    wanted = [each for each in kept if _numbers(each.name) >= OLDEST]
    if not wanted:
        raise NoServer(
            "there is no livekit-server: set LIVEKIT_SERVER_BIN, put it on the PATH, "
            "or let python -m tools.server_claims build it"
        )
    newest = max(wanted, key=lambda each: _numbers(each.name))
    return Binary(str(newest), newest.name)


def _built() -> Binary:
    """The newest version whose modules the module proxy serves. Kept in the user's cache directory."""
    go = shutil.which("go")
    if go is None:
        raise NoServer("there is no livekit-server: set LIVEKIT_SERVER_BIN, put it on the PATH, or install Go")
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="livekit-server-") as work:
        listed = _run([go, "list", "-m", "-versions", MODULE], work)
        versions = re.findall(r"\bv(\d+\.\d+\.\d+)(?= |$)", listed.stdout.strip())
        wanted = sorted((each for each in versions if _numbers(each) >= OLDEST), key=_numbers, reverse=True)
        for version in wanted:
            target = cache / version
            if _version(str(target)) == version or _build(go, version, target, Path(work)):
                return Binary(str(target), version)
    tried = ", ".join(wanted) or "none is listed"
    raise NoServer(f"there is no livekit-server, and none of its versions can be built here (tried: {tried})")


def _build(go: str, version: str, target: Path, work: Path) -> bool:
    # `go install` refuses modules with `replace`, so the module's source is copied and built in place.
    got = _run([go, "mod", "download", "-json", f"{MODULE}@v{version}"], str(work))
    if got.returncode != 0:
        return False
    source = work / version
    shutil.copytree(json.loads(got.stdout)["Dir"], source, copy_function=shutil.copyfile)
    for folder in [source, *(each for each in source.rglob("*") if each.is_dir())]:
        folder.chmod(0o755)
    built = _run([go, "build", "-p", "1", "-o", str(work / "built"), "./cmd/server"], str(source))
    if built.returncode != 0:
        return False
    shutil.move(str(work / "built"), target)
    return True


def _run(command: list[str], folder: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CGO_ENABLED": "0"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@dataclass(slots=True)
class Server:
    url: str
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def logged(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("msg") == message]


@asynccontextmanager
async def running(binary: Binary) -> AsyncGenerator[Server, None]:
    """A server of its own, with nothing in it."""
    http, tcp, udp = _free_ports()
    settings = {
        "port": http,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": tcp,
            "udp_port": udp,
            "node_ip": "127.0.0.1",
            "use_external_ip": False,
            "enable_loopback_candidate": True,
        },
        "keys": {KEY: SECRET},
        "logging": {"json": True, "level": "debug"},
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    process = await asyncio.create_subprocess_exec(
        binary.path,
        "--dev",
        "--config-body",
        json.dumps(settings),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**22,
    )
    server = Server(f"http://127.0.0.1:{http}")
    reading = asyncio.create_task(_read(process, server))
    try:
        await _until_open(process, http)
        yield server
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def _read(process: asyncio.subprocess.Process, server: Server) -> None:
    assert process.stdout is not None
    async for raw in process.stdout:
        if raw.startswith(b"{"):
            with suppress(ValueError):
                server.lines.append(json.loads(raw))


async def _until_open(process: asyncio.subprocess.Process, port: int) -> None:
    for _ in range(200):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise NoServer("the livekit-server does not open its port")


def _free_ports() -> tuple[int, int, int]:
    kinds = [socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM]
    opened = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    for each in opened:
        each.bind(("127.0.0.1", 0))
    http, tcp, udp = (int(each.getsockname()[1]) for each in opened)
    for each in opened:
        each.close()
    return http, tcp, udp
