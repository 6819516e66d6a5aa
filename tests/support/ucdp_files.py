"""Write rows of UCDP GED in each of the layouts that it is found in, and read their events."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

from dataset.building.rows import ROW_COLUMNS, RowBuilder
from dataset.errors import Skipped
from dataset.inputs.source_files import source_files
from dataset.loaders.base import FileContext
from dataset.loaders.ucdp_ged import LOADER, NAMES
from dataset.loading.loads import LoadJob
from support.stores import no_fetch

Row = dict[str, str]
"""The cells of a row by the names of the newest layout."""

ROW: Row = dict.fromkeys(NAMES, "") | {
    "id": "100200",
    "relid": "FRE-2021-1-700-3",
    "year": "2021",
    "active_year": "1",
    "code_status": "Clear",
    "type_of_violence": "1",
    "conflict_name": "Freedonia: Government",
    "side_a": "Government of Myanmar (Burma)",
    "side_b": "Harbour Front ",
    "number_of_sources": "2",
    "source_article": '"The Post,2021-03-02,A ""headline"",\nlong";"Wire,2021-03-03,Other"',
    "source_office": "The Post;Wire",
    "source_original": "police, residents",
    "where_prec": "2",
    "where_coordinates": "Old Harbour",
    "adm_1": "Shan State",
    "latitude": "23.690225",
    "longitude": "98.765042",
    "country": "Myanmar (Burma)",
    "country_id": "775",
    "region": "Asia",
    "event_clarity": "1",
    "date_prec": "2",
    "date_start": "2021-03-01",
    "date_end": "2021-03-02",
    "deaths_a": "3",
    "deaths_b": "4",
    "deaths_civilians": "1",
    "deaths_unknown": "4",
    "best": "12",
    "high": "15",
    "low": "10",
    "gwnoa": "775",
}
CIVILIANS = ROW | {
    "id": "100201",
    "type_of_violence": "3",
    "side_a": "XXX775",
    "side_b": "Civilians",
    "number_of_sources": "-1",
    "source_office": "",
    "date_prec": "5",
    "date_start": "2021-02-01",
    "date_end": "2021-02-28",
    "best": "1",
    "low": "0",
    "high": "1",
    "gwnoa": "",
}
ROWS = (ROW, CIVILIANS)

LACKING = {"relid", "code_status", "where_description"}
_OLD = [name for name in NAMES if name not in LACKING and not name.endswith("_dset_id")]
_OLD = [name for name in _OLD if name not in ("gwnoa", "gwnob", "best", "high", "low")]
OLD = [
    *_OLD[: _OLD.index("side_a")],
    *("gwnoa", "side_a", "side_b_new_id", "gwnob", "side_b"),
    *_OLD[_OLD.index("side_b") + 1 :],
    *("low", "best", "high"),
]
"""The columns of release 19.1, in its order."""
EXPORT = [
    {"best": "best_est", "high": "high_est", "low": "low_est"}.get(name, name)
    for name in NAMES
    if name not in ("gwnoa", "gwnob")
]
"""The columns of the website's export."""


def table(
    names: Iterable[str], rows: Iterable[Row], header: bool = True, end: str = "\n", **form: Any
) -> str:
    """Write a table; names of estimates may end in `_est`."""
    names, text = list(names), io.StringIO()
    writer = csv.writer(text, lineterminator=end, **form)  # type: ignore[arg-type]
    if header:
        writer.writerow(names)
    writer.writerows([row.get(name.removesuffix("_est"), "") for name in names] for row in rows)
    return text.getvalue()


def _redated(rows: Iterable[Row], form: str, truths: tuple[str, str]) -> list[Row]:
    """Write the days and truths of rows in another way; `form` has year, month and day."""
    return [
        row
        | {name: form.format(*row[name][:10].split("-")) for name in ("date_start", "date_end")}
        | {"active_year": truths[row["active_year"].lower() in ("0", "false")]}
        for row in rows
    ]


def _export(rows: Iterable[Row]) -> str:
    """Write the website's export: each row ends in a comma that the header lacks."""
    dated = _redated(rows, "{1}/{2}/{0} 00:00:00", ("True", "False"))
    header, _, body = table([*EXPORT, "nothing"], dated).partition("\n")
    return f"{header.removesuffix(',nothing')}\n{body}"


