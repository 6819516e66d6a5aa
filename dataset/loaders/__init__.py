"""Read source records to columns: one module per source format, and the table of them."""

from dataset.loaders.base import Loader
from dataset.loaders.exported_csv import LOADER as CSV
from dataset.loaders.exported_ndjson import LOADER as NDJSON
from dataset.loaders.gdelt import LOADER as GDELT
from dataset.loaders.gdelt_mentions import LOADER as GDELT_MENTIONS
from dataset.loaders.icews import LOADER as ICEWS
from dataset.loaders.keds import LOADER as KEDS
from dataset.loaders.petrarch import LOADER as PETRARCH
from dataset.loaders.phoenix import LOADER as PHOENIX
from dataset.loaders.polecat import LOADER as POLECAT
from dataset.loaders.ucdp_ged import LOADER as UCDP_GED

LOADERS: dict[str, Loader] = {
    "gdelt": GDELT,
    "gdelt-mentions": GDELT_MENTIONS,
    "icews": ICEWS,
    "phoenix": PHOENIX,
    "keds": KEDS,
    "petrarch": PETRARCH,
    "polecat": POLECAT,
    "ucdp-ged": UCDP_GED,
    "csv": CSV,
    "ndjson": NDJSON,
}
"""The loader of each format; a new one is a module with a `Loader`, and a line here."""
