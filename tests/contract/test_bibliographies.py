"""Citations can be read by what reads bibliographies: a BibTeX parser and a CSL processor."""

from typing import Any

import pytest
from bibtexparser import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as formatters
from citeproc.source.json import CiteProcJSON
from flask.testing import FlaskClient

from support.filter_queries import QUERIES
from support.rich_store import RELEASE

BIBTEX = "application/x-bibtex"
CSL = "application/vnd.citationstyles.csl+json"
ASKED = [
    "",
    f"as_of={RELEASE}",
    "as_of=1&dyad=IRN,ISR",
    "distinct=day&q=iran",
    "sample=3&seed=42",
    r"place_admin1=back\\slash",
    r"place_admin1=Kyiv\, City of,!Tehran",
    "q=100%25 %26 {x} $y_z ~a^b %23c",
    *QUERIES,
]


def cited(client: FlaskClient, query: str, media_type: str) -> Any:
    answer = client.get(f"/v1/cite?{query}", headers={"Accept": media_type})
    assert answer.status_code == 200, answer.text
    return answer


def members(bibtex: str) -> dict[str, str]:
    """Read the only entry as reference managers do; an address stands there as it is."""
    plain, decoded = (
        parse_string(bibtex, append_middleware=more) for more in ([], [LatexDecodingMiddleware()])
    )
    assert plain.failed_blocks == decoded.failed_blocks == []
    ((entry,), (verbatim,)) = (decoded.entries, plain.entries)
    texts = {field.key: field.value.removeprefix("{").removesuffix("}") for field in entry.fields}
    return texts | {"url": verbatim.fields_dict["url"].value}


@pytest.mark.parametrize("query", ASKED)
def test_a_parser_reads_from_bibtex_what_stands_in_csl(rich: FlaskClient, query: str) -> None:
    entry = members(cited(rich, query, BIBTEX).text)
    (item,) = cited(rich, query, CSL).get_json()
    assert entry["title"] == item["title"]
    assert entry["url"] == item["URL"]
    assert entry["version"] == item["version"]
    assert entry.get("note", "") == item["note"]
    assert [int(entry["year"]), int(entry["month"])] == item["issued"]["date-parts"][0][:2]


@pytest.mark.parametrize("query", ASKED)
def test_a_processor_writes_the_title_the_year_and_the_address(
    rich: FlaskClient, query: str
) -> None:
    items = cited(rich, query, CSL).get_json()
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatters.plain)
    bibliography.register(Citation([CitationItem(items[0]["id"])]))
    (line,) = ("".join(parts) for parts in bibliography.bibliography())
    assert items[0]["title"] in line
    assert items[0]["URL"] in line
    assert str(items[0]["issued"]["date-parts"][0][0]) in line
