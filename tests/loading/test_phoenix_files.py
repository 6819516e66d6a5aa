"""Real files of the Historical Phoenix agree with what pandas counts in them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from support.real_files import EVENTS
from support.stores import counts, loaded, refused, rows_of

CLINE = EVENTS / "phoenix" / "cline_petrarch2_output_text_removed.tsv"
FBIS = EVENTS / "phoenix" / "historical_fbis_7rows.csv"
DAILY = EVENTS / "phoenix" / "events.full.20160328_sample.txt"
BY_R = """
    GID Date Year Month Day Source SrcActor SrcAgent SOthAgent Target TgtActor TgtAgent TOthAgent
    CAMEO RootCode QuadClass Goldstein None Lat Lon Geoname AdminInfo CountryCode ID URL sourcetxt
"""

pytestmark = pytest.mark.skipif(
    not EVENTS.exists(), reason="the real files are not part of the project, and not beside it"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that is not there yet."""
    return tmp_path / "store.sqlite"


def raw(path: Path, **more: Any) -> pd.DataFrame:
    """Read a file with pandas, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, **more)


def test_the_quoted_file_of_cline_is_as_pandas_reads_it(store: Path) -> None:
    account, frame = loaded(store, "phoenix", CLINE), raw(CLINE, sep="\t")
    assert (account.read, counts(account)) == (len(frame), {"inserted": len(frame)})
    columns = {
        "id": "phoenix:" + frame["id_string"],
        "date": frame["story_date"].str.replace(r"(....)(..)(..)", r"\1-\2-\3", regex=True),
        "actor_code": frame["source"].str.replace("---", ""),
        "target_code": frame["target"].str.replace("---", ""),
        "action_code": frame["code"],
        "goldstein": frame["goldstein"].astype(float),
        "place_name": frame["placeName"],
        "place_country": frame["countryName"],
        "place_admin1": frame["stateName"],
        "evidence_publisher": frame["sources"],
        "evidence_url": frame["urls"].str.replace("---", ""),
    }
    expected = zip(*columns.values(), strict=True)
    found = [tuple(value or "" for value in row[:5]) for row in rows_of(store, columns)]
    assert Counter(found) == Counter(row[:5] for row in expected)
    for name, values in columns.items():
        stored = Counter(value for (value,) in rows_of(store, [name]) if value not in (None, ""))
        assert stored == Counter(value for value in values if value != ""), name


def test_actors_without_a_country_have_none(store: Path) -> None:
    loaded(store, "phoenix", CLINE)
    frame = raw(CLINE, sep="\t")
    known = frame["source_root"].str.fullmatch("[A-Z]{3}")
    countries = rows_of(store, ["actor_country"])
    assert (
        sum(country is None for (country,) in countries) >= frame["source"].str[:3].eq("---").sum()
    )
    assert sum(country is not None for (country,) in countries) <= known.sum()


def test_the_days_of_1970_in_fbis_are_quarantined(store: Path) -> None:
    account = loaded(store, "phoenix", FBIS)
    assert (account.read, counts(account)) == (7, {"quarantined": 7})
    assert {column for _, column, *_ in refused(store, 1)} == {"date"}


def test_their_codes_get_their_zeros_back_by_the_root(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "fbis.csv"
    path.write_text(FBIS.read_text("utf-8").replace("01/01/1970", "02/03/1996"), "utf-8")
    account, frame = loaded(store, "phoenix", path), raw(path)
    assert counts(account) == {"inserted": 7}
    codes = Counter(code for (code,) in rows_of(store, ["action_code"]))
    assert codes == Counter(frame["code"].str.zfill(3))
    assert sum(one["count"] for one in account.report["mended_codes"]) == 7


def test_the_daily_file_gives_the_same_events_after_pandas(store: Path, tmp_path: Path) -> None:
    loaded(store, "phoenix", DAILY)
    frame = raw(DAILY, sep="\t", names=BY_R.split(), quoting=3)
    frame = frame[frame["CAMEO"].str.strip() != ""]
    for name in ("CAMEO", "RootCode"):
        frame[name] = frame[name].astype(int)
    other, path = tmp_path / "other.sqlite", tmp_path / "events.20160328.csv"
    frame.to_csv(path, na_rep="NA")
    loaded(other, "phoenix", path)
    assert rows_of(other) == rows_of(store)
