"""Where a request's facts come from: what is kept, what it was handed, and who makes the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lkagent_lint.cache import FactsCache, directory_for, open_cache
from lkagent_lint.config.errors import ConfigError
from lkagent_lint.engine.request import Request
from lkagent_lint.extraction import Pool
from lkagent_lint.project.records import ALONE, Fleet
from lkagent_lint.sources.reading import Overlays, Unreadable

if TYPE_CHECKING:
    from lkagent_lint.extraction.cluster import Cluster


def maker_for(request: Request) -> Pool | Cluster:
    """Who makes facts. Raises ConfigError where the cluster that the request names cannot be used."""
    if request.scheduler is None:
        return Pool(request.jobs)
    from lkagent_lint.extraction.cluster import Cluster, ClusterError

    try:
        return Cluster(request.scheduler)
    except ClusterError as error:
        raise ConfigError("--scheduler", None, str(error)) from None


def handed_facts(request: Request) -> Mapping[bytes, memoryview]:
    """The facts in the files that the request names. Raises ConfigError for a file that cannot be used."""
    if not request.facts:
        return {}
    from lkagent_lint.cache import handed

    try:
        return handed.read(request.facts)
    except handed.HandedError as error:
        raise ConfigError(None, None, str(error)) from None


def fleet_of(request: Request, overlays: Overlays) -> Fleet:
    """What the manifests that a request names say. Raises ConfigError for one that cannot be used."""
    if not request.manifests:
        return ALONE
    from lkagent_lint.project import fleet

    found: list[Fleet] = []
    for path in request.manifests:
        data = overlays.read(path, fleet.MAX_BYTES)
        try:
            if isinstance(data, Unreadable):
                raise ValueError(data.reason)
            found.append(fleet.read(path, data))
        except ValueError as error:
            raise ConfigError(path, None, str(error)) from None
    return fleet.joined(found)


def cache_for(request: Request, root: str | None, given: Mapping[bytes, memoryview]) -> FactsCache | None:
    """What is known of a root's files before any of them is read; None if nothing can be. Where there is no root that
    is a project, nothing is kept.
    """
    keeps = request.cache and root is not None
    if not keeps and not given:
        return None
    return open_cache(directory_for(root, request.cache_dir) if keeps and root is not None else None, given)
