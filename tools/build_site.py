"""Builds the documentation site, warnings being errors, and checks what a reader of a finding relies on.

    python tools/build_site.py DIRECTORY

Every rule's address leads to its page, also one from before the rule got its name, and no page loads anything from
another site. Needs the extra ``docs``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from lkagent_lint.reporters import rule_url  # noqa: E402
from lkagent_lint.rules import all_rules  # noqa: E402
from tools.site_redirects import redirects  # noqa: E402

_LOADED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(https?:)?//[^>]*>""", re.IGNORECASE)
_STYLES = re.compile(r"""<link\b(?=[^>]*rel=["']?(?:stylesheet|preconnect|preload))[^>]*href=["']?(https?:)?//[^>]*>""")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    site = Path(arguments[0]).absolute()
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    # The theme's advertisement for another tool.
    done = subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    if done.returncode:
        return 1
    found = list(problems(site))
    print("\n".join(found) if found else f"{len(list(site.rglob('*.html')))} pages")
    return 1 if found else 0


def problems(site: Path) -> Iterator[str]:
    """What is wrong with a site that has been built."""
    for code, rule in all_rules().items():
        page = site / urlsplit(rule_url(code, rule.META.name)).path.strip("/") / "index.html"
        if not page.is_file():
            yield f"{code} has no page: {page.relative_to(site)}"
        elif f"({code})</title>" not in (text := page.read_text(encoding="utf-8")) and f"({code})" not in text:
            yield f"{page.relative_to(site)} is not about {code}"
    for old, new in redirects().items():
        page = site / old / "index.html"
        if not page.is_file() or f'url=../../{new}"' not in page.read_text(encoding="utf-8"):
            yield f"{old} does not lead to {new}"
        elif not (site / new / "index.html").is_file():
            yield f"{old} leads to {new}, where nothing is"
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for pattern in (_LOADED, _STYLES):
            for match in pattern.finditer(text):
                yield f"{page.relative_to(site)} loads from another site: {match[0]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
