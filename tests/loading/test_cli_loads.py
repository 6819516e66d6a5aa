"""The commands bring files in from folders and from servers, and say what came of them."""

import gzip
import hashlib
import io
import os
import pty
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.commands.main import main
from support.gdelt_lines import gdelt1_line, gdelt_line
from support.paths import COMMAND
from support.sites import Site
from support.stores import rows_of

Run = Callable[..., Result]


def zipped(name: str, content: bytes) -> bytes:
    """Put a file into an archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return archive.getvalue()


@pytest.fixture
def run(own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a load on a store of the test, with a cache of its own."""
    monkeypatch.setenv("DATABASE", str(own_store))
    monkeypatch.setenv("CACHE", str(tmp_path / "cache"))
    return lambda *arguments: CliRunner().invoke(main, ["load", *map(str, arguments)])


def ids(store: Path) -> list[str]:
    """Give the ids of all events but those of the seed dataset."""
    found = [public_id for (public_id,) in rows_of(store, ["id"])]
    return [public_id for public_id in found if not public_id.startswith("seed:")]


def test_an_address_is_loaded(run: Run, site: Site, own_store: Path) -> None:
    name = "20240413120000.export.CSV"
    site.files[f"/{name}.zip"] = zipped(name, gdelt_line())
    done = run("gdelt", f"{site.url}/{name}.zip")
    assert done.exit_code == 0
    assert ids(own_store) == ["gdelt:1001"]


