"""Rows 31 to 62, as far as files show them: imports, texts beside the code, names of files, repositories."""

from __future__ import annotations

import os

from tools.hostile.inputs import AGENT, CONNECT, IMPORT, ODD_AGENT, Input, in_entry, named, odd, one


def structure(large: bool) -> list[Input]:
    """Every input of these rows."""
    return [*_imports(large), *_rings(), *_modules(), *_shadows(), *_beside(large), *_markup(), *_names(), *_literals()]


def _imports(large: bool) -> list[Input]:
    ring = {f"pack/m{i}.py": f"from pack.m{(i + 1) % 20} import *\nimport livekit.agents\n" for i in range(20)}
    count = 1_000 if large else 100
    deep = {f"deep/m{i}.py": f"from deep.m{i + 1} import thing as thing\nimport livekit\n" for i in range(count)}
    return [
        Input(31, "a ring of star imports", lambda: ring),
        Input(31, "a module that imports itself", one(f"from odd import *\nimport odd\n{IMPORT}odd.odd.x()\n")),
        Input(31, f"{count:,} re-exports", lambda: deep),
    ]


def _rings() -> list[Input]:
    k = 60
    rings = IMPORT + "".join(f"a{i} = a{(i * 7 + 1) % k} if q else a{(i * 3 + 2) % k}\n" for i in range(k)) + "a0(1)\n"
    lambdas = (
        IMPORT
        + "".join(f"def r{i}(x): return r{i + 1}(lambda: x) if q else r{i + 1}(x)\n" for i in range(24))
        + "def r24(x): return x\nr0(1)\n"
    )
    levels = 12
    finals = ""
    for level in range(levels):
        here, below = "    " * (level + 1), "    " * (level + 2)
        finals += f"{here}try:\n{below}await ctx.connect()\n{below}if a: return\n{here}finally:\n"
    return [
        Input(31, "names in rings", one(rings)),
        Input(31, "calls that return ever new lambdas", one(lambdas)),
        Input(31, "finally in finally", one(in_entry(finals + "    " * (levels + 1) + "await ctx.connect()\n"))),
    ]


def _modules() -> list[Input]:
    """Two modules of one name: what the helper does is not known, and both copies' own mistakes are found."""
    uses = in_entry("    await join(ctx)\n").replace("server =", "from helper import join\nserver =")
    joins = f"{IMPORT}async def join(ctx: JobContext): await ctx.connect()\n"
    leaves = f"{IMPORT}async def join(ctx: JobContext): pass\n"
    return [
        Input(32, "two modules of one name", lambda: {"a/helper.py": joins, "b/helper.py": leaves, "c/odd.py": uses}),
        Input(
            32,
            "a package without __init__ below src",
            lambda: {
                "src/space/one.py": ODD_AGENT,
                "src/space/two.py": "import space.one\nfrom livekit import agents\n",
            },
            {"src/space/one.py": ("LKA106",)},
        ),
        Input(
            34,
            "imports that are conditional",
            one("try:\n    import livekit.agents\nexcept ImportError:\n    pass\n"),
        ),
        Input(
            34,
            "an import for type checkers alone, and one in a function",
            one(
                "import typing\nif typing.TYPE_CHECKING:\n    from livekit.agents import JobContext\n"
                "def main():\n    from livekit.agents import AgentServer\n    server = AgentServer()\n"
                "    @server.rtc_session()\n    async def entry(ctx: 'JobContext'):\n        ctx.connect()\n"
            ),
            odd("LKA106", "LKA302"),
        ),
    ]


def _shadows() -> list[Input]:
    names = ("asyncio", "enum", "typing", "re", "ast", "tokenize", "libcst", "msgspec")
    return [
        Input(
            33,
            "files named like libraries",
            lambda: {f"{each}.py": "raise SystemExit('it ran')\n" for each in names},
        ),
        Input(
            33,
            "a directory named like the SDK",
            lambda: {"livekit/__init__.py": "raise SystemExit('it ran')\n", "livekit/x.py": "import livekit\n"},
        ),
        Input(
            37,
            "a copy of the SDK and its examples",
            lambda: {
                "third/agents/livekit-plugins/x/x.py": AGENT,
                "third/agents/livekit-agents/livekit/agents/__init__.py": AGENT,
                "third/agents/examples/talk.py": AGENT,
            },
        ),
        Input(
            37,
            "two projects in one repository",
            lambda: {
                "a/pyproject.toml": "[tool.lkagent-lint]\nroot = true\n",
                "a/one.py": named("'one'"),
                "b/pyproject.toml": "[tool.lkagent-lint]\nroot = true\n",
                "b/two.py": named("'two'"),
                "b/start.sh": "".join(f"lk dispatch create --room r --agent-name {each}\n" for each in ("one", "two")),
            },
            {"a/one.py": ("LKA201",), "b/start.sh": ("LKA203",)},
        ),
    ]


