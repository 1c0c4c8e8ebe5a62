"""What is raised for settings that cannot be used."""

from __future__ import annotations

from lkagent_lint.text import Span


class ConfigError(Exception):
    """A setting that cannot be used.

    ``path`` is the file, or the option of the command line (None where neither is known), ``line`` is 1-based or
    None, ``message`` is one sentence without either. Where ``text`` (the whole of the file) and ``span`` are given,
    they show the place. ``str()`` gives ``path:line:column: message`` with what is known.
    """

    def __init__(
        self,
        path: str | None,
        line: int | None,
        message: str,
        *,
        span: Span | None = None,
        text: str | None = None,
    ) -> None:
        super().__init__(path, line, message)
        self.path = path
        self.line = span.line if span is not None and line is None else line
        self.message = message
        self.span = span
        self.text = text

    def __str__(self) -> str:
        return self.shown(self.path)

    def shown(self, path: str | None) -> str:
        """The error on one line, its file named by ``path``."""
        column = None if self.span is None else self.span.column
        parts = [path or "", *("" if each is None else str(each) for each in (self.line, column))]
        place = ":".join(part for part in parts if part)
        return f"{place}: {self.message}" if place else self.message


def unquoted(path: str, message: str, reason: str) -> ConfigError:
    """An error about a file (absolute path) of which nothing may be shown, and why that is so (``disclosure``)."""
    return ConfigError(path, None, f"{message}; nothing of it is shown, because {reason}")
