"""Which livekit-agents a file is judged by: where the version comes from, and what wins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lkagent_lint.config import SettingsFinder
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.sdk.changes import FROM_THE_START, Change
from lkagent_lint.sources.sdk.order import order
from lkagent_lint.sources.sdk.ranges import allows_any
from lkagent_lint.sources.sdk.releases import (
    API,
    KNOWN_RELEASES,
    NEWEST,
    NODE,
    PROTOCOL,
    PYTHON,
    RTC,
    RTC_NODE,
    Standing,
)
from lkagent_lint.sources.sdk.versions import ASSUMED, SdkFinder, SdkVersion


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def sdk(base: Path, file: str = "agent.py", data: bytes | None = None, overlays: Overlays | None = None) -> SdkVersion:
    return SdkFinder(str(base), SettingsFinder(), overlays).for_file(str(base / file), data)


def version(base: Path, name: str, text: str | bytes) -> str | None:
    """The version that one file alone gives; None if it says nothing."""
    write(base / name, text)
    result = sdk(base)
    return None if result == ASSUMED else result.version


def test_releases_are_sorted_and_unique() -> None:
    for known in (KNOWN_RELEASES, NODE.releases):
        releases = [order(release) for release in known]
        assert releases == sorted(set(releases))


def test_every_change_has_a_release_and_says_what_it_is() -> None:
    for change in (each for each in Change if each.since):
        assert order(KNOWN_RELEASES[0]) < order(change.since) <= order(KNOWN_RELEASES[-1]), change
    for change in (each for each in Change if each.since_in_node not in ("", FROM_THE_START)):
        assert order(NODE.releases[0]) < order(change.since_in_node) <= order(NODE.newest), change
    assert all(each.what and (each.since or each.since_in_node) for each in Change)
    assert len({change.value for change in Change}) == len(Change.__members__)


def test_a_release_has_the_changes_up_to_it() -> None:
    assert SdkVersion("1.5.2").has(Change.WAIT_CONNECTS)
    assert not SdkVersion("1.5.1").has(Change.WAIT_CONNECTS)
    assert SdkVersion("1.10.0").has(Change.NAME_OVERRIDE)
    assert not SdkVersion("0.12.21").has(Change.AGENT_SESSION)
    assert SdkVersion("1.6").has(Change.NAME_OVERRIDE)


def test_a_silent_project_is_judged_by_the_newest(tmp_path: Path) -> None:
    assert sdk(tmp_path) == SdkVersion(NEWEST, "", None)
    assert sdk(tmp_path).label(str(tmp_path)) == f"livekit-agents {NEWEST} (assumed: newest known)"


UV_LOCK = """version = 1
requires-python = ">=3.10"

[[package]]
name = "app"
version = "9.9.9"
dependencies = [
    { name = "livekit-agents", extra = ["openai"] },
]

[[package]]
name = "livekit-agents"
version = "1.5.3"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "aiohttp" },
]

[[package]]
name = "livekit-plugins-openai"
version = "1.4.0"
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", UV_LOCK),
        ("uv.lock", UV_LOCK.replace("\n", "\r\n")),
        ("poetry.lock", '[[package]]\nname = "livekit_agents"\nversion = "1.5.3"\ndescription = "[x]"\n'),
        ("pdm.lock", '[[package]]\nname = "livekit-agents"\nextras = ["a"]\nversion = "1.5.3"\n'),
        ("pylock.toml", 'lock-version = "1.0"\n\n[[packages]]\nversion = "1.5.3"\nname = "livekit-agents"\n'),
        ("Pipfile.lock", '{"_meta": {}, "default": {"livekit-agents": {"version": "==1.5.3"}}}'),
        ("Pipfile.lock", '{"default": {}, "develop": {"LiveKit_Agents": {"version": "==1.5.3"}}}'),
    ],
)
def test_every_kind_of_lock_file_pins(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    assert sdk(tmp_path) == SdkVersion("1.5.3", "1.5.3", str(tmp_path / name))
    assert sdk(tmp_path).label(str(tmp_path)) == f"livekit-agents 1.5.3 ({name})"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "uv.lock",
            '[[package]]\nname = "livekit-agents"\nsource = { git = "" }\n\n[[x]]\nversion = "1.2.0"\n',
        ),
        ("uv.lock", '[[package]]\nname = "livekit-plugins-openai"\nversion = "1.2.0"\n'),
        ("uv.lock", '[[package]]\nname = "livekit-agents-extra"\nversion = "1.2.0"\n'),
        ("uv.lock", '[[package]]\nname = "livekit-agents"\nversion = "not a version"\n'),
        ("uv.lock", '[[package]]\nname = "livekit-agents"\nversion = "'),
        ("uv.lock", b'\xff\x00name = "livekit-agents"'),
        ("Pipfile.lock", '{"default": {"livekit-agents": {"version": "==1.'),
        ("Pipfile.lock", '{"livekit-agents": ' + "[" * 100_000),
        ("Pipfile.lock", '["livekit-agents"]'),
        ("Pipfile.lock", '{"default": {"livekit-agents": "*"}}'),
        ("Pipfile.lock", b'{"default": {"livekit-agents\xff": 1}}'),
    ],
)
def test_a_lock_that_pins_nothing_usable_says_nothing(tmp_path: Path, name: str, text: str | bytes) -> None:
    assert version(tmp_path, name, text) is None


