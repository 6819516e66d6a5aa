"""The README: what it tells people to type works."""

import json
import re
import shlex
import subprocess
import sys

import pytest
from flask.testing import FlaskClient

from api.settings import MEANINGS
from support.paths import ROOT
from support.programs import needed

README = (ROOT / "README.md").read_text("utf-8")
CURLS = re.findall(r"^curl .*?$", README, re.MULTILINE)
ADDRESS = "http://127.0.0.1:8000"


def test_there_are_five_curl_lines() -> None:
    assert len(CURLS) == 5


@pytest.mark.parametrize("line", CURLS)
def test_each_curl_line_gets_data(server: str, line: str) -> None:
    needed("curl")
    words = shlex.split(line.replace(ADDRESS, server), comments=True)
    run = subprocess.run([*words, "--silent", "--fail"], capture_output=True, text=True, check=True)
    assert re.search(r"seed:\d|\"count\":[1-9]|Military", run.stdout)


def test_the_pandas_line_prints_counts(server: str) -> None:
    (line,) = re.findall(r"^import pandas;.*$", README, re.MULTILINE)
    run = [sys.executable, "-c", line.replace(ADDRESS, server)]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    counts = [int(row.split()[1]) for row in printed.splitlines()[1:-1]]
    assert sum(counts) == 55


@pytest.mark.parametrize("name", MEANINGS)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name.upper()}`" in README


DOCUMENT = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))
PARQUET, *CSV = (
    DOCUMENT["paths"][f"/v1/{name}"]["get"]["description"]
    for name in ("events.parquet", "events.csv", "aggregates.csv")
)
INTRODUCTION = DOCUMENT["info"]["description"]


@pytest.mark.parametrize("text", [README, PARQUET, INTRODUCTION])
def test_what_tells_of_parquet_tells_how_curl_saves_it(text: str) -> None:
    assert re.search(r"`curl` \w+ (Parquet )?with `-L`", text)


def test_the_landing_page_tells_how_curl_saves_parquet(client: FlaskClient) -> None:
    assert re.search(r"events\.parquet.*\s.*<code>curl -LO</code>", client.get("/").text)


@pytest.mark.parametrize("text", [README, *CSV, INTRODUCTION])
def test_what_tells_of_csv_tells_that_spreadsheets_take_cells_for_formulas(text: str) -> None:
    told = r"begins with `=`, `\+`, `-` or `@` for a formula: import all columns as text\."
    assert re.search(told, " ".join(text.split()))
