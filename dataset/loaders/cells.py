"""Read what cells of several formats have in common: days, countries, actors."""

import re
from collections.abc import Iterable
from functools import lru_cache

from dataset.codebook import COUNTRY_OF_ISO3
from dataset.errors import DayFirst, Refused

INTERNATIONAL = ("IGO", "NGO", "MNC", "IMG", "INT")
"""The roles that an actor code without a country begins with, the first of these first."""
MOST_PARTS = 10
UNKNOWN = "---"
"""How TABARI and PETRARCH write a part of an actor that their dictionaries do not say."""
REMEMBERED = 65_536


_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?Z?)?"
_DAYS = [
    re.compile(pattern + _MIDNIGHT)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
        r"(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})",
        r"(?P<month>0?[1-9]|1[0-2])/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})",
    )
]


_DAY_FIRST = re.compile(r"(1[3-9]|2[0-9]|3[01])/(0?[1-9]|1[0-2])/[0-9]{4}" + _MIDNIGHT)


@lru_cache(maxsize=REMEMBERED)
def day_of(text: str) -> str:
    """Read a day, `20190212`, `2019-02-12` or `2/12/2019`, as ISO 8601."""
    found = next(filter(None, (form.fullmatch(text) for form in _DAYS)), None)
    if _DAY_FIRST.fullmatch(text):
        raise DayFirst("date", f"{text!r} has its day first: it should be the month.")
    if found is None:
        raise Refused("date", f"{text!r} is not a day like 2019-02-12, 20190212 or 2/12/2019.")
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"


def is_day(text: str) -> bool:
    """Tell whether a text looks like a day (see `day_of`)."""
    try:
        return bool(day_of(text))
    except Refused:
        return False


def cameo_country(iso3: str) -> str:
    """Give CAMEO's own code of a country where it is not ISO's (MNE: MTN)."""
    return COUNTRY_OF_ISO3.get(iso3, iso3)


def actor_code(country: str | None, roles: Iterable[str]) -> str | None:
    """Compose an actor code; without a country it begins with the international role."""
    parts = dict.fromkeys(roles)
    first = country or next((role for role in INTERNATIONAL if role in parts), None)
    chain = list(dict.fromkeys([first, *parts] if first else parts))
    return "".join(chain[:MOST_PARTS]) or None
