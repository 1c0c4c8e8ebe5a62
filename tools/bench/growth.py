"""What a check costs as projects grow whose parts all hang together, and of texts that grow by doubling.

    python -m tools.bench.growth [--modules 250,500,1000,1500]

writes each project into a temporary directory, checks it with all rules, and prints its steps, which are the same on
every machine, its CPU seconds and the peak of the memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]
_GROUP = 10
"""Modules that import each other in a ring; each ring imports the next one, and the last one the first."""
_WORKERS = 3
"""Modules that have a worker: each of their jobs reaches all modules."""
_HEAD = "from livekit.agents import Agent, AgentServer, AgentSession, JobContext\n\nserver = AgentServer()\n\n\n"
_ENTRY = "@server.rtc_session()\nasync def entry(ctx: JobContext):\n"

_PYTHON = """\
from container import Container, Service
import {other}
from {next} import {Next}, make_{next}


class {Own}(Service):
    def __init__(self, container: Container, following: "{Next} | None" = None, done=None):
        super().__init__(container)
        self.following = following
        self.done = done or (lambda result: container.note(result))
        self.peers = []

    def attach(self, peer):
        self.peers.append(peer)
        peer.peers.append(self)
        return self

    async def run(self, ctx, done):
        async def told(result):
            await done(self.container.note(result))

        if self.following is not None:
            await self.following.run(ctx, done)
        await told(ctx.room)
        for peer in self.peers:
            await peer.run(ctx, self.done)
        return await done(self)


def make_{own}(container, done=None):
    found = container.find("{own}")
    if found is not None:
        return found
    made = {Own}(container, make_{next}(container, done), done)
    container.add("{own}", made)
    return made.attach({other}.make_{other}(container, done))
"""
_PYTHON_CONTAINER = """\
class Container:
    def __init__(self):
        self.services = {}
        self.notes = []

    def add(self, name, service):
        self.services[name] = service
        return service

    def find(self, name):
        return self.services.get(name)

    def note(self, result):
        self.notes.append(result)
        return result


class Service:
    def __init__(self, container: Container):
        self.container = container
"""
_PYTHON_WORKER = (
    "from container import Container\nfrom {own} import make_{own}\n"
    + _HEAD
    + _ENTRY
    + """\
    service = make_{own}(Container(), lambda result: print(result))
    session = AgentSession()
    await service.run(ctx, lambda result: service.attach(result))
    await session.start(agent=Agent(instructions=""), room=ctx.room)
"""
)
_TYPESCRIPT = """\
import {{ Container, Service, type Done }} from './container';
import * as {other} from './{other}';
import {{ {Next}, make{Next} }} from './{next}';

export class {Own} extends Service {{
  peers: Service[] = [];

  constructor(container: Container, private readonly following?: {Next}, private readonly done?: Done) {{
    super(container);
  }}

  attach(peer: Service) {{
    this.peers.push(peer);
    peer.attach(this);
    return this;
  }}

  async run(ctx: unknown, done: Done) {{
    const told = async (result: unknown) => done(this.container.note(result));
    await this.following?.run(ctx, done);
    await told(ctx);
    for (const peer of this.peers) await peer.run(ctx, done);
    return done(this);
  }}
}}

export function make{Own}(container: Container, done?: Done): {Own} {{
  const found = container.find('{own}');
  if (found) return found as {Own};
  const made = new {Own}(container, make{Next}(container, done), done);
  container.add('{own}', made);
  return made.attach({other}.make{Other}(container, done));
}}
"""
_TYPESCRIPT_CONTAINER = """\
export type Done = (result: unknown) => unknown;

export class Container {
  private services = new Map<string, Service>();
  notes: unknown[] = [];

  add(name: string, service: Service) {
    this.services.set(name, service);
    return service;
  }

  find(name: string) {
    return this.services.get(name);
  }

  note(result: unknown) {
    this.notes.push(result);
    return result;
  }
}

export abstract class Service {
  constructor(protected readonly container: Container) {}
  abstract attach(peer: Service): Service;
  abstract run(ctx: unknown, done: Done): Promise<unknown>;
}
"""
_TYPESCRIPT_WORKER = """\
import {{ type JobContext, WorkerOptions, cli, defineAgent, voice }} from '@livekit/agents';
import {{ Container }} from './container';
import {{ make{Own} }} from './{own}';

export default defineAgent({{
  entry: async (ctx: JobContext) => {{
    const service = make{Own}(new Container(), (result) => console.log(result));
    const session = new voice.AgentSession({{}});
    await service.run(ctx, (result) => service.attach(result));
    await session.start({{ agent: new voice.Agent({{ instructions: '' }}), room: ctx.room }});
  }},
}});

