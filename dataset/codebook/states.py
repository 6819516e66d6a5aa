"""Tell which codes mean one state, and which of them a filter finds together."""

from dataset.codebook.tables import COUNTRY_ISO3, STATES, Labels

HEAD = 3
"""The length of the country that an actor code begins with."""
FOUND_TOGETHER = {"SUN": ("SUN", "USR"), "USR": ("SUN", "USR")}
"""The codes that every filter of countries and actors takes for one: those of the Soviet Union."""


def _same() -> dict[str, tuple[str, ...]]:
    states: dict[str, list[str]] = {}
    for code, state in STATES.items():
        states.setdefault(state.same_as or code, []).append(code)
    return {
        code: tuple(other for other in codes if other != code)
        for codes in states.values()
        for code in codes
    }


_SAME = _same()

COUNTRY_OF_ISO3: Labels = {
    iso3: code
    for code, iso3 in sorted(COUNTRY_ISO3.items(), key=lambda pair: pair[0] == pair[1])
    if not STATES[code].same_as
}
"""The code that events of an ISO country carry: ROU, but MTN for MNE."""


def same_state(code: str) -> tuple[str, ...]:
    """Give the other codes of an actor whose first part is a state that has several."""
    return tuple(other + code[HEAD:] for other in _SAME.get(code[:HEAD], ()))


def found_together(code: str) -> tuple[str, ...]:
    """Give all codes that a filter finds by this one: itself, for all but the Soviet Union."""
    return tuple(other + code[HEAD:] for other in FOUND_TOGETHER.get(code[:HEAD], (code[:HEAD],)))
