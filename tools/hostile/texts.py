"""Rows 1 to 20: source text that is empty, broken, newer than its reader, or in odd encodings and letters."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from tools.hostile.inputs import BROKEN, CONNECT, IMPORT, LEFT_OUT, ODD_AGENT, Files, Input, in_entry, named, odd, one

_COOKIE = "# -*- coding: {} -*-\n"
_DISPATCH = "lk dispatch create --room r --agent-name other\n"


def texts(large: bool) -> list[Input]:
    """Every input of these rows."""
    return [*_beginnings(), *_broken(), *_newer(), *_bytes(), *_encodings(), *_lines(), *_letters(), *_names(large)]


def _beginnings() -> list[Input]:
    return [
        Input(1, "an empty file", one("")),
        Input(1, "a byte order mark alone", one(codecs.BOM_UTF8)),
        Input(1, "only ends of lines", one("\n\r\n\r\n\n")),
        Input(1, "only comments", one("# livekit\n\n\n# nothing\n")),
        Input(2, "no newline at the end", one(ODD_AGENT.rstrip("\n")), odd("LKA106 5:5")),
        Input(2, "a backslash at the end", one(IMPORT + "x = 1 + \\"), BROKEN),
    ]


def _broken() -> list[Input]:
    worker = named("'one'") + "def f(:\n"
    dispatch = named("'one'")
    return [
        Input(3, "a syntax error in one of several files", one(IMPORT + "def f(:\n"), odd("LKA001 2:7")),
        Input(
            3,
            "a broken worker beside a dispatch of its agent",
            lambda: {"odd.py": worker, "start.sh": _DISPATCH.replace("other", "one")},
            BROKEN,
        ),
        Input(
            3,
            "a broken dispatch beside the worker that it names",
            lambda: {"agents.py": dispatch, "odd.py": IMPORT + "from livekit import api\napi.create_dispatch('one'\n"},
            {**BROKEN, "agents.py": ("LKA201",)},
        ),
        Input(5, "Python 2", one(IMPORT + "print 'x'\n"), BROKEN),
        Input(5, "Cython", one(IMPORT + "cdef int x = 1\n"), BROKEN),
        Input(5, "a template", one(IMPORT + "{% if x %}\ny = 1\n{% endif %}\n"), BROKEN),
    ]


def _newer() -> list[Input]:
    return [
        Input(6, name, one(text + ODD_AGENT), CONNECT, newer=True)
        for name, text in {
            "type statements": "type X = int\n",
            "type parameters": "def f[T](x: T) -> T: return x\n",
            "defaults of type parameters": "class C[T = int]: pass\n",
            "template strings": 'x = t"{1}"\n',
            "except without brackets": "try: pass\nexcept A, B: pass\n",
        }.items()
    ]


def _bytes() -> list[Input]:
    return [
        Input(7, "a null byte in code", one(IMPORT + "x = \0 1\n"), LEFT_OUT),
        Input(7, "a null byte in a string", one(IMPORT + "x = '\0'\n"), LEFT_OUT),
        Input(7, "a null byte in a comment", one(IMPORT + "# \0\n"), LEFT_OUT),
        Input(8, "bytes that are no UTF-8", one(IMPORT.encode() + b"x = '\xff'\n"), LEFT_OUT),
    ]


def _encodings() -> list[Input]:
    cookies = {"latin-1": "é", "cp1252": "€", "shift_jis": "あ", "utf-8": "é"}
    found = [
        Input(
            9,
            f"the cookie {each}",
            one((_COOKIE.format(each) + in_entry(f"    '{letter}'; ctx.connect()\n")).encode(each)),
            odd("LKA106 6:10"),
        )
        for each, letter in cookies.items()
    ]
    found.append(Input(9, "UTF-8 with a mark", one(codecs.BOM_UTF8 + ODD_AGENT.encode()), odd("LKA106 5:5")))
    found += [
        Input(10, f"the cookie {each}", one(_COOKIE.format(each) + IMPORT), LEFT_OUT)
        for each in ("no-such-codec", "rot13", "utf-7", "idna", "zlib", "unicode_escape")
    ]
    contradiction = codecs.BOM_UTF8 + (_COOKIE.format("latin-1") + IMPORT).encode()
    found += [
        Input(11, "a cookie in line 3", one("\n\n" + _COOKIE.format("rot13") + ODD_AGENT), CONNECT),
        Input(11, "a cookie that contradicts the mark", one(contradiction), LEFT_OUT),
    ]
    found += [
        Input(12, f"{each} in Python", one(IMPORT.encode(each)), LEFT_OUT) for each in ("utf-16", "utf-32", "utf-16-le")
    ]
    return found


def _lines() -> list[Input]:
    ends = "\f\v\x1c\x1d\x1e\x85\u2028\u2029"
    return [
        Input(13, "CRLF", one(ODD_AGENT.replace("\n", "\r\n")), odd("LKA106 5:5")),
        Input(13, "CR alone", one(ODD_AGENT.replace("\n", "\r")), odd("LKA106 5:5")),
        Input(13, "mixed line ends", one(ODD_AGENT.replace("\n", "\r\n", 2)), odd("LKA106 5:5")),
        Input(13, "CR in a string", one("x = '''a\rb'''\n" + ODD_AGENT), odd("LKA106 7:5")),
        Input(14, "line ends that are none", one(f"x = '{ends}'  # {ends}\n" + ODD_AGENT), odd("LKA106 6:5")),
        Input(15, "tabs and spaces mixed", one(IMPORT + "if 1:\n\tx = 1\n        y = 2\n"), BROKEN),
        Input(15, "tabs", one(in_entry("\tif x:\n\t\tctx.connect()\n")), odd("LKA106 6:3")),
    ]


def _letters() -> list[Input]:
    wide = "".join(chr(each) for each in (0x1F600, 0x65, 0x301, 0x4E2D))
    alike = in_entry("    await ctx.connect()\n    ctx.room.on('dis\u0441onnected', print)\n")
    full_width = in_entry("    ctx.\uff43onnect()\n")
    return [
        Input(
            16,
            "wide characters before a finding",
            one(in_entry(f"    '{wide}'; ctx.connect()\n")),
            odd("LKA106 5:13"),
        ),
        Input(17, "bidi controls", one(in_entry("    ctx.connect()  # \u202e\u200b\n")), CONNECT),
        Input(17, "a letter that looks alike", one(alike), odd("LKA402")),
        Input(18, "full-width letters", one(full_width), CONNECT),
        Input(18, "full-width letters in newer Python", one("type X = int\n" + full_width), CONNECT, newer=True),
    ]


def _of(name: str) -> Callable[[], Files]:
    return lambda: {"odd.py": named(name), "start.sh": _DISPATCH}


def _names(large: bool) -> list[Input]:
    """A worker whose name is not known, beside a dispatch of some agent: nothing can be said of either."""
    letters = 1_000_000 if large else 100_000
    unknown = {
        "an f-string": "f'one-{os.getpid()}'",
        "a remainder": "'one-%s' % os.getpid()",
        "a sum": "'one-' + str(os.getpid())",
        "a variable with a default": "os.environ.get('NAME', 'one')",
    }
    found = [Input(20, f"a name by {name}", _of(text)) for name, text in unknown.items()]
    doubling = 'n0 = "ab"\n' + "".join(f"n{i + 1} = n{i} + n{i}\n" for i in range(30))
    return [
        Input(19, "a lone surrogate as a name", one(named('"\\ud800"'))),
        *found,
        Input(20, f"a name of {letters:,} letters", one(named(repr("x" * letters))), odd("LKA201")),
        Input(20, "a name that doubles", one(named("n30", doubling))),
    ]