def test_of_several_pins_the_newest_counts(tmp_path: Path) -> None:
    block = '[[package]]\nname = "livekit-agents"\nversion = "{}"\n\n'
    assert version(tmp_path, "uv.lock", "".join(map(block.format, ["1.2.9", "1.2.10", "1.2.8"]))) == "1.2.10"


def test_the_nearest_lock_up_to_the_root_wins_over_any_declaration(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path / "uv.lock", UV_LOCK.replace("1.5.3", "1.1.0"))
    write(root / "uv.lock", UV_LOCK)
    write(root / "a/uv.lock", '[[package]]\nname = "other"\nversion = "1.0.0"\n')
    write(root / "a/pyproject.toml", '[project]\ndependencies = ["livekit-agents~=1.2"]\n')
    write(root / "b/poetry.lock", '[[package]]\nname = "livekit-agents"\nversion = "1.3.1"\n')
    finder = SdkFinder(str(root), SettingsFinder())
    assert finder.for_file(str(root / "a/deep/x.py")).version == "1.5.3"
    assert finder.for_file(str(root / "b/x.py")).label(str(root)) == "livekit-agents 1.3.1 (b/poetry.lock)"
    os.unlink(root / "uv.lock")
    assert sdk(root, "a/deep/x.py").version == NEWEST
    assert sdk(root, "x.py") == ASSUMED


def test_a_nearer_declaration_that_excludes_what_a_lock_pins_has_a_lock_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "uv.lock", UV_LOCK)
    write(tmp_path / "a/pyproject.toml", '[project]\ndependencies = ["livekit-agents==1.2.0"]\n')
    label = "livekit-agents 1.2.0 (a/pyproject.toml; uv.lock says 1.5.3)"
    assert sdk(tmp_path, "a/deep/x.py").label(str(tmp_path)) == label
    assert sdk(tmp_path, "x.py").version == "1.5.3"
    write(tmp_path / "a/uv.lock", UV_LOCK.replace("1.5.3", "1.2.8"))
    assert sdk(tmp_path, "a/deep/x.py").version == "1.2.8"


