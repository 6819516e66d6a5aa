"""A file whose codes are of another scheme is refused before anything is stored."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.main import main
from dataset.errors import Unreadable
from support.stores import counts, loaded, rows_of

HEADER = "date,source,target,code"
WEIS = ["223", "212", "031", "010"]


def written(path: Path, codes: list[str]) -> Path:
    """Write a file of KEDS with these codes."""
    rows = [f"1990-08-{n % 28 + 1:02},IRQ,KUW,{code}" for n, code in enumerate(codes)]
    path.write_text("\n".join([HEADER, *rows]))
    return path


@pytest.mark.parametrize(
    ("name", "codes", "sign"),
    [
        ("gulf.csv", WEIS, r"2 of its 4 codes are 212, 223, which CAMEO lacks"),
        ("gulf.weis.csv", ["031", "042"], "its name says so"),
        ("WEIS-gulf.csv", ["031"], "its name says so"),
        ("gulf.csv", ["0111"] + ["031"] * 96 + ["223", "223"], "2 of its 99 codes"),
        ("gulf.csv", ["0111"] + ["031"] * 97 + ["223", "223"], "2 of its 100 codes are 223"),
    ],
)
def test_weis_is_told_by_its_name_or_its_codes(
    tmp_path: Path, name: str, codes: list[str], sign: str
) -> None:
    path = written(tmp_path / name, codes)
    if sign == "2 of its 99 codes":
        assert counts(loaded(tmp_path / "e.sqlite", "keds", path))["quarantined"] == 2
        return
    with pytest.raises(Unreadable, match=f"is in WEIS, not in CAMEO: {sign}"):
        loaded(tmp_path / "e.sqlite", "keds", path)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("weisswurst.csv", ["031"]),
        ("gulf.csv", ["223", "223", "031"]),
        ("gulf.csv", ["223", "212", "0111"]),
    ],
)
def test_other_files_are_not_taken_for_weis(tmp_path: Path, name: str, codes: list[str]) -> None:
    loaded(tmp_path / "e.sqlite", "keds", written(tmp_path / name, codes))


def test_a_refusal_stops_the_files_beside_it_and_stores_nothing(tmp_path: Path) -> None:
    before = written(tmp_path / "a.csv", ["031"])
    weis = written(tmp_path / "b.csv", WEIS)
    with pytest.raises(Unreadable, match=r"b\.csv is in WEIS"):
        loaded(tmp_path / "e.sqlite", "keds", before, weis)
    assert {row[0].partition(":")[0] for row in rows_of(tmp_path / "e.sqlite", ["id"])} <= {"seed"}


def test_force_loads_what_is_left_and_mends_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "gulf.csv", ["223", "212", "31", "112"])
    done = loaded(tmp_path / "e.sqlite", "keds", path, force=True)
    assert counts(done) == {"inserted": 1, "quarantined": 3}
    assert done.report["mended_codes"] == []


def test_a_refusal_names_the_earlier_load_of_the_same_file(tmp_path: Path) -> None:
    path = written(tmp_path / "gulf.csv", WEIS)
    done = loaded(tmp_path / "e.sqlite", "keds", path, force=True)
    with pytest.raises(Unreadable, match=f"Load {done.number} read the same file"):
        loaded(tmp_path / "e.sqlite", "keds", path)


def test_the_command_refuses_and_forces(tmp_path: Path) -> None:
    path = written(tmp_path / "gulf.csv", WEIS)
    command = ["load", "keds", str(path), "--database", str(tmp_path / "e.sqlite")]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 4
    assert "`--force`" in refused.output
    forced = CliRunner().invoke(main, [*command, "--force"])
    assert forced.exit_code == 0
    assert "inserted     2" in forced.output


def test_a_load_that_refuses_records_names_earlier_loads_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "gulf.csv", ["031", "0841]"])
    first = loaded(tmp_path / "e.sqlite", "keds", path)
    assert first.report["earlier_loads"] == []
    again = loaded(tmp_path / "e.sqlite", "keds", path)
    assert again.report["earlier_loads"] == [first.number]
