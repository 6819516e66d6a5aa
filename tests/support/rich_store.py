"""A store that holds what the seed dataset lacks, in three revisions."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask.testing import FlaskClient

from api import create_app
from api.settings import Settings
from dataset.building.rows import Row, build
from dataset.store.database import open_to_write
from dataset.store.models import Dataset, Release
from dataset.writes.revisions import revision

Event = dict[str, Any]

RELEASE = "2024.1"
RICH = 2
"""The revision that brings `VALUES`; in the next one every event takes the values of another."""

APRIL = {"date": "2024-04-01", "date_end": "2024-04-30", "date_precision": "month"}


def deaths(best: int, low: int, high: int) -> dict[str, int]:
    """Give the deaths of an event by each estimate."""
    return {"fatalities": best, "fatalities_low": low, "fatalities_high": high}


VALUES: list[dict[str, Any]] = [
    {},
    {"actor_code": "IRN", "goldstein": 2.5, "tone": -1.25, "mentions": 3},
    {"target_code": "IRN", "goldstein": 2.5, "tone": -1.25, "mentions": 3},
    {"actor_code": "IRN", "target_code": "IRQ", "action_code": "19", "mentions": 3},
    {"actor_code": "IRQ", "target_code": "IRNGOVMIL", "action_code": "1951", "mentions": 10},
    {"actor_code": "IRNGOV", "target_code": "IRN", "action_code": "190", "root_event": True},
    {"actor_code": "ISR", "target_code": "IRN", "action_code": "1061", "root_event": False},
    {"actor_code": "IRN", "target_code": "ISR", "action_code": "0841", "root_event": False},
    {"actor_code": "WBN", "target_code": "WBNGOV", "action_code": "20", "tone": 0.1 + 0.2},
    {"actor_name": "a person without a code", "tone": 0.0, "sources": 0},
    {"actor_code": "TURKURGOVREB", "target_code": "AFGMOSSUN", "quad_class": 2},
    {"actor_code": "BUDMON", "target_code": "USACHRPRO", "quad_class": 3, "goldstein": -5.0},
    {"actor_code": "GOV", "target_code": "IGOUNO", "quad_class": 9, "goldstein": 10.0},
    {
        "actor_code": "IRN",
        "actor_country": "IRN",
        "actor_roles": ["MIL", "GOV", "MIL"],
        "actor_religions": ["MOS", "JEW"],
        "actor_ethnic": "KUR",
        "actor_group": "TAL",
        "tone": 100.0,
    },
    {"target_country": "USA", "target_roles": ["BUS"], "target_ethnic": "PAL", "articles": 1},
    {"actor_country": "USA", "target_country": "USA", "articles": 1, "sources": 7},
    {"action_plover": "ASSAULT", "action_mode": "drone", "action_contexts": ["cyber", "military"]},
    {"action_plover": "CONSULT", "action_mode": "visit", "action_contexts": ["legal", "military"]},
    {
        "action_plover": "CONSULT",
        "action_mode": "crowd-control",
        "action_contexts": ["illegal_drugs"],
    },
    {
        "date": "2024-02-01",
        "date_end": "2024-02-29",
        "date_precision": "month",
        "actor_code": "SUNGOV",
        "target_code": "USA",
    },
    {
        "date": "2023-01-01",
        "date_end": "2023-12-31",
        "date_precision": "year",
        "actor_code": "USA",
        "target_code": "USRGOV",
        "mentions": 10,
    },
    {"date": "2024-04-10", "date_end": "2024-04-16", "actor_code": "IRNGOV"},
    {
        "date": "1979-01-01",
        "tone": -99.999999,
        "articles": 250,
        "actor_code": "USR",
        "target_code": "SUN",
    },
    {
        "date": "2026-05-05",
        "tone": 0.00001,
        "articles": 250,
        "actor_code": "ROM",
        "target_code": "IRQSUN",
    },
    {"place_country": "FJI", "place_latitude": -17.5, "place_longitude": 179.5},
    {"place_country": "FJI", "place_latitude": -17.5, "place_longitude": -179.5},
    {"place_country": "FJI", "place_latitude": -16.0, "place_longitude": 180},
    {"place_latitude": -16, "place_longitude": -180.0, "place_precision": "region"},
    {"place_latitude": 90.0, "place_longitude": 0.0, "place_precision": "city", "fatalities": 7},
    {"place_latitude": 0.0, "place_longitude": 0.0, "place_precision": "country"},
    {"place_country": "XKX", "place_latitude": 91.0, "place_longitude": 20.0},
    {"place_country": "IRN", "place_admin1": "Tehran", "place_name": "Tehran", "fatalities_low": 3},
    {"place_country": "UKR", "place_admin1": "Kyiv, City of", "place_name": "Kyiv"},
    {"place_admin1": "!Kung", "evidence_document": "a, b", "violence_type": "state-based"},
    {"place_admin1": "none", "evidence_document": "seed-article"},
    {"place_admin1": "Île-de-France", "evidence_summary": 'Line one,\r\n"quoted"; =line 2'},
    {"place_admin1": "back\\slash", "actor_name": "Ebrahim Raïssi", "place_name": "Zürich"},
    {"evidence_summary": "北京 summit: 100% sure of an under_score", "target_name": "O'Brien-Li"},
    {"evidence_summary": "Straße nach Teheran", "actor_name": "طهران", "place_name": "Iran"},
    {"evidence_status": "claimed", "evidence_attributed_to": "Raissi", "articles": 2**31 - 1},
    {"violence_type": "non-state", "target_code": "IRNREB", "sources": 2, **deaths(0, 0, 2)},
    {"violence_type": "state-based", "actor_code": "AFGGOV", **deaths(12, 9, 40), "mentions": 2},
    {"violence_type": "one-sided", "actor_code": "IRNMIL", **APRIL, **deaths(12, 12, 12)},
    {"violence_type": "one-sided", "fatalities": 2**31 - 1, "fatalities_high": 2**31 - 1},
    {"evidence_status": "confirmed", "evidence_sentence": 3, "evidence_url": "https://x.test/?a&b"},
]
"""What the seed dataset lacks, and what is easily got wrong."""
ALL = 55 + len(VALUES)
"""How many events the store has: an even number, and no more than a page has by default."""


def public_id(n: int) -> str:
    """Number the events of one dataset, and name those of another, whose keys are hashes."""
    return f"gdelt:{n * 7 % 100}" if n % 2 else f"made:event-{n}"


def rows_of(shift: int) -> list[Row]:
    """Build the events, each with the values of the one `shift` places further on."""
    shifted = [*VALUES[shift:], *VALUES[:shift]]
    return [
        build(
            {
                "id": public_id(n),
                "dataset": public_id(n).partition(":")[0],
                "date": "2024-05-05",
                "added": f"{2024 + shift}-0{1 + n % 4}-01T00:00:00Z",
                **values,
            },
            "gdelt",
        )
        for n, values in enumerate(shifted)
    ]


def described(name: str, number: int) -> dict[str, Any]:
    """Describe a dataset of the tests."""
    texts = {"title": name, "description": name, "licence": "CC0", "codebook": "CAMEO 1.1b3"}
    return {
        "name": name,
        "revision": 1,
        "number": number,
        "citation": f"The {name} data (2024).",
        **texts,
    }


def add_datasets(path: Path) -> None:
    """Describe the two datasets of `VALUES` in a store."""
    database = open_to_write(str(path))
    database.execute(Dataset.insert_many([described("gdelt", 2), described("made", 64)]))
    database.close()


def commit(path: Path, rows: list[Row]) -> None:
    """Put rows into a store as its next revision."""
    database = open_to_write(str(path))
    with revision(database, "load") as change:
        change.write_events(rows, 2, 1)
    database.close()


def make_rich(seeded: Path, path: Path) -> Path:
    """Make a store of three revisions: the seed dataset, `VALUES`, and the same turned by one.

    The second has a name.
    """
    shutil.copy(seeded, path)
    add_datasets(path)
    commit(path, rows_of(0))
    commit(path, rows_of(1))
    database = open_to_write(str(path))
    named = {"name": RELEASE, "revision": RICH, "created": "2026-01-01T00:00:00Z"}
    database.execute(Release.insert(named))
    database.close()
    return path


def client_on(path: Path | str, **settings: Any) -> FlaskClient:
    """Make a client of an application on a store, with a cache of its own.

    A copy of a store has its UUID: with one cache it would show what was made of the other.
    """
    # The folder of all caches of the tests (see `conftest.py`), removed as any of pytest's is.
    own = {"cache": mkdtemp(dir=os.environ.get("XDG_CACHE_HOME"))}
    return create_app(Settings(database=str(path), **own | settings)).test_client()


def cell(event: Event, name: str) -> Any:
    """Give a column's value from the JSON event: `actor_country` from `actor.country`."""
    if name in event:
        return event[name]
    part, _, member = name.partition("_")
    return (event[part] or {})[member] if event[part] else None