def test_what_contradicts_the_nearest_manifest_is_said(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[project]\ndependencies = ["livekit-agents~=1.2.0"]\n')
    write(tmp_path / "requirements-dev.txt", "livekit-agents>=1.5\n")
    write(tmp_path / "old/requirements.txt", "livekit-agents<1.0\n")
    label = "livekit-agents 1.2.18 (pyproject.toml; requirements-dev.txt says >=1.5)"
    assert sdk(tmp_path, "x.py").label(str(tmp_path)) == label
    label = "livekit-agents 0.12.21 (old/requirements.txt; pyproject.toml says ~=1.2.0)"
    assert sdk(tmp_path, "old/x.py").label(str(tmp_path)) == label


def test_an_exact_pin_beside_a_range_is_what_the_range_was_resolved_to(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[project]\ndependencies = ["livekit-agents>=1.2"]\n')
    write(tmp_path / "requirements.txt", "livekit-agents==1.5.3\n")
    assert sdk(tmp_path).label(str(tmp_path)) == "livekit-agents 1.5.3 (requirements.txt)"
    write(tmp_path / "requirements.txt", "livekit-agents==1.1.0\n")
    assert sdk(tmp_path).label(str(tmp_path)).endswith(f"{NEWEST} (pyproject.toml; requirements.txt says ==1.1.0)")


@pytest.mark.parametrize(
    "text",
    [
        '[project]\ndependencies = ["livekit-agents>=1.2", "livekit-agents[openai]~=1.5.1"]\n',
        '[project]\ndependencies = ["livekit-agents~=1.5.1"]\noptional-dependencies.x = ["livekit-agents>=1.2,<2"]\n',
        '[project]\ndependencies = ["livekit-agents"]\n[tool.uv]\nconstraint-dependencies = ["livekit-agents<1.6"]\n',
        '[project]\ndependencies = ["livekit-agents"]\n[tool.uv]\noverride-dependencies = ["livekit-agents<1.6"]\n',
        '[tool.poetry.dependencies]\nlivekit-agents = "^1.2"\n[dependency-groups]\nx = ["livekit-agents<1.6"]\n',
    ],
)
def test_what_one_file_says_holds_together(tmp_path: Path, text: str) -> None:
    assert version(tmp_path, "pyproject.toml", text) == "1.5.17"


def test_a_constraint_narrows_what_a_requirement_allows(tmp_path: Path) -> None:
    write(tmp_path / "requirements.txt", "-c limits.txt\nlivekit-agents>=1.2\n")
    write(tmp_path / "limits.txt", "livekit-agents<1.6\n")
    assert sdk(tmp_path) == SdkVersion("1.5.17", ">=1.2", str(tmp_path / "requirements.txt"))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("1.8.9", Standing.KNOWN),
        ("1.8.9+patched", Standing.KNOWN),
        ("1.3.4", Standing.KNOWN),
        ("1.3.0rc2", Standing.KNOWN),
        ("0.5.0", Standing.KNOWN),
        ("1.8.10", Standing.NEWER),
        ("1.8.9.post1", Standing.NEWER),
        ("1.9.0", Standing.NEWER),
        ("1.9.0rc1", Standing.NEWER),
        ("3.0.0", Standing.ANOTHER_MAJOR),
    ],
)
def test_how_much_is_known_of_a_pin(tmp_path: Path, declared: str, expected: Standing) -> None:
    write(tmp_path / "requirements.txt", f"livekit-agents=={declared}\n")
    found = sdk(tmp_path)
    assert found.standing is expected
    assert found.knows_absence is (expected is Standing.KNOWN)


@pytest.mark.parametrize(
    ("declared", "shown", "expected"),
    [
        (">=1.9", ">=1.9", Standing.NEWER),
        (f">{NEWEST}", f">{NEWEST}", Standing.NEWER),
        ("~=1.90", "~=1.90", Standing.NEWER),
        (">=3", ">=3", Standing.ANOTHER_MAJOR),
        ("~=3.1", "~=3.1", Standing.ANOTHER_MAJOR),
        ("==3.*", "==3.*", Standing.ANOTHER_MAJOR),
        ("==3.0.0b1", "3.0.0b1", Standing.ANOTHER_MAJOR),
    ],
)
def test_a_range_that_no_known_release_satisfies(tmp_path: Path, declared: str, shown: str, expected: Standing) -> None:
    write(tmp_path / "requirements.txt", f"livekit-agents[openai]{declared}\n")
    found = sdk(tmp_path)
    assert found.standing is expected
    assert found.label(str(tmp_path)).startswith(f"livekit-agents {shown} (requirements.txt), ")


def test_a_label_says_how_far_a_release_is_known() -> None:
    newer = "newer than 1.8.9, the newest known: names are not judged"
    assert SdkVersion("1.9.0", "1.9.0", "/p/uv.lock").label("/p") == f"livekit-agents 1.9.0 (uv.lock), {newer}"
    other = f"of another major than {KNOWN_RELEASES[-1]}, the newest known: only what holds for every one is judged"
    assert SdkVersion("3.0.0", "==3.0.0", "/p/uv.lock").label("/p") == f"livekit-agents 3.0.0 (uv.lock), {other}"
    unknown = SdkVersion(NEWEST, "git+https://example.org/agents", "/p/r.txt", is_elsewhere=True).label("/p")
    known = "no release that is known: names are not judged"
    assert unknown == f"livekit-agents git+https://example.org/agents (r.txt), {known}"
    assert (
        SdkVersion("1.3.0rc2", "==1.3.0rc2", "/p/r.txt").label("/p") == "livekit-agents 1.3.0rc2 (r.txt), a pre-release"
    )


