"""Boxes and circles find the places in them, wherever on the globe, by the index where it helps."""

import math
import random
import shutil
from collections.abc import Iterator
from operator import mul
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.building.rows import build
from dataset.declarations.geometry import MOST_CELLS, Box, Circle, box_of, cell_of, cells_of
from dataset.events.pages import ALL_COLUMNS, columns_to_read
from dataset.selections.selections import Selection, ordered
from dataset.store.snapshots import Snapshot, Store
from support.plain_filters import is_in_box
from support.rich_store import add_datasets, client_on, commit

Event = dict[str, Any]
NUMBERS = range(600)
EDGES = [(90, 0), (-90, 17), (0, 180), (0, -180), (52.5, 180), (-17, -180), (0, 0), (89.99, -90)]
BEFORE = 2


def place_of(number: int, turn: int) -> tuple[float, float]:
    """Give a place of chance, with all that is odd about the globe among them."""
    chance = random.Random(number * 2 + turn)
    if number < len(EDGES):
        return EDGES[(number + turn) % len(EDGES)]
    if number % 3:
        return round(chance.uniform(-90, 90), 4), round(chance.uniform(-180, 180), 4)
    return float(chance.randint(30, 34)), float(chance.randint(33, 37))


@pytest.fixture(scope="module")
def placed(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose events lie all over the globe, and elsewhere in the next revision."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("places") / "placed.sqlite"))
    add_datasets(path)
    for turn in (0, 1):
        same = {"dataset": "gdelt", "date": "2024-05-05", "added": f"2024-05-0{turn + 1}T00:00:00Z"}
        places = [
            dict(zip(("place_latitude", "place_longitude"), place_of(n, turn), strict=True))
            for n in NUMBERS
        ]
        rows = [build({"id": f"gdelt:{n}", **same, **places[n]}, "gdelt") for n in NUMBERS]
        commit(path, rows)
    return path


@pytest.fixture(scope="module")
def globe(placed: Path) -> FlaskClient:
    return client_on(placed)


@pytest.fixture(scope="module")
def events_at(globe: FlaskClient) -> dict[int, list[Event]]:
    """All events, at the newest revision and at the one before."""
    pages = (globe.get(f"/v1/events?limit=1000&as_of={n}").get_json() for n in (BEFORE, BEFORE + 1))
    return dict(zip((BEFORE, BEFORE + 1), (page["data"] for page in pages), strict=True))


@pytest.fixture(scope="module")
def snapshot(placed: Path) -> Iterator[Snapshot]:
    with Store(str(placed)).stream() as snapshot:
        yield snapshot


def distance(event: Event, latitude: float, longitude: float) -> float:
    """Measure a great circle by the cosines of vectors, another way than the service does."""
    place = event["place"] or {}
    if place.get("latitude") is None:
        return math.inf
    one, other = (_vector(*point) for point in ((latitude, longitude), _point(place)))
    crossed = [
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    ]
    return 6371.0088 * math.atan2(math.hypot(*crossed), sum(map(mul, one, other)))


def _point(place: dict[str, float]) -> tuple[float, float]:
    return place["latitude"], place["longitude"]


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    up, round_ = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)


def found(client: FlaskClient, as_of: int, **query: str) -> set[str]:
    answer = client.get(
        "/v1/events", query_string={**query, "limit": 1000, "fields": "id", "as_of": as_of}
    )
    assert answer.status_code == 200, answer.text
    return {event["id"] for event in answer.get_json()["data"]}


latitudes = st.floats(-90, 90).map(lambda x: round(x, 3)) | st.sampled_from([90, -90, 0, 31, 89.9])
longitudes = st.floats(-180, 180).map(lambda x: round(x, 3)) | st.sampled_from([180, -180, 0, 35])
distances = st.floats(0, 20_016).map(lambda x: round(x, 2)) | st.sampled_from(
    [0, 0.1, 50, 200, 5000, 10_007, 20_015, 20_016]
)
revisions = st.sampled_from([BEFORE, BEFORE + 1])


@settings(deadline=None)
@given(latitudes, longitudes, distances, revisions)
def test_near_finds_what_is_within_the_distance(
    globe: FlaskClient,
    events_at: dict[int, list[Event]],
    latitude: float,
    longitude: float,
    km: float,
    as_of: int,
) -> None:
    ids = found(globe, as_of, near=f"{latitude:f},{longitude:f},{km:f}")
    away = {event["id"]: distance(event, latitude, longitude) for event in events_at[as_of]}
    # Two ways to measure may differ by a millimetre at the edge, and by more at the antipode.
    slack = 0.1 if km > 20_000 else 1e-5
    assert {one for one in away if away[one] <= km - slack} <= ids
    assert all(away[one] <= km + slack for one in ids)


