"""What the Node SDK's names are, in the words of the Python SDK.

Sources: @livekit/agents 1.9.0, @livekit/rtc-node 1.1.0, livekit-server-sdk 2.19.2.

The two SDKs have the same classes and the same members, which Node spells in camelCase. Everything above link knows one
spelling, Python's; what is written in a Node file is turned into it here, and back for messages.
"""

from __future__ import annotations

from lkagent_lint.sources.sdk.parts import PARTS
from lkagent_lint.sources.sdk.vocabulary import exports_of_node

_PACKAGES = {each.node: each.module for each in PARTS}
_PLUGIN = "@livekit/agents-plugin-"
_OTHERS = {"AgentSessionEvent": "AgentSessionEventTypes"}
"""Exports whose names differ from Python's and that are no classes or functions of the vocabulary."""

GLOBALS = frozenset(
    {
        *("Promise", "Array", "Object", "JSON", "Math", "Date", "Map", "Set", "WeakMap", "Number", "Boolean", "BigInt"),
        *("Error", "TypeError", "RangeError", "Symbol", "RegExp", "URL", "URLSearchParams", "Buffer", "Uint8Array"),
        *("Int16Array", "Float32Array", "ArrayBuffer", "AbortController", "AbortSignal", "TextEncoder", "TextDecoder"),
        *("console", "process", "fetch", "crypto", "performance", "structuredClone", "queueMicrotask", "globalThis"),
        *("setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"),
        *("parseInt", "parseFloat", "isNaN", "encodeURIComponent", "decodeURIComponent", "Headers", "Request"),
        *("Response", "FormData", "Intl", "ReadableStream", "WritableStream", "TransformStream", "WebSocket", "Event"),
    }
)
"""Names of the language and of Node itself that do nothing to a job."""

BUILTINS = "ecmascript."
"""Before the name of a global, among the standard library's names."""
ENVIRONMENT = f"{BUILTINS}process.env"
"""The variables of the environment, among the standard library's names."""

_CORE = frozenset(
    {
        *("assert", "buffer", "child_process", "cluster", "crypto", "dgram", "dns", "events", "fs", "fs/promises"),
        *("http", "http2", "https", "net", "os", "path", "perf_hooks", "process", "querystring", "readline", "stream"),
        *("stream/promises", "timers", "timers/promises", "tls", "url", "util", "v8", "vm", "worker_threads", "zlib"),
    }
)


def is_core(module: str) -> bool:
    """A module of Node itself."""
    return module.startswith("node:") or module in _CORE


def dotted(module: str, name: str) -> str | None:
    """The dotted name, as Python has it, of an export of a LiveKit package; None for other packages.

    Packages that have no counterpart (those of browsers) keep their own names, which no rule knows.
    """
    if module.startswith(_PLUGIN):
        base = f"livekit.plugins.{module.removeprefix(_PLUGIN)}"
    elif module in _PACKAGES:
        base = _PACKAGES[module]
    elif module.startswith(("@livekit/", "livekit-")):
        base = module
    else:
        return None
    return base if name == "*" else f"{base}.{exported(name)}"


def exported(name: str) -> str:
    """An export of a package as Python calls it, behind the package."""
    return exports_of_node().get(name) or _OTHERS.get(name, name)
