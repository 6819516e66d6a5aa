"""KEDS event data in CAMEO (Turkey, Levant), and what TABARI itself writes.

A row has date, source, target and code, and no id. TABARI writes up to three cells more: the
label of the code, the phrase that it read, and the number and source of the story.

The files do not say which version of CAMEO they are coded in; their codes do (`is_05b1`).
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from dataset.building.sections import Columns
from dataset.codebook import ACTIONS, is_action_code
from dataset.errors import Refused
from dataset.inputs.tables import Named, Table
from dataset.loaders.actions import Codes, mended, remarks
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import UNKNOWN, day_of
from dataset.loaders.value_ids import checked_action, checked_actor, ids_of

HEADER = ("date", "source", "target", "code")
TEXTS = ("label", "phrase", "story")
COMMENT = "DOC"
"""What TABARI writes for both actors in the lines about its own run."""
CENTURIES = {**dict.fromkeys(range(79, 100), "19"), **dict.fromkeys(range(12), "20")}
"""The century of each year of two digits: the files are of 1979 to 2011."""

_SHORT_DAY = re.compile(r"[0-9]{6}")
_STORY = re.compile(r"([0-9]{6,})(?: +(\S.*))?")
"""The number of a story and its source."""

OF_05B1 = {
    code: action.goldstein["keds"] for code, action in ACTIONS.items() if "keds" in action.goldstein
}
"""The codes of CAMEO 0.5b1 with its Goldstein values."""
ONLY_05B1 = {code for code in OF_05B1 if len(ACTIONS[code].goldstein) == 1}
"""The codes that later versions gave up."""


class Evidence(NamedTuple):
    """What the texts of a row say."""

    note: str | None = None
    story: str | None = None
    publisher: str | None = None


def _is_comment(named: Named) -> bool:
    return named["source"] == named["target"] == COMMENT


def _is_event(named: Named) -> bool:
    """Tell a row by its code, day, actors, and by the form of the texts after them, if any."""
    if _is_comment(named):
        return True
    if not is_action_code(named["code"]) or not named["date"].replace("-", "").isdigit():
        return False
    return len(named["date"]) in (6, 8, 10) and _are_codes(named) and _fits(named)


def _fits(named: Named) -> bool:
    """Tell TABARI's texts, if there are any, from the cells of other tables."""
    texts = [named[name] for name in TEXTS if name in named]
    return not texts or any(text[:1] == "(" or _STORY.fullmatch(text) for text in texts)


def _are_codes(named: Named) -> bool:
    return all(map(str.isupper, (named["source"], named["target"])))


TABLE = Table(
    layouts={len(HEADER) + count: (*HEADER, *TEXTS[:count]) for count in range(len(TEXTS) + 1)},
    needed=[(name,) for name in HEADER],
    is_event=_is_event,
    fits=_fits,
    is_comment=_is_comment,
    aliases={"desc": "label"},
    whole=frozenset({"date", "code"}),
    missing=frozenset({UNKNOWN}),
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
    scale, id_of = OF_05B1 if is_05b1(file.codes) else {}, ids_of(dataset)

    def parse(record: str) -> Columns:
        named = file.reader.cut(record)
        day, read = _day(named["date"].strip()), named["code"]
        code = checked_action(mended(read, None, file.codes))
        actor = checked_actor(named["source"], "actor_code")
        target = checked_actor(named["target"], "target_code")
        evidence = _evidence([named[name].strip() for name in TEXTS if name in named])
        return {
            "id": id_of(day, actor, target, code),
            "dataset": dataset,
            "date": day,
            "added": added,
            "actor_code": actor,
            "action_code": code,
            "action_remarks": remarks(read, code),
            "goldstein": scale.get(code),
            "target_code": target,
            "evidence_note": evidence.note,
            "evidence_story": evidence.story,
            "evidence_publisher": evidence.publisher,
        }

    return parse


def _day(text: str) -> str:
    """Read a day, also one like `790519`."""
    if not _SHORT_DAY.fullmatch(text):
        return day_of(text)
    year = int(text[:2])
    if year not in CENTURIES:
        raise Refused(
            "date",
            f"{text!r} has the year {text[:2]}, but years of two digits are read as 1979 to 2011.",
        )
    return day_of(CENTURIES[year] + text)


def _evidence(texts: Sequence[str]) -> Evidence:
    """Tell the story from label and phrase: it is the last text, and begins with a number."""
    *others, last = texts or [""]
    story = _STORY.fullmatch(last)
    note = " ".join(filter(None, others if story else texts))
    return Evidence(note or None, *(story.groups() if story else ()))


# Version 2: Goldstein values are GDELT's, unless the file shows CAMEO 0.5b1. Version 3: codes are
# mended only where the whole file lost its zeros; texts and years of two digits are read; former
# and new states are countries.
LOADER = Loader(
    version=3,
    counts_rows=True,
    # TABARI copies phrases in the letters of its reports.
    encoding="latin-1",
    datasets={
        "keds": {
            "title": "KEDS event data in CAMEO",
            "description": (
                "A row is what the first sentence of one report says. Events coded by machine "
                "(TABARI) from the leads of Reuters and Agence France Presse reports by the "
                "Kansas Event Data System, by region. The source has no ids: these are made of "
                "the values. TABARI's own files also name the story, and give the label and the "
                "phrase, which the note has. Countries, roles and other parts of actors are "
                "decoded from the codes. The Goldstein values follow from the codes: those of "
                "GDELT's table, or of CAMEO 0.5b1 in files that have a code which only that "
                "version has (0357, 1641, 1642, 1643) and none that it lacks (such as 019 or "
                "129)."
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
