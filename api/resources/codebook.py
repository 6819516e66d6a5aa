"""The codebook: action codes, actor codes, and the columns of events."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException, NotFound

from api.context import results
from api.middleware.problems import error_in, refuse
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import PAGE_HEADERS, STORE_HEADERS, path_text
from api.requests.queries import Query
from api.requests.reading import reading
from api.responses import envelopes
from dataset.catalogue import actors, codes
from dataset.catalogue.codes import Entry
from dataset.catalogue.counting import Counting
from dataset.codebook import is_actor_code
from dataset.codebook.vocabularies import meant
from dataset.events.emptiness import reasons_of
from dataset.selections.known_values import held
from dataset.store.counts import Matched
from schemas.codebook import (
    ActionAnswerSchema,
    ActionListQuerySchema,
    ActionListSchema,
    ActorAnswerSchema,
    ActorListQuerySchema,
    ActorListSchema,
    CountedQuerySchema,
    FieldListSchema,
)
from schemas.paging import ListQuerySchema

blueprint = Blueprint(
    "codebook", __name__, url_prefix="/v1", description="What codes and columns mean."
)

WANTED = ("q", "depth")
"""The parameters that filter codes."""


@blueprint.get("/actions")
@blueprint.arguments(ActionListQuerySchema, location="query")
@blueprint.response(200, ActionListSchema, headers=PAGE_HEADERS)
def list_actions(arguments: dict[str, Any]) -> Response:
    """List CAMEO action codes, with how many events each finds.

    Each code names its `parent` and `children`; `depth` limits how deep the list goes.
    """
    with reading(ActionListQuerySchema, arguments, cite_as={}) as query:
        return _codes(query, codes.actions)


@blueprint.get("/actions/<code>", parameters=[path_text("code", "CAMEO action code.", "195")])
@blueprint.arguments(CountedQuerySchema, location="query")
@blueprint.response(200, ActionAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_action(arguments: dict[str, Any], code: str) -> Response:
    """Get one action code: label, place in the tree, Goldstein values, PLOVER type."""
    with reading(CountedQuerySchema, arguments, cite_as={}) as query:
        found = codes.action(_counting(query), code)
        if not found:
            raise _unknown(query, "action", code)
        return envelopes.one_answer(query, found)


@blueprint.get("/actors")
@blueprint.arguments(ActorListQuerySchema, location="query")
@blueprint.response(200, ActorListSchema, headers=PAGE_HEADERS)
def list_actors(arguments: dict[str, Any]) -> Response:
    """List actor codes of the codebook and the store, most used first.

    With `q` this completes what a person types: `q=tal` finds the Taliban. Names of events are
    searched, too, as many carry another code than their label says: such a code is listed by how
    many events are named so, and `names` shows them. `parent` leads up the tree of codes; `depth=1`
    shows only codes of a single part.
    """
    with reading(ActorListQuerySchema, arguments, cite_as={}) as query:
        return _codes(query, actors.actors)


@blueprint.get("/actors/<code>", parameters=[path_text("code", "CAMEO actor code.", "IRNGOVMIL")])
@blueprint.arguments(CountedQuerySchema, location="query")
@blueprint.response(200, ActorAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_actor(arguments: dict[str, Any], code: str) -> Response:
    """Take a composite actor code apart: country, roles, group, ethnic and religion codes."""
    with reading(CountedQuerySchema, arguments, cite_as={}) as query:
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
    with reading(ListQuerySchema, arguments, cite_as={}) as query:
        return envelopes.slice_answer(query, codes.columns())


def _counting(query: Query) -> Counting:
    return Counting(query.snapshot, results(), query.revision, query.datasets)


def _codes(query: Query, listed: Callable[..., Sequence[Entry]]) -> Response:
    """Answer with the codes that match, or with the reasons why none does."""

    def matching(wanted: Mapping[str, Any]) -> Matched:
        return Matched(len(listing(**wanted)), "eq")

    listing = partial(listed, _counting(query))
    wanted = {name: query.arguments[name] for name in WANTED if name in query.arguments}
    found = listing(**wanted)
    if found:
        return envelopes.slice_answer(query, found)
    reasons = reasons_of(wanted, query.canonical, matching, "code")
    return envelopes.slice_answer(query, found, [*reasons.values()])


def _unknown(query: Query, kind: str, code: str) -> HTTPException:
    suggestion = meant(kind, code, partial(held, query.snapshot, kind))
    hint = f" Did you mean {suggestion}?" if suggestion else ""
    detail = f"There is no {kind} code {code}."
    errors = [error_in("code", code, detail, suggestion)]
    return refuse(NotFound, detail + hint, errors=errors)
