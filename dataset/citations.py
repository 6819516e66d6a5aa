"""Cite a query: what was asked, of which datasets, at which revision."""

from typing import Any

from dataset.models import Dataset, Revision, field
from dataset.selection import Selection, arms
from dataset.snapshots import Snapshot

SOFTWARE = "cameo-events"
_BIBTEX = str.maketrans(
    {character: f"\\{character}" for character in "#$%&_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def citation(snapshot: Snapshot, selection: Selection, query: str, url: str) -> dict[str, Any]:
    """Cite the events of a selection as text, as BibTeX and as CSL-JSON.

    The date is that of the revision, so that the citation of an answer never changes.
    """
    committed = snapshot.value(
        Revision.select(Revision.committed).where(Revision.number == selection.revision)
    )
    day = str(committed)[:10]
    title = f"Political events: {query or 'all events'}"
    sources = _sources(snapshot, selection)
    return {
        "text": f"{title}. Revision {selection.revision}, {day}. {url} {' '.join(sources)}".strip(),
        "bibtex": _bibtex(title, day, selection.revision, url, sources),
        "csl": _csl(title, day, selection.revision, url, sources),
    }


def _sources(snapshot: Snapshot, selection: Selection) -> list[str]:
    """Give the citations of the datasets that the selection's events come from."""
    names: set[str] = set()
    for arm in arms(snapshot, selection, ["dataset"]):
        rows = snapshot.rows(arm.select(field(arm.model, "dataset")).distinct())
        names.update(name for (name,) in rows)
    cited = Dataset.select(Dataset.citation).where(Dataset.name.in_(sorted(names)))
    return [text for (text,) in snapshot.rows(cited.order_by(Dataset.name))]


def _bibtex(title: str, day: str, revision: int, url: str, sources: list[str]) -> str:
    members = {
        "title": f"{{{title.translate(_BIBTEX)}}}",
        "year": day[:4],
        "month": str(int(day[5:7])),
        "version": f"Revision {revision}",
        "url": url,
        "publisher": SOFTWARE,
        "note": " ".join(sources).translate(_BIBTEX),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in members.items() if value]
    return f"@misc{{{SOFTWARE}-{revision},\n" + ",\n".join(lines) + "\n}\n"


def _csl(title: str, day: str, revision: int, url: str, sources: list[str]) -> dict[str, Any]:
    return {
        "id": f"{SOFTWARE}-{revision}",
        "type": "dataset",
        "title": title,
        "version": f"Revision {revision}",
        "issued": {"date-parts": [[int(part) for part in day.split("-")]]},
        "URL": url,
        "publisher": SOFTWARE,
        "note": " ".join(sources),
    }
