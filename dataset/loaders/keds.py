"""KEDS event data in CAMEO (Turkey, Levant): date, source, target and code, and no id.

Equal rows are told apart by their ordinal among the rows of a file, so a file gives the same
ids whenever it is loaded. Every distinct row is remembered by a hash of 8 bytes.

The files do not say which version of CAMEO they are coded in; their codes do (`is_05b1`).
"""

from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b

from dataset.building.sections import Columns
from dataset.building.values import clean
from dataset.codebook import ACTIONS, is_action_code
from dataset.declarations.columns import COLUMNS
from dataset.errors import Refused
from dataset.inputs.tables import Named, Table
from dataset.loaders.actions import Codes, mended, remarks
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


def _is_event(named: Named) -> bool:
    if not is_action_code(named["code"]):
        return False
    actors = (named["source"], named["target"])
    return len(named["date"].replace("-", "")) == 8 and all(map(str.isupper, actors))


TABLE = Table(
    layouts={len(HEADER): HEADER},
    needed=[(name,) for name in HEADER],
    is_event=_is_event,
    code="code",
)


def is_05b1(codes: Codes) -> bool:
    """Tell CAMEO 0.5b1 by all codes of a file: some only it has, and none that it lacks.

    Codes that no version has tell nothing. A file with signs of both is not 0.5b1.
    """
    known = set()
    for code in codes.counts:
        with suppress(Refused):
            known.add(mended(code, None, codes))
    known &= ACTIONS.keys()
    return bool(known & ONLY_05B1) and known <= OF_05B1.keys()


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record; values that it does not give are GDELT's."""
    dataset, added = file.dataset or "keds", file.stamp
    scale = OF_05B1 if is_05b1(file.codes) else {}
    seen: dict[int, int] = {}

    def parse(record: str) -> Columns:
        named = file.reader.cut(record)
        read = named["code"]
        day, code = day_of(named["date"].strip()), _action(mended(read, None, file.codes))
        actor, target = (
            _actor(named["source"], "actor_code"),
            _actor(named["target"], "target_code"),
        )
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
            "action_remarks": remarks(read, code),
            "goldstein": scale.get(code),
            "target_code": target,
        }

    return parse


# The id is made of the values, so these are checked here and not only when the row is built.
@lru_cache(maxsize=4096)
def _action(code: str) -> str:
    return str(clean(COLUMNS["action_code"], code))


@lru_cache(maxsize=REMEMBERED)
def _actor(code: str, column: str) -> str:
    return clean(COLUMNS[column], code.strip().replace(UNKNOWN, "")) or ""


# Version 2: Goldstein values are GDELT's, unless the file shows CAMEO 0.5b1. Version 3: codes are
# mended only where the whole file lost its zeros.
LOADER = Loader(
    version=3,
    counts_rows=True,
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
    table=TABLE,
    dated_by_name=True,
    parser=parser,
    codebook="gdelt",
)
