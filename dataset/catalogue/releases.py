"""Find the revision that a number or the name of a release means; list the releases."""

from peewee import fn

from dataset.errors import UnknownValue
from dataset.store.lists import ListPage, PageRequest, page_of_list
from dataset.store.models import Release
from dataset.store.snapshots import Snapshot


def revision_of(snapshot: Snapshot, name: str | None) -> tuple[int, str | None]:
    """Give a revision's number and the release's name that was asked for, if one was.

    Without a name it is the newest revision. Raises `UnknownValue` if there is none of this name.
    """
    if name is None:
        return snapshot.revision, None
    if name.isdigit():
        if 1 <= int(name) <= snapshot.revision:
            return int(name), None
        detail = f"There is no revision {name}; the newest is {snapshot.revision}."
        raise UnknownValue("as_of", name, detail, str(snapshot.revision or "") or None)
    number = snapshot.value(Release.select(Release.revision).where(Release.name == name))
    if number is None:
        raise UnknownValue("as_of", name, f"There is no release {name}.")
    return int(number), name


def releases(snapshot: Snapshot, revision: int, wanted: PageRequest) -> ListPage:
    """Read a page of the releases up to a revision, in the order of revisions."""
    columns = {"name": Release.name, "revision": Release.revision, "created": Release.created}
    query = Release.select().where(Release.revision <= revision)
    return page_of_list(snapshot, query, columns, ["revision", "name"], wanted)


def count_of_releases(snapshot: Snapshot) -> int:
    """Count the releases: none is ever removed."""
    return int(snapshot.value(Release.select(fn.COUNT("*"))))
