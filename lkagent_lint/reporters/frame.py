"""The piece of source under a finding: line numbers, the lines, and carets under what is meant."""

from __future__ import annotations

from lkagent_lint.reporters.escape import Escaper, laid_out
from lkagent_lint.reporters.style import Style
from lkagent_lint.text import Lines, Span

_MAX_LINES = 3
_WINDOW = 120
_BEFORE_CARET = 40
_CUT = "..."


def frame(lines: Lines, span: Span, escape: Escaper, style: Style, most: int = _MAX_LINES) -> list[str]:
    """The source lines of ``span``, at most ``most`` of them, with a gutter and carets.

    Empty where the span lies outside the text. An empty span is marked by one caret. A line of more than
    120 code points is shown as a window of that many around the carets.
    """
    if not 1 <= span.line <= len(lines.starts) or not lines.line(span.line).strip():
        return []
    last = min(span.last_line, len(lines.starts))
    shown = range(span.line, min(last, span.line + most - 1) + 1)
    gutter = len(str(shown[-1]))
    bar = style.faint(f"{'':{gutter}} |")
    result = [bar]
    for number in shown:
        text = lines.line(number)
        start, end = _columns_on(text, number, span)
        source, carets = _line_with_carets(text, start, end, escape)
        result.append(_row(style.faint(f"{number:{gutter}} |"), source))
        if carets:
            result.append(_row(bar, style.caret(carets)))
    if shown[-1] < last:
        result.append(_row(bar, "..."))
    return result


def _row(gutter: str, text: str) -> str:
    return f"{gutter} {text}" if text else gutter


def _columns_on(text: str, number: int, span: Span) -> tuple[int, int]:
    """The 0-based code points of a line to underline, end exclusive; past the first line from its indent."""
    start = span.column - 1 if number == span.line else len(text) - len(text.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(text.rstrip())
    start = max(0, min(start, len(text)))
    return start, max(start, min(end, len(text)))


def _line_with_carets(text: str, start: int, end: int, escape: Escaper) -> tuple[str, str]:
    """A line as shown and the carets below it; none where the line is blank."""
    if not text.strip():
        return "", ""
    left, right = _window(len(text), start)
    visible = text[left:right]
    source, columns = laid_out(visible, escape.cells(visible))
    first = columns[start - left]
    width = max(1, columns[min(end, right) - left] - first)
    prefix = _CUT if left else ""
    suffix = _CUT if right < len(text) else ""
    return f"{prefix}{source}{suffix}".rstrip(), " " * (len(prefix) + first) + "^" * width


def _window(length: int, start: int) -> tuple[int, int]:
    if length <= _WINDOW:
        return 0, length
    left = max(0, min(start - _BEFORE_CARET, length - _WINDOW))
    return left, left + _WINDOW
