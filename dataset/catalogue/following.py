"""Read how far the feeds of GDELT are followed, as their follower noted it last."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from dataset.catalogue.loads import last_load
from dataset.inputs.gdelt_slots import FEEDS, is_of
from dataset.loading.followed_files import last_drop, undone_files
from dataset.store.models import Following
from dataset.store.snapshots import Snapshot

MOST_UNDONE = 1_000
"""The most files whose load was undone that are shown of a feed."""


def following(snapshot: Snapshot) -> dict[str, Any]:
    """Tell whether a process follows, and how far each feed is."""
    rows = snapshot.execute(Following.select().order_by(Following.feed)).fetchall()
    names = Following._meta.sorted_field_names
    feeds = [_feed(snapshot, dict(zip(names, row, strict=True))) for row in rows]
    return {"running": snapshot.database.is_followed(), "feeds": feeds}


def _feed(snapshot: Snapshot, row: dict[str, Any]) -> dict[str, Any]:
    dropped, undone = _taken_back(snapshot)
    missing = [{**_file(name), "reason": why} for name, why in orjson.loads(row["missing"])]
    lacking = [_file(name) for name in orjson.loads(row["lacking"])]
    return {
        "feed": row["feed"],
        "first": row["first"],
        "complete_to": row["complete_to"],
        "newest": row["newest"],
        "lag_seconds": _seconds_since(row["complete_to"]),
        "missing_slots": row["missing_slots"],
        "missing": missing,
        "lacking_slots": len({one["slot"] for one in lacking}),
        "lacking": lacking,
        "undone": [_file(name) for name in _within(undone, row)][:MOST_UNDONE],
        "dropped": dropped,
        "looked": row["looked"],
        "outcome": row["outcome"],
    }


def _taken_back(snapshot: Snapshot) -> tuple[int | None, list[str]]:
    """Give the last drop, and the files whose load was undone; read once for each revision."""

    def make() -> tuple[int | None, list[str]]:
        drop = last_drop(snapshot)
        return drop and drop.number, undone_files(snapshot)

    # A load without a revision may bring nothing back, but says that its file was read.
    found: tuple[int | None, list[str]] = snapshot.remembered(
        "taken back", last_load(snapshot), make, 1
    )
    return found


def _within(names: list[str], row: dict[str, Any]) -> Iterator[str]:
    """Yield the names that are of a feed, and of slots that are followed."""
    if not (row["first"] and row["newest"]):
        return
    first, newest = (f"{datetime.fromisoformat(row[n]):%Y%m%d%H%M%S}" for n in ("first", "newest"))
    for name in names:
        if first <= name[:14] <= newest and is_of(FEEDS[row["feed"]], name):
            yield name


def _file(name: str) -> dict[str, str]:
    """Give a file and its slot, which its name begins with."""
    slot = datetime.strptime(name[:14], "%Y%m%d%H%M%S")
    return {"slot": f"{slot:%Y-%m-%dT%H:%M:%SZ}", "file": name}


def _seconds_since(slot: str | None) -> int | None:
    if slot is None:
        return None
    return int((datetime.now(UTC) - datetime.fromisoformat(slot)).total_seconds())
