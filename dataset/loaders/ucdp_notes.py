"""What UCDP GED says of an event beside its columns, in words: the summary and the note."""

import re
from collections.abc import Iterator

from dataset.inputs.tables import Named

VIOLENCE_TYPES = {"1": "state-based", "2": "non-state", "3": "one-sided"}
DATE_PRECISIONS = {
    "2": "two to six days",
    "3": "a week",
    "4": "eight days to a month",
    "5": "more than a month, up to a year",
}
PLACE_PRECISIONS = {
    "2": "within about 25 km of a known place",
    "3": "a point stands for a second-order division",
    "4": "a point stands for a first-order division",
    "5": "a point stands for a line, an area or a part of the country",
    "6": "only the country is known",
    "7": "international waters or airspace",
}
DEATHS = {
    "deaths_a": "side A",
    "deaths_b": "side B",
    "deaths_civilians": "civilians",
    "deaths_unknown": "unknown",
}
TRUE = frozenset({"1", "true", "t"})
UNIDENTIFIED = re.compile(r"XXX[0-9]+")
"""How UCDP names an actor that nobody has identified: with the number of a country."""


def summary_of(named: Named, actor: str, target: str) -> str:
    """Say the event in a sentence; only one-sided violence has a direction."""
    violence = VIOLENCE_TYPES.get(named["type_of_violence"], "violence")
    link = "against" if violence == "one-sided" else "and"
    return f"{actor} {link} {target}, {violence}{_deaths(named)}"


def _deaths(named: Named) -> str:
    best, low, high = (named.get(name, "") for name in ("best", "low", "high"))
    if not best:
        return ""
    spread = f"; {low} to {high}" if low and high else ""
    return f": {best} {'death' if best == '1' else 'deaths'} (best{spread})"


def note_of(named: Named, others: str) -> str:
    """Say what else the record tells; `others` are the further states of its sides."""
    return " ".join(filter(None, (*_sentences(named), others)))


def _sentences(named: Named) -> Iterator[str]:
    if conflict := named.get("conflict_name", "").strip():
        yield f"Conflict: {conflict}."
    given = [f"{who} {named[name]}" for name, who in DEATHS.items() if named.get(name)]
    if given:
        yield f"Deaths: {', '.join(given)}."
    if active := named.get("active_year", ""):
        yield f"Active year (25 deaths or more): {'yes' if active.lower() in TRUE else 'no'}."
    if named.get("event_clarity") == "2":
        yield "The source gives a total over several events."
    if (status := named.get("code_status", "").strip()) not in ("", "Clear"):
        yield f"Status: {status}."
    for name, known in (("where_prec", PLACE_PRECISIONS), ("date_prec", DATE_PRECISIONS)):
        if (precision := named.get(name, "")) in known:
            yield f"{name} {precision}: {known[precision]}."
    for side in dict.fromkeys(named.get(name, "").strip() for name in ("side_a", "side_b")):
        if UNIDENTIFIED.fullmatch(side):
            yield f"{side} is an unidentified actor."
