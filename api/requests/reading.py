"""Open the store for one request: give a query on a snapshot, or end with a 304."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import marshmallow as ma
from flask import g, request

from api.context import base_url, store
from api.middleware import caching, compression
from api.requests.parsing import PARSER
from api.requests.queries import Query
from api.requests.questions import asked
from dataset.store.snapshots import Snapshot

JSON = "application/json"


@contextmanager
def reading(
    schema: type[ma.Schema],
    media_type: str = JSON,
    cite_as: Mapping[str, str] | None = None,
    depends_on: Callable[[Snapshot], object] | None = None,
) -> Iterator[Query]:
    """Open the store for a request; a client that has the answer already gets a 304.

    `cite_as` is the query that the answer is cited as, by default the request's own.
    `depends_on` gives what else decides the answer and may change without a new revision.
    """
    parameters = PARSER.parameters(schema, request)
    g.query = parameters.canonical_query
    question = asked(parameters, request.path, base_url(), cite_as)
    with store().snapshot() as snapshot:
        query = question.at(snapshot)
        more = depends_on(snapshot) if depends_on else None
        etag = _etag(query, media_type, more)
        caching.answer_304_if_fresh(etag, pinned=query.is_pinned)
        yield query


def _etag(query: Query, media_type: str, more: object) -> str:
    """Make the ETag of all that decides the answer: the state of the store, query, encoding."""
    parameters = query.parameters
    state = (query.snapshot.uuid, query.revision, query.stamp.token, more)
    wanted = (query.path, parameters.canonical_query, parameters.cursor)
    return caching.tag(*state, *wanted, media_type, compression.chosen(media_type), query.base_url)
