"""Find countries by Gleditsch and Ward's numbers, which UCDP uses, and by UCDP's names."""

from typing import NamedTuple

from dataset.codebook.tables import COUNTRIES, ISO_COUNTRIES, rows


class Country(NamedTuple):
    """A country's CAMEO code and its ISO 3166-1 alpha-3 code; None where there is none."""

    cameo: str | None
    iso3: str | None


class _State(NamedTuple):
    number: str
    name: str
    other_names: str
    iso3: str
    cameo: str
    valid_from: str
    valid_to: str


_STATES = [_State(*row) for row in rows("gleditsch_ward")]
_COUNTRIES = {
    int(state.number): Country(state.cameo or None, state.iso3 or None) for state in _STATES
}


def country_of_gw(number: int) -> Country:
    """Give the codes of the country with this number; both None for an unknown number."""
    return _COUNTRIES.get(number, Country(None, None))


def gw_of_name(name: str) -> int | None:
    """Give the number of a country as UCDP, Gleditsch and Ward, CAMEO or ISO name it."""
    return _NUMBERS.get(name.strip().casefold())


def _numbers() -> dict[str, int]:
    """Map every name to its number; the names of CAMEO and ISO only to a state of today."""
    found = {
        name.casefold(): int(state.number)
        for state in _STATES
        for name in (state.name, *filter(None, state.other_names.split(";")))
    }
    for state in _STATES:
        labels = (COUNTRIES.get(state.cameo), ISO_COUNTRIES.get(state.iso3))
        for label in filter(None, labels if not state.valid_to else ()):
            found.setdefault(label.casefold(), int(state.number))
    return found


_NUMBERS = _numbers()
