"""What a bug report needs: ``lkagent-lint --version -v``."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata

from lkagent_lint import __version__
from lkagent_lint.reporters.escape import Escaper

_LIBRARIES = ("click", "flake8", "libcst", "msgspec", "packaging", "pathspec", "PyYAML", "semantic-version")
_GRAMMARS = ("tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")
_VARIABLES = ("LKAGENT_LINT_CACHE_DIR", "LKAGENT_LINT_TRACEBACK", "NO_COLOR", "FORCE_COLOR")


def about() -> str:
    """The version, what it runs on and with, and which releases of the SDKs it knows; a fact a line."""
    escape = Escaper.from_environment()
    return "".join(f"{name + ':':11} {escape.inline(value)}\n" for name, value in _facts())


def _facts() -> Iterator[tuple[str, str]]:
    from lkagent_lint.sources.sdk.releases import NODE, PYTHON

    yield "version", f"lkagent-lint {__version__}"
    yield "in", os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield "Python", f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})"
    yield "system", platform.platform()
    yield "with", ", ".join(f"{name} {_version_of(name)}" for name in (*_LIBRARIES, *_GRAMMARS))
    yield "knows", ", ".join(f"{each.package} up to {each.newest}" for each in (PYTHON, NODE))
    given = [f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ]
    if given:
        yield "environment", " ".join(given)


def _version_of(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
