"""Newer tables from a file, by the setting ``sdk-tables``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config.errors import ConfigError
from lkagent_lint.sources.sdk import given_tables
from lkagent_lint.sources.sdk.releases import PYTHON, Standing, standing

EMPTY: dict[str, object] = {"names": {}, "members": {}, "events": {}, "deprecated": {}}
AGENT = """from livekit.agents import AgentServer, LiveSession, NewThing

server = AgentServer()


@server.rtc_session()
async def entry(ctx):
    await LiveSession().start(NewThing(), room=ctx.room)
"""


def table(**changes: object) -> dict[str, object]:
    return {"package": "livekit-agents", "releases": ["1.8.9", "1.9.0"], **EMPTY, **changes}


def project(base: Path, tables: object, pin: str = "==1.9.0") -> engine.Request:
    (base / "tables.json").write_text(tables if isinstance(tables, str) else json.dumps(tables))
    (base / "agent.py").write_text(AGENT)
    (base / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "1"\ndependencies = ["livekit-agents{pin}"]\n'
        '[tool.lkagent-lint]\nroot = true\nsdk-tables = "tables.json"\nselect = ["LKA5"]\n'
    )
    return engine.Request(paths=(str(base),))


def test_a_release_that_a_file_knows_is_known(tmp_path: Path) -> None:
    found = table(names={"livekit.agents": {"AgentServer": "C livekit.agents.worker.AgentServer", "Old": [0, 1, "V"]}})
    report = engine.check(project(tmp_path, found))
    assert report.summary.sdks == ("livekit-agents 1.9.0 (pyproject.toml)",)
    assert {each.code for each in report.diagnostics} == {"LKA503"}
    assert {each.title.split()[3] for each in report.diagnostics} == {"LiveSession", "NewThing"}


def test_what_the_file_does_not_know_stays_unknown(tmp_path: Path) -> None:
    report = engine.check(project(tmp_path, [table()], "==1.9.1"))
    newer = "livekit-agents 1.9.1 (pyproject.toml), newer than 1.9.0, the newest known: names are not judged"
    assert report.summary.sdks == (newer,)
    assert report.diagnostics == ()


def test_other_packages_keep_their_tables(tmp_path: Path) -> None:
    catalog = given_tables.read(json.dumps(table()).encode())
    assert catalog.package("livekit-agents").releases == ("1.8.9", "1.9.0")
    assert standing("1.9.0", catalog.package("livekit-agents")) is Standing.KNOWN
    assert standing("1.9.0", PYTHON) is Standing.NEWER
    assert catalog.newest("livekit").events("Room")


def test_the_file_of_the_setting_is_relative_to_it(tmp_path: Path) -> None:
    request = project(tmp_path, table())
    (tmp_path / "inner").mkdir()
    (tmp_path / "agent.py").rename(tmp_path / "inner" / "agent.py")
    assert engine.check(request).summary.sdks == ("livekit-agents 1.9.0 (pyproject.toml)",)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ("{", "it is not JSON"),
        ("[1]", "it is no table of the SDKs (Expected"),
        ({"package": "livekit-agents"}, "it is no table of the SDKs (Object missing required field `releases`"),
        (table(extra=1), "it is no table of the SDKs (Object contains unknown field `extra`"),
        (table(names={"livekit.agents": {"A": 1.5}}), "at `$.names[...][...]`"),
        (table(names={"m": {"A": 1}}, shared=["V"]), 'has nothing shared of the number 1 for "A" (names of m)'),
        (table(names={"m": {"A": 0}}, shared=[[0, 9, "V"]]), 'an end and a value for "A" (names of m)'),
        (table(package="requests"), "is of no package that has one: livekit-agents"),
        (table(releases=["1.9.0", "1.8.9"]), "must name its releases once each, the oldest first"),
        (table(releases=[]), "and at least one"),
        (table(releases=["one"]), 'names a release "one", which is no version'),
        (table(names={"m": {"A": [0, 9, "V"]}}), 'an end and a value for "A" (names of m)'),
        (table(names={"m": {"A": [0, "V"]}}), 'an end and a value for "A" (names of m)'),
        (table(members={"C": {"a": "Z()"}}), 'says of "a" what it is in a letter that is not known (members of C)'),
        ([table(), table()], "it holds two tables of livekit-agents"),
    ],
)
def test_a_broken_file_is_an_error_with_its_reason(tmp_path: Path, tables: object, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        engine.check(project(tmp_path, tables))
    assert 'the tables "tables.json" cannot be used: ' in str(raised.value)
    assert words in str(raised.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    request = project(tmp_path, table())
    (tmp_path / "tables.json").unlink()
    with pytest.raises(ConfigError, match=r'the tables "tables.json" cannot be used: '):
        engine.check(request)
