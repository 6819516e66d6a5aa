"""Records of GDELT, made up cell by cell."""

GDELT_CELLS = [
    *("1001", "20240413", "202404", "2024", "2024.2822"),
    *("IRNMIL", "IRAN", "IRN", "", "", "", "", "MIL", "", ""),
    *("ISR", "ISRAEL", "ISR", "", "", "", "", "", "", ""),
    *("1", "195", "195", "19", "4", "-10.0", "5", "2", "5", "-4.25"),
    *("1", "Iran", "IR", "IR", "", "32", "53", "IR"),
    *("1", "Israel", "IS", "IS", "", "31.5", "34.75", "IS"),
    *("1", "Israel", "IS", "IS", "", "31.5", "34.75", "IS"),
    *("20240413120000", "https://news.test/a"),
]
"""A record of GDELT 2.0, by column."""


def gdelt_line(**cells: str) -> bytes:
    """Write a record of GDELT 2.0 with some cells changed: `c26="190"`."""
    record = list(GDELT_CELLS)
    for name, value in cells.items():
        record[int(name[1:])] = value
    return "\t".join(record).encode() + b"\n"


def gdelt1_line(columns: int = 58, **cells: str) -> bytes:
    """Write a record of GDELT 1.0 with 58 columns, or 57 as in its back files."""
    record = list(GDELT_CELLS)
    for name, value in cells.items():
        record[int(name[1:])] = value
    without = [cell for n, cell in enumerate(record) if n not in (39, 47, 55)]
    without[56] = without[56][:8]
    return "\t".join(without[:columns]).encode() + b"\n"


def mention_line(event: str = "1001", **cells: str) -> bytes:
    """Write a mention of an event of GDELT 2.0 with some cells changed."""
    record = [
        *(event, "20240413120000", "20240413120000", "1", "news.test", "https://news.test/a"),
        *("1", "10", "20", "30", "1", "100", "2000", "-3.5", "", ""),
    ]
    for name, value in cells.items():
        record[int(name[1:])] = value
    return "\t".join(record).encode() + b"\n"
