"""Map a question to a query of the store, without a request: pages and commands can ask, too."""

from collections.abc import Mapping
from dataclasses import dataclass

import marshmallow as ma

from api.middleware.limits import too_long
from api.requests import cursors
from api.requests.parameters import Parameters, parameters_of
from api.requests.queries import Query, bound_query
from dataset.catalogue.releases import Named, revision_of
from dataset.store.snapshots import Snapshot

LONGEST_QUERY = 7_000
NAMING = ("as_of", "since")
"""The parameters that name a revision."""


@dataclass(frozen=True)
class Question:
    """What is asked of a resource: valid parameters, its path, and where links begin.

    `cite_as` holds the parameters that the answer is cited with.
    """

    parameters: Parameters
    path: str
    base_url: str
    cite_as: Mapping[str, str]

    def at(self, snapshot: Snapshot) -> Query:
        """Query the revision of the cursor, else that of `as_of`, else the newest."""
        named = _named(snapshot, self.parameters)
        parameters = self.parameters.settled({name: one.text for name, one in named.items()})
        revision = named["as_of"].revision if "as_of" in named else snapshot.revision
        cursor, text = None, parameters.cursor
        if text:
            bound = bound_query(self.path, parameters)
            cursor = cursors.read(text, bound, snapshot.signing_key)
            revision = cursor.revision
        stamp = snapshot.stamp_of(revision)
        if cursor and text:
            cursors.check(cursor, text, stamp.token)
        address = (self.base_url, self.path)
        return Query(snapshot, parameters, *address, self.cite_as, revision, stamp, named, cursor)


def _named(snapshot: Snapshot, parameters: Parameters) -> dict[str, Named]:
    """Find the revisions that parameters name."""
    given = parameters.arguments
    return {name: revision_of(snapshot, given[name], name) for name in NAMING if name in given}


def asked(
    parameters: Parameters, path: str, base_url: str, cite_as: Mapping[str, str] | None = None
) -> Question:
    """Ask a resource with valid parameters; the answer is cited with them unless `cite_as` is."""
    check_length(parameters.canonical_query)
    cited = parameters.canonical if cite_as is None else cite_as
    return Question(parameters, path, base_url, cited)


def question_of(schema: type[ma.Schema], query: str, path: str, base_url: str = "") -> Question:
    """Ask a resource with a query string. Raises `marshmallow.ValidationError` if it is wrong."""
    return asked(parameters_of(schema, query.encode()), path, base_url)


def check_length(query: str) -> None:
    """Refuse a query that leaves no room for the cursor of its next page."""
    if len(query) > LONGEST_QUERY:
        raise too_long(LONGEST_QUERY)
