"""Calls that hold up the event loop until they return, and what does the same without."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple


class Blocking(NamedTuple):
    """Calls of one module that block."""

    module: str
    names: tuple[str, ...]
    """Dotted, below the module; ``*`` stands for any names in between: ``create_client.*.execute``."""
    instead: str
    """What to do, in words."""


class BlockingCall(NamedTuple):
    """A call that blocks."""

    shown: str
    """As messages call it: ``requests.get``, ``supabase.create_client...execute``."""
    instead: str


_THREAD = "await asyncio.to_thread()"
_EXECUTE = f"await asyncio.create_subprocess_exec() or {_THREAD.removeprefix('await ')}"
_FETCH = f"use an asynchronous client (aiohttp), or {_THREAD}"
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")


def _by(owners: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{owner}{name}" for owner in owners for name in names)


def _twin(name: str) -> str:
    return f"use {name}, or {_THREAD}"


_CREATE = ("*.create", "*.generate", "*.parse")
_RESOURCES = ("chat.", "completions.", "responses.", "embeddings.", "audio.", "images.")
_DOCUMENTS = (
    *("find_one", "find_one_and_update", "find_one_and_replace", "find_one_and_delete", "count_documents"),
    *("insert_one", "insert_many", "update_one", "update_many", "replace_one", "delete_one", "delete_many"),
    "bulk_write",
)
_OF_REDIS = ("Redis.", "StrictRedis.", "from_url.", "Redis.from_url.")
_COMMANDS = (
    *("get", "set", "setex", "getex", "mget", "mset", "delete", "exists", "expire", "incr", "decr", "ttl", "keys"),
    *("hget", "hset", "hgetall", "hmget", "hdel", "lpush", "rpush", "lpop", "rpop", "lrange", "sadd", "srem"),
    *("smembers", "zadd", "zrange", "publish", "xadd", "xread", "pipeline.execute"),
)
_REQUESTS_OF_AWS = (
    *("put_object", "get_object", "upload_file", "upload_fileobj", "download_file", "download_fileobj", "head_object"),
    *("list_objects", "list_objects_v2", "delete_object", "copy_object", "send_message", "receive_message", "publish"),
    *("send_email", "invoke", "invoke_model", "put_item", "get_item", "update_item", "delete_item", "query", "scan"),
    *("get_secret_value", "get_parameter", "start_execution", "put_events"),
)
_CURSOR = ("connect", "connect.commit", "connect.execute", "connect.cursor.execute", "connect.cursor.executemany")

TABLE = (
    Blocking("time", ("sleep",), "await asyncio.sleep() instead"),
    Blocking("urllib.request", ("urlopen", "urlretrieve"), _FETCH),
    Blocking("subprocess", ("run", "call", "check_call", "check_output", "getoutput"), _EXECUTE),
    Blocking("os", ("system",), _EXECUTE),
    Blocking("smtplib", _by(("SMTP", "SMTP_SSL"), ("", ".connect")), "send the mail in asyncio.to_thread()"),
    Blocking(
        "requests",
        _by(("", "api.", "Session.", "session.", "sessions.Session.", "sessions.session."), _VERBS),
        f"use an asynchronous client (aiohttp, httpx.AsyncClient), or {_THREAD}",
    ),
    Blocking("httpx", _by(("", "Client."), _VERBS), _twin("httpx.AsyncClient")),
    Blocking("urllib3", ("request", "PoolManager.request"), _FETCH),
    Blocking("supabase", ("create_client.*.execute", "Client.*.execute"), _twin("supabase.acreate_client()")),
    Blocking("googleapiclient", ("discovery.build.*.execute",), f"no client is asynchronous: {_THREAD}"),
    Blocking("openai", _by(("OpenAI.", "AzureOpenAI.", *_RESOURCES), _CREATE), _twin("AsyncOpenAI")),
    Blocking("groq", _by(("Groq.",), _CREATE), _twin("AsyncGroq")),
    Blocking("anthropic", _by(("Anthropic.",), _CREATE), _twin("AsyncAnthropic")),
    Blocking("psycopg2", _CURSOR, _twin("asyncpg, or psycopg.AsyncConnection")),
    Blocking("psycopg", _CURSOR, _twin("psycopg.AsyncConnection")),
    Blocking("pymysql", _CURSOR, _twin("aiomysql")),
    Blocking("mysql.connector", _CURSOR, _twin("mysql.connector.aio")),
    Blocking("pymongo", _by(("MongoClient.*.", "mongo_client.MongoClient.*."), _DOCUMENTS), _twin("AsyncMongoClient")),
    Blocking("redis", _by(_OF_REDIS, _COMMANDS), _twin("redis.asyncio")),
    Blocking(
        "boto3",
        _by(("client.", "resource.*.", "Session.client.", "session.Session.client."), _REQUESTS_OF_AWS),
        _twin("aioboto3"),
    ),
    Blocking("sendgrid", ("SendGridAPIClient.send",), f"no client is asynchronous: {_THREAD}"),
    Blocking("twilio.rest", ("Client.*.create", "Client.*.fetch"), f"use its asynchronous methods, or {_THREAD}"),
)
"""Python's standard library and packages, and what has the same without blocking."""

