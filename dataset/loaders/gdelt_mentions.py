"""GDELT 2.0 mention files: where, when and how events of the dataset `gdelt` are mentioned."""

from collections.abc import Sequence

from dataset.building.sections import Columns
from dataset.errors import Refused
from dataset.loaders import gdelt
from dataset.loaders.base import FileContext, Loader, Parse

COLUMNS = 16
TYPES = {"1": "web", "2": "citation", "3": "core", "4": "dtic", "5": "jstor", "6": "nontextual"}
"""MentionType (GDELT Event Codebook V2.0)."""


def looks_like(records: Sequence[str]) -> bool:
    """Tell mentions by the number of columns and the two times beside the event's number."""
    rows = [record.split("\t") for record in records]
    return any(
        len(row) == COLUMNS and all(cell.isdigit() for cell in row[:3]) and len(row[2]) == 14
        for row in rows
    )


def parser(file: FileContext, _first: str) -> Parse:
    """Make the function that reads a line."""
    dataset = file.dataset or "gdelt"

    def parse(record: str) -> Columns:
        cells = record.split("\t")
        if len(cells) != COLUMNS:
            raise Refused(None, f"it has {len(cells)} columns, not {COLUMNS}.")
        return _columns(cells, dataset)

    return parse


def _columns(cells: list[str], dataset: str) -> Columns:
    identifier = cells[5]
    is_address = identifier.startswith(("http://", "https://"))
    return {
        "event": f"{dataset}:{gdelt.whole_number(cells[0])}",
        "time": gdelt.time_of(cells[2], "time"),
        "type": TYPES.get(cells[3]),
        "publisher": cells[4],
        "url": identifier if is_address else None,
        "citation": None if is_address else identifier,
        "sentence": cells[6],
        "actor_offset": _offset(cells[7]),
        "target_offset": _offset(cells[8]),
        "action_offset": _offset(cells[9]),
        "in_raw_text": cells[10],
        "confidence": cells[11],
        "length": cells[12],
        "tone": cells[13],
        "translation": cells[14],
    }


def _offset(text: str) -> str | None:
    """Give characters from the start; -1 stands for what was not found."""
    return None if text == "-1" else text


LOADER = Loader(
    version=1,
    datasets={"gdelt": gdelt.LOADER.datasets["gdelt"]},
    looks_like=looks_like,
    parser=parser,
    makes="mentions",
)
