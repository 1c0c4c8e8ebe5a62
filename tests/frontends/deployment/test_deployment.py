"""What deployment files start, as facts."""

from __future__ import annotations

import pytest

from lkagent_lint.facts.deployment import ProcessFact, ProcessKind
from lkagent_lint.frontends.deployment import MAX_BYTES, may_start, processes


def only(text: str, name: str) -> ProcessFact:
    (found,) = processes(text.encode(), name)
    return found


def words(fact: ProcessFact) -> list[str]:
    return [" ".join(each.words) for each in fact.commands]


@pytest.mark.parametrize(
    ("lines", "commands", "shell"),
    [
        ('CMD ["python", "a.py", "start"]', ["python a.py start"], ""),
        ("CMD python a.py start", ["python a.py start"], "sh"),
        ('ENTRYPOINT ["python", "a.py"]\nCMD ["start"]', ["python a.py start"], ""),
        ('CMD ["start"]\nENTRYPOINT ["python", "a.py"]', ["python a.py"], ""),
        ('ENTRYPOINT python a.py\nCMD ["start"]', ["python a.py"], "sh"),
        ('CMD ["one"]\nCMD ["two"]', ["two"], ""),
        ('SHELL ["/bin/bash", "-c"]\nCMD a && exec b', ["a", "exec b"], "bash"),
        ('CMD ["sh", "-c", "a; b &"]', ["a", "b"], "sh"),
        ('CMD ["tini", "--", "sh", "-c", "a"]', ["a"], "sh"),
        ('CMD ["tini", "-g", "--", "sh", "-c", "a"]', ["tini -g -- sh -c a"], ""),
        ("CMD ['python', 'a.py']", ["[python, a.py]"], "sh"),
        ('CMD ["python", \\\n  # a comment\n\n  "a.py"]', ["python a.py"], ""),
        ("cmd python a.py", ["python a.py"], "sh"),
    ],
)
def test_an_image_runs_what_the_builder_takes(lines: str, commands: list[str], shell: str) -> None:
    found = only(f"FROM python:3.12\n{lines}\n", "Dockerfile")
    assert (words(found), found.shell) == (commands, shell)


def test_stages_inherit_what_they_are_built_from() -> None:
    text = 'FROM debian AS base\nCMD ["a"]\nFROM base AS second\nFROM base\nENTRYPOINT ["b"]\n'
    found = processes(text.encode(), "Dockerfile")
    assert [(each.name, words(each), each.final, each.base) for each in found] == [
        ("base", ["a"], False, "debian"),
        ("second", ["a"], False, "debian"),
        ("", ["b"], True, "debian"),
    ]


def test_the_text_of_a_here_document_is_no_instruction() -> None:
    found = processes(b'FROM a\nRUN <<EOF\nCMD ["no"]\nEOF\nCMD ["yes"]\n', "Dockerfile")
    assert [words(each) for each in found] == [["yes"]]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("10s", 10), ("1m30s", 90), ("61m", 3660), ("1h", 3600), ("90", 90), ("${G}", None), ("1500ms", None)],
)
def test_compose_says_how_long_a_service_has(given: str, seconds: float | None) -> None:
    found = only(f"services:\n  a:\n    build: .\n    stop_grace_period: {given}\n", "compose.yaml")
    assert (found.grace, found.says_grace, found.inherits, found.image) == (seconds, True, True, "./Dockerfile")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("90", 90),
        ("5min 20s", 320),
        ("1h", 3600),
        ("500ms", 0.5),
        ("infinity", 10.0**9),
        ("0", 10.0**9),
        ("soon", None),
    ],
)
def test_a_unit_says_how_long_it_has(given: str, seconds: float | None) -> None:
    found = only(f"[Service]\nExecStart=-/usr/bin/python a.py start\nTimeoutStopSec={given}\n", "a.service")
    assert (words(found), found.grace, found.says_grace) == (["/usr/bin/python a.py start"], seconds, True)


def test_a_pod_has_containers() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- spec:\n    terminationGracePeriodSeconds: 7\n"
        "    containers:\n    - name: a\n      command: [x]\n      args: [y]\n    - name: b\n"
    )
    found = processes(text.encode(), "k8s.yml")
    assert [(each.name, words(each), each.grace) for each in found] == [("a", ["x y"], 7), ("b", [], 7)]


def test_lists_of_processes() -> None:
    procfile = processes(b"web: gunicorn a:b\n# no: comment\nagent: python a.py start\n", "Procfile")
    assert [(each.name, words(each)) for each in procfile] == [
        ("web", ["gunicorn a:b"]),
        ("agent", ["python a.py start"]),
    ]
    fly = processes(b'kill_timeout = "2m"\n[processes]\nagent = "python a.py start"\n[[vm]]\nsize = "x"\n', "fly.toml")
    assert [(each.name, each.grace) for each in fly] == [("agent", 120)]
    scripts = processes(b'{"scripts": {"start": "node a.js start", "x": 1}}', "package.json")
    assert [(each.kind, each.name, words(each)) for each in scripts] == [
        (ProcessKind.SCRIPT, "start", ["node a.js start"]),
        (ProcessKind.SCRIPT, "x", ["1"]),
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'FROM a\nCMD ["python", "a.py', "Dockerfile"),
        (b"FROM a\nCMD python 'a.py", "Dockerfile"),
        (b"FROM\nCMD", "Dockerfile"),
        (b"CMD a\n", "Dockerfile"),
        (b"FROM a\nRUN <<EOF\nCMD b\n", "Dockerfile"),
        (b"FROM a\nCMD b \\", "Dockerfile"),
        (b"FROM a\nCMD " + b"[" * 100_000, "Dockerfile"),
        (b"services: [a\n", "compose.yaml"),
        (b"services:\n  a: {command: {b: c}, build: [x], stop_grace_period: [1]}\n", "compose.yaml"),
        (b"apiVersion: v1\ncontainers: {a: b}\nspec: {containers: [x, {}]}\n", "k8s.yaml"),
        (b"ExecStart='\n", "a.service"),
        (b'{"scripts": [1]}', "package.json"),
        (b"[processes]\na = \n= b\n", "fly.toml"),
        (b"python '\n", "a.sh"),
        (b"\xff\xfe\x00", "Dockerfile"),
        (b"python " + b"a" * MAX_BYTES, "a.sh"),
    ],
)
def test_bad_input_never_raises(data: bytes, name: str) -> None:
    assert all(isinstance(each, ProcessFact) for each in processes(data, name))


def test_other_files_start_nothing() -> None:
    assert not may_start(b"python a.py start", "README.md")
    assert not may_start(b"a: 1", "config.yaml")
    assert processes(b"python a.py start", "README.md") == ()