def test_the_days_of_gdelt_are_loaded_with_their_sums_checked(
    run: Run, site: Site, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDELT_URL", site.url)
    listed = []
    for n, hour in enumerate(("000000", "001500")):
        name = f"20240413{hour}.export.CSV"
        packed = zipped(name, gdelt_line(c0=str(n)))
        site.files[f"/gdeltv2/{name}.zip"] = packed
        listed.append(f"{len(packed)} {hashlib.md5(packed).hexdigest()} http://x.test/{name}.zip")
    site.files["/gdeltv2/masterfilelist.txt"] = "\n".join(listed).encode()
    done = run("gdelt", "--from", "2024-04-13", "--to", "2024-04-13")
    assert (done.exit_code, ids(own_store)) == (0, ["gdelt:0", "gdelt:1"])
    assert "The source lacks 94 files, the first 20240413003000.export.CSV.zip." in done.output


def test_daily_files_of_gdelt_are_loaded(
    run: Run, site: Site, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDELT_URL", site.url)
    name = "20240413.export.CSV"
    site.files[f"/events/{name}.zip"] = zipped(name, gdelt1_line())
    done = run("gdelt", "--daily", "--from", "2024-04-13", "--to", "2024-04-13")
    assert (done.exit_code, ids(own_store)) == (0, ["gdelt1:1001"])
    done = run("gdelt", "--daily", "--from", "2024-04-13", "--to", "2024-04-14")
    assert "The source lacks 1 file: 20240414.export.CSV.zip." in done.output


def test_days_without_any_file_are_an_error(
    run: Run, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDELT_URL", site.url)
    done = run("gdelt", "--daily", "--from", "2024-04-13", "--to", "2024-04-14")
    assert done.exit_code == 4
    assert "has none of the files" in done.output


def test_a_dry_run_on_a_new_database_makes_none(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line() + b"x\n")
    done = run("gdelt", path, "--dry-run", "--database", tmp_path / "new.sqlite")
    assert (done.exit_code, "Nothing was kept: this was a dry run." in done.output) == (0, True)
    assert "quarantined  1" in done.output
    assert not (tmp_path / "new.sqlite").exists()


@pytest.mark.parametrize(
    ("count", "refused"), [(1, "The only record was refused."), (2, "All 2 records were refused.")]
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_load_of_which_all_was_refused_says_where_the_reasons_are(
    run: Run, tmp_path: Path, count: int, refused: str, options: tuple[str, ...]
) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line(c1="20240230") * count)
    done = run("gdelt", path, *options)
    assert done.exit_code == 4
    way = "A load without `--dry-run` keeps them" if options else "See why: cameo-events quarantine"
    assert f"Error: {refused} {way}" in done.output


def test_a_file_that_is_not_there_is_said(run: Run) -> None:
    done = run("gdelt", "nowhere.tsv")
    assert (done.exit_code, "There is no file 'nowhere.tsv'" in done.output) == (4, True)


DAMAGED = {
    "cut": lambda packed: packed[:-50],
    "begun amiss": lambda packed: b"\0" + packed[1:],
    "flipped within": lambda packed: packed[:200] + bytes([packed[200] ^ 4]) + packed[201:],
    "another thing": lambda _: b"Service unavailable\n",
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("ending", ["zip", "gz"])
def test_a_damaged_archive_is_refused_with_all_of_the_load(
    run: Run, tmp_path: Path, own_store: Path, ending: str, damage: Callable[[bytes], bytes]
) -> None:
    good, bad = tmp_path / "a.tsv", tmp_path / f"b.tsv.{ending}"
    good.write_bytes(gdelt_line())
    text = b"".join(gdelt_line(c0=str(number)) for number in range(2, 3_000))
    bad.write_bytes(damage(zipped("b.tsv", text) if ending == "zip" else gzip.compress(text)))
    done = run("gdelt", good, bad)
    assert (done.exit_code, ids(own_store)) == (4, [])
    assert f"b.tsv.{ending} is " in done.output
    assert "damaged" in done.output
    assert "seed" in CliRunner().invoke(main, ["loads"]).output.split("\n")[0]


EMPTY = {
    "20150218230000.export.CSV": ("gdelt", b""),
    "20240413031500.translation.export.CSV.zip": ("gdelt", zipped("a", b"")),
    "20240413031500.mentions.CSV.zip": ("gdelt-mentions", zipped("a", b"\n")),
}
"""Files of 15 minutes in which nothing happened: their formats and bytes."""


@pytest.mark.parametrize("name", EMPTY)
def test_a_quarter_of_an_hour_may_be_empty(run: Run, tmp_path: Path, name: str) -> None:
    format, content = EMPTY[name]
    (tmp_path / name).write_bytes(content)
    done = run(format, tmp_path / name)
    assert (done.exit_code, "read         0" in done.output) == (0, True)
    assert "No record was read: the files have none." in done.output
    assert "Load 2 changed nothing and made no revision." in done.output


@pytest.mark.parametrize(
    ("format", "name", "content"),
    [
        ("gdelt", "events.CSV", b""),
        ("gdelt", "20240413.export.CSV", b""),
        ("gdelt", "20240413031500.mentions.CSV", b""),
        ("gdelt", "20240413031500.export.CSV.zip", b""),
        ("gdelt", "20240413031500.export.CSV", b" \n"),
        ("icews", "20240413031500.export.CSV", b""),
    ],
)
def test_other_empty_files_are_refused(
    run: Run, tmp_path: Path, format: str, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    done = run(format, tmp_path / name)
    assert (done.exit_code, name in done.output) == (4, True)
    assert "it is empty" in done.output or "damaged" in done.output


def test_an_empty_file_holds_up_no_others(run: Run, tmp_path: Path, own_store: Path) -> None:
    for quarter, content in (("00", b""), ("15", gdelt_line(c0="7")), ("30", b"")):
        (tmp_path / f"2024041303{quarter}00.export.CSV").write_bytes(content)
    assert run("gdelt", *tmp_path.glob("*.CSV"), "--whole").exit_code == 0
    assert ids(own_store) == ["gdelt:7"]


@pytest.mark.parametrize("name", ["Mine", "a b", "x" * 33, "seed:1", "seed"])
def test_a_dataset_that_cannot_be_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line())
    done = run("gdelt", path, "--dataset", name)
    assert done.exit_code == 2
    assert name in done.output


def test_a_terminal_shows_a_bar(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "20240413.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(5_000)))
    ours, theirs = pty.openpty()
    command = [COMMAND, "load", "gdelt", str(path), "--database", str(own_store)]
    done = subprocess.run(command, stderr=theirs, stdout=subprocess.PIPE, check=True)
    os.close(theirs)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert b"rows" in shown
    assert b"left" in shown
    assert b"inserted     5,000" in done.stdout
