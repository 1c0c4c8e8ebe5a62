"""Adds the hook, the ignored cache and the job to files that are there, and makes those that are not.

Files of YAML are extended as texts, so that their comments and their layout stay; what comes out is read again, and
must say what it said and the one thing more.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from lkagent_lint import __version__, disk
from lkagent_lint.sources.documents import DocumentNode, MappingNode, ScalarNode, SequenceNode, yaml_documents
from lkagent_lint.sources.reading import Overlays

NAME = "lkagent-lint"
REPOSITORY = f"https://github.com/{NAME}/{NAME}"
Extend = Callable[[bytes], bytes | None]
"""The bytes of a file with one thing more, themselves where it is there; None where that cannot be done safely."""

_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_HOOK = f"""\
- repo: {REPOSITORY}
  rev: v{__version__}
  hooks:
    - id: {NAME}
"""


def hooks() -> str:
    """A configuration of pre-commit with the hook alone."""
    return f"repos:\n{_indented(_HOOK, 2)}"


def workflow() -> str:
    """A workflow of GitHub that checks the project."""
    return f"""\
name: {NAME}
on: [push, pull_request]
permissions:
  contents: read
jobs:
  {NAME}:
    runs-on: ubuntu-latest
    steps:
      - uses: {_CHECKOUT}
        with:
          persist-credentials: false
      - uses: {NAME}/{NAME}@v{__version__}
"""


def job(stage: str) -> str:
    """A job of GitLab that checks the project."""
    return f"""\
{NAME}:
  stage: {stage}
  image: python:3.13-slim
  script:
    - pip install {NAME}=={__version__}
    - {NAME} check --output gitlab=gl-code-quality-report.json --output concise
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""


def with_hook(before: bytes) -> bytes | None:
    """A configuration of pre-commit with the hook."""
    text = _text(before)
    said = None if text is None else _mapping(text)
    if text is None or said is None:
        return None
    repositories = said.get("repos")
    if _names_linter(repositories):
        return before
    if not isinstance(repositories, SequenceNode):
        return None
    if not repositories.items:
        key = said.key("repos")
        assert key is not None
        return _checked("".join(_hook_instead(text, key)), said, "repos")
    indent = repositories.span.column - 1
    at = _end_of_block(text, repositories, said)
    return _checked(_put(text, at, _indented(_HOOK, indent)), said, "repos")


def with_ignored_cache(before: bytes) -> bytes | None:
    """A ``.gitignore`` with the directory that the linter leaves."""
    text = _text(before)
    if text is None:
        return None
    if any(line.strip().strip("/") == disk.CACHE for line in text.splitlines()):
        return before
    return _put(text, len(text.splitlines()), f"{disk.CACHE}/\n").encode()


def with_job(before: bytes) -> bytes | None:
    """A ``.gitlab-ci.yml`` with the job."""
    text = _text(before)
    said = None if text is None else _mapping(text)
    if text is None or said is None:
        return None
    if NAME in text:
        return before
    gap = "\n" if text.endswith("\n") else "\n\n"
    return _checked(_put(text, len(text.splitlines()), f"{gap[1:]}\n{job(_stage(said))}"), said, NAME)


def is_mentioned_below(directory: str) -> bool:
    """Whether a file in a directory names the linter."""
    try:
        names = disk.names(directory)
    except OSError:
        return False
    read = (Overlays().read(os.path.join(directory, name)) for name in names)
    return any(isinstance(data, bytes) and NAME.encode() in data for data in read)


def _stage(said: MappingNode) -> str:
    """``test``, which every pipeline has that says nothing of stages; of those that it names the likeliest."""
    stages = said.get("stages")
    names = (
        [each.text for each in stages.items if isinstance(each, ScalarNode)] if isinstance(stages, SequenceNode) else []
    )
    wanted = [name for word in ("lint", "check", "quality", "test") for name in names if word in name]
    return (wanted or names or ["test"])[0]


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mapping(text: str) -> MappingNode | None:
    documents = yaml_documents(text)
    if documents is None or len(documents) != 1:
        return None
    (said,) = documents
    return said if isinstance(said, MappingNode) else None


def _names_linter(node: DocumentNode | None) -> bool:
    from lkagent_lint.sources.documents import scalars

    return node is not None and any(each.text == NAME for each in scalars(node))


def _hook_instead(text: str, key: ScalarNode) -> list[str]:
    """The lines of a text whose list of repositories is empty, with the hook in it."""
    lines = text.splitlines(keepends=True)
    lines[key.span.line - 1] = f"{'repos'}:\n{_indented(_HOOK, 2)}"
    return lines


def _end_of_block(text: str, block: DocumentNode, said: MappingNode) -> int:
    """How many lines of a text come before what follows a block: before the next key, and the comments above that."""
    lines = text.splitlines()
    start = block.span.line
    after = [key.span.line for key, _ in said.entries if key.span.line > start]
    end = min(after) - 1 if after else len(lines)
    while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith(("#", "...", "---"))):
        end -= 1
    return end


def _put(text: str, at: int, added: str) -> str:
    """A text with more after its first ``at`` lines, which end as the others do."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines[:at] and not lines[at - 1].endswith("\n"):
        lines[at - 1] += end
    return "".join([*lines[:at], added.replace("\n", end), *lines[at:]])


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" for line in text.splitlines(keepends=True))


def _checked(after: str, said: MappingNode, key: str) -> bytes | None:
    """The new bytes if they say what was said, and one thing more under one key only."""
    new = _mapping(after)
    if new is None or new.get(key) is None:
        return None
    was, grown = said.get(key), new.get(key)
    others = [(name.text, _plain(value)) for name, value in said.entries if name.text != key]
    if others != [(name.text, _plain(value)) for name, value in new.entries if name.text != key]:
        return None
    if isinstance(was, SequenceNode):
        items = grown.items if isinstance(grown, SequenceNode) else ()
        if [*map(_plain, was.items)] != [*map(_plain, items[:-1])] or len(items) != len(was.items) + 1:
            return None
    return after.encode()


def _plain(node: DocumentNode) -> object:
    match node:
        case ScalarNode():
            return node.text
        case SequenceNode():
            return [_plain(each) for each in node.items]
        case MappingNode():
            return [(key.text, _plain(value)) for key, value in node.entries]
