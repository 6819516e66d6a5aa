"""Nothing that a file, a name or a client says commands a terminal: it is shown as escapes."""

import ast
import gzip
import json
import logging
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.middleware.logs import Line
from api.terminals import plain, plain_json
from support.gdelt_lines import gdelt_line
from support.paths import COMMAND, ROOT
from support.rich_store import client_on
from support.stores import loaded

NAME = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\n[red]20240413.tsv"
"""It sets a title, clears the screen, colours (in one byte), turns text around, ends a line."""
SHOWN = r"\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\n[red]20240413.tsv"
COMMANDING = [char.encode() for char in "\x1b\x07\x9b\u202e"]
OURS = (b"\x1b[?25l", b"\x1b[?25h", b"\x1b[2K", b"\x1b[1A")
"""What draws the bar: the cursor goes and comes, a line is cleared."""

Run = Callable[..., tuple[int, bytes]]


@pytest.fixture
def run(own_store: Path, tmp_path: Path) -> Run:
    """Run a command on a terminal; give its exit code and what the terminal got."""

    def run(*arguments: str | Path) -> tuple[int, bytes]:
        ours, theirs = pty.openpty()
        environment = {
            **os.environ,
            "DATABASE": str(own_store),
            "CACHE": str(tmp_path / "cache"),
            "COLUMNS": "400",
            "NO_COLOR": "1",
        }
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)], stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        got: list[bytes] = []
        reader = Thread(target=lambda: got.extend(pieces_of(ours)))
        reader.start()
        code = process.wait(timeout=60)
        reader.join()
        os.close(ours)
        return code, b"".join(got)

    return run


def pieces_of(terminal: int) -> Iterator[bytes]:
    """Yield what comes until the last writer has closed a terminal, which is an error there."""
    while True:
        try:
            yield os.read(terminal, 65_536)
        except OSError:
            return


def unharmed(shown: bytes) -> str:
    """Give what a terminal got, which holds no command but those that draw our bar."""
    for own in OURS:
        shown = shown.replace(own, b"")
    assert [one for one in COMMANDING if one in shown] == []
    return shown.decode()


def test_the_bar_and_the_account_name_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(3_000)) + b"\x1b[31mred\n")
    code, shown = run("load", "gdelt", path)
    assert code == 0
    assert SHOWN in unharmed(shown)
    assert SHOWN in unharmed(run("loads")[1])
    assert "\\x1b[31mred" in unharmed(run("quarantine", "2")[1])


def damaged(path: Path) -> None:
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(gdelt_line())[:-9])
    path.unlink()


def other_format(path: Path) -> None:
    path.write_text("date,source,target,code\n1992-01-03,IRQ,IGOUNO,036\n")


@pytest.mark.parametrize("make", [damaged, other_format, Path.unlink, Path.mkdir])
def test_an_error_names_a_file(run: Run, tmp_path: Path, make: Callable[[Path], None]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / NAME
    if make is not Path.mkdir:
        path.touch()
    make(path)
    code, shown = run("load", "gdelt", folder if make is damaged else path)
    assert code == 4
    assert r"\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\n" in unharmed(shown)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (1, ["retract", NAME, "--reason", "x"]),
        (1, ["restore", NAME]),
        (1, ["purge", NAME, "--yes"]),
        (2, ["load", "gdelt", "x", "--dataset", NAME]),
        (2, ["load", NAME, "x"]),
        (2, ["loads", NAME]),
        (2, [NAME]),
        (2, ["--" + NAME]),
        (2, ["quarantine", NAME]),
        (3, ["loads", "--database", f"/nowhere/{NAME}"]),
        (4, ["load", "gdelt", f"/nowhere/{NAME}*"]),
        (4, ["load", "gdelt", f"http://[{NAME}/"]),
    ],
)
def test_an_error_names_what_was_typed(run: Run, code: int, arguments: list[str]) -> None:
    ended, shown = run(*arguments)
    assert ended == code
    assert r"\x1b]0;owned" in unharmed(shown)


def test_a_release_is_named(run: Run) -> None:
    assert r"\x1b[2J" in unharmed(run("release", "\x1b[2J")[1])


def test_json_has_the_name_as_it_is(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(gdelt_line())
    loaded(own_store, "gdelt", path)
    answer = client_on(own_store).get("/v1/loads/2")
    assert answer.get_json()["data"]["files"][0]["name"] == NAME
    assert b"\x1b" not in answer.data


@given(st.text())
def test_a_log_stays_one_line_of_json_that_says_the_same(text: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, {"query": text}, None, None)
    line = Line().format(record)
    assert line.isprintable()
    assert json.loads(line)["query"] == text


@given(st.text())
def test_what_is_printable_stays_and_the_rest_is_escaped(text: str) -> None:
    shown = plain(text)
    assert shown.replace("\t", "").isprintable()
    assert plain(shown) == shown
    assert shown == text or not text.isprintable()
    assert json.loads(plain_json(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize("path", sorted((ROOT / "api").rglob("*.py")), ids=lambda path: path.name)
def test_only_one_module_prints(path: Path) -> None:
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    names = {ast.unparse(call.func) for call in calls}
    allowed = {"click.echo"} if path.name == "terminals.py" else set()
    printing = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    assert names & printing == allowed
