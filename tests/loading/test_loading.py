"""A load takes in every record with one outcome, all or nothing, whatever the order of loads."""

import gzip
import re
import shutil
import sqlite3
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.commands.accounts import show_account
from dataset.building.reports import Report
from dataset.errors import Unreadable
from dataset.loaders import LOADERS
from dataset.loading.accounts import OpenAccount
from dataset.store.database import open_to_write
from dataset.writes.revisions import revision
from support.gdelt_lines import gdelt1_line, gdelt_line
from support.rich_store import client_on
from support.stores import KEPT as LISTED
from support.stores import counts, loaded, refused, rows_of

STAMPED = "{}-icews-events.tab"
HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\t"
    "Intensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t"
    "City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
)


def written(folder: Path, name: str, *lines: bytes) -> Path:
    """Write a file of lines."""
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def icews_line(event: int = 7, intensity: str = "-10", publisher: str = "Al Akhbar") -> str:
    """Write a record of ICEWS."""
    cells = [str(event), "2018-10-03", "Army (Iran)", "Military,Army", "Iran", "Use force", "190"]
    cells += [intensity, "Israel", "", "Israel", "99", "2", publisher, "Haifa", "", "Haifa"]
    return "\t".join([*cells, "Israel", "32.8", "34.98"]) + "\n"


@pytest.fixture
def versions(tmp_path: Path) -> list[Path]:
    """Three files of ICEWS with versions of one event, of which the last day's is the newest."""
    days = {"20181005": "Old", "20181007": "Newest", "20181006": "Newer"}
    return [
        written(
            tmp_path,
            STAMPED.format(day),
            HEADER.encode(),
            icews_line(publisher=publisher).encode(),
            icews_line(int(day)).encode(),
        )
        for day, publisher in days.items()
    ]


# The account


