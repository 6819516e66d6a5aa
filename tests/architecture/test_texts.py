"""What the documents, the introduction and the docstrings name is there and works."""

import json
import re
import shlex
import subprocess

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.commands.main import main
from support.document import DOCUMENT, OPERATIONS
from support.documents import pages
from support.export_formats import rows_in
from support.paths import ROOT
from support.programs import needed

PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (*pages(), ROOT / "openapi" / "introduction.md")
}
TEXTS = [*PAGES.values(), json.dumps(DOCUMENT, ensure_ascii=False)]
CODES = {code for text in TEXTS for code in re.findall(r"`([^`\n]+)`", text)}
PARAMETERS = {one["name"] for item in OPERATIONS.values() for one in item["parameters"]}
FORMS = re.compile(r"[<>{}…]|lat,|minLon|=N\b|=$")
"""What is a form with blanks and no example."""
BESIDE = {"fill=zero": "by=day&date_from=2024-04-01&date_to=2024-04-30"}
"""What an example needs beside it."""


def address(code: str) -> str | None:
    """Give what a piece of code asks for; None where it is something else."""
    code = re.sub(r"as_of=[^&]+", "as_of=1", code.replace("dataset=gdelt", "dataset=seed"))
    path, _, query = code.partition("?") if code.startswith("/v1/") else ("", "", code)
    names = {part.partition("=")[0] for part in query.split("&") if "=" in part}
    if FORMS.search(code) or not names <= PARAMETERS or not (path or names):
        return None
    return (
        re.sub(r"/loads/\d", "/loads/1", code)
        if path
        else f"{home_of(names)}?{query}&{BESIDE.get(query, '')}".rstrip("&")
    )


def home_of(names: set[str]) -> str:
    """Give the first operation that takes all of some parameters."""
    taking = (
        path
        for path, item in OPERATIONS.items()
        if names <= {one["name"] for one in item["parameters"]}
    )
    return next(taking)


NOT_IN_SEED = {
    "/v1/events?actor=SUN": "it shows how former states are found",
    "/v1/events?actor_country=ROM,ROU": "it shows how two codes of one state are found",
    "/v1/loads/1/quarantine": "the seed has no faulty rows",
    "/v1/releases": "a release is made by whoever runs the server",
}
"""What finds nothing in the seed dataset, and why it is in the texts."""
FORMER = ("YUG",)
"""Former states, of which the seed dataset knows nothing."""
OURS = re.compile(r"http://127\.0\.0\.1:8000(/v1/[^'\"\s`)>}]+)")
LATER = ("as_of=iran-taliban", "dataset=gdelt")
"""What the tutorial asks for once a release is named and data are loaded."""
WRONG = ("date_from=20240413",)
"""What shows how a mistake is answered."""
RUN = sorted(
    {
        url
        for text in TEXTS
        for url in OURS.findall(text)
        if not any(part in url for part in (*LATER, *WRONG))
    }
)
ASKED = sorted({url for code in CODES if (url := address(code))})


@pytest.mark.parametrize("url", ASKED)
def test_every_query_in_the_texts_can_be_asked(client: FlaskClient, url: str) -> None:
    answer = client.get(url, follow_redirects=True, buffered=True)
    assert answer.status_code == 200
    assert (rows_in(answer) > 0) == (url not in NOT_IN_SEED)


@pytest.mark.parametrize("url", RUN)
def test_every_address_in_the_texts_finds_something(client: FlaskClient, url: str) -> None:
    answer = client.get(url, follow_redirects=True, buffered=True)
    assert (answer.status_code, rows_in(answer) > 0) == (200, True)


CODED = re.compile(r"/v1/(actions|actors)/([A-Z0-9]+)")


EXPLAINED = sorted({found for text in TEXTS for found in CODED.findall(text)})


@pytest.mark.parametrize(("path", "code"), EXPLAINED)
def test_every_code_in_the_texts_has_events(client: FlaskClient, path: str, code: str) -> None:
    found = client.get(f"/v1/{path}/{code}").get_json()["data"]
    counts = [count for name, count in found.items() if re.match("count($|_as)", name)]
    assert any(counts) == (code not in FORMER)


def test_the_texts_ask_for_much() -> None:
    assert len(ASKED) > 25


COMMANDS = sorted(
    {
        line.split("#")[0]
        for text in PAGES.values()
        for line in re.findall(r"`cameo-events ([a-z-][^`\n]*)`", text)
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_texts_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)
    name = [word for word in words[:1] if not word.startswith("--")]
    answer = CliRunner().invoke(main, [*name, "--help"])
    options = [word for word in words if word.startswith("--")]
    assert answer.exit_code == 0
    assert all(re.search(rf"{option}\b", answer.output) for option in options)


TARGETS = sorted(
    {name for text in PAGES.values() for name in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)}
)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_of_make_in_the_texts_exists(name: str) -> None:
    command = [needed("make"), "--dry-run", name]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


PATHS = sorted(
    {
        path
        for text in PAGES.values()
        for path in re.findall(r"`((?:api|dataset|schemas|tests|openapi|docs)/[\w/.]+)`", text)
    }
)


@pytest.mark.parametrize("path", PATHS)
def test_every_file_that_the_texts_name_exists(path: str) -> None:
    assert (ROOT / path).exists()
