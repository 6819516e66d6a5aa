"""Datasets and source documents."""

import marshmallow as ma

from schemas.answers import list_of, one_of
from schemas.base import ResponseSchema, described


class DatasetSchema(ResponseSchema):
    """A named source of events."""

    name = ma.fields.String(required=True, metadata=described("Its name.", "seed"))
    title = ma.fields.String(
        required=True,
        metadata=described("Its title.", "Iran and the Taliban: a news report coded by hand"),
    )
    description = ma.fields.String(
        required=True,
        metadata=described(
            "What a row of it is, and what it holds.", "A row is one statement of a news report. …"
        ),
    )
    licence = ma.fields.String(required=True, metadata=described("Its licence.", "CC BY 4.0"))
    citation = ma.fields.String(
        required=True,
        metadata=described(
            "How to cite it.",
            "cameo-events developers (2026): Seed dataset of cameo-events, version 1.",
        ),
    )
    url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("Where it comes from.", "https://www.gdeltproject.org/"),
    )
    codebook = ma.fields.String(
        required=True, metadata=described("Codebook and its version.", "CAMEO 1.1b3")
    )
    count = ma.fields.Integer(required=True, metadata=described("How many events it has.", 55))
    date_first = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("First day of its events.", "2001-10-07") | {"format": "date"},
    )
    date_last = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("Last day of its events.", "2024-06-17") | {"format": "date"},
    )


class LeftOutSchema(ResponseSchema):
    """A statement of a document that is no event."""

    paragraph = ma.fields.Integer(required=True, metadata=described("Its paragraph.", 1))
    statement = ma.fields.String(
        required=True,
        metadata=described("What is said.", "Mehr News carries the report of the call on 17 June."),
    )
    reason = ma.fields.String(
        required=True, metadata=described("Why it is no event.", "Media are never actors …")
    )


class DocumentSchema(ResponseSchema):
    """A source document: what is needed to check its coding, never its text."""

    id = ma.fields.String(required=True, metadata=described("Its id.", "seed-article"))
    dataset = ma.fields.String(required=True, metadata=described("Its dataset.", "seed"))
    title = ma.fields.String(
        required=True, metadata=described("Its title.", "Untitled report on the ties …")
    )
    date = ma.fields.String(
        required=True, metadata=described("Its date.", "2024-06-17") | {"format": "date"}
    )
    language = ma.fields.String(required=True, metadata=described("Its language.", "en"))
    paragraphs = ma.fields.Integer(
        required=True, metadata=described("How many paragraphs it has.", 12)
    )
    sha256 = ma.fields.String(
        required=True,
        metadata=described(
            "SHA-256 of its text, to check a copy by.",
            "0699f35833fef2239dc2bc53670a91504ee6dd58feff7775f7736a9526317029",
        ),
    )
    count = ma.fields.Integer(
        required=True, metadata=described("How many events are coded from it.", 55)
    )
    left_out = ma.fields.List(
        ma.fields.Nested(LeftOutSchema),
        required=True,
        metadata=described("The statements that are no events, each with the reason."),
    )


DatasetListSchema = list_of(DatasetSchema, "DatasetListSchema")
DatasetAnswerSchema = one_of(DatasetSchema, "DatasetAnswerSchema")
DocumentListSchema = list_of(DocumentSchema, "DocumentListSchema")
DocumentAnswerSchema = one_of(DocumentSchema, "DocumentAnswerSchema")
