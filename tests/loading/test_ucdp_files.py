"""What the store says of real files of UCDP agrees with what pandas and DuckDB read of them."""

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dataset.codebook.gleditsch_ward import country_of_gw
from dataset.loaders import LOADERS
from dataset.loaders.ucdp_ged import NAMES
from dataset.loading.accounts import Account
from support.real_files import EVENTS, UCDP_RELEASES
from support.stores import loaded, rows_of
from support.ucdp_files import LAYOUTS, Event, Row, events_in

FOLDER = EVENTS / "ucdp-ged"
ESTIMATES = {"fatalities": "best", "fatalities_low": "low", "fatalities_high": "high"}
TYPES = {1: "state-based", 2: "non-state", 3: "one-sided"}
DIVISIONS = {"Gaza Strip", "West Bank"}

pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="the real files are not part of the project, and not beside it"
)


@pytest.fixture(scope="module", params=UCDP_RELEASES)
def path(request: pytest.FixtureRequest) -> Path:
    """Each real file in turn."""
    return FOLDER / str(request.param)


@pytest.fixture(scope="module")
def store(path: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Account]:
    """A store with the file, and what the load did."""
    store = tmp_path_factory.mktemp("ucdp") / "store.sqlite"
    return store, loaded(store, "ucdp-ged", path, version=UCDP_RELEASES[path.name])


def read(path: Path) -> pd.DataFrame:
    """Read a file with pandas, the columns by one name each, without the row of tags."""
    if path.suffix == ".json":
        return pd.DataFrame(json.loads(path.read_bytes()))
    names = next(csv.reader([path.read_text(encoding="utf-8").partition("\n")[0]]))
    found = pd.read_csv(path, skiprows=1, header=None, dtype=str, keep_default_na=False)
    # The rows of the website's export have a cell more than its header.
    found = found.iloc[:, : len(names)]
    found.columns = pd.Index([name.removesuffix("_est") for name in names])
    return found[found["id"].str.isdigit()]


@pytest.fixture(scope="module")
def raw(path: Path) -> pd.DataFrame:
    """The file as pandas reads it, with numbers where these are compared."""
    found = read(path)
    numbers = ["id", "type_of_violence", "country_id", "date_prec", *ESTIMATES.values()]
    return found.astype(dict.fromkeys(numbers, "int64"))


def columns(store: tuple[Path, Account], *names: str) -> list[tuple[Any, ...]]:
    dataset = ("dataset", *names)
    return [tuple(row) for first, *row in rows_of(store[0], dataset) if first != "seed"]


def test_every_record_is_an_event(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    assert store[1].outcomes["inserted"] == store[1].read == len(raw)
    ids = {int(public.rpartition(":")[2]) for (public,) in columns(store, "id")}
    assert ids == set(raw["id"])


def test_deaths_by_type_agree(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    stored = pd.DataFrame(
        columns(store, "violence_type", *ESTIMATES), columns=["violence_type", *ESTIMATES]
    )
    expected = raw.groupby(raw["type_of_violence"].map(TYPES))[list(ESTIMATES.values())].sum()
    found = stored.groupby("violence_type").sum().rename(columns=ESTIMATES)
    assert found.to_dict() == expected.to_dict()


def test_countries_agree(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    is_palestine = (raw["country_id"] == 666) & raw["adm_1"].isin(DIVISIONS)
    iso3 = raw["country_id"].map(lambda number: country_of_gw(number).iso3)
    expected = Counter(iso3.mask(is_palestine, "PSE"))
    assert Counter(country for (country,) in columns(store, "place_country")) == expected
    report = store[1].report["countries_by_division"]
    assert sum(one["count"] for one in report) == is_palestine.sum()


def test_days_and_their_precisions_agree(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    form = {"format": "mixed", "dayfirst": False}
    days = [pd.to_datetime(raw[name], **form) for name in ("date_start", "date_end")]
    texts = [day.dt.strftime("%Y-%m-%d") for day in days]
    expected = Counter(zip(*texts, strict=True))
    assert Counter(columns(store, "date", "date_end")) == expected
    notes = " ".join(note for (note,) in columns(store, "evidence_note"))
    counted = {number: notes.count(f"date_prec {number}: ") for number in (2, 3, 4, 5)}
    assert counted == {number: (raw["date_prec"] == number).sum() for number in counted}
    stored = Counter(precision for (precision,) in columns(store, "date_precision"))
    assert stored["day"] == (days[0] == days[1]).sum()


def test_sides_agree(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    expected = Counter(zip(raw["side_a"].str.strip(), raw["side_b"].str.strip(), strict=True))
    assert Counter(columns(store, "actor_name", "target_name")) == expected
    states = raw["side_a"].str.startswith("Government of ").sum()
    assert sum(code is not None for (code,) in columns(store, "actor_code")) == states


def test_no_headline_is_stored(store: tuple[Path, Account], raw: pd.DataFrame) -> None:
    stored = "\n".join(str(row) for row in rows_of(store[0]))
    headlines = {headline for headline in raw["source_headline"] if len(headline) > 30}
    assert not [headline for headline in headlines if headline in stored]


@pytest.mark.parametrize("name", [name for name in UCDP_RELEASES if name.endswith(".csv")])
def test_duckdb_counts_as_many_records(name: str) -> None:
    form = "all_varchar = true, header = false, null_padding = true, strict_mode = false"
    quoting = "quote = '\"', escape = '\"', parallel = false"
    query = f"SELECT column00 FROM read_csv('{FOLDER / name}', {form}, {quoting})"
    found = duckdb.sql(query.replace("column00", "count(*)")).fetchall()[0][0]
    with (FOLDER / name).open("rb") as stream:
        records = list(LOADERS["ucdp-ged"].reader(*_sampled(name)).dialect.records(stream))
    assert len(records) == found


def _sampled(name: str) -> Any:
    first = (FOLDER / name).read_text(encoding="utf-8").partition("\n")[0]
    return first, lambda _: [first]


@cache
def rows_in(name: str) -> list[Row]:
    """Read a real file to the rows that layouts are written from."""
    found = read(FOLDER / name).to_dict("records")
    empty = dict.fromkeys(NAMES, "")
    return [empty | row for row in found]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["ged191_mmr_bgd_original.csv", "hdx_conflict_data_sdn_2024.csv"])
def test_a_real_file_in_another_layout_gives_the_same_events(
    name: str, layout: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(LAYOUTS[layout](rows_in(name)), encoding="utf-8", newline="")
    assert events_in(other, version=release_of(name)) == original(name)


def release_of(name: str) -> str:
    return UCDP_RELEASES[name] or "19.1"


@cache
def original(name: str) -> list[Event]:
    """Read the events of a real file as it is."""
    return events_in(FOLDER / name, version=release_of(name))
