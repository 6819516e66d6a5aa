"""What exported CSV and NDJSON have in common: events of this service come back as they were.

Every column that a file has is given as it is there, nulls too, so that nothing is filled in or
decoded. What this service makes itself, such as `action_label` and `revision`, is ignored.
"""

from dataset.building.sections import Columns
from dataset.declarations.columns import COLUMNS
from dataset.loaders.actions import Codes, mended
from dataset.loaders.base import FileContext

IGNORED = tuple(name for name, column in COLUMNS.items() if column.derived)
NEEDED = ("id", "date")
EXPORTED = {name for name, column in COLUMNS.items() if not column.derived}
"""The columns of a whole event."""
_SCHEMAS = {COLUMNS[name].since for name in EXPORTED}
WHOLE = [{name for name in EXPORTED if COLUMNS[name].since <= schema} for schema in _SCHEMAS]
"""The columns of a whole event in the exports of each schema: older ones lack what came later."""
VERSION = 0
"""Of two versions of one time, what the source's own loader made is kept."""


def completed(columns: Columns, file: FileContext) -> Columns:
    """Leave out what the store makes itself, and settle the id, the dataset and the codes."""
    for name in IGNORED:
        columns.pop(name, None)
    _name_dataset(columns, file.dataset)
    columns.setdefault("added", file.stamp)
    if columns.keys() not in WHOLE:
        # A part of an event must not take the place of the whole: it is the oldest version.
        columns["added"] = None
    code, root = columns.get("action_code"), columns.get("action_root")
    if root:
        columns["action_root"] = root.zfill(2)
        columns["action_code"] = mended(code, root, Codes()) if code else None
    return columns


def _name_dataset(columns: Columns, dataset: str | None) -> None:
    """Take the dataset from the id where no column gives it; one asked for stands in both."""
    own, colon, native = str(columns.get("id") or "").partition(":")
    if dataset is not None:
        columns["dataset"] = dataset
        columns["id"] = f"{dataset}:{native if colon else own}"
    elif not columns.get("dataset"):
        columns["dataset"] = own
