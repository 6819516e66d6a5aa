"""Cite a query: what was asked, of which datasets, at which revision."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from dataset.catalogue.holdings import newest
from dataset.selections.selections import Selection, branches
from dataset.store.models import Dataset, Revision, field
from dataset.store.snapshots import Snapshot

SOFTWARE = "cameo-events"
_BIBTEX = str.maketrans(
    {character: f"\\{character}" for character in "#$%&_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True)
class Citation:
    """What is cited: `committed` is the day of the revision, None in a store without any."""

    name: str
    title: str
    revision: int
    committed: date | None
    url: str
    sources: list[str]

    @property
    def text(self) -> str:
        """The citation in a line."""
        day = f", {self.committed}" if self.committed else ""
        parts = (f"{self.title}. Revision {self.revision}{day}.", self.url, *self.sources)
        return " ".join(parts)

    @property
    def bibtex(self) -> str:
        """The citation as BibTeX."""
        members = {
            "title": f"{{{self.title.translate(_BIBTEX)}}}",
            "year": str(self.committed.year) if self.committed else "",
            "month": str(self.committed.month) if self.committed else "",
            "version": f"Revision {self.revision}",
            "url": self.url,
            "publisher": SOFTWARE,
            "note": " ".join(self.sources).translate(_BIBTEX),
        }
        lines = [f"  {name} = {{{value}}}" for name, value in members.items() if value]
        return f"@misc{{{self.name},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def csl(self) -> dict[str, Any]:
        """The citation as CSL-JSON."""
        day = self.committed
        issued = {"issued": {"date-parts": [[day.year, day.month, day.day]]}} if day else {}
        return {
            "id": self.name,
            "type": "dataset",
            "title": self.title,
            "version": f"Revision {self.revision}",
            **issued,
            "URL": self.url,
            "publisher": SOFTWARE,
            "note": " ".join(self.sources),
        }


def citation(snapshot: Snapshot, selection: Selection, query: str, url: str) -> Citation:
    """Cite the events of a selection.

    The date is that of the revision, so that the citation of an answer never changes.
    """
    is_it = Revision.number == selection.revision
    committed = snapshot.value(Revision.select(Revision.committed).where(is_it))
    digest = blake2b(url.partition("?")[2].encode(), digest_size=4).hexdigest()
    return Citation(
        name=f"{SOFTWARE}-{selection.revision}-{digest}",
        title=f"Political events: {query or 'all events'}",
        revision=selection.revision,
        committed=committed and date.fromisoformat(committed[:10]),
        url=url,
        sources=_sources(snapshot, selection),
    )


def _sources(snapshot: Snapshot, selection: Selection) -> list[str]:
    """Give the citations of the datasets that the selection's events come from, each once."""
    names: set[str] = set()
    for branch in branches(snapshot, selection, ["dataset"]):
        rows = snapshot.rows(branch.select(field(branch.model, "dataset")).distinct())
        names.update(name for (name,) in rows)
    described = newest(Dataset, selection.revision).where(Dataset.name.in_(sorted(names)))
    cited = described.select(Dataset.citation).order_by(Dataset.name)
    return list(dict.fromkeys(text for (text,) in snapshot.rows(cited)))