IN_NODE = (
    Blocking(
        "child_process",
        ("execSync", "execFileSync", "spawnSync"),
        "use exec() or spawn(), and wait for their end",
    ),
)
"""Modules of Node. Reading a small file at once is left alone: it takes less time than waiting for it."""


@cache
def names_below(module: str) -> frozenset[str]:
    """The names of a module, given by its dotted name, with which the name of a call that blocks goes on; empty for
    all modules that have none.
    """
    found: set[str] = set()
    for row in _rows().get(module.partition(".")[0], ()):
        for name in row.names:
            rest = f"{row.module}.{name}".removeprefix(f"{module}.")
            if rest != f"{row.module}.{name}":
                found.add(rest.partition(".")[0])
    return frozenset(found)


def blocks(name: str) -> BlockingCall | None:
    """What a call of Python is by its full name, if it blocks: ``requests.get``, ``redis.Redis.get``."""
    return next(filter(None, (_match(name, row) for row in _rows().get(name.partition(".")[0], ()))), None)


def blocks_in_node(module: str, name: str) -> BlockingCall | None:
    """The same for what a module of Node exports: ``node:child_process``, ``execSync``."""
    rows = (each for each in IN_NODE if each.module == module.removeprefix("node:") and name in each.names)
    return next((BlockingCall(name, each.instead) for each in rows), None)


_FIRST = frozenset(part for row in TABLE for name in row.names for part in name.split(".")[:-1])
LAST = frozenset(name.rpartition(".")[2] for row in TABLE for name in row.names) - _FIRST
"""Names of calls that block and of which nothing more is asked: what they give is no client."""
TELLING = frozenset(name for name in LAST if "_" in name or name.startswith("execute"))
"""Those that nobody else has, so that they tell without their module."""
MODULES = frozenset(row.module.partition(".")[0] for row in TABLE)
"""The top-level modules of Python's."""


COMMON = frozenset({"os", "time", "urllib"})
"""Modules that half of all files import, and few for the sake of what blocks."""
CALLS_OF_COMMON = frozenset(name for row in TABLE if row.module.partition(".")[0] in COMMON for name in row.names)


def _match(name: str, row: Blocking) -> BlockingCall | None:
    for pattern, written in _patterns(row):
        if pattern.fullmatch(name):
            return BlockingCall(f"{row.module}.{written.replace('.*.', '...')}", row.instead)
    return None


@cache
def _rows() -> dict[str, list[Blocking]]:
    found: dict[str, list[Blocking]] = {}
    for row in TABLE:
        found.setdefault(row.module.partition(".")[0], []).append(row)
    return found


@cache
def _patterns(row: Blocking) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(f"{row.module}.{name}").replace(r"\*\.", r"(?:\w+\.)*")), name) for name in row.names
    )
