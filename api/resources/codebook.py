"""The codebook: action codes, actor codes, and the columns of events."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException, NotFound

from api.context import results
from api.middleware.problems import error_in, refuse
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import CODE_HEADERS, PAGE_HEADERS, STORE_HEADERS, path_text
from api.requests.queries import Query
from api.requests.reading import reading
from api.responses import envelopes, exports
from api.responses.formats import FORMATS
from dataset.catalogue import actors, code_tables, codes
from dataset.catalogue.counting import Counting
from dataset.codebook import is_actor_code
from dataset.codebook.vocabularies import meant
from dataset.events import other_names
from dataset.events.emptiness import reasons_of
from dataset.selections.known_values import held
from dataset.selections.parts import Counted
from dataset.store.counts import Matched
from schemas.codebook import (
    ActionAnswerSchema,
    ActionListQuerySchema,
    ActionListSchema,
    ActionQuerySchema,
    ActorAnswerSchema,
    ActorListQuerySchema,
    ActorListSchema,
    ActorQuerySchema,
    CountedQuerySchema,
    FieldListSchema,
)
from schemas.paging import ListQuerySchema

blueprint = Blueprint(
    "codebook", __name__, url_prefix="/v1", description="What codes and columns mean."
)

WANTED = ("q", "depth", "parent")
"""The parameters that filter codes."""
CSV = FORMATS["csv"]
Listed = Callable[..., Sequence[codes.Entry]]


@blueprint.get("/actions")
@blueprint.arguments(ActionListQuerySchema, location="query")
@blueprint.response(200, ActionListSchema, headers=PAGE_HEADERS)
def list_actions(arguments: dict[str, Any]) -> Response:
    """List CAMEO action codes, with how many events each finds.

    Each code names its `parent` and `children`; `parent=19` lists the children of 19, and `depth`
    limits how deep the list goes.
    """
    with reading(ActionListQuerySchema, cite_as={}) as query:
        return _codes(query, codes.actions)


@blueprint.get("/actions.csv")
@blueprint.arguments(ActionQuerySchema, location="query")
@blueprint.response(
    200,
    CSV.schema,
    content_type=CSV.media_type,
    description="Comma-separated values with a header, one action a line",
    headers=CODE_HEADERS,
)
def export_actions_csv(arguments: dict[str, Any]) -> Response:
    """Download the action codes as CSV.

    All that match, with the columns of `/v1/actions`; lists are joined by `;`, a null is an empty
    cell. Codes begin with zeros: read them as text.
    """
    with reading(ActionQuerySchema, CSV.media_type, cite_as={}) as query:
        return _table(query, code_tables.ACTIONS, codes.actions)


@blueprint.get("/actions/<code>", parameters=[path_text("code", "CAMEO action code.", "195")])
@blueprint.arguments(CountedQuerySchema, location="query")
@blueprint.response(200, ActionAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_action(arguments: dict[str, Any], code: str) -> Response:
    """Get one action code: label, place in the tree, Goldstein values, PLOVER type."""
    with reading(CountedQuerySchema, cite_as={}) as query:
        found = codes.action(_counting(query), code)
        if not found:
            raise _unknown(query, "action", code)
        return envelopes.one_answer(query, found)


@blueprint.get("/actors")
@blueprint.arguments(ActorListQuerySchema, location="query")
@blueprint.response(200, ActorListSchema, headers=PAGE_HEADERS)
def list_actors(arguments: dict[str, Any]) -> Response:
    """List actor codes of the codebook and the store, most used first.

    With `q` this completes what a person types: `/v1/actors?q=tal` finds the Taliban. The names of
    events are searched, too: a code that is found by these alone is listed by how many events are
    named so, and `names` shows them. Each code names its `parent` and `children`, which are one
    part longer; `parent` lists the children of a code, and `depth=1` shows only codes of a single
    part.
    """
    with reading(ActorListQuerySchema, cite_as={}) as query:
        return _codes(query, actors.actors)


@blueprint.get("/actors.csv")
@blueprint.arguments(ActorQuerySchema, location="query")
@blueprint.response(
    200,
    CSV.schema,
    content_type=CSV.media_type,
    description="Comma-separated values with a header, one actor code a line",
    headers=CODE_HEADERS,
)
def export_actors_csv(arguments: dict[str, Any]) -> Response:
    """Download the actor codes as CSV, most used first.

    All codes of the codebook and the store that match, with the columns of `/v1/actors`; the parts
    of a code stand there by their codes. Lists are joined by `;`, a null is an empty cell.
    """
    with reading(ActorQuerySchema, CSV.media_type, cite_as={}) as query:
        return _table(query, code_tables.ACTORS, actors.actors)


@blueprint.get("/actors/<code>", parameters=[path_text("code", "CAMEO actor code.", "AFGINSTAL")])
@blueprint.arguments(CountedQuerySchema, location="query")
@blueprint.response(200, ActorAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_actor(arguments: dict[str, Any], code: str) -> Response:
    """Take a composite actor code apart: country, roles, group, ethnic and religion codes."""
    with reading(CountedQuerySchema, cite_as={}) as query:
        found = None
        if is_actor_code(code):
            found = actors.actor(_counting(query), code)
        if not found:
            raise _unknown(query, "actor", code)
        return envelopes.one_answer(query, found)


@blueprint.get("/fields")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, FieldListSchema, headers=PAGE_HEADERS)
def list_fields(arguments: dict[str, Any]) -> Response:
    """List the columns of events: type, unit, meaning, and how each can be used."""
    with reading(ListQuerySchema, cite_as={}) as query:
        return envelopes.slice_answer(query, codes.columns())


def _counting(query: Query) -> Counting:
    return Counting(query.snapshot, results(), query.revision, query.datasets)


def _listing(query: Query, listed: Listed) -> tuple[Listed, dict[str, Any]]:
    """Give what lists codes of the query's revision, and the parameters that filter them."""
    wanted = {name: query.arguments[name] for name in WANTED if name in query.arguments}
    return partial(listed, _counting(query)), wanted


def _table(query: Query, columns: Sequence[str], listed: Listed) -> Response:
    """Answer with the codes that match as CSV."""
    listing, wanted = _listing(query, listed)
    found = listing(**wanted)
    body = code_tables.table_of(columns, found)
    counted = Counted(Matched(len(found), "eq"))
    return exports.sent(body, CSV, exports.receipt_headers(query, counted, complete=True))


def _codes(query: Query, listed: Listed) -> Response:
    """Answer with the codes that match, or with the reasons why none does."""

    def matching(wanted: Mapping[str, Any]) -> Matched:
        return Matched(len(listing(**wanted)), "eq")

    listing, wanted = _listing(query, listed)
    found = listing(**wanted)
    if found:
        return envelopes.slice_answer(query, found)
    reasons = reasons_of(wanted, query.canonical, matching, "code")
    if listed is actors.actors and "q" in reasons and not reasons["q"]["matches_alone"]:
        told = other_names.notes_on_search(query.snapshot, query.revision, wanted["q"])
        reasons["q"]["hint"] = "; ".join([reasons["q"]["hint"], *told])
    return envelopes.slice_answer(query, found, [*reasons.values()])


def _unknown(query: Query, kind: str, code: str) -> HTTPException:
    suggestion = meant(kind, code, partial(held, query.snapshot, kind))
    hint = f" Did you mean {suggestion}?" if suggestion else ""
    detail = f"There is no {kind} code {code}."
    errors = [error_in("code", code, detail, suggestion)]
    return refuse(NotFound, detail + hint, errors=errors)
