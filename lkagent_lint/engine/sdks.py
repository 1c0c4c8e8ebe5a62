"""What the SDK offers under a name, for the project that a path belongs to."""

from __future__ import annotations

import os

from lkagent_lint import disk
from lkagent_lint.engine.policy import finder_for
from lkagent_lint.engine.request import Request
from lkagent_lint.questions.sdk_lookup import SdkAnswer, looked_up
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.roots import group_by_root
from lkagent_lint.sources.sdk.versions import SdkFinder


def sdk_answer(request: Request, name: str, *, node: bool | None = None) -> SdkAnswer:
    """The answer for a name by the releases that hold for the first path of a request. Raises ConfigError."""
    overlays = Overlays(request.overlays)
    finder = finder_for(request, overlays)
    ((root, (path, *_)), *_) = group_by_root(request.paths[:1], finder).items()
    file = os.path.join(path, "agent.py") if disk.isdir(path) else path
    releases = SdkFinder(root, finder, overlays)
    return looked_up(name, lambda package: releases.for_package(file, package), lambda sdk: sdk.label(root), node=node)
