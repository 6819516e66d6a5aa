"""What the store says of real files agrees with an independent count made from the raw files."""

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient

from dataset.loading.accounts import Account
from support.paths import SHARED
from support.real_files import EVENTS, FORMATS, files_of
from support.rich_store import client_on
from support.stores import loaded, rows_of

REFUSED = {"keds": 13, "phoenix": 9}
"""Records with `0841]`, `145]`, `USGOV`, `GBRGOV >2010` and blank actions."""

pytestmark = pytest.mark.skipif(
    not EVENTS.exists(), reason="the real files are not part of the project, and not beside it"
)


@pytest.fixture(scope="module", params=FORMATS)
def folder(request: pytest.FixtureRequest) -> str:
    """Each folder of real files in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def store(folder: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Account]:
    """A store with the files of a folder, and what the load did."""
    path = tmp_path_factory.mktemp("real") / "store.sqlite"
    return path, loaded(path, FORMATS[folder], *files_of(folder))


def raw(folder: str) -> pd.DataFrame:
    """Read the files of a folder with pandas, every cell as text, by number of column."""
    frames = []
    for path in files_of(folder):
        separator, header = ("," if folder == "keds" else "\t"), has_header(folder)
        names = None if header else range(61)
        frame = pd.read_csv(
            path,
            sep=separator,
            header=0 if header else None,
            names=names,
            dtype=str,
            quoting=3,
            keep_default_na=False,
            na_values=["NA"] if folder == "icews" else [],
            encoding="utf-8",
        )
        frame.columns = range(frame.shape[1])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def has_header(folder: str) -> bool:
    """Tell whether the files of a folder begin with a header."""
    return folder in ("icews", "keds")


def test_every_record_has_one_outcome(folder: str, store: tuple[Path, Account]) -> None:
    _, outcome = store
    lines = [len(path.read_bytes().strip().split(b"\n")) for path in files_of(folder)]
    assert outcome.read == sum(lines) - has_header(folder) * len(lines)
    assert outcome.outcomes["quarantined"] == REFUSED.get(folder, 0)
    assert outcome.outcomes["inserted"] == outcome.read - REFUSED.get(folder, 0)


CODE = {"gdelt1": 26, "gdelt2": 26, "icews": 6, "keds": 3, "phoenix": 13}
COUNTRY = {"gdelt1": 7, "gdelt2": 7}
GOLDSTEIN = {"gdelt1": 30, "gdelt2": 30, "icews": 7, "phoenix": 16}
MENTIONS = {"gdelt1": 31, "gdelt2": 31}


def valid(frame: pd.DataFrame, folder: str) -> pd.DataFrame:
    """Leave out the records that are no events, found without our code."""
    code = frame[CODE[folder]]
    actors = {"keds": (1, 2), "phoenix": (5, 9)}.get(folder, ())
    keep = code.str.fullmatch("[0-9]{2,4}")
    for column in actors:
        bare = frame[column].str.replace("---", "")
        keep &= bare.str.fullmatch("(?:[A-Za-z0-9]{3})*")
    return frame[keep]


def stored(path: Path, *names: str) -> list[tuple[Any, ...]]:
    """Give columns of the events in a store."""
    return rows_of(path, names)


def test_root_codes_agree(folder: str, store: tuple[Path, Account]) -> None:
    if folder not in CODE:
        pytest.skip("mentions have no code")
    expected = Counter(valid(raw(folder), folder)[CODE[folder]].str[:2])
    assert Counter(root for (root,) in stored(store[0], "action_root")) == expected


def test_countries_of_actors_agree(folder: str, store: tuple[Path, Account]) -> None:
    if folder not in COUNTRY:
        pytest.skip("the source has no column of CAMEO countries")
    expected = Counter(raw(folder)[COUNTRY[folder]])
    found = Counter(country or "" for (country,) in stored(store[0], "actor_country"))
    assert found == expected


def test_countries_of_icews_agree(folder: str, store: tuple[Path, Account]) -> None:
    if folder != "icews":
        pytest.skip("only ICEWS names countries in words")
    lines = (SHARED / "data/codes/icews.countrynames.txt").read_text("utf-8").splitlines()
    codes = {name: code for name, code, *_ in (line.split("\t") for line in lines)}
    names = raw(folder)[4].fillna("").map(lambda name: codes.get(name, ""))
    found = Counter(country or "" for (country,) in stored(store[0], "actor_country"))
    same = [code for code in Counter(names) if len(code) == 3 and code not in OWN_CODES]
    expected = Counter(names)
    assert len(same) > 100
    assert {code: found[code] for code in same} == {code: expected[code] for code in same}


OWN_CODES = {"MNE", "TLS", "IMN", "XKX", "ANT", "---"}
"""CAMEO has other codes for these (ICEWS means Antarctica by ANT), or they are no countries."""


def test_mentions_and_goldstein_values_agree(folder: str, store: tuple[Path, Account]) -> None:
    if folder not in GOLDSTEIN:
        pytest.skip("the source gives no value")
    frame = valid(raw(folder), folder)
    rows = stored(store[0], "goldstein", "mentions", "tone")
    values = [goldstein for goldstein, _, _ in rows if goldstein is not None]
    expected = pd.to_numeric(frame[GOLDSTEIN[folder]], errors="coerce").dropna()
    assert len(values) == len(expected)
    assert sum(values) / len(values) == pytest.approx(expected.mean(), abs=1e-9)
    if folder in MENTIONS:
        assert sum(mentions for _, mentions, _ in rows) == frame[MENTIONS[folder]].astype(int).sum()
        assert sum(tone for *_, tone in rows) == pytest.approx(frame[34].astype(float).sum())


def test_mentions_show_at_their_event_once_it_has_come(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    loaded(store, "gdelt-mentions", EVENTS / "gdelt2-mentions")
    loaded(store, "gdelt", EVENTS / "gdelt2" / "20170101073000.export.CSV")
    frame = raw("gdelt2-mentions")
    client = client_on(store)
    event = stored(store, "id")[0][0]
    expected = (frame[0] == event.partition(":")[2]).sum()
    answer = client.get(f"/v1/events/{event}/mentions").get_json()
    assert expected > 0
    assert answer["receipt"]["matched"]["value"] == expected


def test_the_api_counts_as_the_raw_file_does(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    loaded(store, "gdelt", EVENTS / "gdelt2")
    client: FlaskClient = client_on(store)
    frame = raw("gdelt2")
    for code in ("USA", "ISR", "RUS"):
        count = client.get(f"/v1/events/count?actor_country={code}&dataset=gdelt").get_json()
        assert count["count"] == (frame[7] == code).sum()
