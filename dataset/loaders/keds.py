"""KEDS event data in CAMEO (Turkey, Levant): date, source, target and code, and no id.

Equal rows are told apart by their ordinal among the rows of a file, so a file gives the same
ids whenever it is loaded. Every distinct row is remembered by a hash of 8 bytes.

The files do not say which version of CAMEO they are coded in; their codes do (`is_05b1`).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b

from dataset.building.sections import Columns
from dataset.building.values import clean
from dataset.codebook import ACTIONS, is_action_code
from dataset.declarations.columns import COLUMNS
from dataset.errors import Refused
from dataset.loaders.actions import mended
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, day_of

HEADER = ["date", "source", "target", "code"]
UNKNOWN = "---"
"""How TABARI writes a part of an actor that its dictionaries do not say."""

OF_05B1 = {
    code: action.goldstein["keds"] for code, action in ACTIONS.items() if "keds" in action.goldstein
}
"""The codes of CAMEO 0.5b1 with its Goldstein values."""
ONLY_05B1 = {code for code in OF_05B1 if len(ACTIONS[code].goldstein) == 1}
"""The codes that later versions gave up."""


def looks_like(records: Sequence[str]) -> bool:
    """Tell KEDS by its header, or by a day, two actors and an action in four columns."""
    return any(is_header(record) or _is_event(_cells(record)) for record in records)


def is_header(record: str) -> bool:
    """Tell the header from an event."""
    return [cell.strip().lower() for cell in _cells(record.removeprefix("\ufeff"))] == HEADER


def _cells(record: str) -> list[str]:
    return record.replace('"', "").split("\t" if "\t" in record else ",")


def _is_event(cells: list[str]) -> bool:
    if len(cells) != len(HEADER) or not is_action_code(cells[3]):
        return False
    return len(cells[0].replace("-", "")) == 8 and cells[1].isupper() and cells[2].isupper()


def code_of(record: str) -> str:
    """Find the action code of a line as it stands there."""
    cells = _cells(record)
    return cells[3].strip() if len(cells) == len(HEADER) else ""


def is_05b1(codes: Iterable[str]) -> bool:
    """Tell CAMEO 0.5b1 by all codes of a file: some only it has, and none that it lacks.

    Codes that no version has tell nothing. A file with signs of both is not 0.5b1.
    """
    known = set()
    for code in codes:
        with suppress(Refused):
            known.add(mended(code))
    known &= ACTIONS.keys()
    return bool(known & ONLY_05B1) and known <= OF_05B1.keys()


def parser(file: FileContext, _first: str) -> Parse:
    """Make the function that reads a line; values that it does not give are GDELT's."""
    dataset, added = file.dataset or "keds", file.stamp
    scale = OF_05B1 if is_05b1(file.codes) else {}
    seen: dict[int, int] = {}

    def parse(record: str) -> Columns:
        cells = _cells(record)
        if len(cells) != len(HEADER):
            raise Refused(None, f"it has {len(cells)} columns, not {len(HEADER)}.")
        day, code = day_of(cells[0].strip()), _action(cells[3])
        actor, target = _actor(cells[1], "actor_code"), _actor(cells[2], "target_code")
        values = f"{day.replace('-', '')}-{actor}-{target}-{code}"
        digest = int.from_bytes(blake2b(values.encode(), digest_size=8).digest())
        ordinal = seen[digest] = seen.get(digest, 0) + 1
        return {
            "id": f"{dataset}:{values}-{ordinal}",
            "dataset": dataset,
            "date": day,
            "added": added,
            "actor_code": actor,
            "action_code": code,
            "goldstein": scale.get(code),
            "target_code": target,
        }

    return parse


# The id is made of the values, so these are checked here and not only when the row is built.
@lru_cache(maxsize=4096)
def _action(code: str) -> str:
    return str(clean(COLUMNS["action_code"], mended(code.strip())))


@lru_cache(maxsize=REMEMBERED)
def _actor(code: str, column: str) -> str:
    return clean(COLUMNS[column], code.strip().replace(UNKNOWN, "")) or ""


# Version 2: Goldstein values are GDELT's, unless the file shows CAMEO 0.5b1.
# Version 3: former and new states are countries.
LOADER = Loader(
    version=3,
    counts_rows=True,
    code_of=code_of,
    datasets={
        "keds": {
            "title": "KEDS event data in CAMEO",
            "description": (
                "Events coded by machine (TABARI) from the leads of Reuters and Agence France "
                "Presse reports by the Kansas Event Data System, by region. The source has no "
                "ids: these are made of the values. Countries, roles and other parts of actors "
                "are decoded from the codes. The Goldstein values follow from the codes: those of "
                "GDELT's table, or of CAMEO 0.5b1 in files that have a code which only that "
                "version has (0357, 1641, 1642, 1643) and none that it lacks (such as 019 or 129)."
            ),
            "licence": "As stated by the project at eventdata.parusanalytics.com",
            "citation": (
                "Kansas Event Data System / Penn State Event Data Project: event data coded "
                "with TABARI. Gerner, D. J., Schrodt, P. A., Yilmaz, O. and Abu-Jabr, R. (2002): "
                "Conflict and Mediation Event Observations (CAMEO): A New Event Data Framework "
                "for the Analysis of Foreign Policy Interactions. ISA Annual Convention."
            ),
            "url": "http://eventdata.parusanalytics.com/data.html",
            "codebook": "CAMEO; Goldstein values of GDELT, or of 0.5b1 where a file shows it",
        }
    },
    looks_like=looks_like,
    parser=parser,
    header=is_header,
    codebook="gdelt",
)
