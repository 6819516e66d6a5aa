"""What a server imports to start and to show its first page: nothing that only others need."""

import subprocess
import sys
from pathlib import Path

import pytest

from dataset.codebook.vocabularies import closest

ONLY_FOR_OTHERS = {
    "asyncio",
    "dataset.codebook.suggestions",
    "duckdb",
    "flask_limiter",
    "httpx",
    "limits",
    "matplotlib",
    "numpy",
    "pandas",
    "psycopg",
    "psycopg2",
    "pyarrow",
    "rapidfuzz",
    "rich",
}
START = """
import sys
import api.commands.main
from api import create_app
from api.settings import Settings

client = create_app(Settings(database=sys.argv[1], cache=sys.argv[2])).test_client()
assert client.get("/v1/events?limit=1").status_code == 200
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def imported(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    command = [sys.executable, "-c", START, str(seeded), str(tmp_path_factory.mktemp("cache"))]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_first_page_needs_no_library_of_other_answers(imported: set[str]) -> None:
    assert not imported & ONLY_FOR_OTHERS


def test_a_wrong_value_finds_what_was_not_imported() -> None:
    assert closest("acton", ["action", "actor_country"]) == "action"


def test_peewee_finds_the_driver_again_where_it_is_asked_for() -> None:
    code = "import dataset, sys; assert 'psycopg' not in sys.modules; import psycopg, peewee"
    subprocess.run([sys.executable, "-c", code], check=True)