def test_what_changed_is_known_within_a_major_only() -> None:
    assert SdkVersion("1.9.0").has(Change.WAIT_CONNECTS) is True
    assert SdkVersion("3.0.0").has(Change.WAIT_CONNECTS) is None
    assert SdkVersion("1.3.1rc1").has(Change.AGENT_SERVER) is None
    assert SdkVersion("1.3.0rc1").has(Change.AGENT_SERVER) is False
    assert SdkVersion("1.10.0", package=NODE.package).has(Change.SERVER_TYPE) is True
    assert SdkVersion("2.0.0", package=NODE.package).has(Change.SERVER_TYPE) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('"livekit-agents @ git+https://github.com/livekit/agents@main"', True),
        (
            '"livekit-agents"]\n[tool.uv.sources]\nlivekit-agents = { git = "https://example.org/agents" }\nx = [',
            True,
        ),
        ('"livekit-agents"]\n[tool.poetry.dependencies]\nlivekit-agents = { path = "../agents" }\nx = [', True),
        ('"livekit-agents"]\n[tool.uv.sources]\nlivekit-agents = { index = "mirror" }\nx = [', False),
    ],
)
def test_what_comes_from_no_registry_is_of_no_known_release(tmp_path: Path, data: str, expected: bool) -> None:
    write(tmp_path / "pyproject.toml", f"[project]\ndependencies = [{data}]\n")
    found = sdk(tmp_path)
    assert found.source is not None
    assert found.is_elsewhere is expected
    assert found.knows_absence is not expected


def test_packages_beside_an_unknown_release_are_unknown_too(tmp_path: Path) -> None:
    write(tmp_path / "requirements.txt", "livekit-agents==1.9.0\n")
    write(tmp_path / "package.json", '{"dependencies": {"@livekit/agents": "1.10.0", "@livekit/rtc-node": "^1.0.0"}}')
    finder = SdkFinder(str(tmp_path), SettingsFinder())
    python, node = str(tmp_path / "agent.py"), str(tmp_path / "agent.ts")
    assert not finder.for_package(python, RTC).knows_absence
    assert finder.for_package(node, RTC_NODE).knows_absence
    write(tmp_path / "requirements.txt", "livekit-agents==1.9.0\nlivekit==1.1.0\n")
    assert SdkFinder(str(tmp_path), SettingsFinder()).for_package(python, RTC).knows_absence


