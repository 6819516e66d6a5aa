"""Load the coded article that every store begins with."""

import hashlib
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import orjson
from peewee import Database, fn

from dataset.build import Row, build
from dataset.models import Dataset, Document, Load, LoadFile
from dataset.revisions import Change, next_dataset_number, now, revision

NAME = "seed"
FILE = "article.toml"
CODEBOOK = "gdelt"
OUTCOMES = ("inserted", "updated", "unchanged", "outdated", "retracted", "quarantined")

CITATION = "cameo-events developers (2026): Seed dataset of cameo-events, version {version}."
DATASET = {
    "name": NAME,
    "title": "Iran and the Taliban: a news report coded by hand",
    "description": (
        "Every event of one news report of June 2024 on the ties between Iran and the Taliban, "
        "coded by hand in CAMEO and checked by a second reading; what is no event is listed "
        "with the reason in the document."
    ),
    "licence": "CC BY 4.0",
    "url": None,
    "codebook": "CAMEO 1.1b3, Goldstein values of GDELT",
}


def load(database: Database) -> dict[str, int]:
    """Load the seed dataset as one revision; nothing happens if it is there already."""
    content = resources.files("dataset.seed").joinpath(FILE).read_bytes()
    coded = tomllib.loads(content.decode())
    started = now()
    with revision(database, "load", NAME) as change:
        _describe(change, coded)
        number = _next_load(database)
        change.put(list(events_of(coded)), number, coded["version"])
        account = {outcome: change.account[outcome] for outcome in OUTCOMES}
        if change.changed:
            _store_load(database, number, change.number, started, coded["version"], account)
            _store_file(database, number, content)
    return account


def events_of(coded: dict[str, Any]) -> Iterator[Row]:
    """Build the events of the coded article."""
    for paragraph in coded["paragraph"]:
        for event in paragraph.get("event", ()):
            yield build(_source(coded, paragraph["number"], event), CODEBOOK)


def _source(coded: dict[str, Any], paragraph: int, event: dict[str, Any]) -> dict[str, Any]:
    place = coded["places"][event["place"]] if "place" in event else {}
    return {
        "id": f"{NAME}:{event['id']}",
        "dataset": NAME,
        "date": event["date"],
        "date_end": event.get("date_end"),
        "date_precision": event["date_precision"],
        "actor_code": event["actor"]["code"],
        "actor_name": event["actor"]["name"],
        "action_code": event["action"],
        "target_code": event["target"]["code"],
        "target_name": event["target"]["name"],
        **{f"place_{part}": value for part, value in place.items()},
        "evidence_document": coded["document"]["id"],
        "evidence_paragraph": paragraph,
        "evidence_status": event["status"],
        "evidence_attributed_to": event.get("attributed_to"),
        "evidence_summary": event["summary"],
        "evidence_note": event.get("note"),
        "added": f"{coded['document']['date']}T00:00:00Z",
    }


def _describe(change: Change, coded: dict[str, Any]) -> None:
    described: dict[str, Any] = DATASET | {
        "number": next_dataset_number(change.database, NAME),
        "citation": CITATION.format(version=coded["version"]),
    }
    left_out = [
        {"paragraph": paragraph["number"]} | statement
        for paragraph in coded["paragraph"]
        for statement in paragraph.get("left_out", ())
    ]
    document = coded["document"] | {
        "date": str(coded["document"]["date"]),
        "dataset": NAME,
        "left_out": orjson.dumps(left_out).decode(),
    }
    change.describe(Dataset, described)
    change.describe(Document, document)


def _next_load(database: Database) -> int:
    return int(database.execute(Load.select(fn.MAX(Load.number))).fetchone()[0] or 0) + 1


def _store_load(
    database: Database,
    number: int,
    revised: int,
    started: str,
    version: int,
    account: dict[str, int],
) -> None:
    described = {"number": number, "revision": revised, "dataset": NAME, "format": NAME}
    times = {"started": started, "finished": now(), "loader_version": version}
    counts = account | {"read": sum(account.values())}
    database.execute(Load.insert(described | times | counts))


def _store_file(database: Database, number: int, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    row = {"load": number, "n": 1, "name": FILE, "sha256": digest, "bytes": len(content)}
    database.execute(LoadFile.insert(row))
