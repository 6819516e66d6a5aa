"""Build stored rows from what sources say, by the same rules for all sources.

A row is a tuple of `ROW_COLUMNS`: the public columns but `revision`, section by section, and what
is derived from them.
"""

from collections.abc import Callable, Mapping
from operator import getitem
from typing import Any

from dataset.building.cache import SectionCache
from dataset.building.reports import Report
from dataset.building.section_builders import DERIVED, Section, SectionBuilder, builders
from dataset.building.sections import (
    BY_NAME,
    SECTIONS,
    Cells,
    Columns,
    SectionParsers,
    Sections,
    sections_of,
)
from dataset.declarations.columns import COLUMNS
from dataset.declarations.ids import PUBLIC_ID, shuffle_of
from dataset.declarations.words import line_of
from dataset.errors import Refused

Row = tuple[Any, ...]

SOURCE_COLUMNS = {name: column for name, column in COLUMNS.items() if not column.derived}
"""The columns that a source may give."""
ROW_COLUMNS = (
    *("dyad", "shuffle", "words"),
    *("id", "dataset"),
    *(name for one, names in SECTIONS.items() for name in (*names, *DERIVED.get(one, ()))),
)
_COUNTRY = SECTIONS["actor"].index("actor_country")


def build(columns: Mapping[str, Any], codebook: str | None) -> Row:
    """Build one row (see `RowBuilder`)."""
    unknown = columns.keys() - SOURCE_COLUMNS.keys()
    if unknown:
        raise Refused(min(unknown), "there is no such column.")
    return RowBuilder(codebook).from_columns(columns)


class RowBuilder:
    """Builds the rows of a load; `report` counts the remarks on them.

    `codebook` names the Goldstein table for sources that give no value; without one nothing is
    filled in. `parsers` read the cells of each section.
    """

    def __init__(self, codebook: str | None, parsers: SectionParsers = BY_NAME) -> None:
        """Begin with nothing built."""
        self.report = Report()
        self._sections = [
            SectionCache(_parsing(parsers[section], build))
            for section, build in builders(codebook).items()
        ]

    def from_columns(self, columns: Mapping[str, Any]) -> Row:
        """Build a row from columns by name, lists as sequences; what is not given is missing."""
        _check_id(columns.get("id"), columns.get("dataset"))
        return self.from_sections(sections_of(columns))

    def from_sections(self, sections: Sections) -> Row:
        """Build a row from the cells of each section.

        An actor's parts are decoded from its code unless the source gives them. Raises `Refused`
        if the values make no event; a faulty place is only left out and counted.
        """
        public_id, dataset, *cells = sections
        (
            (dates, *_),
            (added, *_),
            (actor, actor_words, of_actor),
            (action, _, of_action),
            (target, target_words, of_target),
            (place, place_words, of_place),
            (measures, *_),
            (evidence, evidence_words, _),
        ) = map(getitem, self._sections, cells)
        if of_actor or of_action or of_target or of_place:
            self.report.remark((*of_actor, *of_action, *of_target, *of_place))
        return (
            _dyad(actor[_COUNTRY], target[_COUNTRY]),
            shuffle_of(public_id),
            line_of(actor_words, target_words, place_words, evidence_words),
            public_id,
            dataset,
            *dates,
            *added,
            *actor,
            *action,
            *target,
            *place,
            *measures,
            *evidence,
        )


def _parsing(parse: Callable[[Any], Columns], build: SectionBuilder) -> Callable[[Cells], Section]:
    return lambda cells: build(parse(cells))


def _check_id(public_id: Any, dataset: Any) -> None:
    if not public_id or not dataset:
        raise Refused("dataset" if public_id else "id", "it is missing.")
    if not PUBLIC_ID.fullmatch(str(public_id)) or public_id.partition(":")[0] != dataset:
        raise Refused("id", f"{public_id!r} is not {dataset}:<native id>.")


def _dyad(one: str | None, other: str | None) -> str | None:
    if not one or not other:
        return None
    return f"{one},{other}" if one <= other else f"{other},{one}"
