"""Read what the sectors of ICEWS mean in CAMEO: roles, peoples, religions and groups."""

from dataset.codebook.tables import rows

Meaning = tuple[tuple[str, str], ...]
"""The codes of a sector, each with its column."""


def _sectors() -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for sector, column, code in rows("icews_sectors"):
        found[sector] = (*found.get(sector, ()), *([(column, code)] if code else []))
    return found


SECTORS: dict[str, Meaning] = _sectors()
"""What each sector means; empty for those that have no equivalent in CAMEO."""
