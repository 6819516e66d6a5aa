"""Loads: their accounts, their files, the records that they refused."""

import marshmallow as ma

from schemas.answers import list_of, one_of
from schemas.base import ResponseSchema, described


def _count(meaning: str, example: int = 0) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata=described(meaning, example))


def _text(meaning: str, example: str) -> ma.fields.String:
    return ma.fields.String(required=True, metadata=described(meaning, example))


def _time(meaning: str, example: str) -> ma.fields.String:
    metadata = described(meaning, example) | {"format": "date-time"}
    return ma.fields.String(required=True, metadata=metadata)


def _day(meaning: str) -> ma.fields.String:
    metadata = described(meaning, "2022-01-31T00:00:00Z") | {"format": "date-time"}
    return ma.fields.String(required=True, allow_none=True, metadata=metadata)


class UnknownCodeSchema(ResponseSchema):
    """A well-formed code that the codebook lacks; its events are kept."""

    column = _text("Its column.", "actor_country")
    code = _text("The code.", "SSD")
    count = _count("How many records have it.", 17)


class LeftOutPartsSchema(ResponseSchema):
    """Faulty values of a column that were left out of events that are kept."""

    column = _text("The column.", "place_latitude")
    count = _count("How many values were left out.", 3)


class ComparedVersionsSchema(ResponseSchema):
    """Versions of events that the names of files date: those of a load, and the ones before."""

    outcome = _text("Whether those of the load count: `updated`, else `outdated`.", "updated")
    added = _day("The time in the name of the file that was loaded; null if it has none.")
    against = _day("The time in the name of the file of the other version; null if it has none.")
    count = _count("How many pairs of versions there are.", 5)


class MendedCodeSchema(ResponseSchema):
    """A code that had lost its leading zero in the file."""

    column = _text("Its column.", "action_code")
    code = _text("The code as the file has it.", "43")
    mended = _text("The code as it is stored.", "043")
    count = _count("How many records have it.", 12)


class CodeFromTextSchema(ResponseSchema):
    """An action code that follows from the words of the event, as the record has no code."""

    text = _text("The words: a label of the codebook.", "Consult")
    code = _text("The code.", "040")
    count = _count("How many records have these words and no code.", 2)


class UnknownSectorSchema(ResponseSchema):
    """A sector that the table of ICEWS's sectors lacks; it was left out."""

    column = _text("The column of the roles.", "actor_roles")
    sector = _text("The sector.", "Space Pirates")
    count = _count("How many records have it.", 1)


class CountryByDivisionSchema(ResponseSchema):
    """A first-level division whose country is not the one that the source counts it to."""

    division = _text("The division.", "Gaza Strip")
    country = _text("The country of the place.", "PSE")
    count = _count("How many records have it.", 91)


