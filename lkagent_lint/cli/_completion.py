"""Completion in shells: click's scripts, and what is completed where it cannot know."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from lkagent_lint.cli._output import write_output

_VARIABLE = "_LKAGENT_LINT_COMPLETE"


def show(shell: str, command: click.Command) -> int:
    """Print the script that makes a shell complete the command."""
    made = get_completion_class(shell)
    assert made is not None, shell
    write_output(made(command, {}, "lkagent-lint", _VARIABLE).source() + "\n")
    return 0


def rules(incomplete: str) -> list[CompletionItem]:
    """Codes and names that go on as typed, also after a comma."""
    from lkagent_lint.rules import all_rules

    before, comma, word = incomplete.rpartition(",")
    metas = [rule.META for rule in all_rules().values()]
    found = [(meta.code, meta.summary) for meta in metas] + [(meta.name, meta.summary) for meta in metas]
    return [
        CompletionItem(f"{before}{comma}{each}", help=summary)
        for each, summary in found
        if each.lower().startswith(word.lower())
    ]


def first_word(group: click.Group, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """What may come first: a command, or an option or a path of ``check``, which needs no name."""
    check = group.commands["check"]
    found = [] if incomplete.startswith("-") else click.Group.shell_complete(group, ctx, incomplete)
    with click.Context(check, parent=ctx, info_name="check") as own:
        found += check.shell_complete(own, incomplete)
    # Files come first: bash forgets what stands before them, and offers them where nothing else fits.
    return found if incomplete.startswith("-") else [CompletionItem(incomplete, type="file"), *found]