cli.runApp(new WorkerOptions({{ agent: import.meta.filename }}));
"""
_SETTINGS = '[project]\nname = "growing"\nversion = "1"\n{0}[tool.lkagent-lint]\nroot = true\n'


def modules(directory: Path, count: int, language: str) -> Path:
    """Write a project of so many modules, ``python`` or ``typescript``, into a new directory."""
    directory.mkdir(parents=True)
    is_python = language == "python"
    suffix = "py" if is_python else "ts"
    requires = 'dependencies = ["livekit-agents==1.5.3"]\n' if is_python else ""
    (directory / "pyproject.toml").write_text(_SETTINGS.format(requires))
    if not is_python:
        (directory / "package.json").write_text('{"name": "growing", "dependencies": {"@livekit/agents": "1.0.51"}}\n')
    (directory / f"container.{suffix}").write_text(_PYTHON_CONTAINER if is_python else _TYPESCRIPT_CONTAINER)
    for number in range(count):
        names = _names(number, count)
        own = names["own"]
        (directory / f"{own}.{suffix}").write_text((_PYTHON if is_python else _TYPESCRIPT).format(**names))
        if number < _WORKERS:
            worker = _PYTHON_WORKER if is_python else _TYPESCRIPT_WORKER
            (directory / f"worker_{own}.{suffix}").write_text(worker.format(**names))
    return directory


def _names(number: int, count: int) -> dict[str, str]:
    ring = number - number % _GROUP
    numbers = {
        "own": number,
        "next": ring + (number - ring + 1) % min(_GROUP, count - ring),
        "other": (number + _GROUP) % count,
    }
    names = {key: f"module{each}" for key, each in numbers.items()}
    return {**names, **{key.title(): f"Service{each}" for key, each in numbers.items()}}


def doubling(size: int) -> str:
    """Names of which each is twice the one before."""
    names = "".join(f"n{each + 1} = n{each} + n{each}\n" for each in range(size))
    entry = _ENTRY.replace("session()", f"session(agent_name=n{size})")
    return f'{_HEAD}n0 = "ab"\n{names}\n\n{entry}    await ctx.connect()\n'


def nested(size: int) -> str:
    """``try`` in ``finally`` in ``finally``, each left in three ways."""
    levels = ""
    for level in range(1, size + 1):
        inner = "    " * level
        levels += f"{inner}try:\n{inner}    await ctx.connect()\n{inner}    if a: return\n{inner}finally:\n"
    return f"{_HEAD}{_ENTRY}{levels}{'    ' * (size + 1)}await ctx.connect()\n"


def returning(size: int) -> str:
    """Functions that return calls of the next one, with ever new lambdas."""
    functions = "".join(
        f"def r{each}(x): return r{each + 1}(lambda: x) if q else r{each + 1}(x)\n" for each in range(size)
    )
    return f"{_HEAD}{functions}def r{size}(x): return x\n\n\n{_ENTRY}    r0(ctx).connect()\n"


def ringed(size: int) -> str:
    """Names that are each one of two others."""
    names = "".join(f"a{each} = a{(each * 7 + 1) % size} if q else a{(each * 3 + 2) % size}\n" for each in range(size))
    return f"{_HEAD}{names}\n\n{_ENTRY}    a0(ctx)\n    await ctx.connect()\n"


TEXTS: Mapping[str, Callable[[int], str]] = {
    "doubling names": doubling,
    "try in finally in finally": nested,
    "returned lambdas": returning,
    "rings of names": ringed,
}
"""Files that are small and took time that doubled with each line."""
_CHECK = """
import resource, sys
from lkagent_lint import engine
seen = engine.check(engine.Request(paths=(sys.argv[1],), jobs=1, select=("LKA",), options={"preview": True})).summary
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = sum(each.ru_utime + each.ru_stime for each in used)
print(f"{seen.steps:>12,} {seconds:>8.1f} {used[0].ru_maxrss / 1024:>8.0f}", end="")
print(f"{seen.unanswered:>9} {len(seen.too_large):>9}")
"""


def _measured(name: str, project: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _CHECK, str(project)],
        cwd=_REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"{name:<36}{run.stdout.rstrip()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", default="250,500,1000,1500")
    counts = [int(each) for each in parser.parse_args().modules.split(",")]
    print(f"{'':<36}{'steps':>12} {'CPU (s)':>8} {'MB':>8} {'budgets':>8} {'too large':>8}")
    with tempfile.TemporaryDirectory() as temporary:
        for language in ("python", "typescript"):
            for count in counts:
                project = modules(Path(temporary, f"{language}-{count}"), count, language)
                _measured(f"{count:,} modules of {language}", project)
        for name, text in TEXTS.items():
            for size in (16, 32, 64):
                project = Path(temporary, f"{name}-{size}")
                project.mkdir()
                (project / "agent.py").write_text(text(size))
                _measured(f"{name}, {size}", project)


if __name__ == "__main__":
    main()
