"""No message quotes a file that is none of the project's, whatever its settings name and wherever links lead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config import ConfigError, SettingsFinder
from lkagent_lint.diagnostics import Severity
from lkagent_lint.engine.policy import Policy
from tests.cli.standing_in import run

SECRET = "hunter2"
CONTENTS: dict[str, str | bytes] = {
    "no TOML": f"PASSWORD={SECRET}\0HOME=/root\0",
    "not UTF-8": f"{SECRET}\xff".encode("latin-1"),
    "another program's": f'[registry]\ntoken = "{SECRET}"\n',
    "a secret key": f"{SECRET} = 1\n",
    "a secret table": f"[tool.lkagent-lint]\n{SECRET} = 1\n",
    "a value of another kind": f'select = "{SECRET}"\n',
    "no such choice": f'fail-on = "{SECRET}"\n',
    "no such rule": f'ignore = ["{SECRET}"]\n',
    "no such rule in a table": f'per-file-ignores = {{ "*.py" = ["{SECRET}"] }}\n',
    "no pattern": f'exclude = ["{SECRET}[z-a]"]\n',
    "no pattern in a table": f'per-file-ignores = {{ "{SECRET}[z-a]" = ["LKA101"] }}\n',
    "no release": f'sdk-version = "{SECRET}"\n',
    "a name inside": f"[names]\n{SECRET} = []\n",
    "extends nothing": f'extend = "{SECRET}"\n',
    "a baseline that is missing": f'baseline = "{SECRET}"\n',
}


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def by_extend(project: Path, secret: Path) -> None:
    put(project / "lkagent-lint.toml", f'extend = "{secret}"\n')


def by_a_chain(project: Path, secret: Path) -> None:
    put(project.parent / "shared.toml", f'extend = "{secret}"\n')
    put(project / "lkagent-lint.toml", 'extend = "../shared.toml"\n')


def by_a_link(project: Path, secret: Path) -> None:
    (project / ".lkagent-lint.toml").symlink_to(secret)


def by_a_link_that_is_extended(project: Path, secret: Path) -> None:
    (project / "base.toml").symlink_to(secret)
    put(project / "lkagent-lint.toml", 'extend = "base.toml"\n')


def by_a_linked_directory(project: Path, secret: Path) -> None:
    (project / "shared").symlink_to(secret.parent)
    put(project / "lkagent-lint.toml", f'extend = "shared/{secret.name}"\n')


def by_another_name(project: Path, secret: Path) -> None:
    put(project / ".env", secret.read_bytes())
    put(project / "lkagent-lint.toml", 'extend = ".env"\n')


WAYS = (by_extend, by_a_chain, by_a_link, by_a_link_that_is_extended, by_a_linked_directory, by_another_name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    put(project / "agent.py", "from livekit.agents import AgentServer\n")
    return project


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("content", CONTENTS)
def test_nothing_of_another_file_is_shown(
    project: Path,
    tmp_path: Path,
    content: str,
    way: Callable[[Path, Path], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    way(project, put(tmp_path / "elsewhere" / "secret.toml", CONTENTS[content]))
    assert run("--no-cache", str(project)) == 2
    out, err = capfd.readouterr()
    assert SECRET not in out + err
    assert err.count("\n") == 1
    assert "; nothing of it is shown, because it " in err


def test_settings_of_another_file_hold_all_the_same(project: Path, tmp_path: Path) -> None:
    by_extend(project, put(tmp_path / "shared" / "lint.toml", 'fail-on = "error"\n'))
    assert SettingsFinder().for_directory(str(project)).fail_on is Severity.ERROR


def failure(directory: Path, **options: str) -> ConfigError:
    finder = SettingsFinder(**options)  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as caught:
        Policy(finder).validate([str(directory)])
    return caught.value


@pytest.mark.parametrize("content", CONTENTS)
def test_the_project_s_own_files_are_quoted(project: Path, content: str) -> None:
    put(project / "configs" / "base.toml", CONTENTS[content])
    put(project / "below" / "lkagent-lint.toml", 'extend = "../configs/base.toml"\n')
    agent = put(project / "below" / "agent.py", "from livekit.agents import AgentServer\n")
    with pytest.raises(ConfigError) as caught:
        engine.check(engine.Request(paths=(str(agent),)))
    error = caught.value
    assert "nothing of it is shown" not in error.message
    assert error.path == str(project / "configs" / "base.toml")
    assert error.text is not None or content in ("no TOML", "not UTF-8")
    assert error.line is not None


def test_a_link_within_the_project_is_quoted(project: Path) -> None:
    put(project / "configs" / "base.toml", "wrong = 1\n")
    (project / "lkagent-lint.toml").symlink_to(project / "configs" / "base.toml")
    assert failure(project).line == 1


def test_a_file_that_the_user_names_is_quoted(project: Path, tmp_path: Path) -> None:
    named = put(tmp_path / "elsewhere" / "mine", "wrong = 1\n")
    error = failure(project, file=str(named))
    assert (error.path, error.line) == (str(named), 1)


def test_what_such_a_file_extends_is_not_the_user_s(project: Path, tmp_path: Path) -> None:
    secret = put(tmp_path / "elsewhere" / "secret.toml", f'"{SECRET}" = 1\n')
    named = put(project / "mine.toml", f'extend = "{secret}"\n')
    error = failure(project, file=str(named))
    assert SECRET not in str(error)
    assert error.text is None


def test_without_a_repository_the_project_is_the_directory_of_the_settings(tmp_path: Path) -> None:
    put(tmp_path / "base.toml", f'"{SECRET}" = 1\n')
    put(tmp_path / "project" / "lkagent-lint.toml", 'extend = "../base.toml"\n')
    assert "it lies outside of the project" in str(failure(tmp_path / "project"))


def test_a_home_directory_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is kept in git, as some do."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".cargo" / "credentials.toml", f'[registry]\ntoken = "{SECRET}"\n')
    put(tmp_path / "project" / "lkagent-lint.toml", 'extend = "../.cargo/credentials.toml"\n')
    assert "it lies outside of the project" in str(failure(tmp_path / "project"))


@pytest.mark.parametrize("key", ["baseline", "sdk-tables"])
@pytest.mark.parametrize("content", [f'{{"{SECRET}": 1}}', f"{SECRET}", f'{{"package": "{SECRET}"}}', f'["{SECRET}"]'])
def test_nothing_of_other_files_that_settings_name_is_shown(
    project: Path, tmp_path: Path, key: str, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = put(tmp_path / "elsewhere" / "secret.json", content)
    put(project / "lkagent-lint.toml", f'{key} = "{secret}"\n')
    assert run("--no-cache", str(project)) == 2
    out, err = capfd.readouterr()
    assert SECRET not in out + err
    assert "; nothing of it is shown, because it lies outside of the project" in err
