"""Collect remarks on the rows of a load, besides their outcomes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_CODES = 1_000
"""How many unknown codes a report lists, the most frequent first."""


MOST_VERSIONS = 100
"""How many pairs of times a report lists, the most frequent first."""
Compared = tuple[str, str | None, str | None]
"""An outcome, `updated` or `outdated`, when that version was added, and when the other was."""


class Remark(NamedTuple):
    """A remark on one record: its kind (see `Report`), a column, a code, and what it became."""

    kind: str
    column: str
    code: str = ""
    became: str = ""


@dataclass
class Report:
    """The remarks of a load on the records that it kept.

    `unknown`: well-formed codes that the codebook lacks. `left_out`: faulty columns of places.
    `mended`: codes that got a lost zero back. `from_text`: codes that follow from the words of the
    event. `sector`: sectors that the codebook lacks. `by_division`: countries of places that follow
    from their first-level division. `missing`: files that the source does not have. `versions`:
    which versions of events were compared, where the names of files date them. `release`: the
    release that the files were said to be of. `dropped`: how many events ended because the files
    lack them; `not_dropped` says why none did, and `whole` up to which time the files are the whole
    of each dataset. `lacked`: how many records are outdated as a newer whole release lacks their
    events. `pages`: files that are one page of several, which other pages follow.
    """

    remarks: Counter[Remark] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    earlier_loads: list[int] = field(default_factory=list)
    versions: Counter[Compared] = field(default_factory=Counter)
    release: str | None = None
    dropped: int = 0
    not_dropped: str | None = None
    whole: dict[str, str] = field(default_factory=dict)
    lacked: int = 0
    pages: list[str] = field(default_factory=list)

    def remark(self, remarks: Iterable[Remark]) -> None:
        """Count remarks on one record."""
        self.remarks.update(remarks)

    def as_json(self) -> dict[str, Any]:
        """Give the report as it is stored and shown."""
        found = sorted(self.remarks.items(), key=lambda item: (-item[1], item[0]))
        listed = {
            name: [_entry(fields, remark, count) for remark, count in found if remark[0] == kind]
            for name, (kind, fields) in LISTS.items()
        }
        return {name: entries[:MOST_CODES] for name, entries in listed.items()} | {
            "earlier_loads": self.earlier_loads,
            "missing": self.missing,
            "versions": self._compared(),
            "release": self.release,
            "dropped": self.dropped,
            "not_dropped": self.not_dropped,
            "whole": self.whole,
            "lacked": self.lacked,
            "pages": self.pages,
        }

    def _compared(self) -> list[dict[str, Any]]:
        most = sorted(self.versions.items(), key=lambda item: (-item[1], str(item[0])))
        return [
            {"outcome": outcome, "added": added, "against": against, "count": count}
            for (outcome, added, against), count in most[:MOST_VERSIONS]
        ]


LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "unknown_codes": ("unknown", {"column": "column", "code": "code"}),
    "left_out": ("left_out", {"column": "column"}),
    "mended_codes": ("mended", {"column": "column", "code": "code", "mended": "became"}),
    "codes_from_text": ("from_text", {"text": "code", "code": "became"}),
    "unknown_sectors": ("sector", {"column": "column", "sector": "code"}),
    "countries_by_division": ("by_division", {"division": "code", "country": "became"}),
}
"""The lists of a report: their kind of remark, and which of its fields each entry shows."""


def _entry(fields: dict[str, str], remark: Remark, count: int) -> dict[str, Any]:
    return {shown: getattr(remark, name) for shown, name in fields.items()} | {"count": count}
