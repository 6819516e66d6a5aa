"""Aggregates: what events can be grouped by, what is measured, and what a group looks like."""

from collections.abc import Collection, Mapping
from typing import Any

import marshmallow as ma

from dataset.codebook.labels import LABELS, label_name
from dataset.codebook.vocabularies import closest
from dataset.declarations.aggregates import DYAD, KEYS, MEASURES, MOST_FILLED, MOST_KEYS
from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import Choice
from dataset.declarations.periods import PERIODS
from schemas import fields
from schemas.answers import EventReceiptSchema, PageInfoSchema, receipt
from schemas.base import ResponseSchema, described
from schemas.events import VALUES, as_of, distinct, first_of, known_values, query_of
from schemas.filters import LimitsSchema
from schemas.paging import ListQuerySchema

BY = (
    f"What to group by, up to {MOST_KEYS} of: {', '.join(KEYS)}. Without it all events are one "
    "group. An event is in a period only if all of it lies there, else in the period null; `dyad` "
    "is the two countries in code order. An event is in the group of each value of a list."
)
OF_ONE_DATASET = tuple(name for name, measure in MEASURES.items() if measure.of_one_dataset)
MEASURED = (
    f"What to measure, of: {', '.join(MEASURES)}; `count` if it is not given. "
    f"{', '.join(OF_ONE_DATASET)} need one dataset: `dataset=` with one value, or `dataset` in "
    "`by`. Over several they count the same dead twice. `share` is events for 1,000 of the "
    "same period and dataset before all other filters: a source that grows does not look like a "
    "world that worsens. It needs a period in `by`, and one dataset in the same way."
)
SHARE_NEEDS = "needs {}, since it is the share of a period and a dataset."
ADD_PERIOD = f"a period in by ({', '.join(PERIODS)})"
ADD_DATASET = "one dataset (dataset= with one name, or dataset in by)"
NEEDS_DATASET = (
    "needs one dataset, as several count the same dead twice: give dataset= with one name, or add "
    "dataset to by."
)
NEEDS_PERIOD = f"must hold exactly one of {', '.join(PERIODS)}."
BY_OF_CHART = (
    f"What to draw: exactly one of {', '.join(PERIODS)}, and up to {MOST_KEYS - 1} other keys that "
    f"make series, of: {', '.join(name for name in KEYS if name not in PERIODS)}."
)
LABELS_OF_CHART = "`false` names series by their codes; else they have the codebook's labels."
FILL = (
    "`zero` gives every period between `date_from` and `date_to` for every group there is, up to "
    f"{MOST_FILLED:,} rows; needs both dates and exactly one period in `by`."
)
SORT = (
    "A key or measure of the answer to sort by; `-` before it for the greatest first. Missing "
    "values come last, ties by the keys in order. If it is not given: by the keys."
)
LABELS_TEXT = (
    "Whether a label stands beside each key that is a code: `actor_country_label` after "
    "`actor_country`; null where the codebook has none."
)
RIGHT_KEYS = (
    f"must hold some of {', '.join((*PERIODS, DYAD))}, or columns with categories (see /v1/fields)."
)


class Names(fields.Text):
    """Some of a set of names, in the order in which they are given."""

    def __init__(
        self, names: Collection[str], most: int, right: str | None = None, **kwargs: Any
    ) -> None:
        """Keep the names, how many may be given, and how to say which are right."""
        super().__init__(**kwargs)
        self.names, self.most = names, most
        self.right = right or f"must hold some of {', '.join(names)}."

    def read(self, text: str) -> tuple[str, ...]:
        """Read names that are known, none of them twice."""
        given = tuple(item.strip() for item in text.split(","))
        for name in given:
            if name not in self.names:
                raise fields.invalid(self.right, name, closest(name, self.names))
        if len(set(given)) < len(given):
            raise fields.invalid("must hold each name once.", text)
        if len(given) > self.most:
            raise fields.invalid(f"must not hold more than {self.most} names.", text)
        return given

    def write(self, value: tuple[str, ...]) -> str:
        """Write the names in their order, which is that of the groups."""
        return ",".join(value)


class Order(fields.Text):
    """A member of the answer to sort by; which there are depends on other parameters."""

    def read(self, text: str) -> tuple[str, bool]:
        """Read the name and the direction."""
        return text.removeprefix("-"), text.startswith("-")

    def write(self, value: tuple[str, bool]) -> str:
        """Write the sign and the name."""
        return ("-" if value[1] else "") + value[0]


class Fill(fields.Text):
    """Whether periods without events are shown."""

    def read(self, text: str) -> str:
        """Read the one word that there is."""
        if text != "zero":
            raise fields.invalid("must be zero.", text, "zero")
        return text