@pytest.mark.parametrize(
    ("declared", "expected", "standing"),
    [
        ("^1.2.0", NODE.newest, Standing.KNOWN),
        ("~1.4.1", "1.4.11", Standing.KNOWN),
        ("1.2.0 - 1.4.0", "1.4.0", Standing.KNOWN),
        ("1.4.x", "1.4.11", Standing.KNOWN),
        (">= 1.2.0 < 1.5.0", "1.4.11", Standing.KNOWN),
        ("~1.2 || ~1.4", "1.4.11", Standing.KNOWN),
        ("1.4.3", "1.4.3", Standing.KNOWN),
        ("latest", NODE.newest, Standing.KNOWN),
        ("^1.10.0", "1.10.0", Standing.NEWER),
        (">1.9.0", "1.9.1", Standing.NEWER),
        ("next", NODE.newest, Standing.NEWER),
        ("workspace:*", NODE.newest, Standing.NEWER),
        ("github:livekit/agents-js", NODE.newest, Standing.NEWER),
        ("^2.0.0", "2.0.0", Standing.ANOTHER_MAJOR),
        ("2.0.0-beta.1", "2.0.0-beta.1", Standing.ANOTHER_MAJOR),
    ],
)
def test_ranges_of_npm(tmp_path: Path, declared: str, expected: str, standing: Standing) -> None:
    write(tmp_path / "package.json", f'{{"dependencies": {{"@livekit/agents": "{declared}"}}}}')
    found = sdk(tmp_path, "agent.ts")
    assert (found.version, found.standing) == (expected, standing)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", '{"packages": {"node_modules/@livekit/agents": {"version": "1.10.0"}}}'),
        ("pnpm-lock.yaml", "packages:\n\n  '@livekit/agents@1.10.0(zod@3)':\n    resolution: {}\n"),
        ("yarn.lock", '"@livekit/agents@^1.9.0":\n  version "1.10.0"\n'),
    ],
)
def test_locks_of_node_that_are_ahead(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    found = sdk(tmp_path, "agent.ts")
    assert (found.version, found.standing) == ("1.10.0", Standing.NEWER)


def test_a_file_outside_the_root_is_judged_by_its_own_directory(tmp_path: Path) -> None:
    write(tmp_path / "other/uv.lock", UV_LOCK)
    (tmp_path / "root").mkdir()
    finder = SdkFinder(str(tmp_path / "root"), SettingsFinder())
    assert finder.for_file(str(tmp_path / "other/x.py")).version == "1.5.3"
    assert finder.for_file(str(tmp_path / "other/deep/x.py")) == ASSUMED


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("livekit-agents==1.5.3", "1.5.3"),
        ("livekit-agents[openai,silero]~=1.2.3", "1.2.18"),
        ("LiveKit.Agents [openai] >=1.0,<1.2 ; python_version > '3.9'", "1.1.7"),
        ("livekit_agents~=1.2", NEWEST),
        ("livekit-agents (<1.0)", "0.12.21"),
        ("livekit-agents<0.9", "0.8.12"),
        ("livekit-agents==1.3.*", "1.3.12"),
        ("livekit-agents>=1.2,!=1.8.9,!=1.8.8", "1.8.7"),
        ("livekit-agents==99.0", "99.0"),
        ("livekit-agents>=99", "99"),
        ("livekit-agents~=99.1", "99.1"),
        ("livekit-agents==1.3.4", "1.3.4"),
        ("livekit-agents==1.3.0rc2", "1.3.0rc2"),
        ("livekit-agents>=1.3.0rc1,<1.3.1", "1.3.0rc1"),
        ("livekit-agents", NEWEST),
        ("livekit-agents @ git+https://github.com/livekit/agents@main", NEWEST),
        ("livekit-agents>=1.5,<1.2", None),
        ("livekit-agents=>1.2", None),
        ("livekit-agents==one", None),
        ("livekit-agents==" + "1" * 5000, None),
        ("livekit-agents-extra==1.2.0", None),
        ("livekit-plugins-openai==1.2.0", None),
        ("livekit==1.0.0", None),
        ("my-livekit-agents==1.2.0", None),
    ],
)
def test_a_requirement_means_the_newest_known_release_it_allows(
    tmp_path: Path, requirement: str, expected: str | None
) -> None:
    write(tmp_path / "pyproject.toml", f'[project]\ndependencies = ["aiohttp", "{requirement}"]\n')
    result = sdk(tmp_path)
    assert (result.version if result.source else None) == expected


