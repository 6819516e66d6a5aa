"""Every format knows its own files and no other's, and describes its datasets."""

from itertools import islice
from pathlib import Path

import pytest

from dataset.building.rows import RowBuilder
from dataset.building.sections import sections_of
from dataset.errors import Refused, Skipped
from dataset.loaders import LOADERS
from dataset.loading.seed import DATASET
from support import sample_lines as samples
from support.parsing import parser_of
from support.real_files import FORMATS, every, files_of
from support.ucdp_files import LAYOUTS, ROWS

pytestmark = pytest.mark.quick

FILES = [path for folder in FORMATS for path in every(folder)]
SAMPLES = {
    "icews": [samples.ICEWS_HEADER, samples.line(samples.ICEWS)],
    "phoenix": [samples.line(samples.PHOENIX)],
    "keds": ["date,source,target,code", samples.KEDS],
    "petrarch": [samples.PETRARCH],
    "polecat": ["\t".join(samples.POLECAT), samples.line(samples.POLECAT)],
    "ucdp-ged": LAYOUTS["49 columns"](ROWS).splitlines(),
    "csv": samples.CSV.splitlines(),
    "ndjson": [samples.NDJSON],
}
QUARANTINED = {
    "turkey.cameo.csv": {"0841]", "145]", "USGOV"},
    "events.full.20160328_sample.txt": {">", "''"},
}
"""What is wrong with the rows of the real files that are no events."""
DESCRIBED = {"title", "description", "licence", "citation", "url", "codebook"}


def needs_real_files() -> None:
    if not FILES:
        pytest.skip("the real event files are not here")


def records_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as opened:
        return [record.rstrip("\n") for record in opened]


def claimed(records: list[str]) -> list[str]:
    return [name for name, loader in LOADERS.items() if loader.looks_like(records)]


def test_real_files_are_claimed_by_their_own_format_alone() -> None:
    needs_real_files()
    for path in FILES:
        records = list(islice(records_of(path), 10))
        assert claimed(records) == [FORMATS[path.parent.name]], path.name


def test_real_files_are_claimed_without_their_first_line() -> None:
    needs_real_files()
    for path in (path for folder in FORMATS for path in files_of(folder)):
        records = list(islice(records_of(path), 1, 11))
        assert claimed(records) == [FORMATS[path.parent.name]], path.name


@pytest.mark.parametrize("record", [samples.TABARI, "790415\tDOC\tDOC\t999\tData", samples.KEDS])
def test_every_form_of_keds_is_claimed_alone(record: str) -> None:
    assert claimed([record]) == ["keds"]


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_claimed_by_their_own_format_alone(name: str) -> None:
    assert claimed(SAMPLES[name]) == [name]


@pytest.mark.parametrize("name", ["icews", "phoenix", "keds", "petrarch", "polecat"])
def test_lines_without_a_header_are_claimed_too(name: str) -> None:
    assert claimed(SAMPLES[name][-1:]) == [name]


@pytest.mark.parametrize(
    "records", [[], [""], ["a,b,c,d"], ["\t" * 19], ["\t" * 25], ["\t" * 39], ["{}"], ["\x00"]]
)
def test_other_files_are_claimed_by_none(records: list[str]) -> None:
    assert claimed(records) == []


def read(name: str, path: Path) -> tuple[list[str], list[str]]:
    """Give the ids of the events in a file, and why other records are none."""
    loader, records = LOADERS[name], records_of(path)
    parse, builder = parser_of(loader, *records[:200]), RowBuilder(loader.codebook)
    ids, reasons = [], []
    for record in records:
        try:
            source = parse(record)
            builder.from_sections(sections_of(source))
            ids.append(source["id"])
        except Refused as refused:
            reasons.append(refused.reason)
        except Skipped:
            pass
    return ids, reasons


@pytest.mark.parametrize("name", ["icews", "phoenix", "keds"])
def test_real_files_hold_events_each_with_its_id(name: str) -> None:
    needs_real_files()
    for path in files_of(name):
        ids, reasons = read(name, path)
        slips = QUARANTINED.get(path.name, set())
        assert [text for text in reasons if not any(slip in text for slip in slips)] == []
        assert len(ids) == len(set(ids)) > 100 * len(reasons)


@pytest.mark.parametrize("name", ["icews", "phoenix", "keds", "petrarch", "polecat"])
def test_a_dataset_that_was_asked_for_stands_in_id_and_dataset(name: str) -> None:
    parse = parser_of(LOADERS[name], *SAMPLES[name], dataset="own")
    source = parse(SAMPLES[name][-1])
    assert source["dataset"] == "own"
    assert source["id"].startswith("own:")


@pytest.mark.parametrize("name", ["icews", "phoenix", "keds", "petrarch", "polecat"])
def test_datasets_are_described(name: str) -> None:
    assert LOADERS[name].datasets.keys() == {name}
    described = LOADERS[name].datasets[name]
    assert described.keys() == DESCRIBED
    assert all(described.values())


def test_a_description_says_what_a_row_is() -> None:
    texts = [texts for one in LOADERS.values() for texts in one.datasets.values()]
    assert all(described["description"].startswith("A row is ") for described in texts)
    assert DATASET["description"].startswith("A row is ")
