"""What is generated is up to date, the settings' schema says what the loader does, and the hook sees every file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import jsonschema
import msgspec
import pytest
import yaml

from lkagent_lint.config.loader import ConfigError, read_settings
from lkagent_lint.config.settings import Settings
from lkagent_lint.config.toml import parse_toml
from lkagent_lint.engine import Request
from lkagent_lint.engine.showing import settings_of
from tools import check_links, generate

REPOSITORY = Path(__file__).resolve().parents[2]


def test_every_generated_file_is_up_to_date() -> None:
    assert generate.main(["--check"]) == 0


def test_no_link_is_broken() -> None:
    assert check_links.main() == 0


def test_broken_links_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_links, "REPOSITORY", tmp_path)
    (tmp_path / "a.md").write_text(
        "# One two\n[x](b.md) [y](#one-two) [z](#three) [w](https://example.com)\n```\n[q](no)\n```\n"
    )
    assert list(check_links.problems(tmp_path / "a.md")) == ["a.md: there is no b.md", "a.md: it has no heading #three"]


def test_the_site_shows_every_document() -> None:
    """Also without building it, which needs more than the tests do."""
    listed = re.findall(r"^  - .*: (\S+\.md)$", (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    there = {path.name for path in (REPOSITORY / "docs").glob("*.md")} | {"rules/index.md"}
    assert sorted(listed) == sorted(there)


_TOML = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
SETTINGS_IN_DOCUMENTS = [
    pytest.param(block, id=f"{path.name}-{number}")
    for path in DOCUMENTS
    for number, block in enumerate(_TOML.findall(path.read_text(encoding="utf-8")))
    if "[tool.lkagent-lint" in block
]


@pytest.mark.parametrize("block", SETTINGS_IN_DOCUMENTS)
def test_settings_in_documents_are_settings(block: str, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(block)
    settings_of(Request(paths=(str(tmp_path / "agent.py"),)))


def test_the_readme_shows_settings() -> None:
    assert len(SETTINGS_IN_DOCUMENTS) >= 2


def schema() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads((REPOSITORY / generate.SCHEMA).read_text(encoding="utf-8")))


SETTINGS: list[tuple[str, bool]] = [
    ("", True),
    ("root = true", True),
    ('select = ["LKA1", "connect-before-start"]', True),
    ('fail-on = "info"', True),
    ('job-type-model = "server"', True),
    ('sdk-version = "1.5.3"', True),
    ('root = "yes"', False),
    ('select = "LKA1"', False),
    ("select = [1]", False),
    ('fail-on = "never"', False),
    ('job-type-model = "mine"', False),
    ("sdk-version = 1", False),
    ("info-in-flake8 = 1", False),
    ('selct = ["LKA1"]', False),
    ("fail_on = 'error'", False),
    ('extend = "../base.toml"', True),
    ("extend = ['../base.toml']", False),
    ('extend-select = ["LKA211"]\nextend-ignore = ["LKA1"]', True),
    ("extend-select = 'LKA211'", False),
    ("preview = true\nforce-exclude = false", True),
    ("preview = 1", False),
    ('severity = { LKA101 = "error", connect-before-start = "info" }', True),
    ('severity = { LKA101 = "off" }', False),
    ('severity = "error"', False),
    ('[per-file-ignores]\n"tests/**" = ["LKA2"]', True),
    ('per-file-ignores = { "tests/**" = "LKA2" }', False),
    ('extend-per-file-ignores = ["tests/**"]', False),
    ('baseline = "known.json"', True),
    ("baseline = true", False),
    ('exclude = ["a/"]\nextend-exclude = ["b/"]', True),
]


@pytest.mark.parametrize(("text", "valid"), SETTINGS)
def test_the_schema_says_what_the_loader_does(text: str, valid: bool) -> None:
    values: Any = parse_toml(text.encode())
    validator: Any = jsonschema.Draft7Validator(schema())
    assert validator.is_valid(values) is valid
    name = "/p/lkagent-lint.toml"
    if valid:
        assert read_settings(name, text.encode()) is not None
    else:
        with pytest.raises(ConfigError):
            read_settings(name, text.encode())


def test_every_setting_is_described_and_has_its_default_in_the_schema() -> None:
    properties = schema()["properties"]
    assert set(properties) == {field.encode_name for field in msgspec.structs.fields(Settings)}
    assert all(each["description"] for each in properties.values())
    assert properties["fail-on"]["default"] == "warning"


def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return cast("dict[str, Any]", found)


def test_the_hook_checks_the_project_once() -> None:
    assert hook()["id"] == "lkagent-lint"
    assert hook()["pass_filenames"] is False
    assert hook()["require_serial"] is True


@pytest.mark.parametrize(
    ("path", "triggers"),
    [
        ("agent.py", True),
        ("web/app/api/token/route.ts", True),
        ("web/App.tsx", True),
        ("sip/dispatch-rule.json", True),
        ("compose.yaml", True),
        (".github/workflows/ci.yml", True),
        (".env", True),
        ("web/.env.local", True),
        ("Makefile", True),
        ("scripts/dispatch.sh", True),
        ("Dockerfile.agent", True),
        ("requirements-dev.txt", True),
        ("uv.lock", True),
        ("pyproject.toml", True),
        ("README.md", False),
        ("logo.png", False),
        ("pyproject.tomlx", False),
        ("notes.txt", False),
    ],
)
def test_what_triggers_the_hook(path: str, triggers: bool) -> None:
    assert (re.search(hook()["files"], path) is not None) is triggers
