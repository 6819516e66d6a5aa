"""One module per source format, and the table of them."""

from dataset.loaders import exported, gdelt, icews, keds, mentions, phoenix, polecat
from dataset.loaders.base import Loader

LOADERS: dict[str, Loader] = {
    "gdelt": gdelt.LOADER,
    "gdelt-mentions": mentions.LOADER,
    "icews": icews.LOADER,
    "phoenix": phoenix.LOADER,
    "keds": keds.LOADER,
    "polecat": polecat.LOADER,
    "csv": exported.CSV,
    "ndjson": exported.NDJSON,
}
"""The loader of each format."""