@pytest.mark.parametrize(
    "text",
    [
        '[project.optional-dependencies]\nvoice = ["livekit-agents==1.5.3"]\n',
        '[dependency-groups]\ndev = [{ include-group = "x" }, "livekit-agents==1.5.3"]\n',
        '[tool.uv]\ndev-dependencies = ["livekit-agents==1.5.3"]\n',
        '[tool.pdm.dev-dependencies]\nx = ["livekit-agents==1.5.3"]\n',
        '[tool.poetry.dependencies]\nlivekit-agents = "1.5.3"\n',
        '[tool.poetry.dependencies]\nlivekit-agents = { version = "=1.5.3", extras = ["openai"] }\n',
        '[tool.poetry.dependencies]\nlivekit-agents = [{ version = "1.5.3", python = ">=3.10" }]\n',
        '[tool.poetry.group.dev.dependencies]\nLiveKit_Agents = "==1.5.3"\n',
        '[tool.poetry.dev-dependencies]\nlivekit-agents = ">=1.5.2 <1.5.4"\n',
        '[project]\ndependencies = ["livekit-agents"]\noptional-dependencies.x = ["livekit_agents==1.5.3"]\n',
    ],
)
def test_every_table_of_a_pyproject_declares(tmp_path: Path, text: str) -> None:
    assert version(tmp_path, "pyproject.toml", text) == "1.5.3"


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("^1.2", NEWEST),
        ("^0.12", "0.12.21"),
        ("^0.8.3", "0.8.12"),
        ("~1.2", "1.2.18"),
        ("~1.2.3", "1.2.18"),
        ("~1", NEWEST),
        ("~0", "0.12.21"),
        ("*", NEWEST),
        ("1.3.*", "1.3.12"),
        ("~1.2 || ~1.4", "1.4.6"),
        (">=1.0, <1.3", "1.2.18"),
        ("latest", None),
        ("^", None),
        ("^x", None),
    ],
)
def test_poetry_constraints(tmp_path: Path, constraint: str, expected: str | None) -> None:
    write(tmp_path / "pyproject.toml", f'[tool.poetry.dependencies]\nlivekit-agents = "{constraint}"\n')
    result = sdk(tmp_path)
    assert (result.version if result.source else None) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[project\nlivekit-agents",
        'project = "livekit-agents"\n',
        '[project]\ndependencies = "livekit-agents==1.2.0"\n',
        '[project]\ndependencies = [1, ["livekit-agents==1.2.0"]]\n',
        "[tool]\npoetry.dependencies.livekit-agents = 1\n",
        "[tool.poetry]\ngroup = [1]\ndependencies = ['livekit-agents']\n",
        b"\xff[project]\ndependencies = ['livekit-agents==1.2.0']\n",
    ],
)
def test_a_broken_pyproject_declares_nothing(tmp_path: Path, text: str | bytes) -> None:
    assert version(tmp_path, "pyproject.toml", text) is None


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_requirements_in_any_encoding(tmp_path: Path, codec: str) -> None:
    text = "# d\xe9pendances\r\nlivekit-agents==1.5.3\r\n"
    assert version(tmp_path, "requirements.txt", text.encode(codec)) == "1.5.3"


@pytest.mark.parametrize(
    "text",
    [
        "aiohttp\nlivekit-agents[openai] == 1.5.3  # pinned\n",
        "livekit-agents==1.5.3 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\n",
        "livekit-agents==1.5.3;python_version>'3.8'",
        "#livekit-agents==1.2.0\nlivekit-agents==1.5.3\n",
        "livekit-agents\nlivekit-agents[silero]==1.5.3\n",
    ],
)
def test_lines_of_requirements(tmp_path: Path, text: str) -> None:
    assert version(tmp_path, "requirements.txt", text) == "1.5.3"


def test_requirements_by_other_names(tmp_path: Path) -> None:
    assert version(tmp_path, "requirements/base.txt", "livekit-agents==1.2.0\n") == "1.2.0"
    assert version(tmp_path, "requirements-dev.txt", "livekit-agents==1.3.1\n") == "1.3.1"
    assert version(tmp_path, "requirements.txt", "livekit-agents==1.4.0\n") == "1.4.0"


def test_included_requirements_are_read_below_the_root_and_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path / "secret.txt", "livekit-agents==1.1.0\n")
    write(
        root / "a/requirements.txt",
        "-r ../../secret.txt\n-r requirements.txt\n-r missing.txt\n-r ../common.in\n",
    )
    write(root / "common.in", "-r a/requirements.txt\nlivekit-agents\n--constraint=pins.in\n")
    assert sdk(root, "a/x.py") == SdkVersion(NEWEST, "", str(root / "common.in"))
    write(root / "pins.in", "livekit-agents==1.5.3\n")
    assert sdk(root, "a/x.py") == SdkVersion("1.5.3", "==1.5.3", str(root / "pins.in"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    aiohttp\n    livekit-agents[x]==1.5.3 ; python_version>'3'\n",
        ),
        ("setup.cfg", "[options.extras_require]\nvoice =\n    livekit-agents==1.5.3\n"),
        ("Pipfile", '[packages]\nlivekit-agents = "==1.5.3"\n'),
        ("Pipfile", '[dev-packages]\nlivekit-agents = { version = "==1.5.3", extras = ["openai"] }\n'),
    ],
)
def test_other_files_declare(tmp_path: Path, name: str, text: str) -> None:
    assert version(tmp_path, name, text) == "1.5.3"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.cfg", "livekit-agents==1.5.3\n"),
        ("setup.cfg", "[options]\ninstall_requires\nx = %(livekit-agents)s\n"),
        ("setup.cfg", "[options.extras_require]\nlivekit-agents\n"),
        ("Pipfile", "[packages]\nlivekit-agents = 1\n"),
        ("Pipfile", "livekit-agents"),
    ],
)
def test_broken_files_declare_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert version(tmp_path, name, text) is None


