"""Requests of every kind over the rich store, made from the tables of what can be asked."""

from collections.abc import Iterator, Mapping
from itertools import product
from urllib.parse import urlencode

from api.responses.formats import FORMATS
from dataset.codebook.labels import LABELS
from dataset.declarations.aggregates import KEYS, OVERLAPPING
from dataset.declarations.columns import COLUMNS, SORTABLE
from dataset.declarations.filters import DISTINCT, FILTERS
from dataset.declarations.periods import PERIODS
from support.aggregate_queries import OF_ANY_DATASETS, PLAIN, SHARES
from support.rich_store import RELEASE, VALUES, public_id

EVENTS = "/v1/events"
DATES = {"date_from": "2024-01-01", "date_to": "2024-06-30"}
SMALL = "30"
"""So few events a page that there are several."""
SOME: list[dict[str, str]] = [
    {},
    DATES,
    {"involves": "IRN", "as_of": "2"},
    {"q": "iran"},
    {"distinct": "day"},
    {"sample": "9", "seed": "3"},
]
"""Selections of every way to make one."""
HOSTILE = [
    "\x00",
    "'; DROP TABLE event; --",
    '"',
    "%",
    "_",
    "\\",
    "9" * 30,
    "-1",
    "1e400",
    "NaN",
    "٣",
    " ",
    "北京",
    "\U0001f600",
]
"""What breaks servers: as the value of every parameter it is an error, or finds nothing."""


def address(path: str, query: Mapping[str, str]) -> str:
    """Write the address of a request."""
    return f"{path}?{urlencode(query)}" if query else path


def requests() -> list[str]:
    """List all requests, each once."""
    kinds = (_filters, _values, _pages, _parts, _formats, _aggregates, _history, _codebook)
    kinds += (_hostile, _mistaken)
    return list(dict.fromkeys(request for kind in kinds for request in kind()))


def _filters() -> Iterator[str]:
    for name, known in FILTERS.items():
        values = [known.example]
        if known.shape == "choice":
            values += [f"!{known.example}", "none", "!none"]
        yield from (address(EVENTS, {name: value}) for value in values)
        yield address(f"{EVENTS}/count", {name: values[0], "as_of": "2"})


AREAS = [
    *({"bbox": box} for box in ("179,-20,-179,-10", "44,25,64,40", "-180,-90,180,90", "0,0,0,0")),
    *({"near": one} for one in ("-17.5,179.9,50", "31.5,34.75,250", "90,0,1", "0,0,20016")),
]


def _values() -> Iterator[str]:
    for given in VALUES:
        for name, value in given.items():
            if COLUMNS[name].by == "choice":
                one = value[0] if isinstance(value, list) else value
                text = str(one).lower() if isinstance(one, bool) else str(one)
                yield address(EVENTS, {name: text.replace(",", "\\,"), "fields": f"id,{name}"})


def _pages() -> Iterator[str]:
    for column, way in product(SORTABLE, ("", "-")):
        for more in ({}, DATES, {"as_of": RELEASE}):
            yield address(EVENTS, {"sort": way + column, "limit": SMALL, **more})
    for rule, more in product(DISTINCT, SOME[:4]):
        yield address(EVENTS, {"distinct": rule, "limit": SMALL, **more})
    for seed in range(5):
        yield address(EVENTS, {"sample": "5", "seed": str(seed), "as_of": "3"})
    for words in ("iran taliban", "Raïssi", "north*", "under score", "100", "北京", "iran iran*"):
        for as_of in ("2", "3"):
            yield address(EVENTS, {"q": words, "as_of": as_of, "fields": "id"})
    yield from (address(EVENTS, area) for area in AREAS)


def _parts() -> Iterator[str]:
    for area, more in product(AREAS, ({}, {"as_of": "2"}, {"distinct": "day"})):
        yield address(EVENTS, {**area, **more, "limit": SMALL})
        yield address(f"{EVENTS}/count", {**area, **more})
        yield address(f"{EVENTS}.csv", {**area, **more, "fields": "id"})
        yield address("/v1/aggregates", {**area, **more, "by": "year,actor_roles", "limit": SMALL})
    for more in SOME[:-1]:
        yield address(f"{EVENTS}/count", {**more, "dataset": "seed,made"})


def _formats() -> Iterator[str]:
    for name, query in product(FORMATS, SOME):
        yield address(f"{EVENTS}.{name}", query)
    for name, column in product(FORMATS, SORTABLE):
        yield address(f"{EVENTS}.{name}", {"sort": f"-{column}", "fields": f"id,actor,{column}"})


