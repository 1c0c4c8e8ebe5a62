"""The ``rule`` command: a rule's page, or all of them."""

from __future__ import annotations

import click
import msgspec

from lkagent_lint import rulebook
from lkagent_lint.cli._output import print_note, write_output
from lkagent_lint.formats import PAGES
from lkagent_lint.formats import named as format_of
from lkagent_lint.reporters import rule_url
from lkagent_lint.rulebook import Page
from lkagent_lint.rules import Rule, former, renamed


def show(word: str | None, output_format: str) -> int:
    """Print the page of a rule by code or name, the rules of a group by the beginning of their codes, or all rules for
    None. Raises UsageError for what is none of these."""
    asked: Asked = rulebook.pages() if word is None else rulebook.group(word) or rulebook.page(named(word))
    write_output(format_of(PAGES, output_format).renderer(asked))
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


Asked = Page | tuple[Page, ...]
"""One page, or all of them."""


def render_text(asked: Asked) -> str:
    """A page for a terminal; all of them as a table."""
    return rulebook.plain(asked) if isinstance(asked, Page) else rulebook.table(asked)


def render_markdown(asked: Asked) -> str:
    """Documents, one after the other."""
    return "\n".join(map(rulebook.markdown, (asked,) if isinstance(asked, Page) else asked))


def render_json(asked: Asked) -> str:
    """An object, or an array of them."""
    record = _record(asked) if isinstance(asked, Page) else [_record(page) for page in asked]
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"


def _record(page: Page) -> dict[str, object]:
    record: dict[str, object] = msgspec.to_builtins(page)
    return {**record, "url": rule_url(page.code, page.name)}
