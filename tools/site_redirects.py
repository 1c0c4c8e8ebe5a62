"""A hook of mkdocs: the addresses that rules' pages had under former names lead to those that they have today."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lkagent_lint.reporters import rule_url
from lkagent_lint.rules import all_rules, formers

_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<title>{code} {name}</title>
<link rel="canonical" href="{target}">
<meta http-equiv="refresh" content="0; url={target}">
<a href="{target}">{code} {name}</a> has another page today.
"""


def redirects() -> dict[str, str]:
    """The pages of former names, each with what takes its place: paths below the top of the site."""
    found: dict[str, str] = {}
    for each in formers():
        target = "rules/" if each.now is None else _path(each.now, all_rules()[each.now].META.name)
        found[_path(each.code, each.name)] = target
    return found


def _path(code: str, name: str) -> str:
    return urlsplit(rule_url(code, name)).path.lstrip("/")


def on_post_build(config: Any) -> None:
    """Write the pages, once mkdocs has written its own."""
    write(Path(config["site_dir"]))


def write(site: Path) -> None:
    """Write the pages into a site. Raises FileExistsError where there is a page already."""
    for each in formers():
        old = _path(each.code, each.name)
        page = site / old / "index.html"
        page.parent.mkdir(parents=True)
        target = "../" * old.count("/") + redirects()[old]
        page.write_text(_PAGE.format(code=each.code, name=each.name, target=target), encoding="utf-8")
