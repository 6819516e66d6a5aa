"""Read the action codes of a whole file before it is loaded, as rules on codes need all of them."""

from collections import Counter
from collections.abc import Callable

from dataset.errors import Refused, Skipped
from dataset.inputs.source_files import SourceFile
from dataset.inputs.tables import Table, TableReader
from dataset.loaders.actions import Codes, counted, mended

Coded = tuple[bytes, bytes]
"""An action code and the root code beside it, as they stand in a record."""


def codes_of(reader: TableReader, file: SourceFile) -> Codes:
    """Count the action codes of a file, without those that the root beside them mends."""
    if reader.table.code is None:
        return Codes()
    coded_of = _coded(reader)
    with file.open() as stream:
        records = reader.dialect.records(stream)
        coded = Counter(coded_of(raw) for _, raw, fault in records if not fault)
    codes: Counter[str] = Counter()
    for cells, count in coded.items():
        code, root = (cell.decode(errors="replace").strip() for cell in cells)
        if not root or _as_it_stands(code, root):
            codes[code] += count
    return counted(codes)


def _as_it_stands(code: str, root: str) -> bool:
    """Tell whether the root beside a code does not mend it."""
    try:
        return mended(code, root, Codes()) == code
    except Refused:
        return True


def _coded(reader: TableReader) -> Callable[[bytes], Coded]:
    """Make the function that finds the codes in a record; both are empty where it is none."""
    if reader.is_plain and (positions := _positions(reader.table)):
        return _at(*positions)
    code, root = reader.table.code or "", reader.table.root or ""
    root_of = reader.table.root_of or (lambda named: named.get(root, ""))

    def coded(raw: bytes) -> Coded:
        try:
            named = reader.cut(raw.decode(errors="replace"))
        except (Refused, Skipped):
            return b"", b""
        return named.get(code, "").encode(), root_of(named).encode()

    return coded


def _positions(table: Table) -> tuple[int, int] | None:
    """Give the positions of code and root, if all layouts have them at the same."""
    if not table.code or not table.root:
        return None
    found = {(one.index(table.code), one.index(table.root)) for one in table.layouts.values()}
    return found.pop() if len(found) == 1 else None


def _at(code: int, root: int) -> Callable[[bytes], Coded]:
    last = max(code, root) + 1

    def coded(raw: bytes) -> Coded:
        # A third of the time of cutting all cells of a line of GDELT.
        cells = raw.split(b"\t", last)
        return (cells[code], cells[root]) if len(cells) > last else (b"", b"")

    return coded
