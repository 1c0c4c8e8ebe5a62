"""Commands beside a check: ``facts`` and ``link``, its two halves, for build systems that share the first one out, and
what coding agents call, ``sdk``, ``hook`` and ``mcp``, and what editors start, ``server``.
"""

from __future__ import annotations

from typing import Any

import click

from lkagent_lint import formats
from lkagent_lint.cli._options import report_options
from lkagent_lint.cli._settings import settings_options

SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let the workers of a dask.distributed scheduler read the files (needs lkagent-lint[dask]). The sources are "
    "sent to them.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most processes that read files; as many as there are cores by default, one for little work.",
)


WITH = click.option(
    "--with",
    "manifests",
    multiple=True,
    type=click.Path(),
    metavar="MANIFEST",
    help="What another repository registers and dispatches, as lkagent-lint manifest wrote it there; may be repeated.",
)


@click.command("manifest", short_help="Write what a repository registers and dispatches.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
@click.option("--output-file", type=click.Path(), metavar="FILE", help="Where it goes; standard output by default.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
def manifest(paths: tuple[str, ...], output_file: str | None, isolated: bool) -> int:
    """Write the agents that the projects of PATHS register and dispatch, so that another repository can be checked with
    it: names, patterns, variables of the environment, releases, and the commit. It holds no code.

    \b
    Example:
      lkagent-lint manifest ../agents --output-file agents.json
      lkagent-lint check ../backend --with agents.json
    """
    from lkagent_lint.cli._fleet import write_manifest

    return write_manifest(paths, output_file, isolated=isolated)


@click.command("facts", short_help="The first half of a check on its own (unstable).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATHS...")
@click.option("--output-file", required=True, type=click.Path(), metavar="FILE", help="Where the facts go.")
@JOBS
@SCHEDULER
@click.option("--isolated", is_flag=True, help="Read no settings file.")
def facts(paths: tuple[str, ...], output_file: str, jobs: int | None, scheduler: str | None, isolated: bool) -> int:
    """Read PATHS and write what link needs to know of them. Files are read whatever they hold, of a directory those
    that mention a LiveKit SDK. The form of the output may change with every release.

    \b
    Example:
      lkagent-lint facts agents/ --output-file agents.facts
      lkagent-lint facts backend/ --output-file backend.facts
      lkagent-lint link agents.facts backend.facts
    """
    from lkagent_lint.cli._facts import write_facts

    return write_facts(paths, output_file, jobs=jobs, scheduler=scheduler, isolated=isolated)


@click.command("link", short_help="The second half of a check on its own (unstable).")
@click.argument("facts", nargs=-1, required=True, type=click.Path(), metavar="FACTS...")
@click.option(
    "--path", "paths", multiple=True, type=click.Path(), help="What to report on; the current directory by default."
)
@report_options
@settings_options
@JOBS
def link(
    facts: tuple[str, ...],
    paths: tuple[str, ...],
    output: tuple[str, ...],
    output_format: str | None,
    output_file: str | None,
    statistics: bool,
    since: str | None,
    exit_zero: bool,
    color: str,
    jobs: int | None,
    **settings: Any,
) -> int:
    """Check like check does, with what facts has written about files. What FACTS do not hold, because a file has
    changed since or was in no shard, is read here: the report is that of check.
    """
    import os

    import msgspec

    from lkagent_lint.cli._check import check, request_for
    from lkagent_lint.cli._reports import outputs_for

    outputs = outputs_for(output, output_format, output_file, statistics)
    request = request_for(paths, None, settings, since=since, jobs=jobs)
    request = msgspec.structs.replace(request, facts=tuple(map(os.path.abspath, facts)))
    return check(request, outputs, color=color, exit_zero=exit_zero)


@click.command("sdk", short_help="Look a name of the SDK up.")
@click.argument("name")
@click.argument("path", required=False, default=".", type=click.Path(), metavar="[PATH]")
@click.option(
    "--language",
    type=click.Choice(("python", "node")),
    help="Whose SDK.  [default: those of which the project says anything, else python]",
)
@click.option(
    "--output-format",
    type=click.Choice(formats.names(formats.LOOKUPS)),
    default=formats.LOOKUPS[0].name,
    show_default=True,
    help=formats.purposes(formats.LOOKUPS),
)
@click.option("--isolated", is_flag=True, help="Read no settings file.")
def sdk(name: str, path: str, language: str | None, output_format: str, isolated: bool) -> int:
    """Say whether the SDK has a name in the release that the project of PATH pins: a class, a function, a member, a
    keyword or an event; since when, until when, and what took its place.

    It exits with 1 where the release surely does not have it. Private names and plugins are not known.

    \b
    Examples:
      lkagent-lint sdk AgentSession
      lkagent-lint sdk session.wait_for_close
      lkagent-lint sdk 'AgentSession.start(room=)'
      lkagent-lint sdk user_speech_committed agents/
    """
    from lkagent_lint.cli._sdk import show

    return show(name, path, output_format, language=language, isolated=isolated)


@click.command("hook", short_help="Answer the hook of a coding agent.")
def hook() -> int:
    """Check what a coding agent has edited and tell it what to mend, in the way that it reads. Standard input holds the
    event of the agent's hook (Claude Code: PostToolUse, Stop; Cursor: stop) or a list of files, one a line.

    Nothing is said where nothing is to be mended. Else it exits with 2 and says so on standard error, or for Cursor in
    a message that the agent goes on with.

    \b
    Example (.claude/settings.json):
      {"hooks": {"PostToolUse": [{"matcher": "Edit|Write|NotebookEdit",
        "hooks": [{"type": "command", "command": "lkagent-lint hook"}]}]}}
    """
    from lkagent_lint.cli._check import read_stdin
    from lkagent_lint.cli._hook import answer

    return answer(read_stdin())


@click.command("server", short_help="Serve an editor: findings while you type.")
@click.option("--stdio", is_flag=True, hidden=True, expose_value=False)  # what editors' clients add of themselves
def server() -> int:
    """Speak the Language Server Protocol over standard input and output, with one editor, until it goes.

    It needs the extra lsp: pip install 'lkagent-lint[lsp]'. How editors start it: docs/editors.md.
    """
    from lkagent_lint.server import serve

    try:
        return serve()
    except ImportError as error:
        raise click.ClickException(f"{error}; pip install 'lkagent-lint[lsp]'") from None


@click.command("mcp", short_help="Serve coding agents that speak the Model Context Protocol.")
@click.option("--port", type=click.IntRange(1, 65535), help="Serve HTTP on 127.0.0.1 instead of standard input.")
def mcp(port: int | None) -> int:
    """Answer a coding agent's questions: check files or a text that is not saved yet, explain a rule or a line, show
    who dispatches whom, mend, and look names of the SDK up. Needs lkagent-lint[mcp].

    Nothing is looked at outside of the roots that the agent's client names; where it names none, that is the current
    directory. Over HTTP the address is http://127.0.0.1:PORT/mcp.

    \b
    Example (.mcp.json):
      {"mcpServers": {"lkagent-lint": {"command": "lkagent-lint", "args": ["mcp"]}}}
    """
    import os

    from lkagent_lint.mcp_server import LibraryMissing, serve

    try:
        serve(os.getcwd(), port)
    except LibraryMissing:
        raise click.ClickException("the package mcp is missing: pip install 'lkagent-lint[mcp]'") from None
    return 0
