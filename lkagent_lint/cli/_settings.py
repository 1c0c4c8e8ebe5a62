"""The options that say what the settings are, and what they make of a request. Others show them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from lkagent_lint.cli._options import added

SEVERITIES = ("error", "warning", "info")


def rules(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The rules of a repeatable option with comma-separated lists."""
    found = tuple(rule.strip() for value in values for rule in value.split(",") if rule.strip())
    if values and not found:
        raise click.BadParameter("no rule is named", ctx, option)
    return found


def completed_rules(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a shell offers where rules are named."""
    from lkagent_lint.cli import _completion

    return _completion.rules(incomplete)


settings_options = added(
    click.option(
        "--select",
        multiple=True,
        metavar="RULES",
        callback=rules,
        shell_complete=completed_rules,
        help="Report these rules only: codes (LKA101), prefixes (LKA1) or names (connect-before-start), "
        "separated by commas. Replaces the setting of that name.",
    ),
    click.option(
        "--extend-select",
        multiple=True,
        metavar="RULES",
        callback=rules,
        shell_complete=completed_rules,
        help="Report these rules beside those that the settings select.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULES",
        callback=rules,
        shell_complete=completed_rules,
        help="Do not report these rules, beside those that the settings ignore.",
    ),
    click.option("--preview/--no-preview", default=None, help="Report the rules in preview like all others."),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help="The least severity that makes the exit code 1.  [default: warning]",
    ),
    click.option(
        "--force-exclude/--no-force-exclude",
        default=None,
        help="Leave excluded files out even where PATHS names them.",
    ),
    click.option(
        "--baseline",
        type=click.Path(),
        metavar="FILE",
        help="Do not report the findings that FILE lists; --write-baseline writes it.",
    ),
    click.option(
        "--config",
        multiple=True,
        metavar="FILE|KEY=VALUE",
        help="A settings file that holds for every file instead of those that would be found; or one setting, "
        "as in --config 'sdk-version = \"1.5.3\"'. Repeatable.",
    ),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
)
"""Adds the options to a command."""


def request_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an engine's request for the options above, by their names.

    A command may have only some of them. Raises click's UsageError where they do not fit together.
    """
    from lkagent_lint.config.overrides import is_assignment

    given = cast("tuple[str, ...]", options.get("config", ()))
    isolated = bool(options.get("isolated"))
    assignments = tuple(each for each in given if is_assignment(each))
    files = [each for each in given if each not in assignments]
    if len(files) > 1:
        raise click.UsageError("--config takes one file")
    if files and isolated:
        raise click.UsageError("--config FILE and --isolated contradict each other")
    if files and os.path.isdir(files[0]):
        raise click.UsageError(f"--config needs a file, and {files[0]} is a directory")
    fields: dict[str, Any] = {
        "select": options.get("select") or None,
        "ignore": options.get("ignore", ()),
        "isolated": isolated,
        "options": dict(_named(options)),
        "assignments": assignments,
        "config_file": os.path.abspath(files[0]) if files else None,
    }
    baseline = options.get("baseline")
    if baseline:
        fields["options"]["baseline"] = os.path.abspath(baseline)
    if assignments:
        # What globs in them are relative to.
        fields["directory"] = os.getcwd()
    return fields


def _named(options: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The settings that have an option of their own, as TOML would give them."""
    extend_select: tuple[str, ...] = options.get("extend_select", ())
    if extend_select:
        yield "extend-select", list(extend_select)
    for name in ("preview", "force_exclude", "fail_on"):
        if options.get(name) is not None:
            yield name.replace("_", "-"), options[name]
