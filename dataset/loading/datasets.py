"""Describe the datasets of a load, each when its first row comes."""

from collections.abc import Mapping
from typing import Any

from dataset.loaders import LOADERS
from dataset.loaders.base import Loader
from dataset.store.models import Dataset
from dataset.writes.revisions import Change, next_dataset_number, numbers_of

_DESCRIBED = {name: texts for one in LOADERS.values() for name, texts in one.datasets.items()}


def describe_datasets(names: set[str], change: Change, loader: Loader) -> None:
    """Store the descriptions of datasets, or that nothing is known of them."""
    for name in sorted(names):
        described = loader.datasets.get(name) or _DESCRIBED.get(name)
        if described is None and name in numbers_of(change.database):
            continue
        texts = described or _unknown(name, loader)
        number = next_dataset_number(change.database, name)
        change.describe(Dataset, {"name": name, "number": number, **texts})


def _unknown(name: str, loader: Loader) -> Mapping[str, Any]:
    """Describe a dataset that is not its format's own: of its source nothing is known."""
    titles = " or ".join(one["title"] for one in loader.datasets.values())
    codebooks = {one["codebook"] for one in loader.datasets.values()} or {"Not known"}
    return {
        "title": name,
        "description": f"Events in the format of {titles or 'this service'}, loaded as {name}.",
        "licence": "Not known",
        "citation": f"Dataset {name}: how to cite its source is not known.",
        "url": None,
        "codebook": " or ".join(sorted(codebooks)),
    }
