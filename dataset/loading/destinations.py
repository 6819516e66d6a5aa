"""Where a load writes what its parser gives: to events, or to mentions of events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from dataset.building.mentions import build_mention
from dataset.building.reports import Report
from dataset.building.rows import ROW_COLUMNS, Row, RowBuilder
from dataset.building.sections import BY_NAME
from dataset.loaders.base import Loader
from dataset.writes.revisions import Change


@dataclass(frozen=True)
class Destination:
    """Builds and writes rows.

    `build` makes a row of what a parser gives; it raises `Refused`. `dataset_of` names the
    dataset of a row. `write` stores rows of a version of the loader; it gives the positions of
    those that it refuses.
    """

    build: Callable[[Any], Row]
    dataset_of: Callable[[Row], str]
    write: Callable[[Sequence[Row], int], list[int]]
    report: Report = field(default_factory=Report)


def _events(change: Change, load: int, loader: Loader) -> Destination:
    """Write events; refused are those whose key is taken by another id."""
    rows = RowBuilder(loader.codebook, loader.section_parsers or BY_NAME)
    return Destination(
        build=rows.from_sections if loader.section_parsers else rows.from_columns,
        dataset_of=itemgetter(ROW_COLUMNS.index("dataset")),
        write=lambda rows, version: change.write_events(rows, load, version),
        report=rows.report,
    )


def _mentions(change: Change, load: int, _loader: Loader) -> Destination:
    """Write mentions; none is refused."""

    def write(rows: Sequence[Row], _version: int) -> list[int]:
        change.write_mentions(rows, load)
        return []

    return Destination(build_mention, lambda row: row[0].partition(":")[0], write)


DESTINATIONS: dict[str, Callable[[Change, int, Loader], Destination]] = {
    "events": _events,
    "mentions": _mentions,
}
"""By what a loader makes."""