class GroupedSchema(LimitsSchema):
    """What must hold between the parameters of a query of groups."""

    @ma.validates_schema
    def check_sort(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse an order by what the answer does not have."""
        names = (*data.get("by", ()), *data.get("measures", ("count",)))
        name, descending = data.get("sort", (names[0], False))
        if name not in names:
            right = f"must be one of {', '.join(names)}, with - before it to turn it around."
            sign, meant = "-" * descending, closest(name, names)
            raise fields.invalid(right, sign + name, meant and sign + meant, field="sort")

    @ma.validates_schema
    def check_fill(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse to fill what has no beginning, no end or no periods."""
        if "fill" not in data:
            return
        if sum(name in PERIODS for name in data.get("by", ())) != 1:
            raise fields.invalid(
                f"needs exactly one period in by: {', '.join(PERIODS)}.", field="fill"
            )
        if not {"date_from", "date_to"} <= data.keys():
            raise fields.invalid("needs date_from and date_to.", field="fill")

    @ma.validates_schema
    def check_datasets(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse to add up over several datasets what these count twice."""
        of_one = [name for name in data.get("measures", ()) if name in OF_ONE_DATASET]
        if of_one and not _has_one_dataset(data):
            raise fields.invalid(NEEDS_DATASET, of_one[0], field="measures")

    @ma.validates_schema
    def check_share(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a share of nothing in particular, and say what to add."""
        shares = [name for name in data.get("measures", ()) if MEASURES[name].is_share]
        has_period = any(name in PERIODS for name in data.get("by", ()))
        needed = [ADD_PERIOD] * (not has_period) + [ADD_DATASET] * (not _has_one_dataset(data))
        if shares and needed:
            right = SHARE_NEEDS.format(" and ".join(needed))
            raise fields.invalid(right, shares[0], field="measures")


def _has_one_dataset(data: Mapping[str, Any]) -> bool:
    """Tell whether each group is of a single dataset."""
    return "dataset" in data.get("by", ()) or _is_one(data.get("dataset"))


def _is_one(datasets: Choice | None) -> bool:
    """Tell whether a filter is the name of a single dataset."""
    names = datasets.wanted if datasets and not datasets.unwanted else ()
    return len(names) == 1 and None not in names


_QUERY: dict[str, ma.fields.Field[Any]] = {
    "by": Names(
        KEYS,
        MOST_KEYS,
        RIGHT_KEYS,
        metadata=described(BY, "actor_country", "dataset,year", "dyad,month"),
    ),
    "measures": Names(
        MEASURES, len(MEASURES), metadata=described(MEASURED, "count,goldstein_mean")
    ),
    "fill": Fill(metadata=described(FILL, "zero") | {"enum": ["zero"]}),
    "sort": Order(metadata=described(SORT, "-count")),
    "labels": fields.Truth(metadata=described(LABELS_TEXT, True)),
    "as_of": as_of(),
    "distinct": distinct(),
}


def _query(name: str, **more: ma.fields.Field[Any]) -> type[ma.Schema]:
    members = {**_QUERY, **more}
    asked = query_of(name, **members)._declared_fields
    names = dict.fromkeys((*members, *asked))
    return GroupedSchema.from_dict({one: asked[one] for one in names}, name=name)


AggregatePageQuerySchema = _query("AggregatePageQuerySchema", **ListQuerySchema._declared_fields)
AggregateExportQuerySchema = _query("AggregateExportQuerySchema", limit=first_of("groups"))
AggregateResultQuerySchema = _query("AggregateResultQuerySchema")
"""What is cited: all groups."""
AggregateChartQuerySchema = _query(
    "AggregateChartQuerySchema",
    limit=first_of("groups"),
    by=Names(
        KEYS,
        MOST_KEYS,
        RIGHT_KEYS,
        required=True,
        error_messages={"required": NEEDS_PERIOD},
        metadata=described(BY_OF_CHART, "month", "month,dataset", "month,actor_country")
        | {"example": "month"},
    ),
    labels=fields.Truth(metadata=described(LABELS_OF_CHART, False)),
)


DYAD_EXAMPLE = "IRN,ISR"


def _example(name: str) -> Any:
    """Give a value of a column, or of the dyad; of a list one of its values."""
    if name == DYAD:
        return DYAD_EXAMPLE
    column = COLUMNS[name]
    return next(iter(column.example or ()), None) if column.many else column.example


def _key(name: str) -> ma.fields.Field[Any]:
    if name in COLUMNS:
        column = COLUMNS[name]
        metadata = described(f"{column.meaning}.", _example(name))
        kind = VALUES[column.json_type]
        return kind(allow_none=True, validate=known_values(column), metadata=metadata)
    if name == DYAD:
        metadata = described("The two countries in code order.", DYAD_EXAMPLE)
        return ma.fields.String(allow_none=True, metadata=metadata)
    metadata = described(f"The {name} in which all of the event lies.", PERIODS[name].example)
    return ma.fields.String(allow_none=True, metadata=metadata)


def _measure(name: str) -> ma.fields.Field[Any]:
    measure = MEASURES[name]
    kind = ma.fields.Float if measure.is_exact else ma.fields.Integer
    return kind(
        allow_none=name != "count",
        metadata=described(f"{measure.meaning}.", -1.25 if measure.is_exact else 3),
    )


def _label(name: str) -> ma.fields.String:
    text = f"Label of `{name}`; only with `labels=true`."
    example = LABELS[name](_example(name))
    return ma.fields.String(allow_none=True, metadata=described(text, example))


GroupSchema = ResponseSchema.from_dict(
    {name: _key(name) for name in KEYS}
    | {label_name(name): _label(name) for name in LABELS}
    | {name: _measure(name) for name in MEASURES},
    name="GroupSchema",
)


class GroupReceiptSchema(EventReceiptSchema):
    """What an answer of groups says about itself: `matched` counts the events, exactly."""

    groups = ma.fields.Integer(
        required=True, metadata=described("How many groups there are on all pages.", 12)
    )
    no_period = ma.fields.Integer(
        metadata=described(
            "Only with a period in `by`: how many events lie in no single one, and so in the "
            "group whose period is null.",
            27,
        ),
    )
    totals = ma.fields.String(
        validate=ma.validate.OneOf(["overlapping"]),
        metadata=described(
            "`overlapping` where an event may be in several groups, so that the counts add up to "
            "more than there are events.",
            "overlapping",
        ),
    )


class GroupPageSchema(ResponseSchema):
    """A page of groups: each has the keys and measures that were asked for."""

    data = ma.fields.List(
        ma.fields.Nested(GroupSchema), required=True, metadata=described("The groups of the page.")
    )
    page = ma.fields.Nested(
        PageInfoSchema, required=True, metadata=described("Where the page stands.")
    )
    receipt = receipt(GroupReceiptSchema)
