"""How far the feeds of GDELT are followed."""

import marshmallow as ma

from schemas.base import ResponseSchema, described

OUTCOMES = {
    "up_to_date": "all that the source has is loaded",
    "catching_up": "more files are waiting",
    "files_faulty": "files that are listed could not be loaded, and are tried again",
    "source_unreachable": "the source could not be read",
    "dropped": "`gdelt` was dropped since the last look: the follower begins anew",
    "store_unusable": "nothing could be kept: the disk is full, or another command writes",
}
REASONS = {
    "waiting": "it is listed, and not loaded yet",
    "faulty": "it is listed, and could not be loaded: it is not there, has another checksum, or is "
    "damaged",
    "late": "no list names it yet",
}


def _one_of(values: dict[str, str], meaning: str, example: str) -> ma.fields.String:
    told = "; ".join(f"`{name}`: {text}" for name, text in values.items())
    return ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([*values]),
        metadata=described(f"{meaning}: {told}.", example),
    )


def _slot(meaning: str, none: bool = False) -> ma.fields.String:
    metadata = described(meaning, "2026-11-30T12:15:00Z") | {"format": "date-time"}
    return ma.fields.String(required=True, allow_none=none, metadata=metadata)


def _count(meaning: str, example: int = 0) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata=described(meaning, example))


class LackingFileSchema(ResponseSchema):
    """A file that the source itself does not have."""

    slot = _slot("Its slot.")
    file = ma.fields.String(
        required=True, metadata=described("Its name.", "20261130121500.export.CSV.zip")
    )


class MissingFileSchema(LackingFileSchema):
    """A file that is not loaded, and may be soon."""

    reason = _one_of(REASONS, "Why it is missing", "late")


class FollowedFeedSchema(ResponseSchema):
    """How far a feed of GDELT is followed, as of the last look."""

    feed = ma.fields.String(
        required=True,
        metadata=described(
            "The feed: `gdelt`, or `gdelt-translation` of sources that GDELT translates.", "gdelt"
        ),
    )
    first = _slot(
        "The slot from which on it is followed; null until it is known where to begin.", True
    )
    complete_to = _slot(
        "The slot up to which all that the source has is loaded, or was undone.", True
    )
    newest = _slot("The newest slot of the source.", True)
    lag_seconds = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("Seconds since `complete_to`. A slot lasts 900.", 1_020),
    )
    missing_slots = _count("How many slots have files that are missing.", 1)
    missing = ma.fields.List(
        ma.fields.Nested(MissingFileSchema),
        required=True,
        metadata=described("The missing files, oldest first; the first 1,000 of many."),
    )
    lacking_slots = _count("How many slots have files that the source itself lacks.")
    lacking = ma.fields.List(
        ma.fields.Nested(LackingFileSchema),
        required=True,
        metadata=described(
            "The files that the source itself lacks: it has had slots for an hour that are newer."
        ),
    )
    undone = ma.fields.List(
        ma.fields.Nested(LackingFileSchema),
        required=True,
        metadata=described(
            "The files of the slots from `first` to `newest` whose load was undone, and that were "
            "not loaded since: the follower does not load them again, `load gdelt` does. The first "
            "1,000 of many."
        ),
    )
    dropped = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described(
            "The last revision that dropped `gdelt`. What was loaded before is not there: the "
            "follower loads it again only from `first` on, which `--from` sets.",
            None,
        ),
    )
    looked = _slot("When the source was looked at last.")
    outcome = _one_of(OUTCOMES, "What came of it", "up_to_date")


class FollowingSchema(ResponseSchema):
    """Whether GDELT is followed, and how far."""

    running = ma.fields.Boolean(
        required=True, metadata=described("Whether a process follows now.", True)
    )
    feeds = ma.fields.List(
        ma.fields.Nested(FollowedFeedSchema),
        required=True,
        metadata=described("The feeds that are followed, or were; empty if none ever was."),
    )


class FollowingAnswerSchema(ResponseSchema):
    """The state of following."""

    data = ma.fields.Nested(
        FollowingSchema, required=True, metadata=described("How far the feeds are followed.")
    )
