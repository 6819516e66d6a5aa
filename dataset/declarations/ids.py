"""Make the 63-bit key of an event from its public id.

The upper 10 bits hold the dataset's number, the lower 53 the native id: 2 bits for its form, 51
for its value. Whole numbers are kept as they are and `<number>-<YYYYMMDD>` (ICEWS) is packed;
anything else is hashed with BLAKE2b. Two hashes may collide, so writers compare the ids.
"""

import re
from contextlib import suppress
from datetime import date
from hashlib import blake2b

NATIVE_BITS = 53
VALUE_BITS = 51
DATASET_NUMBERS = {
    "seed": 1,
    "gdelt": 2,
    "gdelt1": 3,
    "icews": 4,
    "phoenix": 5,
    "keds": 6,
    "polecat": 7,
    "ucdp-ged": 8,
    "ucdp-candidate": 9,
    "petrarch": 10,
}
FIRST_FREE_NUMBER = 64
LAST_NUMBER = 2**10 - 1

DATASET_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
PUBLIC_ID = re.compile(DATASET_NAME.pattern + r":[A-Za-z0-9._~:-]{1,95}")
RELEASE_NAME = r"[A-Za-z0-9._~-]{1,64}"
"""The name of a release; a name of digits only is the number of a revision."""
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_DATED = re.compile(r"(0|[1-9][0-9]{0,9})-([0-9]{4})([0-9]{2})([0-9]{2})")

_AS_NUMBER, _AS_DATED, _AS_HASH = 0, 1, 2
_DAY_BITS = 20
_SHORT = 15
"""Whole numbers of up to so many digits fit into the bits of a value."""


def _value(native: str) -> tuple[int, int]:
    """Give the form of a native id and its value of at most 51 bits."""
    if _NUMBER.fullmatch(native) and int(native) < 2**VALUE_BITS:
        return _AS_NUMBER, int(native)
    dated = _DATED.fullmatch(native)
    if dated and int(dated[1]) < 2 ** (VALUE_BITS - _DAY_BITS):
        number, *day = (int(part) for part in dated.groups())
        with suppress(ValueError):
            return _AS_DATED, number << _DAY_BITS | date(*day).toordinal()
    digest = blake2b(native.encode(), digest_size=8).digest()
    return _AS_HASH, int.from_bytes(digest) >> (64 - VALUE_BITS)


def key_of(number: int, native: str) -> int:
    """Make the key of the event with this native id in the dataset with this number."""
    if len(native) <= _SHORT and native.isdigit() and native[0] != "0" and native.isascii():
        return number << NATIVE_BITS | int(native)
    form, value = _value(native)
    return number << NATIVE_BITS | form << VALUE_BITS | value


def shuffle_of(public_id: str) -> int:
    """Make the 31-bit number that orders a sample: evenly spread, the same on every engine."""
    return int.from_bytes(blake2b(public_id.encode(), digest_size=4).digest()) >> 1
