"""Say in words what a chart shows: its title, its names, and what it leaves out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from dataset.charts.plots import Plot, Series
from dataset.codebook.labels import LABELS
from dataset.declarations.aggregates import MEASURES, OVERLAPPING
from dataset.declarations.periods import PERIODS

WIDTH = 125
MOST_LINES = 4
LONGEST_NAME = 26
ELLIPSIS = "…"
REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Caption:
    """What is known of a chart beside its data: filters in canonical text, notes, the source."""

    filters: Mapping[str, str]
    notes: Sequence[str]
    source: str
    cite: str


def readable(text: str) -> str:
    """Replace what cannot be shown or has no place in XML."""
    return "".join(one if one.isprintable() else REPLACED for one in " ".join(text.split()))


def title(plot: Plot) -> str:
    """Say what is measured, and by which keys."""
    measures = "; ".join(MEASURES[name].meaning for name in plot.measures)
    return f"{measures}, by {listed([plot.period, *plot.keys])}"


def listed(names: Sequence[str]) -> str:
    """Join names as people do."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def asked(caption: Caption) -> str:
    """Say which events are shown."""
    filters = " · ".join(f"{name}={text}" for name, text in caption.filters.items())
    return readable(filters) or "All events"


def series_names(plot: Plot) -> list[str]:
    """Name each series by its keys or their labels; with the codes too where labels are equal."""
    found = [_named(plot, one, _label if plot.labels else _code) for one in plot.series]
    return [
        _named(plot, one, _label_and_code) if found.count(name) > 1 else name
        for one, name in zip(plot.series, found, strict=True)
    ]


def _named(plot: Plot, series: Series, said: Callable[[str, Any], str]) -> str:
    keys = zip(plot.keys, series.keys, strict=True)
    return readable(
        " · ".join(f"no {name}" if key is None else said(name, key) for name, key in keys)
    )


def _code(_name: str, key: Any) -> str:
    return str(key)


def _label(name: str, key: Any) -> str:
    return (LABELS[name](key) if name in LABELS else None) or str(key)


def _label_and_code(name: str, key: Any) -> str:
    label = _label(name, key)
    return label if label == str(key) else f"{label} ({key})"


def short(text: str, most: int = LONGEST_NAME) -> str:
    """Cut a text that is too long, with a visible mark."""
    return text if len(text) <= most else text[: most - 1] + ELLIPSIS


def lines_of(text: str, width: int = WIDTH) -> list[str]:
    """Break a text into lines; mark the last one if the rest is cut."""
    return wrap(text, width, max_lines=MOST_LINES, placeholder=f" {ELLIPSIS}")


def notes(plot: Plot, caption: Caption) -> Iterator[str]:
    """Say all that the picture does not show, or shows only with an explanation."""
    if plot.all_series > len(plot.series):
        shown = f"{len(plot.series)} of {plot.all_series:,} series shown, those with most events"
        yield f"{shown}; the others have {_events(plot.events_of_others)}."
    if plot.events_in_none:
        lie = "lies" if plot.events_in_none == 1 else "lie"
        yield f"Not drawn: {_events(plot.events_in_none)} that {lie} in no single {plot.period}."
    if plot.groups_left_out:
        groups = "group" if plot.groups_left_out == 1 else "groups"
        yield f"Not drawn: {plot.groups_left_out:,} {groups} after the first (limit)."
    if plot.fill:
        yield f"A {plot.period} without events is drawn {filled(plot)} (fill=zero)."
    elif has_gaps(plot) and not plot.groups_left_out:
        advice = f"fill=zero, with date_from and date_to, draws it {filled(plot)}"
        yield f"Where a {plot.period} is missing it has no events; {advice}."
    for name in without_value(plot):
        yield f"{name}: no value is drawn where no event has one."
    if many := sorted(OVERLAPPING & set(plot.keys)):
        yield f"An event counts once for each of its {listed(many)}: series overlap."
    yield from (f"{readable(note)}." for note in caption.notes)


def _events(count: int) -> str:
    return f"{count:,} event{'' if count == 1 else 's'}"


def filled(plot: Plot) -> str:
    """Say how a period without events is drawn: there is no mean of nothing."""
    means = {MEASURES[name].is_mean for name in plot.measures}
    return "as 0, a mean as a gap" if len(means) > 1 else "as a gap" if True in means else "as 0"


def has_gaps(plot: Plot) -> bool:
    """Tell whether a series lacks a period between the first and the last of all."""
    numbers = [number(plot.period, label) for one in plot.series for label in one.periods]
    span = max(numbers) - min(numbers) + 1 if numbers else 0
    return any(len(one.periods) < span for one in plot.series)


def number(period: str, label: str) -> int:
    """Give the number of a label's period: consecutive periods have consecutive numbers."""
    return PERIODS[period].number(PERIODS[period].first(label))


def without_value(plot: Plot) -> list[str]:
    """Name the drawn measures for which some group with events has no value."""
    groups = [group for one in plot.series for group in zip(one.events, one.values, strict=True)]
    values = [row for events, row in groups if events]
    return [name for at, name in enumerate(plot.measures) if any(row[at] is None for row in values)]


def source(plot: Plot, caption: Caption) -> str:
    """Say where the events are from, and how many there are."""
    return readable(f"cameo-events · {caption.source} · {_events(plot.events)}")


def description(plot: Plot, caption: Caption) -> str:
    """Describe the chart in full, for people who cannot see it."""
    names = series_names(plot) if plot.keys else []
    listing = [f"Series by {listed(plot.keys)}: {'; '.join(names)}."] if names else []
    said: list[Any] = [asked(caption) + ".", *listing, *notes(plot, caption)]
    return " ".join([*said, source(plot, caption) + ".", readable(caption.cite)])


def cited(caption: Caption) -> str:
    """Give the address of the citation, cut if it is long: the description has it whole."""
    return short(readable(caption.cite), WIDTH)
