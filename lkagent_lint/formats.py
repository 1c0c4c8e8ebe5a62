"""The names of what the command can print, the default first. Here, so that its help imports no renderer."""

from __future__ import annotations

REPORTS = (
    "full",
    "concise",
    "grouped",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "pylint",
    "azure",
    "rdjson",
)
PAGES = ("text", "json", "markdown")
GRAPHS = ("text", "mermaid", "dot", "json")
EXPLANATIONS = ("text", "json")
