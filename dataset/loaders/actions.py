"""Mend action codes that lost their leading zero on the way, as they do in spreadsheets.

A code is never guessed: the record's own root code tells, or all codes of the file together.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from dataset.building.reports import Remark
from dataset.codebook import ACTIONS, is_action_code
from dataset.errors import Refused

WEIS = frozenset({"211", "212", "221", "222", "223"})
"""The codes of WEIS for expulsion, seizure and force, which CAMEO has no place for."""
ENOUGH = 100
"""From so many codes on, one in a hundred of `WEIS` is enough to tell the scheme."""
ROOTS_TOO = frozenset(map(str, range(10, 21)))
"""The two-digit codes that may be roots."""

_IN_NAME = re.compile(r"(?<![a-z])weis(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Codes:
    """The action codes of a whole file as they stand there, without those that a root mends.

    `are_foreign`: they are of another scheme, and loaded by force: none of them is mended.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    are_foreign: bool = False

    @cached_property
    def lost_zeros(self) -> bool:
        """Whether the file lost its leading zeros: every code is one with its zero put back."""
        if self.are_foreign or self.has_zeros:
            return False
        tells = any(len(code) == 2 and code not in ROOTS_TOO for code in self.counts)
        return tells and all(_with_zero(code) in ACTIONS for code in self.counts)

    @cached_property
    def has_zeros(self) -> bool:
        """Whether some code kept its leading zero, so that none has lost it."""
        return any(code.startswith("0") for code in self.counts)

    def by_force(self, name: str) -> "Codes":
        """Mark the codes of a file of this name as foreign, if they are of another scheme."""
        return replace(self, are_foreign=True) if self.sign_of_weis(name) else self

    def sign_of_weis(self, name: str) -> str | None:
        """Say by what a file of this name shows that its codes are of WEIS, if they are."""
        if _IN_NAME.search(name):
            return "its name says so"
        found = sorted(WEIS & self.counts.keys())
        count, total = sum(self.counts[code] for code in found), sum(self.counts.values())
        many = total >= ENOUGH and count * 100 > total
        has_long = any(len(code) == 4 and _is_digits(code) for code in self.counts)
        if many or (len(found) > 1 and not has_long):
            return f"{count:,} of its {total:,} codes are {', '.join(found)}, which CAMEO lacks"
        return None


def counted(codes: Counter[str]) -> Codes:
    """Leave out those that are blank."""
    return Codes({code: count for code, count in codes.items() if code})


def _is_digits(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) <= 4


def _with_zero(code: str) -> str:
    """Put a lost zero back: two digits always lost one, three where they are no code as is.

    One digit stays as it is: it was a root, and then two digits may be roots, too.
    """
    return f"0{code}" if len(code) == 2 or (len(code) == 3 and code not in ACTIONS) else code


def mended(code: str, root: str | None, codes: Codes) -> str:
    """Give an action code its leading zero back if it is certain that it lost one.

    A root code decides, if the code begins with it, with or without a zero. Else two and three
    digits are mended where the whole file lost its zeros. Raises `Refused` for two digits that are
    a root, or have lost a zero. What was never well-formed stays as it is.
    """
    code = code.strip()
    if not _is_digits(code) or code[0] == "0":
        return code
    if by_root := _by_root(code, (root or "").strip()):
        return by_root
    if codes.lost_zeros:
        return _with_zero(code)
    if len(code) == 2 and is_action_code(code) and not codes.has_zeros:
        raise Refused(
            "action_code", f"{code!r} is ambiguous: it is {code}, or 0{code} whose zero was lost."
        )
    return code


def _by_root(code: str, root: str) -> str | None:
    """Give the code that begins with the root; None if that is none, or there is no root."""
    if not root:
        return None
    found = (one for one in (code, f"0{code}") if one.startswith(root.zfill(2)))
    return next((one for one in found if one == code or is_action_code(one)), None)


def remarks(code: str, mended_code: str) -> tuple[Remark, ...]:
    """Give the remark that a code was mended, if it was."""
    if mended_code == code.strip():
        return ()
    return (Remark("mended", "action_code", code.strip(), mended_code),)
