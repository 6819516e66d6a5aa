"""Every answer can be cited: as text, BibTeX and CSL, in words that never change."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.settings import Settings
from dataset.building.rows import build
from dataset.store.database import open_to_read, open_to_write
from dataset.store.models import Dataset, Revision
from support.export_formats import READ
from support.paging import new_events
from support.rich_store import RELEASE, RICH, client_on, commit, described, rows_of

SEED = "cameo-events developers (2026): Seed dataset of cameo-events, version 1."
GDELT, MADE = "The gdelt data (2024).", "The made data (2024)."
SPECIAL = re.compile(r"(?<!\\)[#$%&_]")


def cited(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """Give the citation of a query."""
    answer = client.get(f"/v1/cite?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["data"])


def day_of(path: Path, number: int) -> str:
    """Give the day on which a revision was committed."""
    database = open_to_read(str(path))
    query = Revision.select(Revision.committed).where(Revision.number == number)
    ((committed,),) = database.execute(query).fetchall()
    database.close()
    return str(committed)[:10]


def members(bibtex: str) -> dict[str, str]:
    """Read the members of a BibTeX entry."""
    return dict(re.findall(r"^  (\w+) = \{(.*)\},?$", bibtex, re.MULTILINE))


def unescaped(text: str) -> str:
    """Read BibTeX text as plain text."""
    plain = text.removeprefix("{").removesuffix("}").replace(r"\textasciitilde{}", "~")
    return re.sub(r"\\([#$%&_{}])", r"\1", plain)


def ids(client: FlaskClient, url: str) -> list[str]:
    """Give the sorted ids of the events at an address."""
    separator = "&" if "?" in url else "?"
    answer = client.get(f"{url}{separator}limit=1000")
    assert answer.status_code == 200, answer.text
    return sorted(event["id"] for event in answer.get_json()["data"])


def test_text_says_what_of_which_revision_from_where_and_whom(client: FlaskClient) -> None:
    day = cited(client)["csl"]["issued"]["date-parts"][0]
    date = "{}-{:02}-{:02}".format(*day)
    assert cited(client, "actor=IRN&date_from=2024-01-01")["text"] == (
        f"Political events: actor=IRN&date_from=2024-01-01. Revision 1, {date}. "
        "http://localhost/v1/events?actor=IRN&as_of=1&date_from=2024-01-01 "
        "cameo-events developers (2026): Seed dataset of cameo-events, version 1."
    )


def test_csl_is_a_dataset(rich: FlaskClient, rich_store: Path) -> None:
    csl = cited(rich, "dataset=made&actor=IRN")["csl"]
    day = [int(part) for part in day_of(rich_store, RICH + 1).split("-")]
    assert csl.pop("id")
    assert csl == {
        "type": "dataset",
        "title": "Political events: actor=IRN&dataset=made",
        "version": "Revision 3",
        "issued": {"date-parts": [day]},
        "URL": "http://localhost/v1/events?actor=IRN&as_of=3&dataset=made",
        "publisher": "cameo-events",
        "note": MADE,
    }


def test_bibtex_says_the_same(rich: FlaskClient) -> None:
    citation = cited(rich, "dataset=made&actor=IRN")
    csl, entry = citation["csl"], members(citation["bibtex"])
    year, month, _ = csl["issued"]["date-parts"][0]
    assert (entry.pop("year"), entry.pop("month")) == (str(year), str(month))
    assert unescaped(entry.pop("title")) == csl["title"]
    names = {"version": "version", "url": "URL", "publisher": "publisher", "note": "note"}
    assert entry == {name: csl[other] for name, other in names.items()}


@pytest.mark.parametrize(
    "query",
    [
        "actor_country=IRN&q=50%25 {x}_%23 $5",
        "place_admin1=back\\\\slash,~,^",
        "q=Raïssi 北京",
        r"place_admin1=Kyiv\, City of,!\!Kung",
        "evidence_document=}{",
        "",
    ],
)
def test_bibtex_is_escaped(rich: FlaskClient, query: str) -> None:
    citation = cited(rich, query)
    bibtex, entry = citation["bibtex"], members(citation["bibtex"])
    assert re.fullmatch(r"@misc\{[^,{}\s]+,\n(  \w+ = \{.*\},?\n)+\}\n", bibtex)
    assert bibtex.count("{") == bibtex.count("}")
    assert not SPECIAL.search(entry["title"])
    assert unescaped(entry["title"]) == citation["csl"]["title"]


def test_what_datasets_say_of_themselves_is_escaped(growing: Path) -> None:
    database = open_to_write(str(growing))
    odd = {"citation": r"Müller & Søn: 100% #1 of a_b, $5 {v2} ~ ^ C:\x (2024)."}
    database.execute(Dataset.insert(described("odd", 65) | odd))
    database.close()
    same = {"date": "2024-01-01", "added": "2024-01-01T00:00:00Z"}
    commit(growing, [build({"id": "odd:1", "dataset": "odd", **same}, "gdelt")])
    citation = cited(client_on(growing), "dataset=odd")
    assert citation["csl"]["note"] == odd["citation"]
    assert members(citation["bibtex"])["note"] == (
        r"Müller \& Søn: 100\% \#1 of a\_b, \$5 \{v2\} "
        r"\textasciitilde{} \textasciicircum{} C:\textbackslash{}x (2024)."
    )


def test_two_answers_of_one_revision_can_stand_in_one_bibliography(rich: FlaskClient) -> None:
    citations = [cited(rich, query) for query in ("actor=IRN", "actor=USA", "")]
    keys = {citation["bibtex"].partition(",")[0] for citation in citations}
    names = {citation["csl"]["id"] for citation in citations}
    assert (len(keys), len(names)) == (3, 3)


@pytest.mark.parametrize(
    ("query", "citations"),
    [
        ("", [SEED, GDELT, MADE]),
        ("as_of=1", [SEED]),
        ("dataset=gdelt", [GDELT]),
        ("dataset=made,gdelt", [GDELT, MADE]),
        ("dataset=gdelt&as_of=2&date_from=2024-05-05", [GDELT]),
        ("id=seed:1", [SEED]),
        ("actor=none&actor_code=!none", []),
    ],
)
def test_citation_names_the_datasets_that_the_events_come_from(
    rich: FlaskClient, query: str, citations: list[str]
) -> None:
    citation = cited(rich, query)
    note = " ".join(sorted(citations, key=[GDELT, MADE, SEED].index))
    assert citation["csl"]["note"] == note
    assert citation["text"].endswith(note)
    assert members(citation["bibtex"]).get("note", "") == note


@pytest.mark.parametrize("path", [path for path in READ if "." not in path.partition("?")[0]])
def test_every_receipt_leads_to_a_citation(rich: FlaskClient, path: str) -> None:
    address = rich.get(f"/v1/{path}").get_json()["receipt"]["cite"]
    answer = rich.get(address)
    assert answer.status_code == 200, answer.text


def test_what_two_datasets_are_cited_as_is_said_once(growing: Path) -> None:
    database = open_to_write(str(growing))
    same = {"revision": RICH + 2, "citation": GDELT}
    database.execute(Dataset.insert(described("made", 64) | same))
    database.close()
    commit(growing, rows_of(2))
    assert cited(client_on(growing), "dataset=gdelt,made")["csl"]["note"] == GDELT


@pytest.mark.parametrize("path", ["actions?depth=1", "actions?q=aid", "actors?q=iran"])
def test_receipt_of_a_searched_codebook_leads_to_a_citation(rich: FlaskClient, path: str) -> None:
    address = rich.get(f"/v1/{path}").get_json()["receipt"]["cite"]
    assert rich.get(address).status_code == 200


QUERIES = [
    "",
    "actor=IRN",
    "actor=!IRN,none&limit=3",
    "as_of=1",
    f"as_of={RICH}&sort=-tone",
    f"as_of={RELEASE}&q=iran",
    "fields=actor&date_from=2024-04-13",
    r"place_admin1=Kyiv\, City of",
    "q=Raïssi",
]


@pytest.mark.parametrize("query", QUERIES)
def test_receipt_leads_to_a_citation_of_the_same_events(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events?{query}").get_json()
    citation = rich.get(answer["receipt"]["cite"]).get_json()
    without_limit = query.replace("&limit=3", "")
    assert citation["receipt"]["revision"] == answer["receipt"]["revision"]
    assert ids(rich, citation["data"]["csl"]["URL"]) == ids(rich, f"/v1/events?{without_limit}")


@pytest.mark.parametrize("query", QUERIES)
def test_cited_address_is_pinned(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events?{query}").get_json()["receipt"]
    url = rich.get(answer["cite"]).get_json()["data"]["csl"]["URL"]
    assert f"as_of={answer['release'] or answer['revision']}" in url
    assert rich.get(url).headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "geojson"])
def test_bulk_leads_to_the_citation_of_its_page(rich: FlaskClient, suffix: str) -> None:
    address = rich.get(f"/v1/events.{suffix}?actor=IRN&sort=-tone").headers["Cameo-Cite"]
    assert cited(rich, "actor=IRN&sort=-tone&as_of=3") == rich.get(address).get_json()["data"]


def test_one_event_is_cited_as_one_event(rich: FlaskClient) -> None:
    receipt = rich.get("/v1/events/made:event-2").get_json()["receipt"]
    url = rich.get(receipt["cite"]).get_json()["data"]["csl"]["URL"]
    assert ids(rich, url) == ["made:event-2"]


def test_citation_keeps_order_and_fields_but_no_page(rich: FlaskClient) -> None:
    receipt = rich.get("/v1/events?sort=-tone&limit=3&fields=tone").get_json()["receipt"]
    url = rich.get(receipt["cite"]).get_json()["data"]["csl"]["URL"]
    assert url == "http://localhost/v1/events?as_of=3&fields=id,tone&sort=-tone"


@pytest.mark.parametrize("query", ["as_of=1", f"as_of={RICH}&actor=IRN", f"as_of={RELEASE}"])
def test_pinned_citation_never_changes(growing: Path, query: str) -> None:
    client = client_on(growing)
    before = client.get(f"/v1/cite?{query}")
    commit(growing, [*rows_of(2), *new_events(20)])
    assert client.get(f"/v1/cite?{query}").data == before.data


def test_pinned_citation_outlives_a_new_version_of_its_dataset(growing: Path) -> None:
    client = client_on(growing)
    before = client.get(f"/v1/cite?as_of={RICH}&dataset=made")
    database = open_to_write(str(growing))
    renewed = {"revision": RICH + 2, "citation": "The made data, second edition (2025)."}
    database.execute(Dataset.insert(described("made", 64) | renewed))
    database.close()
    commit(growing, rows_of(2))
    after = client.get(f"/v1/cite?as_of={RICH}&dataset=made")
    assert after.data == before.data


def test_unpinned_citation_is_that_of_the_newest_revision(growing: Path) -> None:
    client = client_on(growing)
    before = cited(client, "actor=IRN")
    commit(growing, rows_of(2))
    after = cited(client, "actor=IRN")
    assert (before["csl"]["version"], after["csl"]["version"]) == ("Revision 3", "Revision 4")
    assert cited(client, "actor=IRN&as_of=3") == before


def test_release_is_cited_by_its_name(rich: FlaskClient) -> None:
    citation = cited(rich, f"as_of={RELEASE}")
    assert citation["csl"]["URL"] == f"http://localhost/v1/events?as_of={RELEASE}"
    assert citation["csl"]["version"] == f"Revision {RICH}"


def test_public_address_is_cited(seeded: Path) -> None:
    settings = Settings(str(seeded), public_url="https://events.example.org")
    citation = cited(create_app(settings).test_client(), "actor=IRN")
    url = "https://events.example.org/v1/events?actor=IRN&as_of=1"
    assert citation["csl"]["URL"] == url
    assert f" {url} " in citation["text"]
    assert members(citation["bibtex"])["url"] == url


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=5", "limit"),
        ("cursor=x", "cursor"),
        ("actor=iran", "actor"),
        ("actor=XQJ", "actor"),
        ("as_of=9", "as_of"),
        ("url=http://x.test", "url"),
        ("sort=-count", "sort"),
        ("by=month&sort=-tone", "sort"),
        ("by=months", "by"),
        ("by=month&fields=id", "fields"),
        ("measures=count&sample=5&seed=1", "sample"),
        ("fill=zero", "fill"),
        ("by=month&limit=5", "limit"),
    ],
)
def test_what_cannot_be_asked_cannot_be_cited(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"/v1/cite?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] == parameter


def test_store_without_events_is_no_failure(
    tmp_path: Path, client_of: Callable[[Path], FlaskClient]
) -> None:
    open_to_write(str(tmp_path / "empty.sqlite")).close()
    answer = client_of(tmp_path / "empty.sqlite").get("/v1/cite")
    assert answer.status_code < 500, answer.text


BIBTEX = "application/x-bibtex"
CSL = "application/vnd.citationstyles.csl+json"


@pytest.mark.parametrize("query", ["", "actor=IRN", "q=Raïssi", "distinct=day", "sample=5&seed=1"])
def test_bare_citations_are_those_of_the_answer(rich: FlaskClient, query: str) -> None:
    whole = cited(rich, query)
    bibtex = rich.get(f"/v1/cite?{query}", headers={"Accept": BIBTEX})
    csl = rich.get(f"/v1/cite?{query}", headers={"Accept": CSL})
    assert (bibtex.mimetype, bibtex.text) == (BIBTEX, whole["bibtex"])
    assert (csl.mimetype, csl.get_json(force=True)) == (CSL, [whole["csl"]])
    assert len({one.headers["ETag"] for one in (bibtex, csl, rich.get(f"/v1/cite?{query}"))}) == 3


@pytest.mark.parametrize("accept", [BIBTEX, CSL])
@pytest.mark.parametrize("query", ["", "actor=IRN&as_of=2"])
def test_bare_citations_carry_their_receipt_in_headers(
    rich: FlaskClient, query: str, accept: str
) -> None:
    receipt = rich.get(f"/v1/cite?{query}").get_json()["receipt"]
    headers = rich.get(f"/v1/cite?{query}", headers={"Accept": accept}).headers
    assert headers["Cameo-Query"] == receipt["query"]
    assert headers["Cameo-Revision"] == str(receipt["revision"])
    assert headers["Cameo-Matched"] == str(receipt["matched"]["value"])
    assert headers["Cameo-Cite"] == receipt["cite"]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        (f"{CSL};q=0.5, {BIBTEX}", BIBTEX),
        (f"application/json;q=0.1, {CSL};q=0.9", CSL),
    ],
)
def test_the_preferred_citation_is_given(client: FlaskClient, accept: str, mimetype: str) -> None:
    assert client.get("/v1/cite", headers={"Accept": accept}).mimetype == mimetype


def test_other_citations_are_not_acceptable(client: FlaskClient) -> None:
    answer = client.get("/v1/cite", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert BIBTEX in answer.get_json()["detail"]