def _beside(large: bool) -> list[Input]:
    bomb = "agent_name: x\na: &a [x, x]\n"
    for i in range(40):
        last = "a" if not i else f"b{i - 1}"
        bomb += f"b{i}: &b{i} [*a, *a, *{last}, *{last}]\n"
    behind = (
        "lk dispatch create --agent-name x\n"
        + ("x" * 79 + "\n") * (24_000 if large else 4_000)
        + 'cat <<EOF\n{"agent_name":"x"}\nEOF\n' * 100
    )
    documents = 20_000 if large else 2_000
    return [
        Input(39, "a .git that leads nowhere", one("gitdir: /nowhere/at/all\n", ".git")),
        Input(39, "a .git with a null byte", one("gitdir: \0\n", ".git")),
        Input(39, "code in .git", lambda: {".git/hooks/odd.py": AGENT, ".git/HEAD": "ref: refs/heads/x\n"}),
        Input(40, "a broken JSON file", one('{"agent_name": "x", ', "d.json")),
        Input(40, "a broken Dockerfile", one('FROM x AS\nCMD ["python", \nENV LIVEKIT_URL', "Dockerfile")),
        Input(40, "a broken .env", one('LIVEKIT_URL="\nX=\0\n=\n', ".env")),
        Input(40, "a broken lock file", one("[[package]\nname = 'livekit-agents'\nversion = 1", "uv.lock")),
        Input(40, "keys of one name", one('{"agent_name": "x", "agent_name": "y"}\n', "d.json")),
        Input(40, "an alias bomb", one(bomb, "d.yaml")),
        Input(
            40, "a tag that makes objects", one("agent_name: !!python/object/apply:os.system ['exit 3']\n", "d.yaml")
        ),
        Input(40, f"{documents:,} documents", one("agent_name: x\n" + "---\na\n" * documents, "d.yaml")),
        Input(40, "100 here-documents behind much text", one(behind, "d.sh"), odd("LKA203", name="d.sh")),
        Input(40, "100,000 open brackets in JSON", one('{"agent_name": ' + "[" * 100_000, "d.json")),
    ]


def _markup() -> list[Input]:
    """Texts that command a terminal or a runner, in what a finding quotes."""
    texts = {49: "\\x1b]8;;http://x\\x07\\x1b[31m", 50: "::error ::x ##[error]x ##vso[task.complete]x"}
    return [
        Input(
            row,
            "an event's name that commands",
            one(in_entry(f"    await ctx.connect()\n    ctx.room.on('{text}', print)\n")),
            odd("LKA402"),
        )
        for row, text in texts.items()
    ]


def _names() -> list[Input]:
    if os.name == "nt":
        return []
    names = (
        *("a b", "$(id)", "`id`", "a;b", "a,b", "a:b", "a%0Ab", "a'b", 'a"b', "<&>", "::error ::x", "-x", "a]b"),
        *("\x1b[31m", "\x1b]52;c;eA==\x07", "a\nb", "a\rb", "\u202e", "\udcff"),
    )
    files = {f"{each}.py": ODD_AGENT for each in names}
    return [Input(44, "names of files", lambda: files, dict.fromkeys(files, ("LKA106",)))]


def _literals() -> list[Input]:
    hidden = "".join(
        f"x = {text}\n" for text in ("'# noqa'", "f'{1} # noqa: LKA106'", "'''\n# lkagent: file-ignore[LKA106] no\n'''")
    )
    return [
        Input(65, "comments in strings", one(hidden + ODD_AGENT), CONNECT),
        Input(
            65,
            "a comment of ours that is malformed",
            one(in_entry("    ctx.connect()  # lkagent: ignore[LKA106\n")),
            odd("LKA003", "LKA106"),
        ),
        Input(
            66,
            "a block that nothing ends",
            one(ODD_AGENT.replace("    ctx", "    # lkagent: disable[LKA106] why\n    ctx")),
            odd("LKA003"),
        ),
    ]
