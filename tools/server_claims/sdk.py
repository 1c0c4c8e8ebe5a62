"""What the tries need of the LiveKit packages, which are no dependency of the project and so are imported by name."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shutil
from typing import Any

from tools.server_claims.server import KEY, SECRET

NODE_MODULES = "LKAGENT_LINT_NODE_MODULES"
"""Names a node_modules directory that holds @livekit/agents and @livekit/protocol."""
NODE_PACKAGE = "@livekit/agents"
PACKAGES = ("livekit", "livekit-api", "livekit-protocol", "livekit-agents")


class NoPackages(Exception):
    """A package is missing; the text says which."""


def versions() -> dict[str, str]:
    """The packages' versions, the Node package's included. Raises NoPackages."""
    return installed() | _node_version()


def installed() -> dict[str, str]:
    """The versions of the Python packages. Raises NoPackages."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            raise NoPackages(
                f"the package {package} is not installed here: pip install livekit livekit-api livekit-agents"
            ) from None
    return found


def node_worker(directory: str) -> list[str]:
    """The command of a worker of @livekit/agents, its script put into a directory. Raises NoPackages."""
    modules = os.environ.get(NODE_MODULES)
    node = shutil.which("node")
    if not modules or node is None:
        raise NoPackages(f"{NODE_MODULES} names no node_modules with @livekit/agents, or there is no node")
    script = os.path.join(directory, "node_worker.mjs")
    shutil.copyfile(os.path.join(os.path.dirname(__file__), "node_worker.mjs"), script)
    os.symlink(os.path.abspath(modules), os.path.join(directory, "node_modules"))
    return [node, script, KEY, SECRET]


def _node_version() -> dict[str, str]:
    modules = os.environ.get(NODE_MODULES)
    if not modules:
        raise NoPackages(f"{NODE_MODULES} names no node_modules with @livekit/agents")
    with open(os.path.join(modules, NODE_PACKAGE, "package.json"), encoding="utf-8") as file:
        return {NODE_PACKAGE: str(json.load(file)["version"])}


def module(name: str) -> Any:
    return importlib.import_module(name)


def dispatch(name: str) -> Any:
    return module("livekit.api").RoomAgentDispatch(agent_name=name)


def worker_token() -> str:
    api = module("livekit.api")
    return str(api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(agent=True)).to_jwt())


def join_token(identity: str, room: str, agents: list[str] | None) -> str:
    api = module("livekit.api")
    token = api.AccessToken(KEY, SECRET).with_identity(identity)
    token = token.with_grants(api.VideoGrants(room_join=True, room=room))
    if agents is not None:
        token = token.with_room_config(api.RoomConfiguration(agents=[dispatch(each) for each in agents]))
    return str(token.to_jwt())


def client(url: str) -> Any:
    return module("livekit.api").LiveKitAPI(url, KEY, SECRET)
