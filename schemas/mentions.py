"""Mentions of events in documents."""

import marshmallow as ma

from schemas.answers import list_of
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.events import as_of
from schemas.paging import ListQuerySchema

MentionQuerySchema = QuerySchema.from_dict(
    {"as_of": as_of(), **ListQuerySchema._declared_fields}, name="MentionQuerySchema"
)


def _text(meaning: str, example: str) -> ma.fields.String:
    return ma.fields.String(required=True, allow_none=True, metadata=described(meaning, example))


def _whole(meaning: str, example: int) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, allow_none=True, metadata=described(meaning, example))


def _offset(what: str, example: int) -> ma.fields.Integer:
    meaning = f"Where {what} is found. Unit: characters from the start; null if it is not found."
    return _whole(meaning, example)


class MentionSchema(ResponseSchema):
    """A mention of an event in a document (GDELT 2.0 Event Mentions)."""

    time = ma.fields.String(
        required=True,
        metadata=described("When the document was seen.", "2024-04-14T00:15:00Z")
        | {"format": "date-time"},
    )
    type = _text(
        "Kind of document: `web`, `citation` (only cited), `core`, `dtic`, `jstor` (archives) or "
        "`nontextual`.",
        "web",
    )
    publisher = _text("Who published it: of web pages the domain.", "bbc.co.uk")
    url = _text("Its address.", "https://www.bbc.co.uk/news/world-68811276")
    citation = _text("What identifies a document that has no address.", "BBC Monitoring")
    sentence = _whole("Sentence that mentions the event, from 1.", 1)
    actor_offset = _offset("the actor", 12)
    target_offset = _offset("the target", 87)
    action_offset = _offset("the action", 31)
    in_raw_text = ma.fields.Boolean(
        required=True,
        allow_none=True,
        metadata=described(
            "Whether the event was found in the text as it stands; false: only after rewriting it, "
            "such as resolving pronouns.",
            True,
        ),
    )
    confidence = _whole("How sure the coding of this mention is. Unit: percent.", 60)
    length = _whole("Length of the document. Unit: characters.", 4215)
    tone = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Tone of the document. Unit: -100 (negative) to 100 (positive).", -3.75),
    )
    translation = _text(
        "From which language it was translated, and by what; null if it was not.",
        "srclc:ara;eng:GT-ARA 1.0",
    )
    revision = ma.fields.Integer(
        required=True, metadata=described("Revision of the store that brought the mention.", 4)
    )


MentionPageSchema = list_of(MentionSchema, "MentionPageSchema")
