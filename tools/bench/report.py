"""The figures as a table and as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from tools.bench.measure import Cost

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 360, 64, 48, 24, 150
_COLOURS = ("#0b6e4f", "#7fb069", "#c05746", "#e6aa68", "#3d5a80", "#98c1d9")


def table(costs: Mapping[str, Cost], base: str) -> list[str]:
    """A Markdown table: medians, and each command as a multiple of ``base``, in CPU and in wall time."""
    reference = costs[base]
    lines = [
        f"| command | wall (s) | CPU (s) | peak (MB) | CPU, times {base} | wall, times {base} | runs |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, cost in costs.items():
        lines.append(
            f"| {name} | {cost.median_wall:.2f} | {cost.median_cpu:.2f} | {cost.median_peak:.0f} "
            f"| {cost.median_cpu / reference.median_cpu:.2f} | {cost.median_wall / reference.median_wall:.2f} "
            f"| {len(cost.wall)} |"
        )
    return lines


def plot(series: Mapping[str, Sequence[tuple[int, float]]], x_label: str, y_label: str) -> str:
    """An SVG with both axes logarithmic: one line a series of (x, y)."""
    points = [point for line in series.values() for point in line]
    x_low, x_high = _decades(x for x, _ in points)
    y_low, y_high = _decades(y for _, y in points)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return (
            _LEFT + across * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _BOTTOM - _TOP),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for exponent in range(x_low, x_high + 1):
        x, y = at(10.0**exponent, 10.0**y_low)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{10**exponent:,}</text>')
    for exponent in range(y_low, y_high + 1):
        x, y = at(10.0**x_low, 10.0**exponent)
        parts.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{10.0**exponent:g}</text>')
    for (name, line), colour in zip(series.items(), _COLOURS, strict=False):
        places = [at(x, y) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">{x_label}</text>')
    parts.append(f'<text x="{_LEFT - 48}" y="{_TOP - 8}">{y_label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Iterable[float]) -> tuple[int, int]:
    logarithms = [math.log10(each) for each in values]
    low, high = math.floor(min(logarithms)), math.ceil(max(logarithms))
    return low, max(high, low + 1)
