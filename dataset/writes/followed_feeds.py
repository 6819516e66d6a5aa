"""Forget how far feeds are followed once what they brought is dropped."""

from dataset.store.engines.base import Engine
from dataset.store.models import Following

FOLLOWED = "gdelt"
"""The dataset that all followed feeds are loaded into."""
NOT_BEGUN = {
    **dict.fromkeys(("first", "through", "newest", "complete_to")),
    "missing_slots": 0,
    "missing": "[]",
    "lacking": "[]",
}
"""What is noted of a feed of which nothing is known."""


def forget_feeds(database: Engine, dataset: str) -> None:
    """Let the feeds of a dataset begin anew."""
    if dataset == FOLLOWED:
        database.execute(Following.update({**NOT_BEGUN, "outcome": "dropped"}))
