"""What the terms of our SQL are in PostgreSQL, and the indexes of words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peewee import OP, SQL, Case, EnclosedNodeList, Expression, Model, fn

from dataset.store.engines.base import holding
from dataset.store.models import Event, field

LONG = 2_000
"""Texts of more bytes are not in the text index, whose words have at most 2,046."""
MATCHES = "@@"
OPERATIONS = {MATCHES: MATCHES, OP.MOD: "%%"}
"""Operations that peewee does not know, or writes so that psycopg takes them for a parameter."""


def _lexemes() -> Any:
    """Give the words of an event: folded already, they need no parser and no dictionary."""
    words = field(Event, "words")
    parted = fn.STRING_TO_ARRAY(fn.BTRIM(words), " ")
    return Case(None, [(fn.OCTET_LENGTH(words) <= LONG, fn.ARRAY_TO_TSVECTOR(parted))])


def _worded(table: type[Model], words: Sequence[str], prefix: bool) -> Any:
    """Find words in the text index, and those of long texts in the column."""
    column = field(table, "words")
    held = holding(column, words, prefix)
    if not issubclass(table, Event):
        return held
    is_long = fn.OCTET_LENGTH(column) > LONG
    if any(len(word.encode()) > LONG for word in words):
        return is_long & held
    asked = " & ".join(f"'{word}'" for word in words) + (":*" if prefix else "")
    return Expression(_lexemes(), MATCHES, SQL("%s::tsquery", [asked])) | (is_long & held)


LEXEMES = Event.index(EnclosedNodeList([_lexemes()]), name="event_words", using="GIN")
LONG_WORDS = Event.index(
    Event.key, name="event_long_words", where=fn.OCTET_LENGTH(field(Event, "words")) > LONG
)


def _given_keys(keys: str | None) -> SQL:
    return SQL("(SELECT value::bigint FROM json_array_elements_text(%s))", [keys])


def _given_texts(texts: str | None) -> SQL:
    return SQL("(SELECT value FROM json_array_elements_text(%s))", [texts])


TERMS: Mapping[str, Callable[..., Any]] = {
    "given_keys": _given_keys,
    "given_texts": _given_texts,
    "week": lambda day: fn.TO_CHAR(day.cast("DATE"), 'IYYY-"W"IW'),
    "worded": _worded,
}
