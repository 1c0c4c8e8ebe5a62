"""Whether a file that was changed can still be read."""

from __future__ import annotations

import os

from lkagent_lint.facts.file import Problem
from lkagent_lint.languages import JSON, PYTHON, YAML, dialect_of
from lkagent_lint.sources.reading import decode_loosely


def breaks(path: str, before: bytes, after: bytes) -> bool:
    """Whether a change has made something of a file unreadable that could be read before."""
    return not _is_sound(path, after) and _is_sound(path, before)


def _is_sound(path: str, data: bytes) -> bool:
    if path.endswith(PYTHON):
        from lkagent_lint.frontends.python.parse import parse

        return not isinstance(parse(data), Problem)
    dialect = dialect_of(os.path.basename(path))
    if dialect is not None:
        from lkagent_lint.frontends.javascript.parse import ParsedFile

        return not ParsedFile(data, dialect).root.has_error
    if path.endswith((*JSON, *YAML)):
        from lkagent_lint.sources.documents import json_documents, yaml_documents

        documents = json_documents if path.endswith(JSON) else yaml_documents
        return documents(decode_loosely(data)) is not None
    return True
