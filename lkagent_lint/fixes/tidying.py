"""Imports that nothing needs any more after a file was mended."""

from __future__ import annotations

import os
import re
from collections import Counter

from lkagent_lint.fixes.code import ImpossibleError
from lkagent_lint.languages import PYTHON
from lkagent_lint.sources.splicing import NotTextError, Original, Splice

_WORD = re.compile(r"\w+")


def tidied(path: str, before: bytes, after: bytes) -> bytes:
    """A Python file without the imports of names that it used before and does not name any more, not even in a text.
    Modules that others import names from (``__init__.py``) stay as they are.
    """
    if not path.endswith(PYTHON) or os.path.basename(path).startswith("__init__."):
        return after
    try:
        was, is_now = (Original(path, data) for data in (before, after))
    except NotTextError:
        return after
    old, new = (Counter(_WORD.findall(each.text)) for each in (was, is_now))
    dropped = {name for name, count in old.items() if count > 1 and new[name] == 1}
    if not dropped or not dropped & set(_WORD.findall(" ".join(_imports(is_now.text)))):
        return after
    from lkagent_lint.fixes.python import PythonCode

    try:
        code = PythonCode(is_now)
    except ImpossibleError:
        return after
    for each in code.bound():
        if each.name in dropped:
            try:
                cut = code.unimporting(each.name)
            except ImpossibleError:
                continue
            # One at a time: two names of one import are cut from what is left of it.
            return tidied(path, before, is_now.spliced([Splice(*cut, "")]) or after)
    return after


def _imports(text: str) -> list[str]:
    """The text of what looks like imports."""
    return re.findall(r"(?:^|(?<=\r))(?:from\s+\S+\s+)?import\s+(?:\([^)]*\)|[^\n\r]*)", text, re.MULTILINE)