def _aggregates() -> Iterator[str]:
    measures, any_datasets = ",".join(PLAIN), ",".join(OF_ANY_DATASETS)
    for key, datasets in product(KEYS, ("gdelt", "made")):
        query = {"by": key, "measures": measures, "limit": SMALL}
        yield address("/v1/aggregates", query | {"dataset": datasets})
    for key in KEYS:
        yield address("/v1/aggregates", {"by": key, "measures": any_datasets, "limit": SMALL})
        more = {"measures": measures, "sort": "-count", "as_of": "2", "involves": "IRN"}
        yield address("/v1/aggregates.csv", {"by": f"{key},dataset", **more})
    for period, other in product(PERIODS, ("actor_country", *sorted(OVERLAPPING))):
        yield address("/v1/aggregates", {"by": f"{period},{other}", "fill": "zero", **DATES})
    yield address("/v1/aggregates", {"measures": any_datasets})
    yield address("/v1/aggregates", {"measures": measures})
    for query in SHARES:
        yield f"/v1/aggregates.csv?{query}&measures=share,count"
    for key in LABELS:
        yield address("/v1/aggregates", {"by": f"{key},year", "labels": "true", "limit": SMALL})


def _history() -> Iterator[str]:
    for since, more in product(("0", "1", "2", "3"), SOME[:4]):
        yield address("/v1/changes", {"since": since, "limit": SMALL, **more})
    for name in [public_id(n) for n in range(0, 40, 5)] + ["seed:7", "seed:9999", "none:1"]:
        for end in ("", "/history", "/mentions"):
            yield f"{EVENTS}/{name}{end}"
            yield address(f"{EVENTS}/{name}{end}", {"as_of": "2"})
    yield from ("/v1/releases", "/v1/loads", "/v1/loads/1", "/v1/loads/1/quarantine", "/healthz")
    for query in SOME[:4]:
        yield address("/v1/cite", query)
        yield address("/v1/cite", {"by": "month,dyad", "sort": "-count", **query})


def _codebook() -> Iterator[str]:
    for path, q in product(("/v1/actions", "/v1/actors"), ("iran", "19", "x", "")):
        yield address(path, {"q": q} if q else {})
        yield address(path, {"depth": "1", "dataset": "gdelt,made"} | ({"q": q} if q else {}))
    for code in ("19", "195", "1061", "99"):
        yield address(f"/v1/actions/{code}", {"as_of": "2"})
    for code in ("IRN", "IRNGOVMIL", "SSD", "XYZ", "GOV"):
        yield address(f"/v1/actors/{code}", {"dataset": "!seed"})
    for path, code in (("/v1/actions", "19"), ("/v1/actors", "IRN")):
        for parent in (code, "none", f"!{code}"):
            yield address(path, {"parent": parent, "as_of": "2"})
            yield address(f"{path}.csv", {"parent": parent, "dataset": "gdelt,made"})
    yield from ("/v1/fields", "/v1/datasets", "/v1/datasets/made", "/v1/documents", "/")


def _hostile() -> Iterator[str]:
    for name, value in product(("q", "place_admin1", "mentions_min"), HOSTILE):
        yield address(EVENTS, {name: value})
    for name, value in product(("id", "cursor", "as_of", "limit"), HOSTILE[:6]):
        yield address(EVENTS, {name: value})
    for value in HOSTILE[:6]:
        yield address("/v1/changes", {"since": value})
        yield address("/v1/aggregates", {"by": "place_admin1", "place_admin1": value})
    for name, end in product(("%00", "seed:1%00", "gdelt:%00"), ("", "/history", "/mentions")):
        yield f"{EVENTS}/{name}{end}"
    yield from (f"/v1/{name}/%00" for name in ("actions", "actors", "datasets", "loads"))


def _mistaken() -> Iterator[str]:
    """Ask what is answered with the names that would have been right, or with several errors."""
    yield address(EVENTS, {"dataset": "nowhere"})
    yield address(EVENTS, {"nothing": "1", "actor": "x", "limit": "0", "no": "2", "sort": "x"})
    yield address(EVENTS, {"date_from": "2025-01-01", "date_to": "2024-01-01", "sample": "3"})
    yield address("/v1/aggregates", {"by": "x", "measures": "y", "fill": "one", "sort": "z"})
    yield address(f"{EVENTS}/count", {"actor_country": "IRAN,IRQ,QQQ", "target_role": "X"})
    yield from (f"/v1/{name}/nowhere" for name in ("datasets", "documents", "releases"))
