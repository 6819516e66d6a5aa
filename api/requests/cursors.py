"""Cursors: signed positions where a page begins, bound to a query and a revision."""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import BadRequest, HTTPException

from api.middleware.problems import error_in, refuse
from dataset.store.counts import Matched


@dataclass(frozen=True)
class Cursor:
    """A position in the answer to a query at a revision, and how much matched there.

    `token` identifies the revision: after a restored backup, its number may mean another one.
    """

    revision: int
    token: str
    matched: Matched
    position: tuple[Any, ...]


def signed(cursor: Cursor, query: str, signing_key: str) -> str:
    """Write a cursor as signed text."""
    content = [_digest(query), cursor.revision, cursor.token, *cursor.matched, *cursor.position]
    return str(_signer(signing_key).dumps(content))


def read(text: str, query: str, signing_key: str) -> Cursor:
    """Read a cursor; a changed one, or one of another query, is a 400."""
    signer = _signer(signing_key)
    try:
        content = signer.loads(text)
    except BadSignature:
        raise _refused("The cursor is not one that this store has made.", text) from None
    # Base64 has spare bits: another text may decode to the same content.
    if signer.dumps(content) != text:
        raise _refused("The cursor has been changed.", text)
    digest, revision, token, value, relation, *position = content
    if digest != _digest(query):
        raise _refused("The cursor belongs to another query; begin without a cursor.", text)
    return Cursor(revision, token, Matched(value, relation), tuple(position))


def check(cursor: Cursor, text: str, token: str | None) -> None:
    """Refuse a cursor whose revision is gone; `token` is the store's own of that number."""
    if cursor.token != token:
        detail = (
            "The cursor is of a revision that this store no longer has; begin without a cursor."
        )
        raise _refused(detail, text)


def _refused(detail: str, text: str) -> HTTPException:
    return refuse(BadRequest, detail, errors=[error_in("cursor", text, detail)])


@cache
def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="cursor")


def _digest(query: str) -> str:
    return blake2b(query.encode(), digest_size=12).hexdigest()
