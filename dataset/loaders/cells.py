"""Read what cells of several formats have in common: days, countries, actors."""

import re
from collections.abc import Iterable
from functools import lru_cache

from dataset.codebook import COUNTRIES, COUNTRY_ISO3
from dataset.errors import Refused

INTERNATIONAL = ("IGO", "NGO", "MNC", "IMG", "INT")
"""The roles that an actor code without a country begins with, the first of these first."""
MOST_PARTS = 10
REMEMBERED = 65_536

_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")

_OWN_CODE = {iso3: code for code, iso3 in COUNTRY_ISO3.items() if iso3 not in COUNTRIES}


@lru_cache(maxsize=REMEMBERED)
def day_of(text: str) -> str:
    """Read a day, `20190212`, `2019-02-12` or `2/12/2019`, as ISO 8601; midnight may follow it."""
    day = _MIDNIGHT.sub("", text)
    if american := _AMERICAN.fullmatch(day):
        month, number, year = american.groups()
        return f"{year}-{month:0>2}-{number:0>2}"
    digits = f"{day[:4]}{day[5:7]}{day[8:]}" if day[4:5] == "-" == day[7:8] else day
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise Refused("date", f"{text!r} is not a day like 2019-02-12 or 20190212.")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def cameo_country(iso3: str) -> str:
    """Give CAMEO's own code of a country where the codebook lacks its ISO code (MNE: MTN)."""
    return _OWN_CODE.get(iso3, iso3)


def actor_code(country: str | None, roles: Iterable[str]) -> str | None:
    """Compose an actor code; without a country it begins with the international role."""
    parts = dict.fromkeys(roles)
    first = country or next((role for role in INTERNATIONAL if role in parts), None)
    chain = list(dict.fromkeys([first, *parts] if first else parts))
    return "".join(chain[:MOST_PARTS]) or None
