"""Declare every public column of an event once: its kind, its meaning, how it can be used."""

from collections.abc import Iterator
from dataclasses import dataclass

PARTS = ("actor", "action", "target", "place", "evidence")

DATE_PRECISIONS = ("day", "month", "year", "interval")
PLACE_PRECISIONS = ("country", "region", "city")
EVIDENCE_STATUSES = ("reported", "claimed", "confirmed")

JSON_TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "quad_class": "integer",
}
"""The JSON type of each kind of column; every other kind is text."""


@dataclass(frozen=True)
class Column:
    """One column: `kind` names its values, `by` how it is filtered (`choice` or `range`)."""

    name: str
    kind: str
    meaning: str
    example: object
    null: bool = True
    many: bool = False
    by: str | None = None
    unit: str | None = None
    sortable: bool = False
    stored: bool = True

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


def _actor_columns(side: str, does: str, example: str) -> Iterator[Column]:
    def named(name: str, *args: object, **kwargs: object) -> Column:
        return Column(f"{side}_{name}", *args, **kwargs)  # type: ignore[arg-type]

    country = example[:3]
    yield named("code", "actor", f"Composite CAMEO code of who {does}.", example, by="choice")
    yield named("name", "text", f"Name of who {does}, as the source gives it.", "Iran")
    yield named(
        "country", "country", f"CAMEO country or region of who {does}.", country, by="choice"
    )
    yield named("group", "group", f"Known group (organisation) of who {does}.", "TAL", by="choice")
    yield named(
        "roles",
        "role",
        f"CAMEO roles of who {does}, in the source's order.",
        "GOV",
        null=False,
        many=True,
        by="choice",
    )
    yield named("ethnic", "ethnic", f"CAMEO ethnic code of who {does}.", "KUR", by="choice")
    yield named(
        "religions",
        "religion",
        f"CAMEO religion codes of who {does}.",
        "MOS",
        null=False,
        many=True,
        by="choice",
    )


_TABLE = (
    Column(
        "id",
        "id",
        "Public identifier, `<dataset>:<native id>`, stable over reloads.",
        "seed:1",
        null=False,
        by="choice",
    ),
    Column("dataset", "dataset", "The source of the event.", "seed", null=False, by="choice"),
    Column("date", "date", "First day of the event.", "2024-04-13", null=False, sortable=True),
    Column("date_end", "date", "Last day of the event, inclusive.", "2024-04-13", null=False),
    Column(
        "date_precision",
        "date_precision",
        "How exact the dates are.",
        "day",
        null=False,
        by="choice",
    ),
    *_actor_columns("actor", "acts", "IRNMIL"),
    Column("action_code", "action", "CAMEO action code.", "195", by="choice"),
    Column(
        "action_label", "text", "The codebook's label of the action code.", "Consult", stored=False
    ),
    Column("action_root", "root", "CAMEO root code, two digits.", "19", by="choice"),
    Column("action_plover", "plover", "PLOVER event type.", "ASSAULT", by="choice"),
    Column("action_mode", "mode", "PLOVER mode, where the source gives one.", "visit", by="choice"),
    Column(
        "action_contexts",
        "context",
        "PLOVER contexts, where the source gives them.",
        "military",
        null=False,
        many=True,
        by="choice",
    ),
    *_actor_columns("target", "is acted upon", "ISR"),
    Column(
        "quad_class",
        "quad_class",
        "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.",
        4,
        by="choice",
    ),
    Column(
        "goldstein",
        "number",
        "Goldstein scale value of the action code, as the source has it.",
        -9.0,
        by="range",
        unit="-10 (conflict) to 10 (cooperation)",
        sortable=True,
    ),
    Column("place_name", "text", "Name of the place of the event.", "Tehran"),
    Column(
        "place_country",
        "place_country",
        "ISO 3166-1 alpha-3 country of the place.",
        "IRN",
        by="choice",
    ),
    Column(
        "place_admin1",
        "term",
        "First-level administrative division of the place, as the source gives it.",
        "Tehran",
        by="choice",
    ),
    Column("place_latitude", "number", "Latitude of the place.", 35.69, unit="degrees, WGS84"),
    Column("place_longitude", "number", "Longitude of the place.", 51.42, unit="degrees, WGS84"),
    Column(
        "place_precision",
        "place_precision",
        "What the coordinates stand for.",
        "city",
        by="choice",
    ),
    Column(
        "mentions",
        "integer",
        "Mentions of the event over all its documents.",
        10,
        by="range",
        unit="mentions",
        sortable=True,
    ),
    Column(
        "sources",
        "integer",
        "Distinct sources that mention the event.",
        2,
        by="range",
        unit="sources",
        sortable=True,
    ),
    Column(
        "articles",
        "integer",
        "Distinct documents that mention the event.",
        5,
        by="range",
        unit="documents",
        sortable=True,
    ),
    Column(
        "tone",
        "number",
        "Mean tone of the documents.",
        -2.5,
        by="range",
        unit="-100 (negative) to 100 (positive)",
        sortable=True,
    ),
    Column(
        "root_event",
        "boolean",
        "Whether the event stands in the lead of its document.",
        True,
        by="choice",
    ),
    Column(
        "evidence_document",
        "term",
        "Source document (see `/v1/documents`).",
        "seed-article",
        by="choice",
    ),
    Column("evidence_paragraph", "integer", "Paragraph of the document, from 1.", 6),
    Column("evidence_sentence", "integer", "Sentence of the document, from 1.", 1),
    Column("evidence_story", "text", "The source's identifier of the story.", "25843204"),
    Column("evidence_publisher", "text", "Who published the story.", "Mehr News"),
    Column("evidence_url", "text", "Address of the story.", "https://example.org/story"),
    Column(
        "evidence_status",
        "evidence_status",
        "`reported`: the source states it; `claimed`: known only through someone's word; "
        "`confirmed`: the source cites a finding of fact.",
        "reported",
        by="choice",
    ),
    Column("evidence_attributed_to", "text", "Whose word a claim rests on.", "Al Akhbar"),
    Column("evidence_summary", "text", "The event in one sentence.", "Iran attacks Israel."),
    Column("evidence_note", "text", "What a reader should know about the coding.", "A slip."),
    Column(
        "added",
        "timestamp",
        "When the source added the event.",
        "2024-06-17T00:00:00Z",
        null=False,
        sortable=True,
    ),
    Column(
        "revision",
        "integer",
        "Revision of the store that brought this version of the event.",
        1,
        null=False,
        by="range",
    ),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _TABLE}
SORTABLE: tuple[str, ...] = tuple(name for name, column in COLUMNS.items() if column.sortable)
