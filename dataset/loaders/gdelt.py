"""GDELT event files: 2.0 (61 columns), 1.0 daily (58) and its historical back files (57).

Columns: GDELT Event Codebook V2.0 (2015) and GDELT Data Format Codebook V1.03 (2013).
"""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from dataset.building.sections import Columns, Sections
from dataset.codebook import iso3_of_fips
from dataset.errors import Refused
from dataset.loaders.actions import mended
from dataset.loaders.base import FileContext, Loader, Parse

DAY = 1
PRECISIONS = {"1": "country", "2": "region", "3": "city", "4": "city", "5": "region"}
"""What the coordinates of each type of place stand for."""


class Layout(NamedTuple):
    """A version of the format: the dataset of its events, and a pattern that cuts its lines."""

    dataset: str
    pattern: re.Pattern[str]


def _layout(dataset: str, place_columns: int, has_url: bool = True) -> Layout:
    """Write the columns of a version; each place has `place_columns`, and an id after them."""
    columns = (
        ("id", 1),
        ("day", 1),
        ("", 3),
        ("actor", 10),
        ("target", 10),
        ("root_event", 1),
        ("action", 5),
        ("counts", 3),
        ("tone", 1),
        ("", 2 * place_columns + 2),
        ("place", place_columns),
        ("", 1),
        ("added", 1),
        *([("url", 1)] if has_url else []),
    )
    # One pattern takes half the time of cutting 61 cells and joining those of each section. It
    # never goes back: a cell ends at a tab.
    written = [(name, r"\t".join([r"[^\t]*+"] * count)) for name, count in columns]
    groups = [f"(?P<{name}>{cells})" if name else cells for name, cells in written]
    return Layout(dataset, re.compile(r"\t".join(groups) + ("" if has_url else "(?P<url>)")))


LAYOUTS = {
    61: _layout("gdelt", place_columns=7),
    58: _layout("gdelt1", place_columns=6),
    57: _layout("gdelt1", place_columns=6, has_url=False),
}
"""By the number of columns."""
_TEXTS = ("id", "day", "added", "actor", "action", "target", "place")
_CELLS = ("root_event", "counts", "tone", "url")
GROUPS = [LAYOUTS[61].pattern.groupindex[name] for name in (*_TEXTS, *_CELLS)]
"""The groups of every pattern, in the order in which a line is read."""
LONGEST_ID = 18
REMEMBERED = 4_096


def looks_like(records: Sequence[str]) -> bool:
    """Tell events of GDELT by the number of columns and the number and day that they begin with."""
    rows = [record.split("\t") for record in records]
    return any(
        len(row) in LAYOUTS and row[0].isdigit() and len(row[DAY]) == 8 and row[DAY].isdigit()
        for row in rows
    )


def parser(file: FileContext, _first: str) -> Parse:
    """Make the function that reads a line; one file may mix the versions."""

    def parse(record: str) -> Sections:
        columns = record.count("\t") + 1
        layout = LAYOUTS.get(columns)
        cut = layout and layout.pattern.fullmatch(record)
        if layout is None or not cut:
            raise Refused(None, f"it has {columns} columns, not 57, 58 or 61.")
        number, day, added, actor, action, target, place, *cells = cut.group(*GROUPS)
        root_event, counts, tone, url = cells
        dataset = file.dataset or layout.dataset
        public_id = f"{dataset}:{whole_number(number)}"
        measures, evidence = (root_event, counts), (tone, url)
        return public_id, dataset, day, added, actor, action, target, place, measures, evidence

    return parse


def whole_number(text: str) -> str:
    """Check a number that GDELT gives an event; raises `Refused`."""
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_ID:
        raise Refused("id", f"{text[:40]!r} is not a whole number of up to 18 digits.")
    return text.lstrip("0") or "0"


def _dates(day: str) -> Columns:
    return {"date": _day(day, "date")}