SCRIPT = b"""#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "livekit-agents[openai]~=1.2.0",
# ]
# ///
from livekit import agents
"""


def test_a_scripts_own_metadata_is_the_nearest_declaration(tmp_path: Path) -> None:
    write(tmp_path / "requirements.txt", "livekit-agents==1.5.3\n")
    assert sdk(tmp_path, data=SCRIPT) == SdkVersion("1.2.18", "~=1.2.0", str(tmp_path / "agent.py"))
    assert sdk(tmp_path, data=SCRIPT.replace(b"\n", b"\r\n")).version == "1.2.18"
    assert sdk(tmp_path, data=SCRIPT.replace(b"# ///\n", b"")).version == "1.5.3"
    assert sdk(tmp_path, data=SCRIPT.replace(b"= [", b"= [[")).version == "1.5.3"
    write(tmp_path / "uv.lock", UV_LOCK)
    assert sdk(tmp_path, data=SCRIPT).version == "1.2.18"  # a script has an environment of its own
    assert sdk(tmp_path, data=SCRIPT.replace(b"~=1.2.0", b">=1.2")).version == "1.5.3"


def test_the_setting_overrides_a_lock(tmp_path: Path) -> None:
    write(tmp_path / "uv.lock", UV_LOCK)
    write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nsdk-version = "1.1"\n')
    assert sdk(tmp_path) == SdkVersion("1.1", "1.1", str(tmp_path / "pyproject.toml"))
    write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nsdk-version = "99"\n')
    assert sdk(tmp_path).standing is Standing.ANOTHER_MAJOR


def test_unsaved_files_count(tmp_path: Path) -> None:
    write(tmp_path / "uv.lock", UV_LOCK)
    lock, requirements = str(tmp_path / "uv.lock"), str(tmp_path / "requirements.txt")
    assert sdk(tmp_path, overlays=Overlays({lock: UV_LOCK.replace("1.5.3", "1.4.0").encode()})).version == "1.4.0"
    assert sdk(tmp_path, overlays=Overlays({lock: b"", requirements: b"livekit-agents==1.2.0"})).version == "1.2.0"


def test_files_that_are_no_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").mkdir()
    (tmp_path / "requirements.txt").symlink_to("requirements.txt")
    (tmp_path / "Pipfile").symlink_to("nowhere")
    (tmp_path / "requirements").touch()
    with open(tmp_path / "poetry.lock", "wb") as file:
        file.truncate(10_000_000_000)
    assert sdk(tmp_path) == ASSUMED


def test_every_package_has_its_own_pin(tmp_path: Path) -> None:
    write(
        tmp_path / "uv.lock",
        '[[package]]\nname = "livekit"\nversion = "1.0.12"\n\n[[package]]\nname = "livekit-agents"\n',
    )
    write(tmp_path / "requirements.txt", "livekit-agents[openai]==1.2.3\nlivekit_api~=1.0.2\n")
    write(tmp_path / "package-lock.json", '{"packages": {"node_modules/@livekit/rtc-node": {"version": "0.13.20"}}}')
    finder = SdkFinder(str(tmp_path), SettingsFinder())
    file = str(tmp_path / "agent.py")
    found = {package: finder.for_package(file, package).version for package in (RTC, API, PROTOCOL, RTC_NODE, PYTHON)}
    assert found == {RTC: "1.0.12", API: "1.0.7", PROTOCOL: PROTOCOL.newest, RTC_NODE: "0.13.20", PYTHON: "1.2.3"}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("0.12.21", True),
        ("1.2.0", False),
        ("==1.2.0", False),
        (">=0.12", True),
        ("~=1.1", False),
        ("^1.2", False),
        ("^0.12 || ^1", True),
        ("", True),
        ("what is this", True),
    ],
)
def test_whether_a_declaration_allows_an_old_release(text: str, allowed: bool) -> None:
    assert allows_any(text, ("0.11.3", "0.12.21")) is allowed
