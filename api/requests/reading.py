"""Read the store for one request: a snapshot, the revision that is asked for, and a receipt."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import g, request
from werkzeug.exceptions import RequestURITooLarge

from api.context import base_url, store
from api.middleware import caching, compression
from api.middleware.problems import refuse
from api.requests import cursors
from api.requests.parameters import Parameters, parameters_of, query_text
from dataset.catalogue.releases import revision_of
from dataset.declarations.filters import FILTERS, SAMPLE_NOTE, Choice
from dataset.events.pages import ALL_COLUMNS
from dataset.selections.known_values import resolved
from dataset.selections.samples import Sample
from dataset.selections.selections import Position, Selection, Sort
from dataset.store.counts import Matched
from dataset.store.lists import PageRequest
from dataset.store.snapshots import Snapshot

JSON = "application/json"
DEFAULT_LIMIT = 100
CITED = (*FILTERS, "distinct", "sample", "seed", "fields", "sort", "by", "measures", "fill")
LONGEST_QUERY = 7_000


@dataclass(frozen=True)
class Reading:
    """What a request asks, of which revision; `cited` is the query that the answer is cited as."""

    snapshot: Snapshot
    parameters: Parameters
    revision: int
    token: str
    release: str | None
    cursor: cursors.Cursor | None
    cited: Mapping[str, str]
    etag: str

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
    def limit(self) -> int:
        """How many items a page may hold; a sample comes on one."""
        return int(self.arguments.get("sample") or self.arguments.get("limit", DEFAULT_LIMIT))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the answer shows."""
        return tuple(self.arguments.get("fields", ALL_COLUMNS))

    @property
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
        """Select the events that are asked for; `sort` is their order if none is asked for."""
        return Selection(
            self.revision,
            self.filters,
            Sort(*self.arguments.get("sort", sort)),
            Position(*self.cursor.position) if self.cursor else None,
            self.arguments.get("distinct"),
            self._sample,
        )

    @property
    def _sample(self) -> Sample | None:
        given = self.arguments
        return Sample(given["sample"], given["seed"]) if "sample" in given else None

    def next_url(self, position: tuple[Any, ...], matched: Matched) -> str:
        """Give the address of the page after a position."""
        cursor = cursors.Cursor(self.revision, self.token, matched, position)
        text = cursors.signed(cursor, bound_query(self.canonical_query), self.snapshot.signing_key)
        return f"{base_url()}{request.path}?{query_text({**self.canonical, 'cursor': text})}"

    @property
    def cite_url(self) -> str:
        """Give the address of this answer's citation."""
        cited = {name: text for name, text in self.cited.items() if name in CITED}
        as_of = self.release or str(self.revision)
        return f"{base_url()}/v1/cite?{query_text({**cited, 'as_of': as_of})}"

    def receipt(self, matched: Matched, complete: bool) -> dict[str, Any]:
        """Say what the answer is an answer to."""
        return {
            "query": self.canonical_query,
            "revision": self.revision,
            "release": self.release,
            "matched": matched._asdict(),
            "complete": complete,
            "notes": [
                note for note in self.parameters.notes if not (complete and note == SAMPLE_NOTE)
            ],
            "cite": self.cite_url,
        }


def bound_query(query: str) -> str:
    """Give what a cursor belongs to: the resource and the query."""
    return f"{request.path}?{query}"


def check_length(query: str) -> None:
    """Refuse a query that leaves no room for the cursor of its next page."""
    if len(query) > LONGEST_QUERY:
        raise refuse(RequestURITooLarge, f"A query has at most {LONGEST_QUERY} characters.")


@contextmanager
def reading(
    schema: type[ma.Schema],
    arguments: Mapping[str, Any],
    media_type: str = JSON,
    cited: Mapping[str, str] | None = None,
    besides: Callable[[Snapshot], object] | None = None,
) -> Iterator[Reading]:
    """Open the store for a request; a client that has the answer already gets a 304.

    `cited` is the query that the answer is cited as, by default the request's own.
    `besides` gives what else decides the answer, where that changes without a new revision.
    """
    parameters = parameters_of(schema, request.query_string)
    g.query = parameters.canonical_query
    check_length(g.query)
    with store().snapshot() as snapshot:
        revision, release = revision_of(snapshot, arguments.get("as_of"))
        cursor = None
        if parameters.cursor:
            bound = bound_query(parameters.canonical_query)
            cursor = cursors.read(parameters.cursor, bound, snapshot.signing_key)
            revision = cursor.revision
        token = snapshot.token_of(revision)
        if cursor:
            cursors.check(cursor, str(parameters.cursor), token)
        more = besides(snapshot) if besides else None
        state = (snapshot.uuid, revision, token, more)
        asks = (request.path, parameters.canonical_query, parameters.cursor)
        coding = compression.chosen(media_type)
        etag = caching.tag(*state, *asks, media_type, coding, base_url())
        caching.answer_304_if_fresh(etag, pinned="as_of" in arguments)
        known_as = parameters.canonical if cited is None else cited
        yield Reading(snapshot, parameters, revision, token, release, cursor, known_as, etag)
