"""Solving a project that is only in memory."""

from __future__ import annotations

from functools import lru_cache

from lkagent_lint.config import Settings
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.frontends import javascript
from lkagent_lint.frontends.python import extract
from lkagent_lint.project.link import link
from lkagent_lint.project.modules import Modules
from lkagent_lint.project.records import Project, Texts
from lkagent_lint.sources.sdk.versions import SdkVersion

ROOT = "/project"


# One file is judged by several versions, and facts follow from its bytes alone.
@lru_cache(maxsize=64)
def _extract(text: str, is_python: bool) -> FileFacts:
    return extract(text.encode()) if is_python else javascript.extract(text.encode(), "ts")


def _no() -> bool:
    return False


def _nowhere(name: str) -> tuple[str, ...]:
    return ()


def _in_none(name: str) -> bool:
    return False


def project_of(files: dict[str, str], version: str = "1.8.9") -> Project:
    """A project of files by name, Python and TypeScript, judged by a livekit-agents version. Nothing is read."""
    paths = {f"{ROOT}/{name}": text for name, text in files.items()}
    return link(
        root=ROOT,
        files={path: _extract(text, path.endswith(".py")) for path, text in sorted(paths.items())},
        modules=Modules(ROOT, paths),
        texts=Texts(_nowhere, _no, _in_none, _no, _in_none),
        settings=lambda path: Settings(),
        sdk=lambda path: SdkVersion(version),
    )
