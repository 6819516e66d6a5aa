"""Draw the panels of a chart: one for each measure, above one axis of time."""

from math import isnan

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from dataset.charts.captions import listed, number, series_names, short
from dataset.charts.marks import DAYS, draw_bars, draw_lines, heights
from dataset.charts.plots import Plot
from dataset.charts.ticks import ticks
from dataset.declarations.aggregates import MEASURES
from dataset.declarations.periods import PERIODS

MOST_BARS = 24
FEW_PERIODS = 3
GREY = "#555555"
ROOM, ROOM_BESIDE_NAMES = 112, 88
"""How many characters there is room for below the axis of time."""


def draw_panels(figure: Figure, plot: Plot) -> None:
    """Draw a panel for each measure, and name the series."""
    if not plot.series:
        nothing = (
            f"No event lies in a single {plot.period}." if plot.events else "No event matches."
        )
        figure.text(0.5, 0.5, nothing, size=12, color=GREY, ha="center")
        return
    panels = figure.subplots(len(plot.measures), sharex=True, squeeze=False)[:, 0]
    draw = draw_bars if _suits_bars(plot) else draw_lines
    for at, axes in enumerate(panels):
        handles = draw(axes, plot, at)
        _measure_axis(axes, plot, at)
    _time_axis(panels[-1], plot)
    figure.align_ylabels(panels)
    if plot.keys:
        names = [short(name) for name in series_names(plot)]
        title = short(listed(plot.keys))
        panels[0].legend(
            handles,
            names,
            title=title,
            loc="upper left",
            bbox_to_anchor=(1.01, 1),
            borderaxespad=0,
            frameon=False,
            handlelength=4,
            alignment="left",
        )


def _span(plot: Plot) -> tuple[int, int]:
    labels = [label for one in plot.series for label in (one.periods[0], one.periods[-1])]
    return number(plot.period, min(labels)), number(plot.period, max(labels))


def _suits_bars(plot: Plot) -> bool:
    """Tell whether there are so few periods that lines would say little."""
    first, last = _span(plot)
    most = FEW_PERIODS if plot.series[1:] else MOST_BARS
    return last - first < most


def _measure_axis(axes: Axes, plot: Plot, at: int) -> None:
    """Name a measure and its unit; amounts begin at zero."""
    name = plot.measures[at]
    measure = MEASURES[name]
    axes.set_ylabel(name if measure.unit == name else f"{name}\n{measure.unit}")
    values = [value for one in plot.series for value in heights(one, at) if not isnan(value)]
    if not values:
        axes.set_yticks([])
        text = "no event has a value"
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", color=GREY)
        return
    whole = not measure.is_exact
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=whole))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.15g}"))
    if min(values) >= 0 and not measure.is_mean:
        axes.set_ylim(0, max(values) * 1.06 or 1)
    elif axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color="#888888", linewidth=0.8, zorder=0.9)


def _time_axis(axes: Axes, plot: Plot) -> None:
    """Mark the beginnings of periods; the axis is to scale."""
    kind = PERIODS[plot.period]
    first, last = (kind.first(kind.label(at)).toordinal() for at in _span(plot))
    pad = max(0.6 * DAYS[plot.period], 0.02 * (last - first))
    marks = ticks(plot.period, first, last, ROOM_BESIDE_NAMES if plot.keys else ROOM)
    axes.set_xlim(first - pad, last + pad)
    axes.xaxis.set_major_locator(FixedLocator([day for day, _ in marks]))
    labels = dict(marks)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda day, _: labels.get(round(day), "")))
    axes.set_xlabel("day" if plot.period == "day" else f"{plot.period}, at its first day")
