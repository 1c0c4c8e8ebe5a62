"""What the commands stand in: a group whose help is in groups, and which knows what was meant by other words."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from lkagent_lint import __version__
from lkagent_lint.cli._options import added
from lkagent_lint.cli._output import write_output
from lkagent_lint.cli._tasks import with_values

_TOP = """\
Find the silent mistakes of LiveKit agents before they run: joining the room too early, lifecycle calls that
nobody awaits, agents that nobody dispatches. Without a command, check is meant.
"""

_GROUPS = (
    ("Check", ("check",)),
    ("While you type", ("server",)),
    ("Set up, and move on", ("init", "upgrade")),
    ("Understand", ("rule", "why", "graph")),
    ("Several repositories", ("manifest",)),
    ("Coding agents", ("mcp", "hook", "sdk")),
    ("Your shell", ("completion",)),
    ("Build systems (unstable)", ("facts", "link")),
)
"""The commands as the help shows them; a test holds that none is missing."""

_ELSEWHERE = {
    "config": "check --show-settings",
    "explain": "rule",
    "fix": "check --fix",
    "help": "--help",
    "language-server": "server",
    "lint": "check",
    "lsp": "server",
    "rules": "rule --all",
    "run": "check",
    "serve": "server",
    "setup": "init",
    "version": "--version",
}
"""What other linters call the commands that are meant."""

_OPTIONS_ELSEWHERE = {
    "--autofix": "--fix",
    "--dry-run": "--diff",
    "--exclude": "the setting exclude, in [tool.lkagent-lint]",
    "--extend-exclude": "the setting extend-exclude, in [tool.lkagent-lint]",
    "--json": "--output-format json",
    "--quiet": "--output-format concise",
    "--sarif": "--output-format sarif",
    "-f": "--output-format",
    "-o": "--output-file",
    "-q": "--output-format concise",
}
"""The same of options, and what to do."""

_FOOT = """\
\b
Examples:
  lkagent-lint                    check the current directory
  lkagent-lint src/ --since main  what has changed since main
  lkagent-lint init --diff        what setting a project up would write
  lkagent-lint rule LKA101        what a rule is about

lkagent-lint COMMAND --help shows the options of a command, lkagent-lint check --help those of a check.
"""

_VERBOSE = frozenset({"-v", "--verbose"})
_WANTS_ALL = "lkagent_lint.version.verbose"


class Commands(click.Group):
    """Takes arguments that do not begin with a command's name as those of ``check``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.commands, *ctx.help_option_names, "--version", *_VERBOSE}
        ctx.meta[_WANTS_ALL] = not _VERBOSE.isdisjoint(args)
        # A shell that completes the first word asks for what may stand there.
        if (args or not ctx.resilient_parsing) and (not args or args[0] not in own):
            if args and not ctx.resilient_parsing:
                self._refuse_misspelt(ctx, args[0])
            args = ["check", *args]
        if args and args[0] == "check":
            args = with_values(args)
        return super().parse_args(ctx, args)

    def _refuse_misspelt(self, ctx: click.Context, word: str) -> None:
        """Raises UsageError for a word that is no path, and looks like a command."""
        if not word.replace("-", "").isalpha() or word.startswith("-") or os.path.lexists(word):
            return
        from lkagent_lint.likeness import TYPED, most_alike

        near = _ELSEWHERE.get(word) or most_alike(word, self.commands, TYPED)
        hint = f"; did you mean lkagent-lint {near}?" if near else ""
        raise click.UsageError(f"no such command, file or directory: {word}{hint}", ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from lkagent_lint.cli._completion import first_word

        return first_word(self, ctx, incomplete)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in groups, each with a line."""
        formatter.write_usage(ctx.command_path, "[COMMAND] [OPTIONS] [PATHS]...")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_TOP)
        width = max(map(len, self.commands))
        for title, names in _GROUPS:
            with formatter.section(title):
                rows = [(f"{name:{width}}", self.commands[name].get_short_help_str(80)) for name in names]
                formatter.write_dl(rows)
        self.format_options(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(_FOOT)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The group's own options; its commands stand in groups above."""
        click.Command.format_options(self, ctx, formatter)


def _print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the version, with ``-v`` also what a bug report needs, and end."""
    if not asked or ctx.resilient_parsing:
        return
    if ctx.meta.get(_WANTS_ALL):
        from lkagent_lint.cli._about import about

        write_output(about())
    else:
        write_output(f"lkagent-lint {__version__}\n")
    ctx.exit()


version = added(
    click.option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help="Show the version and exit; with -v what a bug report needs.",
    ),
    click.option("-v", "--verbose", is_flag=True, hidden=True, expose_value=False),
)


def explained(error: click.UsageError) -> str:
    """What was wrong with the command line, in one line, and what was probably meant."""
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        own = {each for option in error.ctx.command.params for each in option.opts}
        meant = _OPTIONS_ELSEWHERE.get(error.option_name, "").split()
        if meant and (meant[0] in own or meant[0] == "the"):
            return f"no such option {error.option_name}; write {' '.join(meant)}"
    message = " ".join(error.format_message().split())
    return message[:1].lower() + message[1:]
