"""A query at a revision of the store: what it selects, and the receipt of its answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from api.requests import cursors
from api.requests.parameters import Parameters, query_text
from dataset.catalogue.releases import Named
from dataset.declarations.filters import FILTERS, SAMPLE_NOTE, Choice
from dataset.events import directions, other_codes, several_datasets
from dataset.events.pages import ALL_COLUMNS
from dataset.selections.known_values import resolved
from dataset.selections.parts import PARTS_COUNTED, Counted
from dataset.selections.same_states import OF_STATES
from dataset.selections.samples import Sample
from dataset.selections.selections import Position, Selection, Sort
from dataset.store.counts import Matched
from dataset.store.lists import PageRequest
from dataset.store.snapshots import Snapshot, Stamp

DEFAULT_LIMIT = 100
CITED = (*FILTERS, "distinct", "sample", "seed", "fields", "sort", "by", "measures", "fill")
"""The parameters that a citation names."""


@dataclass(frozen=True)
class Query:
    """Valid parameters, and the revision that they query.

    `path` is the path of the resource, below `base_url`. `cite_as` holds the parameters of the
    citation. `stamp` belongs to the revision. `named` has what `as_of` and `since` name, if given.
    """

    snapshot: Snapshot
    parameters: Parameters
    base_url: str
    path: str
    cite_as: Mapping[str, str]
    revision: int
    stamp: Stamp
    named: Mapping[str, Named]
    cursor: cursors.Cursor | None

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The parameters as values."""
        return self.parameters.arguments

    @property
    def canonical(self) -> Mapping[str, str]:
        """The parameters as canonical text, without the cursor."""
        return self.parameters.canonical

    @property
    def canonical_query(self) -> str:
        """The query in canonical form: parameters by name, values in canonical text."""
        return self.parameters.canonical_query

    @property
    def release(self) -> str | None:
        """The release that `as_of` names, if it names one."""
        return self.named["as_of"].release if "as_of" in self.named else None

    @property
    def since(self) -> int:
        """The revision after which changes are asked for: 0 is before the first."""
        return self.named["since"].revision if "since" in self.named else 0

    @property
    def is_pinned(self) -> bool:
        """Whether the address means the same for good: a time may mean a later revision still."""
        return "as_of" in self.named and not any(one.is_of_time for one in self.named.values())

    @property
    def limit(self) -> int:
        """How many items a page may hold; a sample is one page."""
        return int(self.arguments.get("sample") or self.arguments.get("limit", DEFAULT_LIMIT))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the answer shows."""
        return tuple(self.arguments.get("fields", ALL_COLUMNS))

    @cached_property
    def filters(self) -> dict[str, Any]:
        """The filters of events, checked against the store."""
        filters = {name: value for name, value in self.arguments.items() if name in FILTERS}
        return resolved(self.snapshot, filters)

    @property
    def datasets(self) -> Choice | None:
        """The datasets that are counted, checked against the store; None is all."""
        given = {name: value for name, value in self.arguments.items() if name == "dataset"}
        return resolved(self.snapshot, given).get("dataset")

    @property
    def page_request(self) -> PageRequest:
        """Which page of a list is asked for."""
        if self.cursor is None:
            return PageRequest(self.limit)
        return PageRequest(self.limit, self.cursor.position, self.cursor.matched)

    def selection(self, sort: Sort) -> Selection:
        """Select the events of this query; `sort` is the default order."""
        return Selection(
            self.revision,
            self.filters,
            Sort(*self.arguments.get("sort", sort)),
            Position(*self.cursor.position) if self.cursor else None,
            self.arguments.get("distinct"),
            self._sample,
        )

    def whole(self, sort: Sort) -> Selection:
        """Select the whole result, or the first of it, as many as `limit` says."""
        return replace(self.selection(sort), limit=self.arguments.get("limit"))

    @property
    def _notes_of_store(self) -> Iterator[str]:
        """Yield the notes that depend on what the store holds."""
        if note := directions.note_on(self.snapshot, self.revision, self.arguments):
            yield note
        if OF_STATES & self.arguments.keys():
            yield from other_codes.notes_on(self.snapshot, self.revision, self.filters)

    @property
    def _sample(self) -> Sample | None:
        given = self.arguments
        return Sample(given["sample"], given["seed"]) if "sample" in given else None

    def next_url(self, position: tuple[Any, ...], matched: Matched) -> str:
        """Give the address of the page after a position."""
        cursor = cursors.Cursor(self.revision, self.stamp.token, matched, position)
        bound = bound_query(self.path, self.parameters)
        text = cursors.signed(cursor, bound, self.snapshot.signing_key)
        return f"{self.base_url}{self.path}?{query_text({**self.canonical, 'cursor': text})}"

    @property
    def cite_url(self) -> str:
        """Give the address of this answer's citation."""
        cited = {name: text for name, text in self.cite_as.items() if name in CITED}
        as_of = self.release or str(self.revision)
        return f"{self.base_url}/v1/cite?{query_text({**cited, 'as_of': as_of})}"

    def receipt_of_events(self, counted: Counted, complete: bool) -> dict[str, Any]:
        """Make the receipt of an answer of events: it also says what these consist of."""
        choice = self.filters.get("dataset")
        note = several_datasets.note_on(self.snapshot, self.revision, choice, counted)
        matched, *parts = counted
        receipt = self.receipt(matched, complete, [note] if note else [])
        return receipt | dict(zip(PARTS_COUNTED, parts, strict=True))

    def receipt(
        self, matched: Matched, complete: bool, notes: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Describe the query and the revision that were answered; `notes` are of this answer."""
        known = sorted((*self.parameters.notes, *self._notes_of_store, *notes))
        return {
            "query": self.canonical_query,
            "revision": self.revision,
            "committed": self.stamp.committed,
            "release": self.release,
            "matched": matched._asdict(),
            "complete": complete,
            "notes": [note for note in known if not (complete and note == SAMPLE_NOTE)],
            "cite": self.cite_url,
        }


def bound_query(path: str, parameters: Parameters) -> str:
    """Give what a cursor belongs to: the resource and the query."""
    return f"{path}?{parameters.canonical_query}"
