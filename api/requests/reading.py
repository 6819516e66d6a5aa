"""Open the store for one request: give a query on a snapshot, or end with a 304."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import marshmallow as ma
from flask import g, request
from werkzeug.exceptions import RequestURITooLarge

from api.context import base_url, store
from api.middleware import caching, compression
from api.middleware.problems import refuse
from api.requests import cursors
from api.requests.parameters import Parameters, parameters_of
from api.requests.queries import Query, bound_query
from dataset.catalogue.releases import revision_of
from dataset.store.snapshots import Snapshot

JSON = "application/json"
LONGEST_QUERY = 7_000


@contextmanager
def reading(
    schema: type[ma.Schema],
    arguments: Mapping[str, Any],
    media_type: str = JSON,
    cite_as: Mapping[str, str] | None = None,
    depends_on: Callable[[Snapshot], object] | None = None,
) -> Iterator[Query]:
    """Open the store for a request; a client that has the answer already gets a 304.

    `cite_as` is the query that the answer is cited as, by default the request's own.
    `depends_on` gives what else decides the answer and may change without a new revision.
    """
    parameters = parameters_of(schema, request.query_string)
    g.query = parameters.canonical_query
    check_length(g.query)
    with store().snapshot() as snapshot:
        query = _query(snapshot, parameters, parameters.canonical if cite_as is None else cite_as)
        more = depends_on(snapshot) if depends_on else None
        etag = _etag(query, media_type, more)
        caching.answer_304_if_fresh(etag, pinned="as_of" in arguments)
        yield query


def check_length(query: str) -> None:
    """Refuse a query that leaves no room for the cursor of its next page."""
    if len(query) > LONGEST_QUERY:
        raise refuse(RequestURITooLarge, f"A query has at most {LONGEST_QUERY} characters.")


def _query(snapshot: Snapshot, parameters: Parameters, cite_as: Mapping[str, str]) -> Query:
    """Query the revision of the cursor, else that of `as_of`, else the newest."""
    revision, release = revision_of(snapshot, parameters.arguments.get("as_of"))
    cursor, text = None, parameters.cursor
    if text:
        bound = bound_query(request.path, parameters)
        cursor = cursors.read(text, bound, snapshot.signing_key)
        revision = cursor.revision
    stamp = snapshot.stamp_of(revision)
    if cursor and text:
        cursors.check(cursor, text, stamp.token)
    address = (base_url(), request.path)
    return Query(snapshot, parameters, *address, cite_as, revision, stamp, release, cursor)


def _etag(query: Query, media_type: str, more: object) -> str:
    """Make the ETag of all that decides the answer: the state of the store, query, encoding."""
    parameters = query.parameters
    state = (query.snapshot.uuid, query.revision, query.stamp.token, more)
    wanted = (query.path, parameters.canonical_query, parameters.cursor)
    return caching.tag(*state, *wanted, media_type, compression.chosen(media_type), query.base_url)
