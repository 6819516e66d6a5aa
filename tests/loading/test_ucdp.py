"""UCDP GED becomes events, the same of every layout, dated by its release."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.main import main
from dataset.errors import Refused, Unreadable
from dataset.inputs.source_files import source_files
from dataset.loaders.ucdp_ged import LOADER, NAMES
from dataset.loaders.ucdp_releases import is_whole_release, release_of
from dataset.loading.loads import LoadJob
from dataset.loading.replays import replay
from dataset.store.database import open_to_write
from support.stores import counts, load_into, loaded, no_fetch, rows_of
from support.ucdp_files import LAYOUTS, ROW, ROWS, Event, Row, events_in, table


def event_of(tmp_path: Path, **changes: str) -> Event:
    path = tmp_path / "ged241.csv"
    path.write_text(table(NAMES, [ROW | changes]))
    return events_in(path)[0]


# Layouts


@pytest.mark.quick
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_events(layout: str, tmp_path: Path) -> None:
    one, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    one.write_text(table(NAMES, ROWS))
    other.write_text(LAYOUTS[layout](ROWS), newline="")
    expected = events_in(one)
    assert len(expected) == len(ROWS)
    assert events_in(other) == expected


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    event = event_of(tmp_path)
    given = {name: value for name, value in event.items() if value not in (None, "")}
    del given["shuffle"], given["words"], given["place_cell"], given["place_priogrid_gid"]
    assert given == {
        "id": "ucdp-ged:100200",
        "dataset": "ucdp-ged",
        "date": "2021-03-01",
        "date_end": "2021-03-02",
        "date_precision": "interval",
        "added": "2024-01-01T00:00:00Z",
        "actor_code": "MMRGOV",
        "actor_name": "Government of Myanmar (Burma)",
        "actor_country": "MMR",
        "actor_roles": "GOV",
        "action_plover": "ASSAULT",
        "target_name": "Harbour Front",
        "quad_class": 4,
        "place_name": "Old Harbour",
        "place_country": "MMR",
        "place_admin1": "Shan State",
        "place_latitude": 23.690225,
        "place_longitude": 98.765042,
        "place_precision": "city",
        "sources": 2,
        "fatalities": 12,
        "fatalities_low": 10,
        "fatalities_high": 15,
        "violence_type": "state-based",
        "evidence_publisher": "The Post",
        "evidence_status": "reported",
        "evidence_attributed_to": "police, residents",
        "evidence_summary": (
            "Government of Myanmar (Burma) and Harbour Front, state-based: 12 deaths (best; 10 to "
            "15)"
        ),
        "evidence_note": (
            "Conflict: Freedonia: Government. Deaths: side A 3, side B 4, civilians 1, unknown 4. "
            "Active year (25 deaths or more): yes. where_prec 2: within about 25 km of a known "
            "place. date_prec 2: two to six days."
        ),
    }


def test_no_text_of_the_news_is_stored(tmp_path: Path) -> None:
    title = "A headline of a report"
    assert event_of(tmp_path, source_headline=title)["evidence_publisher"] == "The Post"
    event = event_of(tmp_path, source_headline=title, source_office=f"{title}, 2021")
    assert "headline" not in str(event)


# Values


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [
        ("2021-03-01", "2021-03-01", "day"),
        ("2021-02-01", "2021-02-28", "month"),
        ("2020-02-01", "2020-02-28", "interval"),
        ("2021-03-02", "2021-04-01", "interval"),
        ("2021-01-01", "2021-12-31", "year"),
        ("2021-01-01", "2022-12-31", "interval"),
    ],
)
def test_only_exact_months_and_years_are_such(
    start: str, end: str, precision: str, tmp_path: Path
) -> None:
    event = event_of(tmp_path, date_start=start, date_end=end)
    assert (event["date"], event["date_end"], event["date_precision"]) == (start, end, precision)


GOVERNMENTS = "Government of Iraq, Government of Macedonia, FYR"


@pytest.mark.parametrize(
    ("name", "numbers", "code", "note"),
    [
        ("Government of Russia (Soviet Union)", "365", "RUSGOV", ""),
        ("Government of Russia (Soviet Union)", "365.0", "RUSGOV", ""),
        ("Government of Russia (Soviet Union)", "", "RUSGOV", ""),
        ("Government of Freedonia", "", None, ""),
        ("Government of Freedonia", "2;200", "USAGOV", "Side A is also GBRGOV."),
        (GOVERNMENTS, "", "IRQGOV", "Side A is also MKDGOV."),
        ("Civilians", "", "CVL", ""),
        ("Supporters of Government of Iraq", "", None, ""),
        ("XXX482", "", None, "XXX482 is an unidentified actor."),
    ],
)
def test_only_states_and_civilians_have_a_code(
    name: str, numbers: str, code: str | None, note: str, tmp_path: Path
) -> None:
    event = event_of(tmp_path, side_a=name, gwnoa=numbers)
    assert (event["actor_code"], event["actor_name"]) == (code, name)
    assert event["evidence_note"].endswith(note or "days.")


def test_an_unidentified_actor_is_named_once(tmp_path: Path) -> None:
    note = event_of(tmp_path, side_a="XXX482", side_b=" XXX482")["evidence_note"]
    assert note.count("XXX482 is an unidentified actor.") == 1


@pytest.mark.parametrize(
    ("number", "name", "admin1", "country"),
    [
        ("666", "Israel", "Gaza Strip", "PSE"),
        ("", "Israel", "West Bank ", "PSE"),
        ("666", "Israel", "Haifa district", "ISR"),
        ("345", "Serbia (Yugoslavia)", "", "SRB"),
        ("", "Yemen (North Yemen)", "Gaza Strip", "YEM"),
        ("347", "Kosovo", "", "XKX"),
        ("", "Freedonia", "", None),
    ],
)
def test_places_have_the_iso_code_of_their_country(
    number: str, name: str, admin1: str, country: str | None, tmp_path: Path
) -> None:
    event = event_of(tmp_path, country_id=number, country=name, adm_1=admin1)
    assert event["place_country"] == country


@pytest.mark.parametrize(
    ("where_prec", "precision"),
    [("1", "city"), ("3", "region"), ("5", "region"), ("6", "country"), ("7", None), ("", None)],
)
def test_precisions_of_places(where_prec: str, precision: str | None, tmp_path: Path) -> None:
    assert event_of(tmp_path, where_prec=where_prec)["place_precision"] == precision


def test_estimates_are_kept_as_they_are_and_unknown_is_not_zero(tmp_path: Path) -> None:
    event = event_of(tmp_path, best="5017", low="5017", high="4526", number_of_sources="-1")
    assert (event["fatalities"], event["fatalities_low"], event["fatalities_high"]) == (
        *(5017, 5017),
        4526,
    )
    assert event["sources"] is None
    lacking = event_of(tmp_path, best="", low="", high="")
    assert (lacking["fatalities"], lacking["fatalities_low"]) == (None, None)
    assert lacking["evidence_summary"].endswith("state-based")


def test_the_note_says_what_is_unusual(tmp_path: Path) -> None:
    changes = {"event_clarity": "2", "code_status": "Check dyad", "where_prec": "7"}
    note = event_of(tmp_path, **changes, active_year="0")["evidence_note"]
    assert "more): no. The source gives a total over several events. Status: Check dyad." in note
    assert "where_prec 7: international waters or airspace." in note


@pytest.mark.parametrize(
    ("changes", "column", "known"),
    [
        ({"id": "x"}, "id", None),
        ({"type_of_violence": "4"}, "violence_type", "ucdp-ged:100200"),
        ({"date_end": ""}, "date", "ucdp-ged:100200"),
        ({"date_end": "2021-02-28"}, "date_end", None),
        ({"best": "-1"}, "fatalities", None),
    ],
)
def test_what_is_no_event_is_refused_with_its_id_where_that_is_known(
    changes: Row, column: str, known: str | None, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refused:
        event_of(tmp_path, **changes)
    assert (refused.value.column, refused.value.id) == (column, known)


# Releases


@pytest.mark.parametrize(
    ("name", "added", "dataset"),
    [
        ("ged191.csv", "2019-01-01", "ucdp-ged"),
        ("ged261-csv.zip", "2026-01-01", "ucdp-ged"),
        ("ged172.csv", "2017-01-02", "ucdp-ged"),
        ("ged191_mmr_bgd_original.csv", "2019-01-01", "ucdp-ged"),
        ("GEDEvent_v23_1.csv", "2023-01-01", "ucdp-ged"),
        ("GEDEvent_v26_0_8.csv", "2026-08-01", "ucdp-candidate"),
        ("GEDEvent_v25_0_12.csv", "2025-12-01", "ucdp-candidate"),
        ("GEDEvent_v26_01_26_06.csv", "2026-06-30", "ucdp-candidate"),
        ("GEDEvent_v25_01_25_12.csv", "2025-12-31", "ucdp-candidate"),
    ],
)
def test_names_tell_the_release(name: str, added: str, dataset: str) -> None:
    assert release_of(name, None)[:2] == (f"{added}T00:00:00Z", dataset)


@pytest.mark.parametrize(
    ("version", "added"),
    [
        ("23.1", "2023-01-01"),
        ("v23_1", "2023-01-01"),
        ("26.0.8", "2026-08-01"),
        ("26.01.26.06", "2026-06-30"),
    ],
)
def test_a_version_tells_the_release_of_other_names(version: str, added: str) -> None:
    assert release_of("pakistan_2021.csv", version).added == f"{added}T00:00:00Z"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        *(("ged191.csv", version) for version in ("19.1", "v19_1")),
        *(("GEDEvent_v26_0_8.csv", version) for version in ("26.0.8", "26.0.08")),
        ("GEDEvent_v26_01_26_06.csv", "26.1.26.6"),
    ],
)
def test_a_version_may_say_what_the_name_says(name: str, version: str) -> None:
    assert release_of(name, version) == release_of(name, None)


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("ged191.csv", "21.1", "19.1"),
        ("ged191_cut.csv", "26.0.8", "19.1"),
        ("GEDEvent_v26_0_8.csv", "26.0.9", "26.0.8"),
        ("GEDEvent_v26_01_26_06.csv", "26.0.6", "26.01.26.06"),
        ("GEDEvent_v26_01_26_06.csv", "25.01.26.06", "26.01.26.06"),
    ],
)
def test_a_version_that_differs_from_a_name_is_refused(name: str, version: str, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        release_of(name, version)
    expected = f"{name} is release {told} by its name, but --version says {version}."
    assert str(refused.value) == expected


def test_no_file_of_a_load_differs_from_the_version(tmp_path: Path) -> None:
    paths = [tmp_path / "cut.csv", tmp_path / "ged191.csv"]
    for path in paths:
        path.write_text(table(NAMES, ROWS))
    files = source_files(list(map(str, paths)), no_fetch)
    with pytest.raises(Unreadable, match=r"ged191\.csv is release 19\.1 by its name"):
        LoadJob("ucdp-ged", files, version="21.1")


@pytest.mark.parametrize(
    ("name", "version"), [("x.csv", "99.1"), ("x.csv", "98.0.12"), ("GEDEvent_v99_1.csv", None)]
)
def test_a_release_of_years_to_come_is_refused(name: str, version: str | None) -> None:
    with pytest.raises(Unreadable, match=r"Release 9.* of UCDP GED is yet to come"):
        release_of(name, version)
    if version:
        with pytest.raises(ValueError, match="is yet to come"):
            LoadJob("ucdp-ged", [], version=version)


@pytest.mark.parametrize(
    "name",
    [
        *("gedevents-2021-12-01.csv", "conflict_data_sdn.csv", "GEDEvent_v26_0_13.csv"),
        *("pakistan_2021.csv", "ged.csv", "ged1911.csv", "GEDEvent_v25_01_25_13.csv"),
    ],
)
def test_a_file_that_tells_no_release_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(table(NAMES, ROWS))
    with pytest.raises(Unreadable, match=r"does not name the release.*--version 24\.1"):
        events_in(path, version=None)


@pytest.mark.parametrize("version", ["2023", "23.0", "26.0.13", "1", "", "23.1.1"])
def test_what_is_no_version_is_refused(version: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no release of UCDP GED"):
        LoadJob("ucdp-ged", [], version=version)


def test_other_formats_have_no_version() -> None:
    with pytest.raises(ValueError, match=r"only files of ucdp-ged have a version\."):
        LoadJob("gdelt", [], version="23.1")


def test_the_dataset_follows_from_the_release(tmp_path: Path) -> None:
    path = tmp_path / "GEDEvent_v26_0_8.csv"
    path.write_text(table(NAMES, ROWS))
    assert events_in(path, version=None)[0]["id"] == "ucdp-candidate:100200"
    assert events_in(path, version=None, dataset="own")[0]["id"] == "own:100200"
    with pytest.raises(Unreadable, match="is of the dataset ucdp-candidate by its release"):
        events_in(path, version=None, dataset="ucdp-ged")


@pytest.mark.parametrize(
    ("name", "is_whole"),
    [
        *((name, True) for name in ("ged191.csv", "ged261-csv.zip", "ged191.zip")),
        *((name, True) for name in ("GEDEvent_v26_1.csv", "GEDEvent_v26_1.csv.zip")),
        *((name, False) for name in ("ged191_mmr.csv", "my_ged191.csv", "GEDEvent_v26_0_8.csv")),
        *((name, False) for name in ("gedevents-2021-12-01.csv", "GEDEvent_v26_1 (1).csv")),
    ],
)
def test_only_exact_names_are_whole_releases(name: str, is_whole: bool) -> None:
    assert is_whole_release(name) is is_whole


# Loads


def test_the_command_dates_events_by_the_version(any_store: str, tmp_path: Path) -> None:
    path = tmp_path / "conflict_data_fre.csv"
    path.write_text(LAYOUTS["HDX"](ROWS))
    given = ["load", "ucdp-ged", "--database", any_store, str(path)]
    done = CliRunner().invoke(main, given)
    assert done.exit_code != 0
    assert "load it with, for example, `--version 24.1`" in done.output
    done = CliRunner().invoke(main, [*given, "--version", "23.1"])
    assert (done.exit_code, "skipped      2" in done.output) == (0, True)
    rows = [row for row in rows_of(any_store, ("dataset", "added")) if row[0] != "seed"]
    assert rows == [("ucdp-ged", "2023-01-01T00:00:00Z")] * 2


def test_both_engines_store_the_same(own_store: Path, postgres_store: str, tmp_path: Path) -> None:
    path = tmp_path / "ged241.csv"
    path.write_text(table(NAMES, ROWS))
    for store in (own_store, postgres_store):
        assert counts(loaded(store, "ucdp-ged", path)) == {"inserted": 2}
    assert rows_of(own_store) == rows_of(postgres_store)


@pytest.mark.parametrize("layout", ["49 columns", "export by R", "list"])
def test_the_quarantine_is_read_again_with_the_version(
    layout: str, own_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "conflict_data_fre.csv"
    path.write_text(LAYOUTS[layout]([ROW, ROWS[1] | {"high": "99999999999"}]), newline="")
    database = open_to_write(str(own_store))
    account = load_into(database, "ucdp-ged", path, version="23.1")
    assert counts(account) == {"inserted": 1, "quarantined": 1}
    mended = "replace(CAST(record AS TEXT), '99999999999', '9')"
    database.execute_sql(f"UPDATE quarantined SET record = CAST({mended} AS BLOB)")
    again = replay(database, account.number)
    database.close()
    assert counts(again) == {"inserted": 1}
    assert {row for row in rows_of(own_store, ("dataset", "added")) if row[0] != "seed"} == {
        ("ucdp-ged", "2023-01-01T00:00:00Z")
    }


def test_the_datasets_are_described() -> None:
    for described in LOADER.datasets.values():
        assert all(described.values())
        assert "has no direction" in described["description"]
        assert described["licence"] == "CC BY 4.0"


def test_a_page_of_several_says_so_and_is_not_whole(any_store: str, tmp_path: Path) -> None:
    first, last = tmp_path / "page_1.json", tmp_path / "page_2.json"
    last.write_text(LAYOUTS["API"](ROWS))
    following = '"NextPageUrl":"https://example.org/api?page=2"'
    first.write_text(last.read_text().replace('"NextPageUrl":""', following))
    given = ["load", "ucdp-ged", "--version", "24.1", "--database", any_store]
    done = CliRunner().invoke(main, [*given, "--whole", str(first)])
    assert "page_1.json is one page of several, which the API gives: it is not" in done.output
    assert done.exit_code != 0
    done = CliRunner().invoke(main, [*given, str(first), str(last)])
    assert "page_1.json is one page of several: load the pages that follow, too." in done.output
    assert "page_2.json is" not in done.output
    assert loaded(any_store, "ucdp-ged", first, version="24.1").report["pages"] == ["page_1.json"]
    whole = loaded(any_store, "ucdp-ged", last, version="24.1", whole=True)
    assert (whole.report["pages"], whole.report["dropped"]) == ([], 0)
