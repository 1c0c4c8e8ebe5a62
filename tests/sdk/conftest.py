"""Which claims can be tried here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from packaging.version import Version

from tests.sdk.harness import FLOOR, NODE_VARIABLE, VARIABLE, Sdk, clean_environment, find_sdk
from tests.sdk.scripts import Forks, forks


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a claim where there is no SDK of its language, or none of its releases."""
    mark = item.get_closest_marker("sdk")
    if mark is None:
        return
    found = find_sdk(node=mark.kwargs["node"])
    if isinstance(found, str):
        if os.environ.get(NODE_VARIABLE if mark.kwargs["node"] else VARIABLE):
            pytest.fail(found, pytrace=False)
        pytest.skip(found)
    since, before = mark.kwargs["since"], mark.kwargs["before"]
    if not found.is_node and found.version < FLOOR:
        pytest.skip(f"the scripts need livekit-agents {FLOOR}; this is {found.version}")
    if since and found.version < Version(since):
        pytest.skip(f"it holds since {since}; this is {found.version}")
    if before and found.version >= Version(before):
        pytest.skip(f"it holds before {before}; this is {found.version}")


@pytest.fixture(scope="session")
def python_forks() -> Iterator[Forks | None]:
    """One process for all scripts of Python."""
    found = find_sdk(node=False)
    assert isinstance(found, Sdk)
    with forks(found.home, clean_environment("")) as process:
        yield process


@pytest.fixture
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """Where the SDK is; only tests that are claims may ask for it."""
    mark = request.node.get_closest_marker("sdk")
    assert mark is not None, "mark it with @claim"
    found = find_sdk(node=mark.kwargs["node"])
    assert isinstance(found, Sdk)
    return found if found.is_node else found._replace(forks=request.getfixturevalue("python_forks"))