def test_what_is_no_event_is_counted_beside_what_was_read(
    own_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = open_to_write(str(own_store))
    with revision(database, "load") as change:
        account = OpenAccount(change, "csv", 0)
        account.skip()
        account.skip(2)
        closed = account.close(Report())
    database.close()
    assert (closed.read, closed.skipped) == (0, 3)
    shown = client_on(own_store).get(f"/v1/loads/{closed.number}").get_json()["data"]
    assert [*shown.items()][8:10] == [("read", 0), ("skipped", 3)]
    show_account(closed)
    assert re.search(r"read +0\n *skipped +3\n", capsys.readouterr().out)


def test_a_load_that_skipped_nothing_does_not_speak_of_it(
    own_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_account(loaded(own_store, "gdelt", written(tmp_path, "a.tsv", gdelt_line())))
    assert "skipped" not in capsys.readouterr().out


FAULTS: list[tuple[bytes, str | None, str]] = [
    (b"1\t2\t3\n", None, "it has 3 columns, not 57, 58 or 61."),
    (gdelt_line(c0="x1"), "id", "'x1' is not a whole number"),
    (gdelt_line(c0=""), "id", "'' is not a whole number"),
    (gdelt_line(c1="20150230"), "date", "'2015-02-30' is not a calendar day like 2024-04-13."),
    (gdelt_line(c1="00160413"), "date", "the year 16 is not in 1800..2100."),
    (gdelt_line(c1="2015"), "date", "'2015' is not a day like 2019-02-12, 20190212 or 2/12/2019."),
    (gdelt_line(c59="yesterday"), "added", "is not a day like 20240413."),
    (gdelt_line(c26="0841]", c28="08"), "action_code", "'0841]' is not a CAMEO action code"),
    (gdelt_line(c26="", c28=""), "action_code", "is not a CAMEO action code"),
    (gdelt_line(c5="IRNG"), "actor_code", "'IRNG' is not a chain of three-letter codes."),
    (gdelt_line(c30="-11"), "goldstein", "'-11' is not in -10..10."),
    (gdelt_line(c31="-1"), "mentions", "'-1' is not a whole number"),
    (gdelt_line(c34="nan"), "tone", "'nan' is not in -100..100."),
    (gdelt_line(c6="A\x00B"), None, "a NUL byte."),
    (gdelt_line().replace(b"ISRAEL", b"ISRA\xcbL"), None, "it is not UTF-8: byte"),
    (gdelt_line(c6="A" * 10_000_000), None, "longer than 1,000,000 bytes."),
]


@pytest.mark.parametrize(("line", "column", "reason"), FAULTS, ids=[one[2] for one in FAULTS])
def test_a_faulty_record_is_refused_with_its_line_and_nothing_else_is(
    own_store: Path, tmp_path: Path, line: bytes, column: str | None, reason: str
) -> None:
    lines = (gdelt_line(c0="1"), line, gdelt_line(c0="2"))
    outcome = loaded(own_store, "gdelt", written(tmp_path, "a.tsv", *lines))
    assert counts(outcome) == {"inserted": 2, "quarantined": 1}
    ((number, named, said, raw),) = refused(own_store, outcome.number)
    assert (number, named) == (2, column)
    assert reason in said
    assert raw
    assert line.startswith(raw)


KEPT: list[tuple[bytes, dict[str, Any]]] = [
    (b"\xef\xbb\xbf" + gdelt_line(), {"id": "gdelt:1001"}),
    (gdelt_line().replace(b"\n", b"\r\n"), {"evidence_url": "https://news.test/a"}),
    (b"\n\r\n" + gdelt_line() + b"\n", {"id": "gdelt:1001"}),
    (gdelt_line().rstrip(b"\n"), {"evidence_url": "https://news.test/a"}),
    (gdelt_line(c6='"IRAN'), {"actor_name": '"IRAN'}),
    (gdelt_line(c26="10", c28="1"), {"action_code": "010", "action_root": "01"}),
    (gdelt_line(c26="841", c28="8"), {"action_code": "0841"}),
    (gdelt_line(c26="106", c28="10"), {"action_code": "106", "goldstein": -10.0}),
    (gdelt_line(c51="0"), {"place_latitude": 31.5, "place_precision": None}),
    (
        gdelt_line(c51="", c56="95"),
        {"id": "gdelt:1001", "place_latitude": None, "place_longitude": None},
    ),
    (gdelt_line(c9="kur"), {"actor_ethnic": "KUR"}),
    (gdelt_line(c12="GOV", c13="GOV", c14="MIL"), {"actor_roles": "GOV;MIL"}),
    (gdelt_line(c60="BBC Monitoring"), {"evidence_publisher": "BBC Monitoring"}),
    (gdelt_line(c0="0"), {"id": "gdelt:0"}),
    (gdelt_line(c51="4", c53="IS", c54="IS05"), {"place_admin1": "IS05", "place_country": "ISR"}),
    (gdelt1_line(), {"id": "gdelt1:1001", "added": "2024-04-13T00:00:00Z"}),
    (gdelt1_line(57), {"id": "gdelt1:1001", "evidence_url": None}),
]


@pytest.mark.parametrize(("content", "expected"), KEPT)
def test_what_can_be_read_is_kept(
    seeded: Path, own_store: Path, tmp_path: Path, content: bytes, expected: dict[str, Any]
) -> None:
    outcome = loaded(own_store, "gdelt", written(tmp_path, "a.tsv", content))
    new = set(rows_of(own_store, expected)) - set(rows_of(seeded, expected))
    assert counts(outcome) == {"inserted": 1}
    assert new == {tuple(expected.values())}


def test_one_file_may_mix_the_versions_of_gdelt(own_store: Path, tmp_path: Path) -> None:
    mixed = written(tmp_path, "a.tsv", gdelt1_line(57), gdelt_line(), gdelt1_line(c0="2"))
    assert counts(loaded(own_store, "gdelt", mixed)) == {"inserted": 3}
    ids = [public_id for (public_id,) in rows_of(own_store, ["id"])]
    assert ids[-3:] == ["gdelt:1001", "gdelt1:2", "gdelt1:1001"]


def test_what_the_codebook_lacks_is_kept_and_counted(own_store: Path, tmp_path: Path) -> None:
    lines = [gdelt_line(c0=str(n), c5="WBN", c7="WBN", c53="QQ", c56="95") for n in range(3)]
    report = loaded(own_store, "gdelt", written(tmp_path, "a.tsv", *lines)).report
    unknown = [(one["column"], one["code"], one["count"]) for one in report["unknown_codes"]]
    assert unknown == [("actor_code", "WBN", 3), ("actor_country", "WBN", 3)]
    left_out = [(one["column"], one["count"]) for one in report["left_out"]]
    assert left_out == [("place_country", 3), ("place_latitude", 3), ("place_longitude", 3)]


def test_a_part_of_an_event_never_takes_the_place_of_the_whole(
    own_store: Path, tmp_path: Path
) -> None:
    loaded(own_store, "gdelt", written(tmp_path, "a.tsv", gdelt_line()))
    thin = b"id,date,action_code,added\ngdelt:1001,2024-04-13,195,2025-01-01T00:00:00Z\n"
    outcome = loaded(own_store, "csv", written(tmp_path, "20260101.csv", thin))
    assert counts(outcome) == {"outdated": 1}
    assert rows_of(own_store, ["actor_code", "mentions"])[-1] == ("IRNMIL", 5)


def test_equal_and_older_records_of_one_load_are_counted(own_store: Path, tmp_path: Path) -> None:
    lines = [gdelt_line(), gdelt_line(), gdelt_line(c31="9", c59="20240414000000"), gdelt_line()]
    outcome = loaded(own_store, "gdelt", written(tmp_path, "a.tsv", *lines))
    assert counts(outcome) == {"inserted": 1, "unchanged": 1, "outdated": 2}
    assert rows_of(own_store, ["mentions"])[-1] == (9,)


def test_an_id_whose_key_is_taken_is_refused(own_store: Path, tmp_path: Path) -> None:
    # Two ids of phoenix with one hash would take years to find: the stored id is changed instead.
    path = written(tmp_path, "a.tsv", gdelt_line())
    loaded(own_store, "gdelt", path)
    change(own_store, "UPDATE event SET id = 'gdelt:other' WHERE id = 'gdelt:1001'")
    outcome = loaded(own_store, "gdelt", path)
    assert counts(outcome) == {"quarantined": 1}
    assert refused(own_store, outcome.number)[0][:3] == (1, "id", "another id has the same key.")


def change(store: Path, statement: str) -> None:
    """Change a store behind its back."""
    connection = sqlite3.connect(store)
    connection.execute(statement)
    connection.commit()
    connection.close()


# Revisions


def test_loading_a_file_again_changes_nothing(own_store: Path, versions: list[Path]) -> None:
    first = loaded(own_store, "icews", *versions)
    again = loaded(own_store, "icews", *versions)
    assert counts(first) == {"inserted": 4, "outdated": 2}
    assert (first.revision, again.revision) == (2, None)
    assert counts(again) == {"unchanged": 4, "outdated": 2}


def test_the_order_of_loads_makes_no_difference(
    seeded: Path, tmp_path: Path, versions: list[Path]
) -> None:
    stores = []
    for n, order in enumerate(permutations(versions)):
        store = Path(shutil.copy(seeded, tmp_path / f"{n}.sqlite"))
        for path in order:
            loaded(store, "icews", path)
        stores.append(rows_of(store))
    assert all(rows == stores[0] for rows in stores)
    assert {row for store in stores for row in store if "Newest" in row}


def test_a_late_older_version_is_not_stored(own_store: Path, versions: list[Path]) -> None:
    old, newest, newer = versions
    loaded(own_store, "icews", newest)
    assert counts(loaded(own_store, "icews", newer)) == {"inserted": 1, "outdated": 1}
    assert counts(loaded(own_store, "icews", old)) == {"inserted": 1, "outdated": 1}


def test_a_file_without_a_date_in_its_name_is_the_oldest(
    own_store: Path, tmp_path: Path, versions: list[Path]
) -> None:
    undated = written(tmp_path, "events.tab", HEADER.encode(), icews_line(intensity="-9").encode())
    loaded(own_store, "icews", undated)
    assert rows_of(own_store, ["added"])[-1] == (None,)
    assert counts(loaded(own_store, "icews", versions[0])) == {"updated": 1, "inserted": 1}
    assert counts(loaded(own_store, "icews", undated)) == {"outdated": 1}


def test_events_of_another_dataset_keep_to_it(own_store: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "a.tsv", gdelt_line())
    loaded(own_store, "gdelt", path, dataset="mine")
    loaded(own_store, "gdelt", path)
    ids = [public_id for (public_id,) in rows_of(own_store, ["id"])]
    assert ids[-2:] == ["gdelt:1001", "mine:1001"]


def test_a_dataset_of_another_name_claims_nothing_of_its_format(
    own_store: Path, tmp_path: Path
) -> None:
    loaded(own_store, "gdelt", written(tmp_path, "a.tsv", gdelt_line()), dataset="mine")
    client = client_on(own_store)
    told = client.get("/v1/datasets/mine").get_json()["data"]
    assert (told["title"], told["url"], told["licence"]) == ("mine", None, "Not known")
    assert told["description"] == (
        "Events in the format of GDELT 2.0 events or GDELT 1.0 events, loaded as mine."
    )
    citation = "Dataset mine: how to cite its source is not known."
    assert told["citation"] == citation
    note = client.get("/v1/cite?dataset=mine").get_json()["data"]["csl"]["note"]
    assert note == citation


def test_a_dry_run_reports_and_keeps_nothing(own_store: Path, tmp_path: Path) -> None:
    before = rows_of(own_store)
    path = written(tmp_path, "a.tsv", gdelt_line(), b"x\n")
    outcome = loaded(own_store, "gdelt", path, dry_run=True)
    assert counts(outcome) == {"inserted": 1, "quarantined": 1}
    assert outcome.revision is None
    assert rows_of(own_store) == before
    assert loaded(own_store, "gdelt", path).number == outcome.number


def test_a_load_that_is_large_against_the_store_leaves_it_as_a_small_one_would(
    seeded: Path, own_store: Path, tmp_path: Path
) -> None:
    lines = [gdelt_line(c0=str(n), c6=f"PERSON {n % 7}") for n in range(25_000)]
    parts = [written(tmp_path, f"{n}.tsv", *lines[n::10]) for n in range(10)]
    for part in parts:
        loaded(own_store, "gdelt", part)
    other = Path(shutil.copy(seeded, tmp_path / "other.sqlite"))
    loaded(other, "gdelt", written(tmp_path, "all.tsv", *lines))
    assert rows_of(other) == rows_of(own_store)
    assert schema_of(other) == schema_of(own_store)
    assert found(other) == found(own_store) == len(lines[1::7])


def schema_of(store: Path) -> set[str]:
    """Give the statements that made a store's tables and indexes."""
    connection = sqlite3.connect(store)
    found = connection.execute("SELECT sql FROM sqlite_master WHERE name LIKE 'event%'").fetchall()
    connection.close()
    return {sql for (sql,) in found if sql}


def found(store: Path) -> int:
    """Count the events that a search for words finds."""
    answer = client_on(store).get("/v1/events/count?q=person+1")
    return int(answer.get_json()["count"])


KEDS = """date,source,target,code
2024-04-13,IRN,ISR,190
2024-04-14,ISR,IRN,112
2024-04-14,ISR,IRN,112
"""


def test_an_open_quote_costs_its_line_and_no_other(own_store: Path, tmp_path: Path) -> None:
    lines = (b"id,date,actor_name\n", b"a:1,2024-04-13,Iran\n", b'a:2,2024-04-13,"Iran\n')
    path = written(tmp_path, "a.csv", *lines, b"a:3,2024-04-13,Israel\n")
    outcome = loaded(own_store, "csv", path)
    assert counts(outcome) == {"inserted": 2, "quarantined": 1}
    ((line, column, reason, raw),) = refused(own_store, outcome.number)
    assert (line, column, reason) == (3, None, "a quote that is not closed.")
    assert raw == b'a:2,2024-04-13,"Iran'


def test_equal_rows_without_ids_are_events_of_their_own(own_store: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", KEDS.encode())
    assert counts(loaded(own_store, "keds", path)) == {"inserted": 3}
    assert counts(loaded(own_store, "keds", path)) == {"unchanged": 3}


# Files of another format


@pytest.mark.parametrize("format", sorted(set(LOADERS) - {"gdelt"}))
def test_a_file_of_another_format_is_refused_at_once(
    own_store: Path, tmp_path: Path, format: str
) -> None:
    path = written(tmp_path, "a.tsv", gdelt_line())
    with pytest.raises(Unreadable, match=r"a\.tsv is no .* file; it looks like gdelt"):
        loaded(own_store, format, path)


def test_a_broken_archive_leaves_nothing_of_the_files_before_it(
    own_store: Path, tmp_path: Path
) -> None:
    before = rows_of(own_store)
    good = written(tmp_path, "a.tsv", gdelt_line())
    packed = gzip.compress(b"".join(gdelt_line(c0=str(n)) for n in range(9_000)))
    broken = written(tmp_path, "b.tsv.gz", packed[:-9])
    with pytest.raises(Unreadable, match=r"b\.tsv\.gz"):
        loaded(own_store, "gdelt", good, broken)
    assert rows_of(own_store) == before


# Exports


@pytest.mark.parametrize("format", ["csv", "ndjson"])
def test_an_export_loads_again_with_every_field(
    rich: FlaskClient, rich_store: Path, seeded: Path, tmp_path: Path, format: str
) -> None:
    exported = written(tmp_path, f"a.{format}", rich.get(f"/v1/events.{format}").data)
    empty = tmp_path / "empty.sqlite"
    outcome = loaded(empty, format, exported)
    same = [name for name in LISTED if name not in ("key", "loader_version")]
    assert outcome.outcomes["inserted"] == outcome.read == len(rows_of(rich_store))
    assert sorted(rows_of(empty, same), key=str) == sorted(rows_of(rich_store, same), key=str)
