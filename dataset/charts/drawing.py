"""Draw charts with matplotlib, which is loaded when the first chart is asked for."""

import io
import warnings
from collections.abc import Iterator
from threading import Lock
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from dataset.charts import captions, svg
from dataset.charts.captions import Caption
from dataset.charts.panels import draw_panels
from dataset.charts.plots import Plot

VERSION = matplotlib.__version__
matplotlib.rcParams.update(matplotlib.rcParamsDefault)
matplotlib.rcParams.update(
    {
        "axes.edgecolor": "#888888",
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.labelsize": 9,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "font.size": 9,
        "grid.color": "#e5e5e5",
        "hatch.linewidth": 0.6,
        "svg.fonttype": "none",
        # Names of parts are made from this, not at random: the same chart has the same bytes.
        "svg.hashsalt": "cameo-events",
        # Values of the store and of the query are texts, never formulas.
        "text.parse_math": False,
        "xtick.color": "#444444",
        "ytick.color": "#444444",
    }
)
# Browsers have letters that are missing in the font used to measure texts.
warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)


WIDTH, PANEL = 10.0, 2.9
POINTS = 72
LINE = 0.19
TITLE_LINE = 0.26
TITLE_WIDTH = 84
GREY = "#555555"
METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}

# matplotlib is not safe for threads.
_ALONE = Lock()


def draw(plot: Plot, caption: Caption) -> Iterator[bytes]:
    """Yield a chart as SVG: a panel for each measure, a line or bars for each series."""
    with _ALONE:
        file = io.BytesIO()
        _figure(plot, caption).savefig(file, format="svg", metadata=METADATA)
    title, text = captions.title(plot), captions.description(plot, caption)
    yield svg.finished(file.getvalue(), title, text)


def _figure(plot: Plot, caption: Caption) -> Figure:
    titles = captions.lines_of(captions.title(plot), TITLE_WIDTH)
    asked = captions.lines_of(captions.asked(caption))
    notes = [line for note in captions.notes(plot, caption) for line in captions.lines_of(note)]
    top = TITLE_LINE * len(titles) + LINE * len(asked) + 0.25
    bottom = LINE * (len(notes) + 2) + 0.2
    height = top + bottom + (PANEL * len(plot.measures) if plot.series else 1)
    room = ConstrainedLayoutEngine(
        rect=(0.01, bottom / height, 0.98, 1 - (top + bottom) / height), h_pad=0.08
    )
    figure = Figure((WIDTH, height), dpi=POINTS, layout=room)
    _write(figure, titles, 0.12, size=13, weight="bold", step=TITLE_LINE)
    _write(figure, asked, 0.14 + TITLE_LINE * len(titles), color=GREY)
    _write(figure, notes, height - bottom + 0.05)
    source = [captions.source(plot, caption), captions.cited(caption)]
    _write(figure, source, height - 2 * LINE - 0.08, size=7.5, color=GREY, url=caption.cite)
    draw_panels(figure, plot)
    return figure


def _write(figure: Figure, lines: list[str], down: float, step: float = LINE, **style: Any) -> None:
    """Write lines, from a distance below the upper edge."""
    height = figure.get_figheight()
    for at, line in enumerate(lines):
        y = 1 - (down + at * step) / height
        figure.text(0.1 / WIDTH, y, line, **{"size": 9, "va": "top", **style})
