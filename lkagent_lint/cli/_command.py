"""The command line: options, help, and ``check`` as the command that needs no name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from lkagent_lint import formats
from lkagent_lint.cli._beside import JOBS, SCHEDULER, WITH, facts, hook, link, manifest, mcp, sdk, server
from lkagent_lint.cli._group import Commands, version
from lkagent_lint.cli._options import FIX_OPTIONS, WATCH, added, fix_options, report_options
from lkagent_lint.cli._settings import completed_rules, settings_options
from lkagent_lint.cli._tasks import task, task_options

_Command = TypeVar("_Command", bound=Callable[..., Any])
_HELP = """\
Find the silent mistakes of LiveKit agents before they run: joining the room too early, lifecycle calls that
nobody awaits, agents that nobody dispatches.

PATHS are the files and directories to report on, the current directory if none are given. The project
around them is read as well, because the other end of a mistake often stands in another file. Nothing in it
is imported or run.

\b
Example:
  lkagent-lint src/ --ignore LKA103 --output-format concise
"""
_EPILOG = """\
Exit codes: 0 if nothing fails the run (by default neither an error nor a warning), 1 if something does, 2 if
the tool could not do its work: wrong usage, wrong settings, an internal error.

\b
Settings:      [tool.lkagent-lint] in pyproject.toml, or lkagent-lint.toml
Long lists:    @FILE stands for the arguments in FILE, one a line
Suppress one:  a comment at its line or above it, # lkagent: ignore[LKA101] reason
"""


_CACHE_DIR = click.option(
    "--cache-dir",
    type=click.Path(),
    metavar="DIR",
    envvar="LKAGENT_LINT_CACHE_DIR",
    show_envvar=True,
    help="Where to keep what was read from unchanged files, instead of .lkagent_lint_cache in each project.",
)
SHELLS = ("bash", "zsh", "fish")
_GETS_JOBS = click.Choice(("no", "unknown"))
_NO_CACHE = click.option("--no-cache", is_flag=True, help="Neither read nor write such a directory.")


def _formerly(spelling: str, name: str, kind: click.Choice[str]) -> Callable[[_Command], _Command]:
    """An option under the spelling that it had before: it is understood, and not shown."""

    def take(ctx: click.Context, _: click.Parameter, value: object) -> None:
        if value is not None:
            ctx.default_map = {**(ctx.default_map or {}), name: value}

    return click.option(spelling, type=kind, hidden=True, is_eager=True, expose_value=False, callback=take)


def _survey_options(rows: tuple[formats.Format, ...]) -> Callable[[_Command], _Command]:
    """The options of a command that looks at a project and prints one record in one of several formats."""
    return added(
        click.option(
            "--output-format",
            type=click.Choice(formats.names(rows)),
            default=rows[0].name,
            show_default=True,
            help=formats.purposes(rows),
        ),
        _formerly("--format", "output_format", click.Choice(formats.names(rows))),
        click.option("--isolated", is_flag=True, help="Read no settings file."),
        _CACHE_DIR,
        _NO_CACHE,
    )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@version
def command() -> None:
    pass


@command.command("check", help=_HELP, epilog=_EPILOG, short_help="Report the mistakes in files and directories.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
@report_options
@WATCH
@fix_options
@settings_options
@click.option(
    "--stdin-filename",
    type=click.Path(),
    metavar="FILE",
    help="With - as the only path: check standard input as the unsaved text of FILE, in FILE's project.",
)
@WITH
@JOBS
@SCHEDULER
@_CACHE_DIR
@_NO_CACHE
@task_options
@version
def _check(  # pyright: ignore[reportUnusedFunction]
    paths: tuple[str, ...],
    output: tuple[str, ...],
    output_format: str | None,
    output_file: str | None,
    statistics: bool,
    since: str | None,
    watch: bool,
    exit_zero: bool,
    stdin_filename: str | None,
    color: str,
    jobs: int | None,
    scheduler: str | None,
    cache_dir: str | None,
    no_cache: bool,
    manifests: tuple[str, ...],
    **options: Any,
) -> int:
    from lkagent_lint.cli._check import check, request_for
    from lkagent_lint.cli._reports import outputs_for

    outputs = outputs_for(output, output_format, output_file, statistics)
    do = task(options)
    request = request_for(
        paths,
        stdin_filename,
        options,
        since=since,
        jobs=jobs,
        cache=not no_cache,
        cache_dir=cache_dir,
        manifests=manifests,
    )
    if scheduler is not None:
        import msgspec

        request = msgspec.structs.replace(request, scheduler=scheduler)
    if do is not None:
        if watch:
            raise click.UsageError("--watch shows a report, and something else is asked for")
        return do(request, outputs[0].format == "json")
    wishes = {name: options[name] for name in FIX_OPTIONS}
    if watch:
        from lkagent_lint.cli import _watching

        asked = {"--scheduler": scheduler is not None, "-": bool(request.overlays), "--statistics": statistics}
        _watching.refuse(asked | {f"--{name.replace('_', '-')}": wishes[name] for name in FIX_OPTIONS})
        return _watching.watch(request, outputs, color=color)
    if wishes["fix"] or wishes["fix_only"] or wishes["diff"]:
        from lkagent_lint.cli._fix import Wishes, fix

        return fix(request, outputs, Wishes(**wishes), color=color, exit_zero=exit_zero)
    return check(request, outputs, color=color, exit_zero=exit_zero)


@command.command("init", short_help="Set the linter up in a project.")
@click.argument("path", required=False, default=".", type=click.Path(), metavar="[PATH]")
@click.option("--diff", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--pre-commit", is_flag=True, help="Also make a .pre-commit-config.yaml where there is none.")
@click.option("--agents", is_flag=True, help="Also what coding agents read: AGENTS.md, a skill, hooks.")
def _init(path: str, diff: bool, pre_commit: bool, agents: bool) -> int:  # pyright: ignore[reportUnusedFunction]
    """Set the linter up in the project that PATH belongs to, the current directory if none is given. It asks nothing
    and keeps what is there.

    Written are: a baseline, if there are findings today, and the setting that names it; the hook, in a
    .pre-commit-config.yaml that is there; the cache's line in .gitignore; a workflow, if there is a .github, or a
    job in .gitlab-ci.yml. With --agents also a paragraph in AGENTS.md, a skill, and the hooks of Claude Code, and of
    Cursor if there is a .cursor.

    \b
    Examples:
      lkagent-lint init --diff
      lkagent-lint init
    """
    from lkagent_lint.cli._init import set_up

    return set_up(path, diff=diff, hook=pre_commit, agents=agents)


@command.command("rule", short_help="Explain a rule, a group of rules, or list them all.")
@click.argument("word", required=False, metavar="[CODE|NAME]", shell_complete=completed_rules)
@click.option("--all", "every", is_flag=True, help="All rules: a table as text, their pages as json or markdown.")
@click.option(
    "--output-format",
    type=click.Choice(formats.names(formats.PAGES)),
    default=formats.PAGES[0].name,
    show_default=True,
    help=formats.purposes(formats.PAGES),
)
def _rule(word: str | None, every: bool, output_format: str) -> int:  # pyright: ignore[reportUnusedFunction]
    """Explain a rule: what it finds, why that is bad, an example, and when it stays silent.

    \b
    Examples:
      lkagent-lint rule LKA101
      lkagent-lint rule connect-before-start
      lkagent-lint rule LKA1       every rule whose code begins so
      lkagent-lint rule --all
    """
    from lkagent_lint.cli._rule import show

    if every == (word is not None):
        raise click.UsageError("name one rule, or ask for --all")
    return show(word, output_format)


@command.command("graph", short_help="Show who dispatches whom.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
@click.option("--all", "everything", is_flag=True, help="Also where the agents' names stand as words.")
@click.option(
    "--fail-if",
    type=_GETS_JOBS,
    help="Exit with 1 if some worker outside test files gets no jobs (no), or surely none or perhaps none (unknown).",
)
@_formerly("--fail-on", "fail_if", _GETS_JOBS)
@WITH
@_survey_options(formats.GRAPHS)
def _graph(  # pyright: ignore[reportUnusedFunction]
    paths: tuple[str, ...],
    everything: bool,
    fail_if: str | None,
    output_format: str,
    isolated: bool,
    cache_dir: str | None,
    no_cache: bool,
    manifests: tuple[str, ...],
) -> int:
    """Show workers and dispatches, which reaches which, and for each worker whether it would ever get a job.

    PATHS are files and directories, the current directory if none are given: their workers and dispatches are
    shown, with what they are joined to elsewhere in the project.

    \b
    Examples:
      lkagent-lint graph
      lkagent-lint graph --output-format mermaid > agents.mmd
      lkagent-lint graph --fail-if no
    """
    from lkagent_lint.cli._graph import show

    return show(
        paths,
        output_format,
        everything=everything,
        fail_if=fail_if,
        isolated=isolated,
        cache=not no_cache,
        cache_dir=cache_dir,
        manifests=manifests,
    )


@command.command("completion", short_help="Print a script that completes the command in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def _completion(shell: str) -> int:  # pyright: ignore[reportUnusedFunction]
    """Print a script that makes a shell complete commands, options, formats, files and rules.

    \b
    In the file that the shell reads when it starts:
      bash  eval "$(lkagent-lint completion bash)"     ~/.bashrc, bash 4.4 or later
      zsh   eval "$(lkagent-lint completion zsh)"      ~/.zshrc, after compinit
      fish  lkagent-lint completion fish | source      ~/.config/fish/config.fish
    """
    from lkagent_lint.cli._completion import show

    return show(shell, command)


@command.command("why", short_help="Explain what is reported at a line, or is not.")
@click.argument("place", metavar="FILE:LINE")
@click.argument("word", required=False, metavar="[CODE|NAME]")
@WITH
@_survey_options(formats.EXPLANATIONS)
def _why(  # pyright: ignore[reportUnusedFunction]
    place: str,
    word: str | None,
    output_format: str,
    isolated: bool,
    cache_dir: str | None,
    no_cache: bool,
    manifests: tuple[str, ...],
) -> int:
    """Show how names, versions and states were resolved at a line, and where knowledge ended.

    With a rule, also which conditions for its finding hold there.

    \b
    Examples:
      lkagent-lint why src/agent.py:42
      lkagent-lint why src/agent.py:42 LKA101
    """
    from lkagent_lint.cli._why import show

    return show(
        place,
        word,
        output_format,
        isolated=isolated,
        cache=not no_cache,
        cache_dir=cache_dir,
        manifests=manifests,
    )


@command.command("upgrade", short_help="Rewrite for another release of the SDK.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
@click.option("--to", metavar="VERSION", help="The release of livekit-agents.  [default: the newest stable one]")
@click.option(
    "--diff/--write", "only_diff", default=True, help="Show what would change, or change it.  [default: --diff]"
)
@click.option("--pins", is_flag=True, help="Also where pyproject.toml, requirements*.txt and package.json pin the SDK.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
def _upgrade(  # pyright: ignore[reportUnusedFunction]
    paths: tuple[str, ...], to: str | None, only_diff: bool, pins: bool, isolated: bool
) -> int:
    """Rewrite what another release of the SDK spells in another way, and list what a person has to look at.

    PATHS are files and directories, the current directory if none are given. Only what means the same in the new
    release is rewritten, and what was rewritten passes the check for it. Code for Node goes to the newest
    @livekit/agents.

    \b
    Examples:
      lkagent-lint upgrade --to 2.0.0b1
      lkagent-lint upgrade --to 2.0.0b1 --write --pins
    """
    from lkagent_lint.cli._upgrade import upgrade

    return upgrade(paths, to, write=not only_diff, pins=pins, isolated=isolated)


for _each in (server, mcp, hook, sdk, manifest, facts, link):
    command.add_command(_each)