class LoadReportSchema(ResponseSchema):
    """Remarks on the records that a load kept."""

    unknown_codes = ma.fields.List(
        ma.fields.Nested(UnknownCodeSchema),
        required=True,
        metadata=described("Codes that the codebook lacks, the most frequent first."),
    )
    left_out = ma.fields.List(
        ma.fields.Nested(LeftOutPartsSchema),
        required=True,
        metadata=described("Faulty parts of places; their events were kept."),
    )
    mended_codes = ma.fields.List(
        ma.fields.Nested(MendedCodeSchema),
        required=True,
        metadata=described("Codes that got their leading zero back, the most frequent first."),
    )
    codes_from_text = ma.fields.List(
        ma.fields.Nested(CodeFromTextSchema),
        required=True,
        metadata=described("Codes that follow from the words of events without a code."),
    )
    unknown_sectors = ma.fields.List(
        ma.fields.Nested(UnknownSectorSchema),
        required=True,
        metadata=described("Sectors that are not known, and were left out."),
    )
    countries_by_division = ma.fields.List(
        ma.fields.Nested(CountryByDivisionSchema),
        required=True,
        metadata=described("Divisions that give a place another country than the source does."),
    )
    earlier_loads = ma.fields.List(
        ma.fields.Integer(),
        required=True,
        metadata=described(
            "Where records were refused: earlier loads of the same files. What they stored stays.",
            [],
        ),
    )
    missing = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described("Files that the source does not have.", ["20240414.export.CSV.zip"]),
    )
    versions = ma.fields.List(
        ma.fields.Nested(ComparedVersionsSchema),
        required=True,
        metadata=described(
            "Which versions of events count where only the names of files tell which are newer, "
            "by the times in these names. At most 100, the most frequent first."
        ),
    )
    release = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The release that `--version` gave; null if none was given.", "24.1"),
    )
    dropped = _count("How many events ended since whole files of their source lack them.")
    not_dropped = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "Why whole files dropped nothing, where that could not be told.",
            "2 quarantined records have no readable id, so they could be any of them",
        ),
    )
    whole = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(metadata={"format": "date-time"}),
        required=True,
        metadata=described(
            "The datasets that the files hold whole, each with the newest `added` of its records: "
            "what was added later stayed.",
            {"ucdp-ged": "2024-01-01T00:00:00Z"},
        ),
    )
    lacked = _count(
        "How many records count as outdated since a newer whole release lacks their events."
    )
    mentions_waiting = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described(
            "How many of its mentions are of events that are not in the store, but may come by a "
            "load; those of retracted events do not count. `/v1/loads/{number}` counts them; the "
            "list of loads leaves this out, and says null.",
            0,
        ),
    )
    pages = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described(
            "Files of an API that are one page of several: other pages follow.", ["page_1.json"]
        ),
    )


class LoadFileSchema(ResponseSchema):
    """A file that a load read."""

    name = _text("Its name.", "20240414.export.CSV.zip")
    sha256 = _text("SHA-256 of its bytes.", "9f86d081884c7d659a2feaa0c55ad015…")
    bytes = _count("Its size. Unit: bytes.", 12_204)
    read = _count("How many records were read from it.", 55)


class LoadSchema(ResponseSchema):
    """One run of a loader over files. Every record that is read has exactly one outcome."""

    number = _count("Its number, from 1.", 1)
    revision = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("The revision that it made; null if it changed nothing.", 1),
    )
    format = _text("Format of the files.", "seed")
    datasets = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described("The datasets of its events.", ["seed"]),
    )
    loader_version = _count("Version of the loader.", 1)
    replays = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("The load whose quarantine it read again.", 3),
    )
    started = _time("When it began.", "2026-01-01T00:00:00Z")
    finished = _time("When it was committed.", "2026-01-01T00:00:01Z")
    read = _count("How many records it read.", 55)
    skipped = _count("How many records beside them are no events, such as headers.")
    inserted = _count("How many were new events.", 55)
    updated = _count("How many were newer versions of known events.")
    unchanged = _count("How many were known already.")
    outdated = _count("How many were older than what is known.")
    retracted = _count("How many are of events that were retracted or purged, and stay so.")
    quarantined = _count("How many were refused: see its quarantine.")
    undone = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("The revision that undid the load; null if none did.", 7),
    )
    report = ma.fields.Nested(
        LoadReportSchema, required=True, metadata=described("What else there is to say.")
    )
    files = ma.fields.List(
        ma.fields.Nested(LoadFileSchema),
        required=True,
        metadata=described("The files, in the order of reading."),
    )


class QuarantinedSchema(ResponseSchema):
    """A record that a load refused."""

    file = _text("Name of its file.", "20240414.export.CSV.zip")
    line = _count("Its line in the file, from 1.", 812)
    column = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The wrong column; null if it is the whole record.", "action_code"),
    )
    reason = _text(
        "What is wrong.",
        "'0841]' is not a CAMEO action code: two to four digits that begin with 01 to 20.",
    )
    raw = _text("The record; bytes that are not UTF-8 are written `\\xff`.", "1234\\t20240413\\t…")
    cut = ma.fields.Boolean(
        required=True, metadata=described("Whether only its beginning was kept.", False)
    )
    replayed = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("The load that read it again; null if none has yet.", 4),
    )


LoadListSchema = list_of(LoadSchema, "LoadListSchema")
LoadAnswerSchema = one_of(LoadSchema, "LoadAnswerSchema")
QuarantinePageSchema = list_of(QuarantinedSchema, "QuarantinePageSchema")