@settings(deadline=None)
@given(latitudes, latitudes, longitudes, st.floats(0, 360) | st.floats(0, 12), revisions)
def test_bbox_finds_what_is_in_the_box(
    globe: FlaskClient,
    events_at: dict[int, list[Event]],
    one: float,
    other: float,
    west: float,
    width: float,
    as_of: int,
) -> None:
    east = round(west + width, 3)
    east = east - 360 if east > 180 else east
    south, north = sorted((one, other))
    box = f"{west:f},{south:f},{east:f},{north:f}"
    expected = {event["id"] for event in events_at[as_of] if is_in_box(event, box)}
    assert found(globe, as_of, bbox=box) == expected


@settings(deadline=None)
@given(latitudes, longitudes, distances, st.floats(0, 1), st.floats(0, 2 * math.pi))
def test_the_box_of_a_circle_holds_it(
    latitude: float, longitude: float, km: float, part: float, bearing: float
) -> None:
    angle, up = km * part / 6371.0088, math.radians(latitude)
    sine = math.sin(up) * math.cos(angle) + math.cos(up) * math.sin(angle) * math.cos(bearing)
    there = math.degrees(math.asin(max(-1, min(1, sine))))
    x, y = math.cos(angle) - math.sin(up) * sine, math.sin(bearing) * math.sin(angle) * math.cos(up)
    along = (longitude + math.degrees(math.atan2(y, x)) + 180) % 360 - 180
    west, south, east, north = box_of(Circle(latitude, longitude, km))
    assert south - 1e-6 <= there <= north + 1e-6
    is_polar = abs(there) > 89.9999
    assert is_polar or (west <= along <= east if west <= east else not east < along < west)


@settings(deadline=None)
@given(latitudes, longitudes, st.floats(0, 9), st.floats(0, 9))
def test_every_place_in_a_box_is_in_its_cells(
    south: float, west: float, height: float, width: float
) -> None:
    north, east = min(south + height, 90), west + width
    box = Box(west, south, east - 360 if east > 180 else east, north)
    cells = cells_of(box)
    assert cells is not None
    for place in [(south, west), (north, box.east), (south, box.east), (north, west)]:
        assert cell_of(*place) in cells


def plan(snapshot: Snapshot, **filters: Any) -> str:
    """Tell how SQLite reads the first page of a query."""
    selection = Selection(snapshot.revision, filters)
    query = ordered(snapshot, selection, columns_to_read(selection, ALL_COLUMNS)).limit(101)
    text, parameters = snapshot.database.get_sql_context().sql(query).query()
    rows = snapshot.database.execute_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
    return " ".join(row[-1] for row in rows)


@pytest.mark.parametrize(
    "filters",
    [
        {"bbox": (44, 31, 46, 33)},
        {"bbox": (179, -18, -179, -16)},
        {"near": (31.5, 34.75, 250)},
        {"near": (-17, 180, 50)},
    ],
)
def test_small_areas_are_looked_up_by_cells(snapshot: Snapshot, filters: dict[str, Any]) -> None:
    assert "INDEX event_place_cell (place_cell=?)" in plan(snapshot, **filters)


@pytest.mark.parametrize(
    "filters", [{"bbox": (-180, -90, 180, 90)}, {"bbox": (0, 0, 50, 50)}, {"near": (31, 34, 5000)}]
)
def test_large_areas_are_read_in_the_order_of_the_page(
    snapshot: Snapshot, filters: dict[str, Any]
) -> None:
    assert plan(snapshot, **filters) == plan(snapshot) == "SCAN t1 USING INDEX event_date"


def test_cells_of_a_box_are_few() -> None:
    assert len(cells_of(Box(0, 0, 9.9, 9.9)) or []) == 100
    assert cells_of(Box(0, 0, 50, 50)) is None
    assert len(cells_of(Box(170, 0, -171, 9)) or []) <= MOST_CELLS


@pytest.mark.parametrize("path", ["events.csv", "events.geojson", "events/count", "changes"])
def test_near_works_everywhere(globe: FlaskClient, path: str) -> None:
    near = globe.get(f"/v1/{path}?near=32,35,300")
    assert near.status_code == 200
    assert near.data != globe.get(f"/v1/{path}").data
