"""The ``rule`` command: a rule's page, or all of them."""

from __future__ import annotations

import click
import msgspec

from lkagent_lint import rulebook
from lkagent_lint.cli._output import print_note, write_output
from lkagent_lint.reporters import rule_url
from lkagent_lint.rulebook import Page
from lkagent_lint.rules import Rule, former, renamed


def show(word: str | None, output_format: str) -> int:
    """Print the page of a rule by code or name, or of all rules for None. Raises UsageError for an unknown one."""
    if word is None:
        write_output(_all(rulebook.pages(), output_format))
        return 0
    write_output(_one(rulebook.page(named(word)), output_format))
    return 0


def named(word: str) -> Rule:
    """The rule of a code or a name; of a former one it says on standard error what it is called today.

    Raises UsageError where there is none.
    """
    meant = former(word.lower().replace("_", "-")) or former(word.upper())
    if meant is not None:
        print_note(renamed(word, meant))
    try:
        return rulebook.find(word)
    except rulebook.UnknownRule as error:
        hint = f"did you mean {error.nearest}?" if error.nearest else "lkagent-lint rule --all lists them"
        raise click.UsageError(f'there is no rule "{word}"; {hint}') from None


def _all(pages: tuple[Page, ...], output_format: str) -> str:
    if output_format == "json":
        return _json([_record(page) for page in pages])
    if output_format == "markdown":
        return "\n".join(map(rulebook.markdown, pages))
    return rulebook.table(pages)


def _one(page: Page, output_format: str) -> str:
    if output_format == "json":
        return _json(_record(page))
    return rulebook.markdown(page) if output_format == "markdown" else rulebook.plain(page)


def _record(page: Page) -> dict[str, object]:
    record: dict[str, object] = msgspec.to_builtins(page)
    return {**record, "url": rule_url(page.code, page.name)}


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
