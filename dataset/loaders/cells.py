"""Read what cells of several formats have in common: days, countries, actors."""

from collections.abc import Iterable
from functools import lru_cache

from dataset.codebook import COUNTRY_OF_ISO3
from dataset.errors import Refused

INTERNATIONAL = ("IGO", "NGO", "MNC", "IMG", "INT")
"""The roles that an actor code without a country begins with, the first of these first."""
MOST_PARTS = 10
REMEMBERED = 65_536


@lru_cache(maxsize=REMEMBERED)
def day_of(text: str) -> str:
    """Read a day, `20190212` or `2019-02-12`, as ISO 8601."""
    digits = f"{text[:4]}{text[5:7]}{text[8:]}" if text[4:5] == "-" == text[7:8] else text
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise Refused("date", f"{text!r} is not a day like 2019-02-12 or 20190212.")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def cameo_country(iso3: str) -> str:
    """Give CAMEO's own code of a country where it is not ISO's (MNE: MTN)."""
    return COUNTRY_OF_ISO3.get(iso3, iso3)


def actor_code(country: str | None, roles: Iterable[str]) -> str | None:
    """Compose an actor code; without a country it begins with the international role."""
    parts = dict.fromkeys(roles)
    first = country or next((role for role in INTERNATIONAL if role in parts), None)
    chain = list(dict.fromkeys([first, *parts] if first else parts))
    return "".join(chain[:MOST_PARTS]) or None
