"""Which release a file is judged by while the next major one is out as a pre-release: only what names or permits it
leads to it, whatever it is written in.

The SDKs have releases of our own here, so that nothing changes when the stable one comes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.config import SettingsFinder
from lkagent_lint.sources.sdk.releases import NODE, PACKAGES, PYTHON, Package, Standing
from lkagent_lint.sources.sdk.tables import Catalog
from lkagent_lint.sources.sdk.versions import SdkFinder, SdkVersion

OWN = {
    PYTHON.package: Package(PYTHON.package, ("1.8.8", "1.8.9", "2.0.0b1")),
    NODE.package: Package(NODE.package, ("1.8.0", "1.9.0", "2.0.0-beta.1")),
}
EARLY = "2.0.0b1"
DEPENDS = "[project]\ndependencies = [{}]\n"
UV = '[tool.uv]\nprerelease = "{}"\n'


@pytest.fixture(autouse=True)
def releases(monkeypatch: pytest.MonkeyPatch) -> None:
    def package(_catalog: Catalog, name: str) -> Package:
        return OWN.get(name) or PACKAGES[name]

    monkeypatch.setattr(Catalog, "package", package)


def judged(directory: Path, files: dict[str, str], asked: str = "agent.py") -> SdkVersion:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    file = directory / asked
    return SdkFinder(str(directory), SettingsFinder()).for_file(str(file), file.read_bytes() if file.exists() else None)


@pytest.mark.parametrize(
    ("declared", "version", "standing"),
    [
        ("==2.0.0b1", EARLY, Standing.KNOWN),
        ("==2.0.0-b1", EARLY, Standing.KNOWN),
        ("==v2.0.0b1", EARLY, Standing.KNOWN),
        (">=2.0.0b1", EARLY, Standing.KNOWN),
        ("~=2.0.0b1", EARLY, Standing.KNOWN),
        (">=2.0.0a0", EARLY, Standing.KNOWN),
        (">=1.0.0rc7", EARLY, Standing.KNOWN),  # as pip and uv read it
        ("", "1.8.9", Standing.KNOWN),
        (">=1.8,<3", "1.8.9", Standing.KNOWN),
        (">=1.5", "1.8.9", Standing.KNOWN),
        ("!=1.8.9", "1.8.8", Standing.KNOWN),
        (">=1.5,<=2.0.0b1", "1.8.9", Standing.KNOWN),  # it ends there, and asks for none
        ("~=2.0", "2.0", Standing.NEWER),  # b1 comes before it
        (">=2", "2", Standing.NEWER),
        ("==2.0.0", "2.0.0", Standing.NEWER),
        ("==2.0.0b2", "2.0.0b2", Standing.NEWER),
        ("==2.0.0rc1", "2.0.0rc1", Standing.NEWER),
        ("==2.1.0", "2.1.0", Standing.NEWER),
        ("==1.9.0", "1.9.0", Standing.NEWER),
        ("==3.0.0", "3.0.0", Standing.ANOTHER_MAJOR),
    ],
)
@pytest.mark.parametrize("extras", ["", "[openai,silero]"])
def test_specifiers(tmp_path: Path, declared: str, version: str, standing: Standing, extras: str) -> None:
    found = judged(tmp_path, {"pyproject.toml": DEPENDS.format(f'"livekit-agents{extras}{declared}"')})
    assert (found.version, found.standing) == (version, standing)


ANY = DEPENDS.format('"livekit-agents>=1.5"')
LOCK = '[[package]]\nname = "livekit-agents"\nversion = "2.0.0b1"\n'


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"pyproject.toml": ANY + UV.format("allow")}, EARLY),
        ({"pyproject.toml": ANY, "uv.toml": 'prerelease = "allow"\n'}, EARLY),
        ({"pyproject.toml": ANY + UV.format("if-necessary")}, "1.8.9"),
        ({"pyproject.toml": DEPENDS.format('"livekit-agents>=1.5,<2"') + UV.format("allow")}, "1.8.9"),
        ({"requirements.txt": "--pre\nlivekit-agents>=1.5\n"}, EARLY),
        ({"Pipfile": '[packages]\nlivekit-agents = ">=1.5"\n[pipenv]\nallow_prereleases = true\n'}, EARLY),
        ({"pyproject.toml": f"{ANY}[tool.pdm.resolution]\nallow-prereleases = true\n"}, EARLY),
        (
            {
                "pyproject.toml": "[tool.poetry.dependencies]\n"
                'livekit-agents = { version = ">=1.5", allow-prereleases = true }\n'
            },
            EARLY,
        ),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nlivekit-agents = "^2.0.0b1"\n'}, EARLY),
        ({"pyproject.toml": f'{ANY}[tool.uv]\noverride-dependencies = ["livekit-agents==2.0.0b1"]\n'}, EARLY),
        ({"pyproject.toml": f'{ANY}[tool.uv]\nconstraint-dependencies = ["livekit-agents>=2.0.0b1"]\n'}, EARLY),
        ({"requirements.txt": "-c limits.txt\nlivekit-agents\n", "limits.txt": "livekit-agents==2.0.0b1\n"}, EARLY),
        ({"requirements.txt": "-r base.txt\n", "base.txt": "livekit-agents==2.0.0b1\n"}, EARLY),
        ({"setup.cfg": "[options]\ninstall_requires =\n    livekit-agents>=2.0.0b1\n"}, EARLY),
        ({"agent.py": '# /// script\n# dependencies = ["livekit-agents==2.0.0b1"]\n# ///\n'}, EARLY),
        ({"pyproject.toml": ANY, "uv.lock": LOCK}, EARLY),
        ({"pyproject.toml": ANY, "poetry.lock": LOCK}, EARLY),
        ({"pyproject.toml": ANY + UV.format("allow"), "uv.lock": LOCK.replace(EARLY, "1.8.8")}, "1.8.8"),
        ({"Pipfile.lock": '{"default": {"livekit-agents": {"version": "==2.0.0b1"}}}'}, EARLY),
        ({"pyproject.toml": ANY, "requirements.txt": "livekit-agents==2.0.0b1\n"}, EARLY),
        ({"pyproject.toml": '[tool.lkagent-lint]\nroot = true\nsdk-version = "2.0.0b1"\n'}, EARLY),
    ],
)
def test_where_a_pre_release_is_said(tmp_path: Path, files: dict[str, str], version: str) -> None:
    assert judged(tmp_path, files).version == version


def test_permission_is_that_of_the_workspace(tmp_path: Path) -> None:
    files = {"pyproject.toml": UV.format("allow"), "member/pyproject.toml": ANY}
    found = judged(tmp_path, files, "member/agent.py")
    assert found.label(str(tmp_path)) == "livekit-agents 2.0.0b1 (member/pyproject.toml), a pre-release"


def test_manifests_that_disagree_are_named(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": DEPENDS.format('"livekit-agents~=1.8"'),
        "requirements.txt": "livekit-agents==2.0.0b1\n",
        "uv.lock": LOCK.replace(EARLY, "1.8.9"),
        "next/requirements.txt": "livekit-agents==2.0.0b1\n",
    }
    found = judged(tmp_path, files, "next/agent.py").label(str(tmp_path))
    assert found == "livekit-agents 2.0.0b1 (next/requirements.txt; uv.lock says 1.8.9), a pre-release"
    (tmp_path / "uv.lock").unlink()
    found = judged(tmp_path, {}).label(str(tmp_path))
    assert found == "livekit-agents 1.8.9 (pyproject.toml; requirements.txt says ==2.0.0b1)"


@pytest.mark.parametrize(
    ("manifest", "version", "standing"),
    [
        ('"dependencies": {"@livekit/agents": "2.0.0-beta.1"}', "2.0.0-beta.1", Standing.KNOWN),
        ('"dependencies": {"@livekit/agents": "^2.0.0-beta.1"}', "2.0.0-beta.1", Standing.KNOWN),
        ('"dependencies": {"@livekit/agents": "^2.0.0"}', "2.0.0", Standing.NEWER),
        ('"dependencies": {"@livekit/agents": ">=1 <3"}', "1.9.0", Standing.KNOWN),
        ('"dependencies": {"@livekit/agents": "*"}', "1.9.0", Standing.KNOWN),
        ('"dependencies": {"@livekit/agents": "1.10.0"}', "1.10.0", Standing.NEWER),
        ('"dependencies": {"@livekit/agents": "3.0.0"}', "3.0.0", Standing.ANOTHER_MAJOR),
        (
            '"dependencies": {"@livekit/agents": "^1.8.0"}, "overrides": {"@livekit/agents": "1.8.0"}',
            "1.8.0",
            Standing.KNOWN,
        ),
        (
            '"dependencies": {"@livekit/agents": "1.8.0"}, "overrides": {"@livekit/agents": "$@livekit/agents"}',
            "1.8.0",
            Standing.KNOWN,
        ),
        ('"resolutions": {"**/@livekit/agents": "2.0.0-beta.1"}', "2.0.0-beta.1", Standing.KNOWN),
        ('"pnpm": {"overrides": {"@livekit/agents": "2.0.0-beta.1"}}', "2.0.0-beta.1", Standing.KNOWN),
    ],
)
def test_manifests_of_node(tmp_path: Path, manifest: str, version: str, standing: Standing) -> None:
    found = judged(tmp_path, {"package.json": f"{{{manifest}}}"}, "agent.ts")
    assert (found.version, found.standing) == (version, standing)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", '{"packages": {"node_modules/@livekit/agents": {"version": "2.0.0-beta.1"}}}'),
        ("pnpm-lock.yaml", "packages:\n\n  '@livekit/agents@2.0.0-beta.1(zod@3)':\n    resolution: {}\n"),
        ("yarn.lock", '"@livekit/agents@^2.0.0-beta.1":\n  version "2.0.0-beta.1"\n'),
        ("bun.lock", '{"packages": {"@livekit/agents": ["@livekit/agents@2.0.0-beta.1", "", {}, "sha"]}}'),
    ],
)
def test_locks_of_node(tmp_path: Path, name: str, text: str) -> None:
    manifest = '{"dependencies": {"@livekit/agents": "^1.0.0"}}'
    assert judged(tmp_path, {"package.json": manifest, name: text}, "agent.ts").version == "2.0.0-beta.1"
