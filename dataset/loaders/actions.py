"""Mend action codes that lost their leading zero on the way, as they do in spreadsheets.

A code is never guessed: the record's own root code tells, or all codes of the file together.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dataset.building.reports import Remark
from dataset.codebook import ACTIONS, is_action_code
from dataset.errors import Refused

WEIS = frozenset({"211", "212", "221", "222", "223"})
"""The codes of WEIS for expulsion, seizure and force, which CAMEO has no place for."""
ENOUGH = 100
"""From so many codes on, one in a hundred of `WEIS` is enough to tell the scheme."""
ROOTS_TOO = range(10, 21)
"""The two-digit codes that may be roots."""

_IN_NAME = re.compile(r"(?<![a-z])weis(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Codes:
    """The action codes of a whole file as they stand there, without those that a root mends."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def lost_zeros(self) -> bool:
        """Whether the file lost its leading zeros: every code is one with its zero put back."""
        if any(code.startswith("0") or len(code) == 1 for code in self.counts):
            return False
        tells = any(len(code) == 2 and int(code) not in ROOTS_TOO for code in self.counts)
        return tells and all(_with_zero(code) in ACTIONS for code in self.counts)

    @cached_property
    def has_zeros(self) -> bool:
        """Whether some code kept its leading zero, so that none has lost it."""
        return any(code.startswith("0") for code in self.counts)

    def sign_of_weis(self, name: str) -> str | None:
        """Say by what a file of this name shows that its codes are of WEIS, if they are."""
        if _IN_NAME.search(name):
            return "its name says so"
        found = sorted(WEIS & self.counts.keys())
        count, total = sum(self.counts[code] for code in found), sum(self.counts.values())
        many = total >= ENOUGH and count * 100 > total
        if many or (len(found) > 1 and not any(len(code) == 4 for code in self.counts)):
            return f"{count:,} of its {total:,} codes are {', '.join(found)}, which CAMEO lacks"
        return None


def counted(codes: Counter[str]) -> Codes:
    """Keep those codes that are one to four digits."""
    return Codes({code: count for code, count in codes.items() if _is_digits(code)})


def _is_digits(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) <= 4


def _with_zero(code: str) -> str:
    """Put a lost zero back: two digits always lost one, three where they are no code as is."""
    return f"0{code}" if len(code) == 2 or (len(code) == 3 and code not in ACTIONS) else code


def mended(code: str, root: str | None, codes: Codes) -> str:
    """Give an action code its leading zero back if it is certain that it lost one.

    With a root code this decides. Else two and three digits are mended where the whole file lost
    its zeros. Raises `Refused` for two digits that are a root, or have lost a zero. What was never
    well-formed stays as it is.
    """
    code = code.strip()
    if not _is_digits(code) or code[0] == "0":
        return code
    if root := (root or "").strip():
        return _by_root(code, root.zfill(2))
    if codes.lost_zeros:
        return _with_zero(code)
    if len(code) == 2 and is_action_code(code) and not codes.has_zeros:
        raise Refused(
            "action_code", f"{code!r} is ambiguous: it is {code}, or 0{code} whose zero was lost."
        )
    return code


def _by_root(code: str, root: str) -> str:
    if code.startswith(root) or not f"0{code}".startswith(root):
        return code
    return f"0{code}" if is_action_code(f"0{code}") else code


def remarks(code: str, mended_code: str) -> tuple[Remark, ...]:
    """Give the remark that a code was mended, if it was."""
    if mended_code == code.strip():
        return ()
    return (Remark("mended", "action_code", code.strip(), mended_code),)
