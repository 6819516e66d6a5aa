"""Declare every public column of an event once: its kind, its meaning, how it can be used."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PARTS = ("actor", "action", "target", "place", "evidence")

DATE_PRECISIONS = ("day", "month", "year", "interval")
PLACE_PRECISIONS = ("country", "region", "city")
EVIDENCE_STATUSES = ("reported", "claimed", "confirmed")
UNDIRECTED = ("state-based", "non-state")
"""The types of violence whose events have no direction: either side may stand first."""
VIOLENCE_TYPES = (*UNDIRECTED, "one-sided")

CLOSED_SETS = {
    "date_precision": DATE_PRECISIONS,
    "place_precision": PLACE_PRECISIONS,
    "evidence_status": EVIDENCE_STATUSES,
    "violence_type": VIOLENCE_TYPES,
}
"""The kinds whose values this project defines."""

JSON_TYPES = {
    "boolean": "boolean",
    "grid_cell": "integer",
    "integer": "integer",
    "number": "number",
    "quad_class": "integer",
}
"""The JSON type of each kind of column; every other kind is text."""


@dataclass(frozen=True)
class Column:
    """One column: `kind` names its values, `by` how it is filtered (`choice` or `range`).

    `example` is its value in the event seed:31. `ask` is a value to filter by that finds events
    of the seed dataset, if `example` is no such value. `since` is the schema of the store that
    added it, 0 if it was there from the first. What is `derived` is made by us: no source gives it.
    """

    name: str
    kind: str
    meaning: str
    example: Any
    null: bool = True
    many: bool = False
    by: str | None = None
    ask: str | None = None
    unit: str | None = None
    sortable: bool = False
    stored: bool = True
    derived: bool = False
    since: int = 0

    @property
    def path(self) -> tuple[str, ...]:
        """Where the column stands in the JSON event: `actor_country` at `("actor", "country")`."""
        part, _, rest = self.name.partition("_")
        return (part, rest) if part in PARTS else (self.name,)

    @property
    def json_type(self) -> str:
        """The JSON type of one value."""
        return JSON_TYPES.get(self.kind, "string")

    @property
    def groupable(self) -> bool:
        """Whether aggregates can be grouped by it: every column with a filter of choices."""
        return self.by == "choice"

    @property
    def asked(self) -> str:
        """A value to filter by, as text."""
        return self.ask or str(self.example)


def _side(side: str, does: str, examples: dict[str, Any]) -> Iterator[Column]:
    """Yield the columns of an actor: who acts, or who is acted upon."""

    def column(part: str, kind: str, meaning: str, ask: str | None = None) -> Column:
        many = part in ("roles", "religions")
        name, example = f"{side}_{part}", examples.get(part)
        text = f"{meaning} of who {does}"
        return Column(name, kind, text, example, null=not many, many=many, by="choice", ask=ask)

    yield column("code", "actor", "Composite CAMEO code")
    yield column("name", "name", "Name, as the source gives it,")
    yield column("country", "country", "CAMEO country or region")
    yield column("group", "group", "Known group (organisation)", "TAL")
    yield column("roles", "role", "CAMEO roles, in the source's order,", "GOV")
    yield column("ethnic", "ethnic", "CAMEO ethnic code", "none")
    yield column("religions", "religion", "CAMEO religion codes", "none")


def _text(name: str, meaning: str, example: str | None = None) -> Column:
    return Column(name, "text", meaning, example)


def _choice(
    name: str, kind: str, meaning: str, example: Any, null: bool = True, **more: Any
) -> Column:
    return Column(name, kind, meaning, example, null=null, by="choice", **more)


def _count(name: str, meaning: str, unit: str) -> Column:
    return Column(name, "integer", meaning, None, by="range", ask="1", unit=unit, sortable=True)


def _listed(labels: dict[int, str]) -> str:
    return ", ".join(f"{number} {label}" for number, label in labels.items())


def _deaths(name: str, estimate: str, sortable: bool = False) -> Column:
    meaning = f"Deaths, by the source's {estimate} estimate"
    more: dict[str, Any] = {"by": "range", "ask": "1", "unit": "deaths", "since": 4}
    return Column(name, "integer", meaning, None, sortable=sortable, **more)


QUAD_CLASSES = {
    1: "verbal cooperation",
    2: "material cooperation",
    3: "verbal conflict",
    4: "material conflict",
}
PRECISIONS = "What the coordinates stand for: those of a `country` are of its centre"
STATUSES = (
    "`reported`: the source states it; `claimed`: known only through someone's word; "
    "`confirmed`: the source cites a finding of fact"
)
_ATTACKER = {
    "code": "IRNMIL",
    "name": "Iranian armed forces",
    "country": "IRN",
    "roles": ["MIL"],
    "religions": [],
}
_ATTACKED = {"code": "ISR", "name": "Israel", "country": "ISR", "roles": [], "religions": []}

_TABLE = (
    _choice("id", "id", "Public id, `<dataset>:<native id>`, stable", "seed:31", null=False),
    _choice("dataset", "dataset", "Source of the event", "seed", null=False),
    Column("date", "date", "First day of the event", "2024-04-13", null=False, sortable=True),
    Column("date_end", "date", "Last day of the event, inclusive", "2024-04-13", null=False),
    _choice("date_precision", "date_precision", "How exact the dates are", "day", null=False),
    *_side("actor", "acts", _ATTACKER),
    _choice("action_code", "action", "CAMEO action code", "195"),
    Column(
        "action_label",
        "text",
        "The codebook's label of the action code",
        "Employ aerial weapons, not specified below",
        stored=False,
        derived=True,
    ),
    _choice("action_root", "root", "CAMEO root code, two digits", "19"),
    _choice("action_plover", "plover", "PLOVER event type", "ASSAULT"),
    _choice("action_mode", "mode", "PLOVER mode, where the source gives one", None, ask="none"),
    _choice(
        "action_contexts",
        "context",
        "PLOVER contexts, where the source gives them",
        [],
        null=False,
        many=True,
        ask="none",
    ),
    *_side("target", "is acted upon", _ATTACKED),
    _choice("quad_class", "quad_class", _listed(QUAD_CLASSES), 4),
    Column(
        "goldstein",
        "number",
        "Goldstein scale value of the action code, as the source has it",
        -10.0,
        by="range",
        unit="-10 (conflict) to 10 (cooperation)",
        sortable=True,
    ),
    _text("place_name", "Name of the place of the event", "Israel"),
    _choice("place_country", "place_country", "ISO 3166-1 alpha-3 country of the place", "ISR"),
    _choice(
        "place_admin1",
        "term",
        "First-level division of the place, as the source gives it",
        None,
        ask="none",
    ),
    Column("place_latitude", "number", "Latitude of the place", 31.5, unit="degrees, WGS84"),
    Column("place_longitude", "number", "Longitude of the place", 34.75, unit="degrees, WGS84"),
    _choice("place_precision", "place_precision", PRECISIONS, "country", ask="city"),
    _choice(
        "place_priogrid_gid",
        "grid_cell",
        "PRIO-GRID cell (half a degree) of the coordinates",
        175390,
        derived=True,
        since=8,
    ),
    _count("mentions", "Mentions of the event over all its documents", "mentions"),
    _count("sources", "Distinct sources that mention the event", "sources"),
    _count("articles", "Distinct documents that mention the event", "documents"),
    Column(
        "tone",
        "number",
        "Mean tone of the documents",
        None,
        by="range",
        ask="-2.5",
        unit="-100 (negative) to 100 (positive)",
        sortable=True,
    ),
    _choice("root_event", "boolean", "Whether it stands in the lead", None, ask="none"),
    _deaths("fatalities", "best", sortable=True),
    _deaths("fatalities_low", "low"),
    _deaths("fatalities_high", "high"),
    _choice(
        "violence_type",
        "violence_type",
        "UCDP's type of violence, where the source gives one",
        None,
        ask="none",
        since=4,
    ),
    _choice("evidence_document", "term", "Source document (see `/v1/documents`)", "seed-article"),
    Column("evidence_paragraph", "integer", "Paragraph of the document, from 1", 6),
    Column("evidence_sentence", "integer", "Sentence of the document, from 1", None),
    _text("evidence_story", "The source's identifier of the story"),
    _text("evidence_publisher", "Who published the story"),
    _text("evidence_url", "Address of the story"),
    _choice("evidence_status", "evidence_status", STATUSES, "reported"),
    _text("evidence_attributed_to", "Whose word a claim rests on"),
    _text(
        "evidence_summary",
        "The event in one sentence",
        "Iran attacks Israel from the air with drones and missiles.",
    ),
    _text(
        "evidence_note",
        "What a reader should know about the coding",
        "One attack with two kinds of weapons: 195 covers both, 1952 only the drones.",
    ),
    Column(
        "added",
        "timestamp",
        "When the source added the event; null where it does not say",
        "2024-06-17T00:00:00Z",
        by="range",
        sortable=True,
    ),
    Column(
        "revision",
        "integer",
        "Revision of the store that brought this version of the event",
        1,
        null=False,
        by="range",
        derived=True,
    ),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _TABLE}
SORTABLE: tuple[str, ...] = tuple(name for name, column in COLUMNS.items() if column.sortable)
