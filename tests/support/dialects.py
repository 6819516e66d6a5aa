"""Write a table of cells as the programs that people use write it."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pyarrow as pa
from pyarrow import parquet

Table = Sequence[Sequence[str]]
"""The rows of a table, without its header."""
Write = Callable[[Sequence[str], Table], bytes]


def delimited(delimiter: str, quoting: int = csv.QUOTE_MINIMAL, missing: str = "") -> Write:
    """Make a writer of delimited text with a header; `missing` stands for empty cells."""

    def write(names: Sequence[str], rows: Table) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([[cell or missing for cell in row] for row in rows])
        return text.getvalue().encode()

    return write


def bare(delimiter: str, missing: str = "", header: bool = True) -> Write:
    """Make a writer of cells as they are, with nothing quoted."""

    def write(names: Sequence[str], rows: Table) -> bytes:
        filled = [[cell or missing for cell in row] for row in rows]
        lines = [names, *filled] if header else filled
        return "".join(delimiter.join(line) + "\n" for line in lines).encode()

    return write


def by_r(names: Sequence[str], rows: Table) -> bytes:
    """Write as `write.csv` of R: all quoted, and row names in a first column without a name."""
    lines = [",".join(f'"{name}"' for name in ("", *names))]
    for number, row in enumerate(rows, 1):
        cells = ['"' + cell.replace('"', '""') + '"' if cell else "NA" for cell in row]
        lines.append(",".join([f'"{number}"', *cells]))
    return "".join(f"{line}\r\n" for line in lines).encode()


def by_write_table(names: Sequence[str], rows: Table) -> bytes:
    """Write as `write.table` of R: row names that the header leaves out."""
    lines = ["\t".join(names)]
    lines += ["\t".join([str(n), *(cell or "NA" for cell in row)]) for n, row in enumerate(rows, 1)]
    return "".join(f"{line}\n" for line in lines).encode()


def by_mysql(_names: Sequence[str], rows: Table) -> bytes:
    """Write as a dump of MySQL: no header, every cell quoted, a bare NULL for missing ones."""
    quoted = [[cell.replace('"', '""') for cell in row] for row in rows]
    lines = [",".join(f'"{cell}"' if cell else "NULL" for cell in row) for row in quoted]
    return "".join(f"{line}\n" for line in lines).encode()


def snake(write: Write) -> Write:
    """Spell the names of columns as R's cleaners do: `Event ID` is `event_id`."""
    return lambda names, rows: write([_snake(name) for name in names], rows)


def _snake(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower())


def reordered(write: Write) -> Write:
    """Put the columns into another order, with some before and after that no source has."""

    def changed(names: Sequence[str], rows: Table) -> bytes:
        more = [["x", *reversed(row), "y, z"] for row in rows]
        return write(["my index", *reversed(names), "my remark"], more)

    return changed


def as_json_lines(names: Sequence[str], rows: Table) -> bytes:
    """Write as BigQuery exports JSON: missing values are left out."""
    members = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows]
    return b"".join(orjson.dumps(one) + b"\n" for one in members)


def as_parquet(names: Sequence[str], rows: Table) -> bytes:
    """Write as BigQuery exports Parquet."""
    columns = {
        name: pa.array([row[at] or None for row in rows], pa.string())
        for at, name in enumerate(names)
    }
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


WITH_HEADER: dict[str, Write] = {
    "tabs": bare("\t"),
    "tabs, snake case": snake(bare("\t")),
    "tabs, all quoted": delimited("\t", csv.QUOTE_ALL),
    "tabs, row names without a name": by_write_table,
    "commas": delimited(","),
    "commas, all quoted": delimited(",", csv.QUOTE_ALL),
    "commas, NA": delimited(",", missing="NA"),
    "commas, snake case": snake(delimited(",")),
    "commas, by R": by_r,
    "commas, reordered": reordered(delimited(",")),
    "commas, BOM": lambda names, rows: b"\xef\xbb\xbf" + delimited(",")(names, rows),
    "semicolons": delimited(";"),
    "semicolons, reordered, snake case": snake(reordered(delimited(";"))),
    "\\x01": bare("\x01", missing="\\N"),
    "JSON lines": as_json_lines,
    "Parquet": as_parquet,
}
"""Writers whose files name their columns."""
WITHOUT_HEADER: dict[str, Write] = {
    "tabs": bare("\t", header=False),
    "tabs, \\N": bare("\t", missing="\\N", header=False),
    "\\x01": bare("\x01", header=False),
    "\\x01, \\N": bare("\x01", missing="\\N", header=False),
    "commas, by MySQL": by_mysql,
}
"""Writers whose files have the columns of the source in their order."""


def written_by(write: Write, names: Sequence[str], rows: Table, path: Path) -> Path:
    """Write a table to a file."""
    path.write_bytes(write(names, rows))
    return path
