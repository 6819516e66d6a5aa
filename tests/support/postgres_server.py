"""A throwaway PostgreSQL server, made of the system's packages."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path
from shutil import disk_usage

import psycopg

from support import watchdog
from support.programs import free_port, needed

# Texts in the order of a dictionary, not of bytes: what leans on the order of the database fails.
ORDER = ("--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")
MUCH = 2**30
OPTIONS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
    *("listen_addresses=127.0.0.1", "max_connections=50"),
)


@cache
def programs() -> Path:
    """Give the folder of PostgreSQL's programs, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else Path(needed("initdb")).parent


class Server:
    """A server on a free port of the loopback address, with databases for who asks."""

    def __init__(self) -> None:
        """Make its files and start it."""
        self.folder = Path(tempfile.mkdtemp(prefix="cameo-events-postgres-", dir=_place()))
        self.port = free_port()
        self._numbers = count(1)
        self._watchdog = _watched(self.folder)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody")
        self._run("initdb", "--pgdata", str(self._data), "--username=test", "--no-sync", *ORDER)
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, name: str) -> str:
        """Give the address of a database."""
        return f"postgresql://test@127.0.0.1:{self.port}/{name}"

    def database(self, template: str | None = None) -> str:
        """Make a database, empty or like another; give its address."""
        name = f"made{next(self._numbers)}"
        like = f" TEMPLATE {template}" if template else ""
        self.execute(f"CREATE DATABASE {name}{like}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement as the owner of the server."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def sessions(self, url: str) -> list[tuple[str, str]]:
        """Give the state of each connection to a database, and what it asked last."""
        asked = "SELECT state, query FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.url("postgres")) as connection:
            return connection.execute(asked, [url.rpartition("/")[2]]).fetchall()

    def stored(self, url: str) -> bytes:
        """Give all bytes of the tables and indexes of a database."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            asked = "SELECT oid FROM pg_database WHERE datname = current_database()"
            ((oid,),) = connection.execute(asked)
        files = (self._data / "base" / str(oid)).iterdir()
        return b"".join(path.read_bytes() for path in files)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        given = [f"-c {option}" for option in OPTIONS]
        options = " ".join([f"-p {self.port} -k {self.folder}", *given])
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server, at once or after all have gone."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop the server and remove its files."""
        self._watchdog.communicate()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_anyone(), str(programs() / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, command


def _watched(folder: Path) -> subprocess.Popen[bytes]:
    """Start what ends the server in a folder when this process ends, however it does."""
    command = [sys.executable, str(Path(watchdog.__file__)), str(folder)]
    # A session of its own: what ends the tests from the keyboard must not end it first.
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _place() -> str | None:
    """Choose memory for the files of a server, if there is plenty: they are many."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and disk_usage(memory).free > MUCH else None


def _as_anyone() -> Sequence[str]:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid():
        return ()
    user = pwd.getpwnam("nobody")
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return (needed("setpriv"), *ids)
