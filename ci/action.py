"""What action.yml runs: installs the linter into an environment of its own and checks. Nothing goes through a shell.

Reads its inputs from ``LKAGENT_LINT_*``. Exits as the command does: 0, 1 with findings, 2 where something failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping

_VERSION = re.compile(r"\s*((==|~=|!=|<=|>=|<|>)\s*)?[0-9][0-9A-Za-z.!+*-]*\s*")


def main(environ: Mapping[str, str]) -> int:
    try:
        package, command = requirement(environ), arguments(environ)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    python = install(package, os.path.join(environ["RUNNER_TEMP"], "lkagent-lint"))
    if python is None:
        return 2
    directory = environ.get("LKAGENT_LINT_DIRECTORY") or "."
    # -I: neither the workspace nor the environment adds modules.
    done = subprocess.run([python, "-I", "-m", "lkagent_lint", *command], cwd=directory)
    with open(environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"exit-code={done.returncode}\n")
    return done.returncode


def requirement(environ: Mapping[str, str]) -> str:
    """What pip installs. Raises ValueError for a version that is none: it could be an option or an address."""
    version = environ.get("LKAGENT_LINT_VERSION", "").strip()
    if not version:
        return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not all(_VERSION.fullmatch(part) for part in version.split(",")):
        raise ValueError(f"no such version: {version!a}")
    return f"lkagent-lint{version if version[0] in '=~!<>' else f'=={version}'}"


def arguments(environ: Mapping[str, str]) -> list[str]:
    """The command's arguments. Raises ValueError where an input that takes lines is put on one."""
    lines = {name: environ.get(f"LKAGENT_LINT_{name}", "").splitlines() for name in ("PATHS", "ARGS")}
    found = ["check", "--output-format", "github", "--no-cache"]
    for option, name in (("--since", "SINCE"), ("--output", "SARIF")):
        value = environ.get(f"LKAGENT_LINT_{name}", "").strip()
        if value:
            found.append(f"{option}={'sarif=' if name == 'SARIF' else ''}{value}")
    extra = [line.strip() for line in lines["ARGS"] if line.strip()]
    for line in extra:
        if re.match(r"--[\w-]+\s", line):
            raise ValueError(f"one argument a line: {line!a} is two")
    # Paths may look like options, and paths with @ like lists of arguments.
    paths = [line for line in lines["PATHS"] if line.strip()]
    return [*found, *extra, "--", *(f"./{path}" if path.startswith("@") else path for path in paths)]


def install(package: str, directory: str) -> str | None:
    """The interpreter of a new environment with the package in it; None where that failed."""
    steps = [[sys.executable, "-I", "-m", "venv", directory]]
    python = os.path.join(directory, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    steps.append([python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package])
    for step in steps:
        if subprocess.run(step, stdout=sys.stderr).returncode:
            print(f"error: lkagent-lint could not be installed ({package})", file=sys.stderr)
            return None
    return python


if __name__ == "__main__":
    sys.exit(main(os.environ))
