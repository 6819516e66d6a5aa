"""Read how far the feeds of GDELT are followed, as their follower noted it last."""

from datetime import UTC, datetime
from typing import Any

import orjson

from dataset.store.models import Following
from dataset.store.snapshots import Snapshot


def following(snapshot: Snapshot) -> dict[str, Any]:
    """Tell whether a process follows, and how far each feed is."""
    rows = snapshot.execute(Following.select().order_by(Following.feed)).fetchall()
    names = Following._meta.sorted_field_names
    feeds = [_feed(dict(zip(names, row, strict=True))) for row in rows]
    return {"running": snapshot.database.is_followed(), "feeds": feeds}


def _feed(row: dict[str, Any]) -> dict[str, Any]:
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
        "looked": row["looked"],
        "outcome": row["outcome"],
    }


def _file(name: str) -> dict[str, str]:
    """Give a file and its slot, which its name begins with."""
    slot = datetime.strptime(name[:14], "%Y%m%d%H%M%S")
    return {"slot": f"{slot:%Y-%m-%dT%H:%M:%SZ}", "file": name}


def _seconds_since(slot: str | None) -> int | None:
    if slot is None:
        return None
    return int((datetime.now(UTC) - datetime.fromisoformat(slot)).total_seconds())
