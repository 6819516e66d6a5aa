"""PETRARCH's own output (`evts.*.txt`): tabs, no header, and no ids.

A record has day, source, target, code, issues, the sentences that tell it, the address of the
story if there is one, and who published it. The words that PETRARCH may write after these are
not read.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dataset.building.sections import Columns
from dataset.codebook import is_action_code
from dataset.inputs.tables import Named, Table
from dataset.loaders.actions import mended, remarks
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import UNKNOWN, day_of
from dataset.loaders.value_ids import checked_action, checked_actor, ids_of

NAMES = ("date", "source", "target", "code", "issues", "sentences")
LAST = tuple(f"cell {number}" for number in range(len(NAMES) + 1, 14))
"""What follows depends on the address: url or publisher, and words of the sentence."""

_SENTENCES = re.compile(r"[^\s;]+_[0-9]+(?:;[^\s;]+_[0-9]+)*")


class Report(NamedTuple):
    """The first of the sentences that tell an event."""

    story: str | None
    sentence: int | None
    note: str | None


def _is_event(named: Named) -> bool:
    """Tell PETRARCH's output by its sentences, `story_3;story_4`."""
    day = named["date"]
    return is_action_code(named["code"]) and len(day) == 8 and day.isdigit() and _fits(named)


def _fits(named: Named) -> bool:
    return bool(_SENTENCES.fullmatch(named["sentences"]))


TABLE = Table(
    layouts={len(NAMES) + count: (*NAMES, *LAST[:count]) for count in range(1, len(LAST) + 1)},
    needed=[(name,) for name in NAMES],
    is_event=_is_event,
    fits=_fits,
    whole=frozenset({"date", "code"}),
    missing=frozenset({UNKNOWN, "NULL"}),
    code="code",
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset, added = file.dataset or "petrarch", file.stamp
    id_of = ids_of(dataset)

    def parse(record: str) -> Columns:
        named = file.reader.cut(record)
        day, read = day_of(named["date"]), named["code"]
        code = checked_action(mended(read, None, file.codes))
        actor = checked_actor(named["source"], "actor_code")
        target = checked_actor(named["target"], "target_code")
        url, publisher = _url_and_publisher([named.get(name, "") for name in LAST])
        report = _report(named["sentences"])
        return {
            "id": id_of(day, actor, target, code),
            "dataset": dataset,
            "date": day,
            "added": added,
            "actor_code": actor,
            "action_code": code,
            "action_remarks": remarks(read, code),
            "target_code": target,
            "evidence_story": report.story,
            "evidence_sentence": report.sentence,
            "evidence_publisher": publisher,
            "evidence_url": url,
            "evidence_note": report.note,
        }

    return parse


def _url_and_publisher(cells: Sequence[str]) -> tuple[str | None, str]:
    """Tell the address of the story, which comes before its publisher if there is one."""
    has_url = "://" in cells[0]
    return (cells[0], cells[1]) if has_url else (None, cells[0])


def _report(sentences: str) -> Report:
    first, *others = sentences.split(";")
    story, _, number = first.rpartition("_")
    is_number = bool(story) and number.isascii() and number.isdigit()
    return Report(
        story=(story if is_number else first) or None,
        sentence=int(number) if is_number else None,
        note=f"one of {len(others) + 1} sentences" if others else None,
    )


LOADER = Loader(
    version=1,
    counts_rows=True,
    datasets={
        "petrarch": {
            "title": "Events coded with PETRARCH",
            "description": (
                "A row is what one or several sentences of a story say. Events that PETRARCH or "
                "PETRARCH2 coded by machine from texts of the user's choice. The program gives no "
                "ids: these are made of the values. Countries, roles and other parts of actors "
                "are decoded from the codes; the Goldstein values follow from the codes. Of "
                "several sentences the first is given. PETRARCH2 writes 010 for some verbs of "
                "several words, whatever they mean. Issues are left out, and so are the words of "
                "the sentence."
            ),
            "licence": "As stated by whoever coded the texts",
            "citation": (
                "Norris, C., Schrodt, P. and Beieler, J. (2017): PETRARCH2: Another Event Coding "
                "Program. Journal of Open Source Software 2(9), 133, "
                "https://doi.org/10.21105/joss.00133."
            ),
            "url": "https://github.com/openeventdata/petrarch2",
            "codebook": "CAMEO 1.1b3 as PETRARCH uses it; Goldstein values of GDELT",
        }
    },
    table=TABLE,
    parser=parser,
    codebook="gdelt",
)
