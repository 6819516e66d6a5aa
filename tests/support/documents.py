"""The documents: their blocks of code, and the tables that measurements write into them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.paths import ROOT

RUN = ("sh", "python", "r", "js")
PARSED = ("nginx", "ini", "yaml", "json")
OUTPUT = ("text", "json")
COMPILED = ("ts",)
FENCE = re.compile(r"^```(\w*)$")
Figures = Mapping[str, Any]
UNITS = ("ms", "s", "seconds")
"""The words in names of figures that are units: they stand behind the number."""
NOT_RUN = re.compile(r"^<!-- not run: (.+) -->$")


@dataclass(frozen=True)
class Block:
    """A block of code: where it stands, its language, why it is not run, and what it prints."""

    page: Path
    line: int
    language: str
    text: str
    reason: str = ""
    output: "Block | None" = None

    @property
    def name(self) -> str:
        """Its file and line."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Name the documents that people read."""
    names = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
    return [*(ROOT / name for name in names), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(page: Path) -> list[Block]:
    """Find the blocks of a page; what follows a block at once as its output belongs to it."""
    found: list[Block] = []
    end = 0
    for start, block in _fences(page):
        is_next = found and not "".join(page.read_text("utf-8").splitlines()[end : start - 1])
        if is_next and found[-1].language in RUN and block.language in OUTPUT and not block.reason:
            found[-1] = replace(found[-1], output=block)
        else:
            found.append(block)
        end = start + block.text.count("\n") + 1
    return found


def _fences(page: Path) -> Iterator[tuple[int, Block]]:
    """Yield each fenced block with the number of the line that opens it."""
    lines = page.read_text("utf-8").splitlines()
    opened = 0
    for number, line in enumerate(lines, 1):
        if not opened and FENCE.match(line):
            opened = number
        elif opened and line == "```":
            text = "".join(f"{one}\n" for one in lines[opened : number - 1])
            language = lines[opened - 1].removeprefix("```")
            mark = NOT_RUN.match(lines[opened - 2]) if opened > 1 else None
            yield opened, Block(page, opened, language, text, mark[1] if mark else "")
            opened = 0


def write_figures(
    page: Path, figures: Mapping[str, Figures], measured_by: Mapping[str, Collection[str]]
) -> None:
    """Write the figures of promises into the last cells of the rows of their tests."""
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        cells = line.split(" | ")
        tests = set(re.findall(r"`(test_\w+)`", cells[1])) if len(cells) == 3 else set()
        found = [figures[promise] for promise in figures if tests & set(measured_by[promise])]
        if found:
            lines[number] = f"{cells[0]} | {cells[1]} | {written(found)} |"
    page.write_text("\n".join(lines) + "\n", "utf-8")


def written(found: Sequence[Figures]) -> str:
    """Write figures; of several that have one name, the least and the greatest."""
    texts = []
    for name in dict.fromkeys(name for figures in found for name in figures):
        values = [figures[name] for figures in found if name in figures]
        span = " to ".join(dict.fromkeys(map(_short, (min(values), max(values)))))
        words = name.split("_")
        unit = [word for word in words if word in UNITS]
        told = [word for word in words if word not in UNITS]
        texts.append(" ".join([*told, span, *unit]))
    return ", ".join(texts)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else f"{value:,}"


def write_rows(page: Path, run: str, rows: Mapping[tuple[str, ...], str]) -> None:
    """Write rows into a table of measurements, and which run was the last.

    A row with the same first cells is replaced, a new one stands at the end.
    """
    text = re.sub("^Last run: .*$", f"Last run: {run}", page.read_text("utf-8"), flags=re.M)
    lines = text.splitlines()
    left = dict(rows)
    last = 0
    for number, line in enumerate(lines):
        cells = tuple(line.strip("| ").split(" | "))
        if line.startswith("| "):
            last = number + 1
        for key in [key for key in left if cells[: len(key)] == key]:
            lines[number] = left.pop(key)
    lines[last:last] = left.values()
    page.write_text("\n".join(lines) + "\n", "utf-8")
