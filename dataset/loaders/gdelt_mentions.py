"""GDELT 2.0 mention files: where, when and how events of the dataset `gdelt` are mentioned."""

from functools import partial

from dataset.building.sections import Columns
from dataset.inputs.tables import Named, Table
from dataset.loaders import gdelt
from dataset.loaders.base import FileContext, Loader, Parse

COLUMNS = (
    "GLOBALEVENTID",
    "EventTimeDate",
    "MentionTimeDate",
    "MentionType",
    "MentionSourceName",
    "MentionIdentifier",
    "SentenceID",
    "Actor1CharOffset",
    "Actor2CharOffset",
    "ActionCharOffset",
    "InRawText",
    "Confidence",
    "MentionDocLen",
    "MentionDocTone",
    "MentionDocTranslationInfo",
    "Extras",
)
"""In their order (GDELT Event Codebook V2.0)."""
TYPES = {"1": "web", "2": "citation", "3": "core", "4": "dtic", "5": "jstor", "6": "nontextual"}
"""MentionType (GDELT Event Codebook V2.0)."""


def _is_event(named: Named) -> bool:
    """Tell mentions by the two times beside the event's number."""
    numbers = [named.get(name, "") for name in COLUMNS[:3]]
    return all(map(str.isdigit, numbers)) and len(numbers[2]) == len("20240413093000")


TABLE = Table(
    layouts={len(COLUMNS): COLUMNS},
    needed=(("GLOBALEVENTID",), ("MentionTimeDate",), ("MentionIdentifier",)),
    is_event=_is_event,
    whole=frozenset(COLUMNS) - {"MentionSourceName", "MentionIdentifier", "MentionDocTone"},
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset = file.dataset or "gdelt"
    return lambda record: _columns(file.reader.cut(record), dataset)


def _columns(named: Named, dataset: str) -> Columns:
    identifier = named["MentionIdentifier"]
    is_address = identifier.startswith(("http://", "https://"))
    return {
        "event": f"{dataset}:{gdelt.whole_number(named['GLOBALEVENTID'])}",
        "time": gdelt.time_of(named["MentionTimeDate"], "time"),
        "type": TYPES.get(named.get("MentionType", "")),
        "publisher": named.get("MentionSourceName"),
        "url": identifier if is_address else None,
        "citation": None if is_address else identifier,
        "sentence": named.get("SentenceID"),
        "actor_offset": _offset(named.get("Actor1CharOffset")),
        "target_offset": _offset(named.get("Actor2CharOffset")),
        "action_offset": _offset(named.get("ActionCharOffset")),
        "in_raw_text": named.get("InRawText"),
        "confidence": named.get("Confidence"),
        "length": named.get("MentionDocLen"),
        "tone": named.get("MentionDocTone"),
        "translation": named.get("MentionDocTranslationInfo"),
    }


def _offset(text: str | None) -> str | None:
    """Give characters from the start; -1 stands for what was not found."""
    return None if text == "-1" else text


LOADER = Loader(
    version=1,
    datasets={"gdelt": gdelt.LOADER.datasets["gdelt"]},
    table=TABLE,
    parser=parser,
    may_be_empty=partial(gdelt.is_of_15_minutes, "mentions"),
    makes="mentions",
)
