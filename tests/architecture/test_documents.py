"""The documents: no page is too long, no link leads nowhere, and nothing is left unexplained."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.commands.main import main
from api.settings import MEANINGS
from dataset.declarations.aggregates import MEASURES
from dataset.declarations.filters import FILTERS
from dataset.declarations.outcomes import OUTCOMES
from dataset.declarations.periods import PERIODS
from dataset.loaders import LOADERS
from support.document import DOCUMENT
from support.documents import pages
from support.paths import ROOT

PACKAGES = sorted(
    str(path.parent.relative_to(ROOT))
    for top in ("api", "dataset")
    for path in (ROOT / top).glob("*/__init__.py")
)
SAY_WHAT_IT_IS = {"README.md", "SECURITY.md"}
"""The pages that begin with something else than a question."""
MOST_LINES = {"README.md": 120, "CONTRIBUTING.md": 60}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_no_longer_than_a_reader_stays(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES.get(page.name, 200)
    assert max(map(len, text.splitlines())) <= 400


LINKS = [
    (page, link)
    for page in pages()
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    if "://" not in link and not link.startswith("/")
]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda one: getattr(one, "name", one))
def test_a_link_leads_to_a_heading_or_file(page: Path, link: str) -> None:
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    if heading:
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
        assert heading in {
            re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings
        }


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_a_page_is_in_a_table_of_contents(page: Path) -> None:
    folder = page.parent if page.name != "README.md" else page.parent.parent
    contents = folder / "README.md"
    assert str(page.relative_to(folder)) in contents.read_text("utf-8")


def test_decisions_are_filed_by_package() -> None:
    filed = {page.stem for page in (ROOT / "docs" / "decisions").glob("*.md")} - {"README"}
    there = {name.rpartition("/")[2] for name in PACKAGES} | {"schemas"}
    assert filed <= there


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text("utf-8").split())


@pytest.mark.parametrize("name", MEANINGS)
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name.upper()}`" in page("operating.md")


@pytest.mark.parametrize("name", [*FILTERS, *MEASURES, *PERIODS, "sample", "distinct", "as_of"])
def test_every_filter_and_measure_is_explained(name: str) -> None:
    assert re.search(rf"`{name}\b", page("querying.md") + page("groups.md"))


@pytest.mark.parametrize("name", LOADERS)
def test_every_format_of_files_is_explained(name: str) -> None:
    assert f"`{name}`" in page("loading.md")
    assert f"`{name}`" in page("data.md")


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_of_a_record_is_explained(name: str) -> None:
    assert f"| {name} |" in page("loading.md")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_is_in_the_architecture(name: str) -> None:
    assert f"`{name}`" in page("architecture.md")


PARQUET, *CSV = (
    DOCUMENT["paths"][f"/v1/{name}"]["get"]["description"]
    for name in ("events.parquet", "events.csv", "aggregates.csv")
)
INTRODUCTION = DOCUMENT["info"]["description"]


@pytest.mark.parametrize("text", [page("exports.md"), PARQUET, INTRODUCTION])
def test_what_tells_of_parquet_tells_how_curl_saves_it(text: str) -> None:
    assert re.search(r"`curl` \w+ (Parquet )?with `-L`", text)


def test_the_landing_page_tells_how_curl_saves_parquet(client: FlaskClient) -> None:
    assert re.search(r"events\.parquet.*\s.*<code>curl -LO</code>", client.get("/").text)


@pytest.mark.parametrize("text", [page("exports.md"), *CSV, INTRODUCTION])
def test_what_tells_of_csv_tells_that_spreadsheets_read_cells_as_formulas(text: str) -> None:
    told = r"begin with `=`, `\+`, `-` or `@` as formulas: import all columns as text\."
    assert re.search(told, " ".join(text.split()))


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_help_has_an_example_and_defaults(name: str) -> None:
    text = " ".join(CliRunner().invoke(main, [name, "--help"]).output.split())
    assert f"Example: cameo-events {name}" in text
    without = text.count("[env: PUBLIC_URL]") + text.count("[env: RATE_LIMIT]")
    assert text.count("[env: ") == text.count("default: ") + without


def test_the_help_of_load_explains_every_format() -> None:
    lines = CliRunner().invoke(main, ["load", "--help"]).output.splitlines()
    assert all(any(line.startswith("   ") and name in line for line in lines) for name in LOADERS)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_says_first_what_it_answers(page: Path) -> None:
    assert page.name in SAY_WHAT_IT_IS or re.search(
        r"\A# .*\n\n(This page answers|These pages answer): ", page.read_text("utf-8")
    )