def _added(time: str) -> Columns:
    return {"added": time_of(time, "added")}


def _actor(cells: str, role: str) -> Columns:
    code, name, country, group, ethnic, *codes = cells.split("\t")
    return {
        f"{role}_code": code,
        f"{role}_name": name,
        f"{role}_country": country,
        f"{role}_group": group,
        f"{role}_ethnic": ethnic,
        f"{role}_religions": codes[:2],
        f"{role}_roles": codes[2:],
    }


def _action(cells: str) -> Columns:
    code, _base, root, quad_class, goldstein = cells.split("\t")
    return {
        "action_code": mended(code, root),
        "quad_class": quad_class,
        "goldstein": goldstein,
    }


def _place(cells: str) -> Columns:
    kind, name, country, admin1, *_, latitude, longitude = cells.split("\t")
    return {
        "place_name": name,
        "place_country": iso3_of_fips(country) or country,
        "place_admin1": admin1 if admin1 != country else None,
        "place_latitude": latitude,
        "place_longitude": longitude,
        "place_precision": PRECISIONS.get(kind),
    }


def _measures(cells: tuple[str, str]) -> Columns:
    mentions, sources, articles = cells[1].split("\t")
    return {
        "root_event": cells[0],
        "mentions": mentions,
        "sources": sources,
        "articles": articles,
    }


def _evidence(cells: tuple[str, str]) -> Columns:
    """Tell the address of a story from the name of a source, which sometimes replaces it."""
    tone, url = cells
    is_address = url.startswith(("http://", "https://"))
    return {"tone": tone, "evidence_url" if is_address else "evidence_publisher": url}


@lru_cache(maxsize=REMEMBERED)
def _day(text: str, column: str) -> str:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise Refused(column, f"{text!r} is not a day like 20240413.")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def time_of(text: str, column: str) -> str:
    """Read a day or a second in digits as ISO 8601."""
    day = _day(text[:8], column)
    hours = text[8:] or "000000"
    if len(hours) != 6 or not (hours.isascii() and hours.isdigit()):
        raise Refused(column, f"{text!r} is not a time like 20240413093000.")
    return f"{day}T{hours[:2]}:{hours[2:4]}:{hours[4:]}Z"


CITATION = (
    "Leetaru, K. and Schrodt, P. A. (2013): GDELT: Global Data on Events, Location and Tone, "
    "1979-2012. ISA Annual Convention, San Francisco. The GDELT Project, "
)
_SHARED = {
    "licence": "Free for any use with a citation of the GDELT Project and a link to its site",
    "url": "https://www.gdeltproject.org/",
    "codebook": "CAMEO 1.1b3 as GDELT uses it; Goldstein values of GDELT",
}
LOADER = Loader(
    version=1,
    datasets={
        "gdelt": {
            "title": "GDELT 2.0 events",
            "description": (
                "Events coded by machine from the world's news every 15 minutes since February "
                "2015. The place is that of the action; country codes of places are converted "
                "from FIPS 10-4 to ISO 3166-1. Mentions, sources, articles and tone are those of "
                "the first 15 minutes."
            ),
            "citation": f"{CITATION}GDELT 2.0 Event Database.",
            **_SHARED,
        },
        "gdelt1": {
            "title": "GDELT 1.0 events",
            "description": (
                "Events coded by machine from news since 1979, published day by day since April "
                "2013. The place is that of the action; country codes of places are converted "
                "from FIPS 10-4 to ISO 3166-1."
            ),
            "citation": f"{CITATION}GDELT 1.0 Event Database.",
            **_SHARED,
        },
    },
    codebook="gdelt",
    looks_like=looks_like,
    parser=parser,
    section_parsers={
        "dates": _dates,
        "added": _added,
        "actor": partial(_actor, role="actor"),
        "action": _action,
        "target": partial(_actor, role="target"),
        "place": _place,
        "measures": _measures,
        "evidence": _evidence,
    },
)
