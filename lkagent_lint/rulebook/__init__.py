"""The rules' pages: what ``lkagent-lint rule`` prints and ``docs/rules/`` holds.

A page is a rule's docstring, whose placeholders are filled with the rule's fixture files (``examples.json``, which
``tools/generate.py`` writes from ``fixtures/rules``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache

import msgspec

from lkagent_lint.diagnostics import Severity
from lkagent_lint.likeness import TYPED, misspelled, most_alike
from lkagent_lint.rulebook.holding import holding
from lkagent_lint.rulebook.lifecycle import enforced_by
from lkagent_lint.rules import Default, Rule, all_rules, former_words

HEADINGS = (
    "What it does",
    "Why it is bad",
    "Example",
    "Use instead",
    "When it stays silent",
    "Evidence",
    "Fix safety",
)
"""Every page has these, in this order."""

_EXAMPLES = os.path.join(os.path.dirname(__file__), "examples.json")
_PLACEHOLDER = re.compile(r"<!-- example: (bad|good) -->")
_LONG = 30
"""Lines from which on an example is shown as a difference."""
_CODE = re.compile(r"[A-Za-z]+[0-9]+")
_LANGUAGES = {"py": "python", "ts": "typescript", "tsx": "tsx", "js": "javascript", "sh": "sh", "yml": "yaml"}


class Example(msgspec.Struct, frozen=True):
    """One file of a rule's fixture, without its marks."""

    path: str
    """Relative to the example's project, with ``/``."""
    text: str


class Examples(msgspec.Struct, frozen=True):
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()


class Enforced(msgspec.Struct, frozen=True):
    """A sentence of the lifecycle, and its address."""

    text: str
    url: str


class UnknownRule(LookupError):
    """No rule has this code or name. ``nearest`` is the one that was probably meant."""

    def __init__(self, word: str, nearest: str | None) -> None:
        super().__init__(word)
        self.word = word
        self.nearest = nearest


class Page(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A rule's page, as ``--output-format json`` prints it."""

    code: str
    name: str
    severity: Severity
    default: Default
    summary: str
    title: str
    """One sentence."""
    since: str
    """The version of the linter that brought it."""
    lifecycle: tuple[Enforced, ...] = ()
    """What of the lifecycle it enforces."""
    releases: str
    """For which releases of the SDKs it holds, in a sentence or two; empty for rules of the linter itself."""
    explanation: str
    """The whole page below its title, as Markdown, examples included."""


def find(word: str) -> Rule:
    """The rule of a code or a name, also of a former one, in any case. Raises UnknownRule."""
    known = {each.META.code: each for each in all_rules().values()}
    known |= {each.META.name: each for each in all_rules().values()}
    known |= {word: all_rules()[code] for word, code in former_words().items()}
    folded = {key.casefold(): rule for key, rule in known.items()}
    rule = folded.get(word.casefold().replace("_", "-"))
    if rule is not None:
        return rule
    # Any code is alike to some other one; only a slip of the hand tells which was meant.
    near = misspelled(word.casefold(), folded) if _CODE.fullmatch(word) else most_alike(word, folded, TYPED)
    meta = folded[near].META if near else None
    raise UnknownRule(word, None if meta is None else f"{meta.code} ({meta.name})")


def page(rule: Rule) -> Page:
    """The page of a rule, its examples in place."""
    meta = rule.META
    title, _, body = (rule.__doc__ or "").strip().partition("\n")
    examples = _examples().get(meta.code, Examples())
    shown = {"bad": _blocks(examples.bad), "good": _better(examples)}
    return Page(
        code=meta.code,
        name=meta.name,
        severity=meta.severity,
        default=meta.default,
        summary=meta.summary,
        title=title.strip(),
        since=meta.added,
        lifecycle=tuple(Enforced(each.text, each.url) for each in enforced_by(meta.code)),
        releases="" if meta.code.startswith("LKA0") else holding(meta),
        explanation=_PLACEHOLDER.sub(lambda found: shown[found[1]], body.strip()),
    )


def pages() -> tuple[Page, ...]:
    """Every rule's page, by code."""
    return tuple(map(page, all_rules().values()))


def group(prefix: str) -> tuple[Page, ...]:
    """The pages of the rules whose codes begin so, in any case; none for a whole code and for what begins none."""
    codes = all_rules()
    known = prefix.upper()
    if not known or known in codes:
        return ()
    return tuple(page(rule) for code, rule in codes.items() if code.startswith(known))


def markdown(of: Page) -> str:
    """A page as a Markdown document."""
    facts = f"`{of.code}` · {of.severity.value}, the highest that it reports · {_default(of)} · since {of.since}"
    parts = [f"# {of.name} ({of.code})", of.title, facts, of.releases, *_held(of), of.explanation]
    return "\n\n".join(filter(None, parts)) + "\n"


def _held(of: Page) -> list[str]:
    return [f"The [lifecycle]({each.url}): “{each.text}”" for each in of.lifecycle]


def _default(of: Page) -> str:
    return "on by default" if of.default is Default.ON else "in preview: off until asked for"


def plain(of: Page) -> str:
    """A page for a terminal: headings underlined, code indented, no other Markdown touched."""
    lines = [f"{of.code} {of.name} ({of.severity.value}, {_default(of)}, since {of.since})", "", of.title, ""]
    lines += [of.releases, ""] if of.releases else []
    for each in of.lifecycle:
        lines += [f"The lifecycle: “{each.text}”", f"  {each.url}", ""]
    inside = False
    for line in of.explanation.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("## "):
            lines += [line[3:], "-" * len(line[3:])]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def table(of: tuple[Page, ...]) -> str:
    """One line a rule, for a terminal."""
    width = max(len(each.name) for each in of)
    return "".join(f"{each.code}  {each.name:{width}}  {each.severity.value:7}  {each.summary}\n" for each in of)


@cache
def _examples() -> Mapping[str, Examples]:
    with open(_EXAMPLES, "rb") as file:
        return msgspec.json.decode(file.read(), type=dict[str, Examples])


def _better(examples: Examples) -> str:
    """The good files; where one file has grown long, what differs from the bad one."""
    (bad, *more_bad), (good, *more_good) = examples.bad or (None,), examples.good or (None,)
    if bad is None or good is None or more_bad or more_good or bad.path != good.path or good.text.count("\n") < _LONG:
        return _blocks(examples.good)
    from difflib import unified_diff

    lines = list(unified_diff(bad.text.splitlines(), good.text.splitlines(), n=2, lineterm=""))[2:]
    # A difference of half of the lines says less than the file itself.
    if 2 * sum(line.startswith(("+", "-")) for line in lines) > good.text.count("\n"):
        return _blocks(examples.good)
    return "```diff\n" + "\n".join(line.rstrip() for line in lines) + "\n```"


def _blocks(files: tuple[Example, ...]) -> str:
    """Fenced blocks; the files are named where there are several."""
    blocks: list[str] = []
    for each in files:
        extension = each.path.rpartition(".")[2]
        fence = f"```{_LANGUAGES.get(extension, extension)}\n{each.text.rstrip()}\n```"
        blocks.append(f"`{each.path}`:\n\n{fence}" if len(files) > 1 else fence)
    return "\n\n".join(blocks)
