"""Draw the series of a panel as bars or lines that can be told apart without colours."""

from collections.abc import Sequence
from math import ceil, isnan, nan
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from dataset.charts.captions import number
from dataset.charts.plots import Plot, Series
from dataset.declarations.periods import PERIODS


class Look(NamedTuple):
    """How a series is told apart: any one of these is enough."""

    color: str
    marker: str
    dashes: tuple[float, ...]
    hatch: str


LOOKS = (
    Look("#0072b2", "o", (), ""),
    Look("#d55e00", "s", (6, 2), "//"),
    Look("#009e73", "^", (1.5, 1.5), ".."),
    Look("#cc79a7", "D", (7, 2, 1.5, 2), "\\\\"),
    Look("#000000", "v", (3, 1.5), "xx"),
    Look("#e69f00", "P", (10, 3), "--"),
    Look("#56b4e9", "X", (4, 1.5, 1, 1.5, 1, 1.5), "||"),
    Look("#882255", "*", (1, 3), "++"),
)
"""Colours that the colour-blind tell apart (Okabe and Ito, its yellow too pale on white)."""

DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
MOST_MARKERS = 40
MANY_POINTS = 500


def _day(plot: Plot, label: str) -> int:
    return PERIODS[plot.period].first(label).toordinal()


def draw_bars(axes: Axes, plot: Plot, at: int) -> list[Any]:
    """Draw the bars of a period side by side."""
    width = 0.8 * DAYS[plot.period] / len(plot.series)
    drawn = []
    for place, (series, look) in enumerate(zip(plot.series, LOOKS, strict=False)):
        shift = (place - (len(plot.series) - 1) / 2) * width
        days = [_day(plot, label) + shift for label in series.periods]
        bars = axes.bar(days, heights(series, at), width * 0.92, edgecolor=look.color)
        for bar in bars:
            bar.set_facecolor("white" if look.hatch else look.color)
            bar.set_hatch(look.hatch)
        drawn.append(bars)
    return drawn


def heights(series: Series, at: int) -> list[float]:
    """Give the values of a measure; a missing value is NaN."""
    measured = (row[at] for row in series.values)
    return [nan if value is None else float(value) for value in measured]


def draw_lines(axes: Axes, plot: Plot, at: int) -> list[Any]:
    """Draw a line for each series, broken where there is no value."""
    drawn = []
    for series, look in zip(plot.series, LOOKS, strict=False):
        days, values = _broken(plot, series, at)
        (line,) = axes.plot(
            days,
            values,
            color=look.color,
            linestyle=(0, look.dashes) if look.dashes else "-",
            linewidth=1.6 if len(values) <= MANY_POINTS else 0.8,
            marker=look.marker,
            markersize=5 if len(values) <= MANY_POINTS else 3,
            markevery=_marked(values),
        )
        drawn.append(line)
    return drawn


def _broken(plot: Plot, series: Series, at: int) -> tuple[list[float], list[float]]:
    """Give the points of a line, with a NaN between periods that are not consecutive."""
    points: list[tuple[float, float]] = []
    last = None
    for label, value in zip(series.periods, heights(series, at), strict=True):
        here = number(plot.period, label)
        if last is not None and here > last + 1:
            points.append((points[-1][0] + 1, nan))
        points.append((_day(plot, label), value))
        last = here
    return [day for day, _ in points], [value for _, value in points]


def _marked(values: Sequence[float]) -> list[int]:
    """Choose the points with a marker: all if few, some if many, and any that stands alone."""
    step = 1 if len(values) <= MOST_MARKERS else ceil(len(values) / 12)
    return [at for at in range(len(values)) if at % step == 0 or _is_alone(values, at)]


def _is_alone(values: Sequence[float], at: int) -> bool:
    around = (values[near] for near in (at - 1, at + 1) if 0 <= near < len(values))
    return all(isnan(value) for value in around)
