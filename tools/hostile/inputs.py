"""Files that are hard to read, by the rows of the reliability page, each beside an agent whose mistake must still be
found.

Everything is written here; nothing is copied. What needs a file system or a process to be hostile stands in ``faults``.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

HEAD = "import os\nfrom livekit.agents import AgentServer, JobContext\nserver = AgentServer()\n"
ENTRY = "@server.rtc_session()\nasync def entry(ctx: JobContext):\n"
AGENT = HEAD + ENTRY + "    ctx.connect()\n"
"""An agent with a mistake (LKA106, in its last line), and an import that every linter calls unused."""
IMPORT = "from livekit.agents import JobContext\n"

Files = Mapping[str, "str | bytes"]


class Input(NamedTuple):
    """One hostile input: its files, and the codes that are found in each; ``agent.py`` has LKA106 besides."""

    row: int
    name: str
    files: Callable[[], Files]
    found: Mapping[str, tuple[str, ...]] = {}
    """What the command says, by file; nothing of files that are not named."""
    newer: bool = False
    """Python that only versions after 3.10 read, or none does."""


def write(folder: Path, given: Input) -> None:
    """Write an input's files and the agent beside them."""
    for name, text in {
        "agent.py": AGENT,
        "pyproject.toml": "[tool.lkagent-lint]\nroot = true\n",
        **given.files(),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def _one(text: str | bytes, name: str = "odd.py") -> Callable[[], Files]:
    return lambda: {name: text}


def _odd(*codes: str, name: str = "odd.py") -> Mapping[str, tuple[str, ...]]:
    return {name: codes}


_LEFT_OUT = _odd("LKA004")
_BROKEN = _odd("LKA001")
_CONNECT = _odd("LKA106")
"""Another agent's mistake, found in the odd file itself."""


def _expression(text: str) -> str:
    return f"{IMPORT}y = {text}\n"


def _in_entry(text: str) -> str:
    return HEAD.replace("import os\n", "") + ENTRY + text


_ODD_AGENT = _in_entry("    ctx.connect()\n")


def _source_text() -> list[Input]:
    cookie = "# -*- coding: {} -*-\n"
    wide = "".join(chr(each) for each in (0x1F600, 0x65, 0x301, 0x4E2D))
    ends = "\f\v\x1c\x1d\x1e\x85\u2028\u2029"
    named = HEAD + "@server.rtc_session(agent_name={})\nasync def entry(ctx: JobContext):\n    await ctx.connect()\n"
    return [
        Input(1, "an empty file", _one("")),
        Input(1, "a byte order mark alone", _one(codecs.BOM_UTF8)),
        Input(1, "only comments", _one("# livekit\n\n\n# nothing\n")),
        Input(2, "no newline at the end", _one(_ODD_AGENT.rstrip("\n")), _CONNECT),
        Input(2, "a backslash at the end", _one(IMPORT + "x = 1 + \\"), _BROKEN),
        Input(3, "a syntax error in one of several files", _one(IMPORT + "def f(:\n"), _BROKEN),
        Input(5, "Python 2", _one(IMPORT + "print 'x'\n"), _BROKEN),
        Input(5, "Cython", _one(IMPORT + "cdef int x = 1\n"), _BROKEN),
        Input(5, "a template", _one(IMPORT + "{% if x %}\ny = 1\n{% endif %}\n"), _BROKEN),
        Input(6, "type statements", _one("type X = int\n" + _ODD_AGENT), _CONNECT, newer=True),
        Input(6, "type parameters", _one("def f[T](x: T) -> T: return x\n" + _ODD_AGENT), _CONNECT, newer=True),
        Input(6, "template strings", _one('x = t"{1}"\n' + _ODD_AGENT), _CONNECT, newer=True),
        Input(6, "except without brackets", _one("try: pass\nexcept A, B: pass\n" + _ODD_AGENT), _CONNECT, newer=True),
        Input(7, "a null byte in code", _one(IMPORT + "x = \0 1\n"), _LEFT_OUT),
        Input(7, "a null byte in a string", _one(IMPORT + "x = '\0'\n"), _LEFT_OUT),
        Input(7, "a null byte in a comment", _one(IMPORT + "# \0\n"), _LEFT_OUT),
        Input(8, "bytes that are no UTF-8", _one(IMPORT.encode() + b"x = '\xff'\n"), _LEFT_OUT),
        Input(9, "Latin-1", _one((cookie.format("latin-1") + "x = 'é'\n" + _ODD_AGENT).encode("latin-1")), _CONNECT),
        Input(
            9, "Shift JIS", _one((cookie.format("shift_jis") + "x = 'あ'\n" + _ODD_AGENT).encode("shift_jis")), _CONNECT
        ),
        Input(9, "UTF-8 with a mark", _one(codecs.BOM_UTF8 + _ODD_AGENT.encode()), _CONNECT),
        *(
            Input(10, f"the cookie {each}", _one(cookie.format(each) + IMPORT), _LEFT_OUT)
            for each in ("no-such-codec", "rot13", "utf-7", "idna", "zlib", "unicode_escape")
        ),
        Input(11, "a cookie in line 3", _one("\n\n" + cookie.format("rot13") + _ODD_AGENT), _CONNECT),
        Input(
            11,
            "a cookie that contradicts the mark",
            _one(codecs.BOM_UTF8 + (cookie.format("latin-1") + IMPORT).encode()),
            _LEFT_OUT,
        ),
        *(
            Input(12, f"{each} in Python", _one(IMPORT.encode(each)), _LEFT_OUT)
            for each in ("utf-16", "utf-32", "utf-16-le")
        ),
        Input(13, "CRLF", _one(_ODD_AGENT.replace("\n", "\r\n")), _CONNECT),
        Input(13, "CR alone", _one(_ODD_AGENT.replace("\n", "\r")), _CONNECT),
        Input(13, "mixed line ends", _one(_ODD_AGENT.replace("\n", "\r\n", 2)), _CONNECT),
        Input(14, "line ends that are none", _one(f"x = '{ends}'  # {ends}\n" + _ODD_AGENT), _CONNECT),
        Input(15, "tabs and spaces mixed", _one(IMPORT + "if 1:\n\tx = 1\n        y = 2\n"), _BROKEN),
        Input(16, "wide characters before a finding", _one(_in_entry(f"    '{wide}'; ctx.connect()\n")), _CONNECT),
        Input(17, "bidi controls", _one(_in_entry("    ctx.connect()  # \u202e\u200b\n")), _CONNECT),
        Input(
            17,
            "a letter that looks alike",
            _one(_in_entry("    await ctx.connect()\n    ctx.room.on('dis\u0441onnected', print)\n")),
            _odd("LKA402"),
        ),
        Input(18, "full-width letters", _one(_in_entry("    ctx.\uff43onnect()\n")), _CONNECT),
        Input(
            18,
            "full-width letters in newer Python",
            _one("type X = int\n" + _in_entry("    ctx.\uff43onnect()\n")),
            _CONNECT,
            newer=True,
        ),
        Input(19, "a lone surrogate as a name", _one(named.format('"\\ud800"'))),
        Input(20, "a name of 1 MB", _one(named.format(repr("x" * 1_000_000))), _odd("LKA201")),
        Input(20, "a name that doubles", _one(_doubling(30) + named.format("n30")[len("import os\n") :])),
    ]


def _doubling(count: int) -> str:
    return 'n0 = "ab"\n' + "".join(f"n{i + 1} = n{i} + n{i}\n" for i in range(count))


def _nested() -> list[Input]:
    found = [
        Input(
            21, f"{count:,} nested {opening}{closing}", _one(_expression(opening * count + closing * count)), _LEFT_OUT
        )
        for opening, closing in ("()", "[]", "{}")
        for count in (1_000, 100_000)
    ]
    return [*found, Input(21, "100,000 brackets that nothing closes", _one(_expression("(" * 100_000)), _LEFT_OUT)]


CHAINS: Mapping[str, Callable[[int], str]] = {
    "attributes": lambda n: "y = a" + ".b" * n,
    "subscripts": lambda n: "y = a" + "[0]" * n,
    "calls": lambda n: "y = a" + "()" * n,
    "additions": lambda n: "y = a" + " + a" * n,
    "minus signs": lambda n: "y = " + "-" * n + "a",
    "not": lambda n: "y = " + "not " * n + "a",
    "and": lambda n: "y = a" + " and a" * n,
    "comparisons": lambda n: "y = a" + " < a" * n,
    "strings": lambda n: "y = " + '"a" ' * n,
    "lambdas": lambda n: "y = " + "lambda: " * n + "a",
    "conditions": lambda n: "y = a" + " if b else c" * n,
    "elif": lambda n: "if a: pass\n" + "elif a: pass\n" * n,
    "decorators": lambda n: "@a\n" * n + "def f(): pass",
    "comprehension clauses": lambda n: "y = [a" + " for a in b" * n + "]",
}


def _chained() -> list[Input]:
    """All so long that some reader gives up, which may leave the file out."""
    found = [
        Input(22, f"20,000 {name}{where}", _one(f"{IMPORT}{begin}{make(20_000)}\n"), _odd("LKA004?"), newer=bool(begin))
        for begin, where in (("", ""), ("type X = int\n", " in newer Python"))
        for name, make in CHAINS.items()
    ]
    items = _in_entry("    with " + ", ".join(["a"] * 16_000) + ":\n        pass\n")
    return [*found, Input(22, "16,000 with items", _one(items), _odd("LKA001"))]


def _large() -> list[Input]:
    deep = "".join(" " * i + "if 1:\n" for i in range(101)) + " " * 101 + "pass\n"
    long_line = f"x = '{'y' * 1_900_000}'\n"
    dispatches = "".join(f"lk dispatch create --agent-name x{i}\n" for i in range(5_000))
    return [
        Input(23, "101 levels of indentation", _one(IMPORT + deep), _BROKEN),
        Input(24, "a line of 1.9 MB", _one(long_line + _ODD_AGENT), _CONNECT),
        Input(25, "10 MB", _one(IMPORT + "#" * 10_000_000), _LEFT_OUT),
        Input(25, "20,000 lines", _one(_ODD_AGENT + "x = 1\n" * 20_000), _CONNECT),
        Input(27, "5,000 findings", _one(dispatches, "d.sh"), {"d.sh": ("LKA203",) * 5_000}),
        *(
            Input(30, f"100,000 {name} in a comment", _one(_in_entry(f"    ctx.connect()  # {text}\n")), _CONNECT)
            for name, text in {
                "spaces": " " * 100_000 + "x",
                "tabs": "\t" * 100_000 + "x",
                "hashes": "#" * 100_000,
                "commas": "lkagent: " + "," * 100_000,
            }.items()
            if name != "commas"
        ),
        Input(
            30,
            "5,000 suppressions",
            _one(_ODD_AGENT + "x = 1  # lkagent: ignore[LKA106] unused\n" * 5_000),
            _odd("LKA106", *["LKA002"] * 5_000),
        ),
    ]


def _structure() -> list[Input]:
    ring = {f"pack/m{i}.py": f"from pack.m{(i + 1) % 20} import *\nimport livekit.agents\n" for i in range(20)}
    k = 60
    rings = IMPORT + "".join(f"a{i} = a{(i * 7 + 1) % k} if q else a{(i * 3 + 2) % k}\n" for i in range(k)) + "a0(1)\n"
    reexports = {f"deep/m{i}.py": f"from deep.m{i + 1} import thing as thing\nimport livekit\n" for i in range(300)}
    lambdas = (
        IMPORT
        + "".join(f"def r{i}(x): return r{i + 1}(lambda: x) if q else r{i + 1}(x)\n" for i in range(24))
        + "def r24(x): return x\nr0(1)\n"
    )
    k2 = 12
    finals = "".join(
        "    " * (i + 1)
        + "try:\n"
        + "    " * (i + 2)
        + "await ctx.connect()\n"
        + "    " * (i + 2)
        + "if a: return\n"
        + "    " * (i + 1)
        + "finally:\n"
        for i in range(k2)
    )
    return [
        Input(31, "a ring of star imports", lambda: ring),
        Input(31, "300 re-exports", lambda: reexports),
        Input(31, "names in rings", _one(rings)),
        Input(31, "calls that return ever new lambdas", _one(lambdas)),
        Input(31, "finally in finally", _one(_in_entry(finals + "    " * (k2 + 1) + "await ctx.connect()\n"))),
        Input(
            33,
            "files named like the standard library",
            lambda: {
                f"{each}.py": "raise SystemExit('it ran')\n"
                for each in ("asyncio", "enum", "typing", "re", "ast", "tokenize")
            },
        ),
        Input(
            34, "imports that are conditional", _one("try:\n    import livekit.agents\nexcept ImportError:\n    pass\n")
        ),
        Input(40, "a broken JSON file", _one('{"agent_name": "x", ', "d.json")),
        Input(
            40,
            "an alias bomb",
            _one(
                "agent_name: x\na: &a [x, x]\n"
                + "".join(
                    f"b{i}: &b{i} [*a, *a, *{'a' if not i else f'b{i - 1}'}, *{'a' if not i else f'b{i - 1}'}]\n"
                    for i in range(40)
                ),
                "d.yaml",
            ),
        ),
        Input(
            40, "a tag that makes objects", _one("agent_name: !!python/object/apply:os.system ['exit 3']\n", "d.yaml")
        ),
        Input(40, "20,000 documents", _one("agent_name: x\n" + "---\na\n" * 20_000, "d.yaml")),
        Input(
            40,
            "100 here-documents behind 1.9 MB",
            _one(
                "lk dispatch create --agent-name x\n"
                + ("x" * 79 + "\n") * 24_000
                + 'cat <<EOF\n{"agent_name":"x"}\nEOF\n' * 100,
                "d.sh",
            ),
            {"d.sh": ("LKA203",)},
        ),
        Input(40, "100,000 open brackets in JSON", _one('{"agent_name": ' + "[" * 100_000, "d.json")),
    ]


def _names() -> list[Input]:
    names = (
        "a b",
        "$(id)",
        "`id`",
        "a;b",
        "a,b",
        "a%0Ab",
        "a'b",
        'a"b',
        "<&>",
        "::error ::x",
        "-x",
        "\x1b[31m",
        "a\nb",
        "a\rb",
        "\u202e",
        "a]b",
    )
    files = {f"{each}.py": _ODD_AGENT for each in names}
    return [Input(44, "names of files", lambda: files, dict.fromkeys(files, ("LKA106",)))]


def _settings() -> list[Input]:
    return [
        Input(62, "a pattern of 1.9 MB", lambda: {".gitignore": "a" * 1_900_000, "odd.py": _ODD_AGENT}, _CONNECT),
        Input(
            62,
            "20,000 patterns",
            lambda: {".gitignore": "".join(f"*a*b{i}*c\n" for i in range(20_000)), "odd.py": _ODD_AGENT},
            _CONNECT,
        ),
    ]


def inputs() -> list[Input]:
    """Every input, in the order of the rows."""
    windows = os.name == "nt"
    found = [
        *_source_text(),
        *_nested(),
        *_chained(),
        *_large(),
        *_structure(),
        *([] if windows else _names()),
        *_settings(),
    ]
    return sorted(found, key=lambda each: each.row)
