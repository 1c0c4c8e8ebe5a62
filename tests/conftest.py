"""No test writes into the projects that it checks: what runs keep goes to one scratch directory."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def cache_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LKAGENT_LINT_CACHE_DIR", os.fspath(tmp_path_factory.mktemp("facts")))
        yield
