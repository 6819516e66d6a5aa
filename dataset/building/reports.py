"""Collect remarks on the rows of a load, besides their outcomes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MOST_CODES = 1_000
"""How many unknown codes a report lists, the most frequent first."""

Remark = tuple[str, str, str]
"""The kind (`unknown` or `left_out`), the column and the code."""


@dataclass
class Report:
    """The remarks of a load on the records that it kept.

    `unknown`: well-formed codes that the codebook lacks. `left_out`: faulty columns of places.
    `missing`: files that the source does not have.
    """

    remarks: Counter[Remark] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def remark(self, remarks: Iterable[Remark]) -> None:
        """Count remarks on one record."""
        self.remarks.update(remarks)

    def as_json(self) -> dict[str, Any]:
        """Give the report as it is stored and shown."""
        found = sorted(self.remarks.items(), key=lambda item: (-item[1], item[0]))
        unknown = [
            {"column": column, "code": code, "count": count}
            for (kind, column, code), count in found
            if kind == "unknown"
        ]
        left_out = [
            {"column": column, "count": count}
            for (kind, column, _), count in found
            if kind == "left_out"
        ]
        return {
            "unknown_codes": unknown[:MOST_CODES],
            "left_out": left_out,
            "missing": self.missing,
        }
