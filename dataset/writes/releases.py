"""Name revisions: a release is a revision with a name, for good."""

import re

from dataset.declarations.ids import RELEASE_NAME
from dataset.declarations.instants import now, reads_as_time
from dataset.errors import Impossible
from dataset.store.engines.base import Engine
from dataset.store.models import Release, Revision
from dataset.writes.revisions import revision


def release(database: Engine, name: str, number: int | None = None) -> int:
    """Give a name to a revision, by default the newest, for good; give its number."""
    if not re.fullmatch(RELEASE_NAME, name) or name.isdigit() or reads_as_time(name):
        raise Impossible(
            f"{name!r} is no release name. A release name has 1 to 64 letters, digits, '.', '_', "
            "'~' or '-', and is no whole number and no date: 2026.1 is allowed, 2026 and "
            "2026-01-31 are not."
        )
    with revision(database, "release", name) as change:
        if database.execute(Release.select().where(Release.name == name)).fetchone():
            raise Impossible(f"There is a release {name} already; names are given for good.")
        number = change.number - 1 if number is None else number
        if not database.execute(Revision.select().where(Revision.number == number)).fetchone():
            raise Impossible(f"There is no revision {number}; the newest is {change.number - 1}.")
        database.execute(Release.insert(name=name, revision=number, created=now()))
        change.touch()
        return number
