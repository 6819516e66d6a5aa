"""Find the revision that a number, a release's name or a time means; list the releases."""

from dataclasses import dataclass

from peewee import fn

from dataset.catalogue.times import last_by
from dataset.declarations.instants import day_meant, reads_as_time
from dataset.errors import UnknownValue
from dataset.store.lists import ListPage, PageRequest, page_of_list
from dataset.store.models import Release
from dataset.store.snapshots import Snapshot


@dataclass(frozen=True)
class Named:
    """The revision that was asked for, and the release or the time that names it, if one does."""

    revision: int
    release: str | None = None
    is_of_time: bool = False

    @property
    def text(self) -> str:
        """The name of the release, else the number: it means the same revision for good."""
        return self.release or str(self.revision)


def revision_of(snapshot: Snapshot, name: str, parameter: str = "as_of") -> Named:
    """Find the revision that a name means. Raises `UnknownValue` if there is none."""
    if name.isdigit():
        return Named(_numbered(snapshot, name, parameter))
    number = snapshot.value(Release.select(Release.revision).where(Release.name == name))
    if number is not None:
        return Named(int(number), release=name)
    if reads_as_time(name):
        return Named(last_by(snapshot, name, parameter), is_of_time=True)
    raise UnknownValue(parameter, name, f"There is no release {name}.")


def _numbered(snapshot: Snapshot, name: str, parameter: str) -> int:
    least = 0 if parameter == "since" else 1
    if least <= int(name) <= snapshot.revision:
        return int(name)
    detail = f"There is no revision {name}; the newest is {snapshot.revision}."
    meant = day_meant(name) or (str(snapshot.revision) if snapshot.revision else None)
    raise UnknownValue(parameter, name, detail, meant)


def releases(snapshot: Snapshot, revision: int, wanted: PageRequest) -> ListPage:
    """Read a page of the releases up to a revision, in the order of revisions."""
    columns = {"name": Release.name, "revision": Release.revision, "created": Release.created}
    query = Release.select().where(Release.revision <= revision)
    return page_of_list(snapshot, query, columns, ["revision", "name"], wanted)


def count_of_releases(snapshot: Snapshot) -> int:
    """Count the releases: none is ever removed."""
    return int(snapshot.value(Release.select(fn.COUNT("*"))))
