"""Twenty events of ICEWS and of POLECAT, and how programs write them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dataset.building.rows import RowBuilder
from dataset.errors import Skipped
from dataset.inputs.source_files import source_files
from dataset.loaders import LOADERS, icews, polecat
from dataset.loaders.base import FileContext
from dataset.loading.first_pass import codes_of
from dataset.loading.readers import reader_of
from support.dialects import WITH_HEADER, Table, Write, bare, snake
from support.sample_lines import ICEWS, POLECAT
from support.stores import no_fetch

NUMBERS = {"Event ID", "CAMEO Code", "Intensity", "Story ID", "Sentence Number", "Quad Code"}
NUMBERS |= {"Latitude", "Longitude", "GeoNames ID", "Version"}
SECTORS = {"Source Sectors", "Target Sectors", "Actor Sectors", "Recipient Sectors"}


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def by_dataverse(names: Sequence[str], rows: Table) -> bytes:
    """Write as Dataverse does what it has taken in: every text in quotes, numbers bare."""
    bare_columns = [name in NUMBERS for name in names]
    made = [
        [cell if is_bare else quoted(cell) for cell, is_bare in zip(row, bare_columns, strict=True)]
        for row in rows
    ]
    return "".join("\t".join(line) + "\n" for line in [names, *made]).encode()


def with_quoted_sectors(names: Sequence[str], rows: Table) -> bytes:
    """Write as ICEWS does in some years: only lists of sectors are in quotes."""
    made = [
        [quoted(cell) if name in SECTORS else cell for name, cell in zip(names, row, strict=True)]
        for row in rows
    ]
    return bare("\t")(names, made)


def by_write_table(names: Sequence[str], rows: Table) -> bytes:
    """Write as `write.table` of R with tabs: quoted texts, and row names without a header."""
    lines = [[quoted(name) for name in names]]
    for number, row in enumerate(rows, 1):
        lines.append([quoted(str(number)), *[quoted(cell) if cell else "NA" for cell in row]])
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def by_pandas(names: Sequence[str], rows: Table, **given: Any) -> bytes:
    """Write as pandas does what it has read: with an index, and texts of digits as numbers."""
    text = bare("\t")(names, rows).decode()
    frame = pd.read_csv(io.StringIO(text), sep="\t", quoting=3)
    return bytes(frame.to_csv(**given).encode())


WRITERS: dict[str, Write] = {
    **WITH_HEADER,
    "tabs, as Dataverse": by_dataverse,
    "tabs, sectors quoted": with_quoted_sectors,
    "tabs, by write.table": by_write_table,
    "tabs, by write.table, snake case": snake(by_write_table),
    "commas, by pandas": by_pandas,
    "tabs, by pandas, no index": lambda names, rows: by_pandas(names, rows, sep="\t", index=False),
    "tabs, NA": bare("\t", missing="NA"),
}


def icews_row(number: int) -> list[str]:
    """Make one of the events of ICEWS, each with another oddity."""
    cells = dict(zip(icews.COLUMNS, ICEWS.values(), strict=True))
    texts = (("Consult", "040"), ("Make statement", "010"), ("Demand", "100"))
    text, code = (*texts, ("Praise or endorse", "051"))[number % 4]
    cells |= {"Event ID": str(31_000_000 + number), "Event Text": text, "CAMEO Code": code}
    cells |= {"Intensity": str(number / 2 - 5), "Publisher": f'The "Post"; no. {number}, Bar'}
    for position, name in enumerate(("Source Sectors", "Source Country", "City", "Latitude")):
        if number % (position + 3) == 0:
            cells[name] = ""
    return list(cells.values())


def polecat_row(number: int) -> list[str]:
    """Make one of the events of POLECAT, each with another oddity."""
    cells = {name: "" if cell == "None" else cell for name, cell in POLECAT.items()}
    cells |= {"Event ID": f"20230601-{number}_1", "Intensity": str(number / 2 - 5)}
    cells |= {"Actor Name": f'The "Union", no. {number}; Bar', "Placename": "Šavnik"}
    for position, name in enumerate(("Actor Country", "Recipient Sectors", "Contexts", "City")):
        if number % (position + 3) == 0:
            cells[name] = ""
    return list(cells.values())


ROWS = {
    "icews": (icews.COLUMNS, [icews_row(number) for number in range(20)], bare("\t")),
    "polecat": (
        polecat.STANDARD,
        [polecat_row(number) for number in range(20)],
        bare("\t", missing="None"),
    ),
}
"""The columns of each source, 20 of its events, and how it writes them itself."""


def events_of(format: str, path: Path) -> list[Any]:
    """Build the rows of a file, as a load does."""
    [file] = source_files([str(path)], no_fetch)
    reader = reader_of(format, file)
    loader, codes = LOADERS[format], codes_of(reader, file)
    parse = loader.parser(FileContext(file.name, reader, file.stamp, codes=codes))
    build, found = RowBuilder(loader.codebook).from_columns, []
    with file.open() as stream:
        for record in reader.dialect.records(stream):
            try:
                found.append(build(parse(record.text)))
            except Skipped:
                continue
    return found
