"""What is asked: filters of the commonest and of rare values, drawn from the store itself."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from dataset.declarations.filters import Choice
from dataset.selections.selections import Selection
from dataset.store.snapshots import Snapshot

RANGE = {"date_from": date(2019, 1, 1), "date_to": date(2020, 12, 31)}
"""Two years of the ten that the events are of."""

MIXES = """
actor_country action_root
actor_country target_country
actor_country place_country
actor_country quad_class
target_country action_root
target_country quad_class
target_country place_country
place_country action_root
place_country quad_class
dyad action_root
dyad quad_class
action_root quad_class
actor target
actor action
involves_country action_root
actor_country target_country action_root
actor_country place_country quad_class
dyad place_country action_root
actor_country action goldstein_max
"""
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "actor_country": ("USA", "IRN", "FJI"),
    "target_country": ("USA", "ISR", "NPL"),
    "involves_country": ("USA", "IRN", "FJI"),
    "place_country": ("USA", "IND", "JAM"),
    "dyad": ("ISR,USA", "IRN,ISR", "CHN,JPN"),
    "action_root": ("04", "19", "20"),
    "action": ("19", "0841", "1951"),
    "quad_class": (4, 3, 2),
    "actor": ("USA", "IRNGOV", "FJI"),
    "target": ("GOV", "USA", "NPL"),
    "goldstein_max": (-5.0, -9.0, 0.0),
}
"""A common value of each filter, one that is less so, and a rare one."""
PLAIN = {"goldstein_max"}


def mixed(snapshot: Snapshot) -> Iterator[tuple[str, Selection]]:
    """Yield every mix of filters with common, middling and rare values, over two years."""
    for mix in MIXES.strip().splitlines():
        for rank in range(3):
            values = {name: VALUES[name][rank] for name in mix.split()}
            filters = {
                name: value if name in PLAIN else Choice((value,)) for name, value in values.items()
            }
            yield mix, Selection(snapshot.revision, filters | RANGE)


def pairs(snapshot: Snapshot, most: int = 60) -> list[tuple[str, str]]:
    """Give pairs of an acting country and a root code that fill a page of 1000."""
    text = (
        "SELECT actor_country, action_root FROM event WHERE actor_country IS NOT NULL "
        "GROUP BY 1, 2 HAVING COUNT(*) >= 1001 ORDER BY COUNT(*) DESC, 1, 2 LIMIT ?"
    )
    return list(snapshot.database.execute_sql(text, (most,)).fetchall())
