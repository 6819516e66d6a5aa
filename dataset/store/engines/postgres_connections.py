"""Connections to PostgreSQL that do not wait for ever, and what their errors mean."""

import re
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg
from peewee import Psycopg3Adapter
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from dataset.errors import StoreError
from dataset.store.addresses import password_in
from dataset.store.clocks import UNLIMITED, Clock
from dataset.store.engines.base import BUSY, DAMAGED, FULL, WAY_OUT

SECONDS_TO_CONNECT = 3
GRACE = 0.2
"""Seconds more than a query may take: the server has a moment to say so itself."""
PORTS = re.compile("[0-9,]*")
DOWN = "Is the server up, and are there its database and user (`createdb`, `createuser`)?"
WAYS_OUT = {
    "55P03": BUSY,
    "53100": FULL,
    "25006": "It may only be read: is it a standby? Choose the primary with DATABASE=.",
    "53300": "It has no connection left: raise max_connections, or lower WORKERS and THREADS.",
    "42": "The user of DATABASE= must own its tables.",
    "08": DOWN,
    "57P": DOWN,
    "58": "Does its disk fail? See the log of the server.",
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""What to do about errors whose SQLSTATE begins so."""


class Adapter(Psycopg3Adapter):
    """What peewee asks of psycopg, which it has not imported itself (see `dataset/__init__.py`)."""

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def check_driver(self) -> None:
        """Know that it is there."""

    def get_binary_type(self) -> Any:
        """Give the type of bytes."""
        return psycopg.Binary


class Connection(psycopg.Connection[Any]):
    """A connection that no longer waits for its server when its clock is over."""

    clock: Clock = UNLIMITED

    def __del__(self, *_: Any) -> None:
        """Close without a warning: who ends a thread has no use for its connection."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; a server that may have got lost is not asked again."""
        if timeout is None and self.clock.end is not None:
            timeout = max(0.0, self.clock.end + GRACE - monotonic())
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.errors._WaitTimeout:
            self.clock.has_ended_one = True
            self.pgconn.finish()
            raise


def parts_of(url: str) -> dict[str, Any]:
    """Read an address; what PostgreSQL's library says of a wrong one may hold the password."""
    if set("@/") & set(password_in(url)):
        raise StoreError(
            "The password in DATABASE holds @ or /: give it in PGPASSWORD, or write %40 and %2F."
        )
    with suppress(psycopg.Error):
        told = conninfo_to_dict(url)
        if PORTS.fullmatch(str(told.get("port", ""))):
            return told
    raise StoreError(
        "DATABASE is no address of PostgreSQL: it must be like postgresql://user@host/database, "
        "with the password in PGPASSWORD."
    )


def connected(url: str, options: str) -> Connection:
    """Connect; parameters are put into statements here, so that each is planned for its own."""
    return Connection.connect(
        url,
        autocommit=True,
        cursor_factory=psycopg.ClientCursor,
        connect_timeout=SECONDS_TO_CONNECT,
        options=options,
        fallback_application_name="cameo-events",
        client_encoding="UTF8",
    )


def keep_warning(warnings: list[str], told: psycopg.errors.Diagnostic) -> None:
    """Keep a warning, such as that a table was skipped which is not the user's."""
    if told.severity_nonlocalized == "WARNING":
        warnings.append(f"{told.message_primary}.")


def way_out(error: BaseException) -> str:
    """Say what can be done about an error."""
    state = state_of(error)
    return next((text for name, text in WAYS_OUT.items() if state.startswith(name)), WAY_OUT)


def state_of(error: BaseException) -> str:
    """Give the SQLSTATE of an error; one of the connection has none, and is like class 08."""
    while not isinstance(error, psycopg.Error):
        if error.__context__ is None:
            return ""
        error = error.__context__
    return error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
