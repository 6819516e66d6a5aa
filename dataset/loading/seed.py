"""Load the coded article that a store begins with, unless it was left out."""

import hashlib
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import orjson

from dataset.building.rows import RowBuilder
from dataset.building.sections import Columns
from dataset.loading.accounts import Account, OpenAccount
from dataset.store.engines.base import Engine
from dataset.store.models import Dataset, Document, Setting
from dataset.writes.revisions import Change, next_dataset_number, revision

NAME = "seed"
FILE = "article.toml"
CODEBOOK = "gdelt"
SETTING, LEFT_OUT = "seed", "no"
"""What a store keeps that was begun without it."""

CITATION = "cameo-events developers (2026): Seed dataset of cameo-events, version {version}."
DATASET = {
    "name": NAME,
    "title": "Iran and the Taliban: a news report coded by hand",
    "description": (
        "A row is one statement of a news report. Every event of one report of June 2024 on the "
        "ties between Iran and the Taliban, coded by hand in CAMEO and checked by a second "
        "reading; what is no event is listed with the reason in the document."
    ),
    "licence": "CC BY 4.0",
    "url": None,
    "codebook": "CAMEO 1.1b3, Goldstein values of GDELT",
}


def load(database: Engine) -> Account:
    """Load the seed dataset as one revision; what is there already stays as it is."""
    content = resources.files("dataset.loading").joinpath(FILE).read_bytes()
    coded = tomllib.loads(content.decode())
    with revision(database, "load", NAME) as change:
        account = OpenAccount(change, NAME, coded["version"])
        account.datasets.add(NAME)
        account.begin_file(FILE, hashlib.sha256(content).hexdigest(), len(content))
        _describe(change, coded)
        builder = RowBuilder(CODEBOOK)
        rows = [builder.from_columns(columns) for columns in events_of(coded)]
        account.count_read(len(rows))
        change.write_events(rows, account.number, coded["version"])
        return account.close(builder.report)


def leave_out(database: Engine) -> None:
    """Remember that a new store begins without the seed dataset."""
    with database.atomic():
        row = {"name": SETTING, "value": LEFT_OUT}
        database.execute(Setting.insert(row).on_conflict_ignore())


def is_left_out(database: Engine) -> bool:
    """Tell whether somebody said that the store begins without the seed dataset."""
    found = Setting.select(Setting.value).where(Setting.name == SETTING)
    return (database.execute(found).fetchone() or (None,))[0] == LEFT_OUT


def events_of(coded: dict[str, Any]) -> Iterator[Columns]:
    """Yield what the coded article says of each event."""
    for paragraph in coded["paragraph"]:
        for event in paragraph.get("event", ()):
            yield _source(coded, paragraph["number"], event)


def _source(coded: dict[str, Any], paragraph: int, event: dict[str, Any]) -> Columns:
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
        **{f"place_{name}": value for name, value in place.items()},
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