def _by_r(rows: Iterable[Row]) -> str:
    """Write the website's export as R saves it again."""
    dated = _redated(rows, "{1}/{2}/{0} 00:00:00", ("TRUE", "FALSE"))
    filled = [{name: cell or "NA" for name, cell in row.items()} for row in dated]
    return table(["X", *EXPORT, ""], filled, end="\r\n")


def _hdx(rows: Iterable[Row]) -> str:
    names = [*NAMES[: NAMES.index("country_id")], "iso3", *NAMES[NAMES.index("country_id") :]]
    tags = {"year": "#date+year", "side_a": "#group+name+first", "iso3": "#country+code"}
    return table(names, [tags, *_redated(rows, "{}-{}-{} 00:00:00.000", ("1", "0"))])


def _elements(rows: Iterable[Row]) -> list[dict[str, object]]:
    numbers = ("id", "type_of_violence", "where_prec", "country_id", "best", "high", "low")
    return [
        {name: row[name] for name in NAMES if name not in ("gwnoa", "gwnob")}
        | {name: int(row[name]) for name in numbers}
        | {"active_year": row["active_year"] == "true", "latitude": float(row["latitude"])}
        for row in _redated(rows, "{}-{}-{}T00:00:00", ("true", "false"))
    ]


def _api(rows: Iterable[Row]) -> str:
    found = {"TotalCount": 2, "TotalPages": 1, "PreviousPageUrl": "", "NextPageUrl": ""}
    return orjson.dumps(found | {"Result": _elements(rows)}).decode()


def _numbered(rows: Iterable[Row]) -> str:
    counted = [row | {"#": str(number)} for number, row in enumerate(rows, 1)]
    return table(["#", *NAMES], counted)


def _cut_names(rows: Iterable[Row]) -> str:
    header, _, body = table(OLD, rows).partition("\n")
    names = [name[:10] for name in header.split(",")]
    second = len(names) - 1 - names[::-1].index("conflict_n")
    names[second] = "conflict_1"
    return f"{','.join(names)}\n{body}"


def _tabs_by_r(rows: Iterable[Row]) -> str:
    """Write as `write.table` of R between tabs: row names, and quotes after a backslash."""
    filled = [{name: cell.replace('"', '\\"') for name, cell in row.items()} for row in rows]
    quoted = [
        [f'"{number}"', *(f'"{row[name]}"' if row[name] else "NA" for name in NAMES)]
        for number, row in enumerate(filled, 1)
    ]
    header = "\t".join(f'"{name}"' for name in NAMES)
    return "".join(f"{line}\n" for line in (header, *map("\t".join, quoted)))


LAYOUTS: dict[str, Callable[[Iterable[Row]], str]] = {
    "49 columns": lambda rows: table(NAMES, _redated(rows, "{}-{}-{} 00:00:00.000", ("1", "0"))),
    "42 columns": lambda rows: table(OLD, rows),
    "41 columns": lambda rows: table([name for name in OLD if name != "gwnoa"], rows),
    "no header": lambda rows: table(NAMES, rows, header=False),
    "numbered": _numbered,
    "another order": lambda rows: table(reversed(NAMES), rows, quoting=csv.QUOTE_ALL),
    "semicolons": lambda rows: table(NAMES, rows, delimiter=";"),
    "tabs": lambda rows: table(NAMES, rows, delimiter="\t"),
    "tabs by R": _tabs_by_r,
    "cut names": _cut_names,
    "export": _export,
    "export by R": _by_r,
    "HDX": _hdx,
    "API": _api,
    "list": lambda rows: orjson.dumps(_elements(rows), option=orjson.OPT_INDENT_2).decode(),
    "JSON lines": lambda rows: "\n".join(orjson.dumps(one).decode() for one in _elements(rows)),
}
"""By name: what writes rows as a file of that layout."""


Event = dict[str, Any]


def events_in(path: Path, **more: Any) -> list[Event]:
    """Read a file as a load does; give its events by the names of their columns."""
    files = source_files([str(path)], no_fetch)
    job = LoadJob("ucdp-ged", files, **({"version": "24.1"} | more))
    reader, builder = job.readers[0], RowBuilder(None)
    parse = LOADER.parser(FileContext(path.name, reader, version=job.version, dataset=job.dataset))
    events = []
    with files[0].open() as stream:
        for record in reader.dialect.records(stream):
            try:
                row = builder.from_columns(parse(record.text))
            except Skipped:
                continue
            events.append(dict(zip(ROW_COLUMNS, row, strict=True)))
    return events
