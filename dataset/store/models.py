"""Define the tables. The application makes every key; no column auto-increments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    CompositeKey,
    DateField,
    DoubleField,
    Field,
    IntegerField,
    Model,
    SmallIntegerField,
    TextField,
)

from dataset.declarations.columns import COLUMNS, Column


class DayField(DateField):
    """A calendar day, sent to every engine as ISO 8601 text."""

    def db_value(self, value: date | str | None) -> str | None:
        """Give the text of a day."""
        return None if value is None else str(value)


FIELDS: dict[str, type[Field]] = {
    "date": DayField,
    "number": DoubleField,
    "grid_cell": IntegerField,
    "integer": IntegerField,
    "quad_class": SmallIntegerField,
    "boolean": SmallIntegerField,
}
"""How a kind of column is stored; every other kind is text. A boolean is 0 or 1."""


def field_of(column: Column) -> Field:
    """Make the field that stores a column; a list is one text, separated by `;`."""
    if column.many:
        return TextField(default="")
    return FIELDS.get(column.kind, TextField)(null=column.null)


class BaseModel(Model):
    """What all tables share."""

    class Meta:
        legacy_table_names = False


class Version(BaseModel):
    """What is stored of each version of an event: the public columns and what is made of them.

    `load`: the load that brought it. `loader_version`: the version of that load's loader.
    `goldstein_millionths`, `tone_millionths`: the same values as whole numbers, for exact sums.
    `dyad`: the two countries in code order. `place_cell`: the one-degree cell of the place.
    `shuffle`: 31 bits that order a sample. `words`: folded names and summary.
    """

    key = BigIntegerField()
    load = IntegerField()
    loader_version = IntegerField()
    goldstein_millionths = IntegerField(null=True)
    tone_millionths = IntegerField(null=True)
    dyad = TextField(null=True)
    place_cell = IntegerField(null=True)
    shuffle = IntegerField()
    words = TextField()


def add_fields(table: type[Version], columns: Iterable[Column]) -> None:
    """Add the fields that store columns to a table."""
    for column in columns:
        table._meta.add_field(column.name, field_of(column))


STORED = [column for column in COLUMNS.values() if column.stored]
add_fields(Version, (column for column in STORED if not column.since))


class Event(Version):
    """The current version of each event."""

    key = BigIntegerField(primary_key=True)


class Superseded(Version):
    """The older versions, each with the revision that ended it, and why if nothing came after."""

    ended = IntegerField()
    reason = TextField(null=True)
    successor = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("key", "revision")


class SourceVersion(Version):
    """The source's best version of each retracted event, of those that loads met since.

    `revision` is the one that the load made, or would have made. No answer shows any of it.
    """

    key = BigIntegerField(primary_key=True)


# A migration adds columns behind all others.
LATER = sorted((column for column in STORED if column.since), key=lambda column: column.since)
for _table in (Version, Event, Superseded, SourceVersion):
    add_fields(_table, LATER)


class Revision(BaseModel):
    """A committed change of the store.

    `token` is random: after a backup is restored, a number may come again with other events.
    `last_date`: no event that this revision or one before it shows is of a later day.
    """

    number = IntegerField(primary_key=True)
    token = TextField()
    committed = TextField()
    kind = TextField()
    detail = TextField(null=True)
    last_date = DayField(null=True)


class Release(BaseModel):
    """A name given to a revision, for good."""

    name = TextField(primary_key=True)
    revision = IntegerField()
    created = TextField()


class Dataset(BaseModel):
    """A named source of events, as described since a revision.

    `number` stands in the keys of its events and never changes.
    """

    KEY = "name"

    name = TextField()
    revision = IntegerField()
    number = IntegerField()
    title = TextField()
    description = TextField()
    licence = TextField()
    citation = TextField()
    url = TextField(null=True)
    codebook = TextField()

    class Meta:
        primary_key = CompositeKey("name", "revision")


class Document(BaseModel):
    """A source document, as described since a revision: never its text."""

    KEY = "id"

    id = TextField()
    revision = IntegerField()
    dataset = TextField()
    title = TextField()
    date = DayField()
    language = TextField()
    paragraphs = IntegerField()
    sha256 = TextField()
    left_out = TextField()

    class Meta:
        primary_key = CompositeKey("id", "revision")


class Load(BaseModel):
    """One run of a loader over files, and its account.

    `revision` is null where the load changed nothing. `datasets` are those of its events, joined
    by `;`. `dataset` is the one that was asked for in the place of the loader's own. `replays` is
    the load whose quarantine was read. `report` holds as JSON what else there is to say
    (`dataset.building.reports.Report`). `skipped` counts the records that are no events, such as
    headers; they are no part of `read`. `undone` is the revision that undid the load.
    """

    number = IntegerField(primary_key=True)
    revision = IntegerField(null=True)
    format = TextField()
    datasets = TextField()
    dataset = TextField(null=True)
    loader_version = IntegerField()
    replays = IntegerField(null=True)
    started = TextField()
    finished = TextField()
    read = BigIntegerField()
    inserted = BigIntegerField()
    updated = BigIntegerField()
    unchanged = BigIntegerField()
    outdated = BigIntegerField()
    retracted = BigIntegerField()
    quarantined = BigIntegerField()
    report = TextField()
    skipped = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    undone = IntegerField(null=True)


class LoadFile(BaseModel):
    """A file that a load read, in the order of reading; `read` counts its records.

    `first` is its header, by which the quarantine of the file can be read again.
    """

    load = IntegerField()
    n = IntegerField()
    name = TextField()
    sha256 = TextField()
    bytes = BigIntegerField()
    read = BigIntegerField()
    first = TextField()

    class Meta:
        primary_key = CompositeKey("load", "n")


class Quarantined(BaseModel):
    """A record that a load refused: where it stands, what is wrong with it, its bytes.

    `file` is the number of the file in its load, `line` counts from 1. `column` is null where the
    record as a whole is wrong. Of a long record only the beginning is kept (`cut`). `replayed` is
    the load that read it again.
    """

    load = IntegerField()
    n = IntegerField()
    file = IntegerField()
    line = BigIntegerField()
    column = TextField(null=True)
    reason = TextField()
    record = BlobField()
    cut = SmallIntegerField()
    replayed = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("load", "n")


class Mention(BaseModel):
    """A document's mention of an event; `key` is the event's, which may not be loaded yet.

    `n` is a hash of all that the source says of the mention. `ended` is the revision that took it
    back: the same mention may come again with a later one.
    """

    key = BigIntegerField()
    n = BigIntegerField()
    revision = IntegerField()
    load = IntegerField()
    time = TextField()
    type = TextField(null=True)
    publisher = TextField(null=True)
    url = TextField(null=True)
    citation = TextField(null=True)
    sentence = IntegerField(null=True)
    actor_offset = IntegerField(null=True)
    target_offset = IntegerField(null=True)
    action_offset = IntegerField(null=True)
    in_raw_text = SmallIntegerField(null=True)
    confidence = SmallIntegerField(null=True)
    length = IntegerField(null=True)
    tone = DoubleField(null=True)
    translation = TextField(null=True)
    ended = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("key", "n", "revision")


class Tombstone(BaseModel):
    """An event that was removed for good by a revision: nothing is left of any version before it.

    No load brings it back if a purge removed it; one does if its dataset was dropped.
    """

    key = BigIntegerField(primary_key=True)
    id = TextField()
    revision = IntegerField()


class SeenCode(BaseModel):
    """A code that some revision of the store held."""

    kind = TextField()
    code = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "code")


class NameCount(BaseModel):
    """How many current events of a dataset have a code, or a code with a name.

    `kind` is the column that is counted (`dataset.declarations.names`); `code` and `name` are empty
    where there is none. A count is 0 where only older versions have them.
    """

    kind = TextField()
    code = TextField()
    name = TextField()
    dataset = TextField()
    count = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("kind", "code", "name", "dataset")


class NameWord(BaseModel):
    """A word of a name that is counted; or `=` and the whole name, folded as filters compare it."""

    word = TextField()
    name = TextField()

    class Meta:
        primary_key = CompositeKey("word", "name")


class Following(BaseModel):
    """How far a feed of GDELT is followed, as its follower noted it last: no part of any revision.

    Slots are ISO 8601 text, null until the source has answered. Those from `first` on are
    followed, all up to `through` settled: loaded, or lacking for long. `newest` is the newest of
    the source; up to `complete_to` everything that it has is loaded. `missing` holds as JSON the
    names of files and why they are missing, `lacking` those that the source lacks. `process` is
    the one that follows, or did last.
    """

    feed = TextField(primary_key=True)
    first = TextField(null=True)
    through = TextField(null=True)
    newest = TextField(null=True)
    complete_to = TextField(null=True)
    looked = TextField()
    outcome = TextField()
    missing_slots = IntegerField()
    missing = TextField()
    lacking = TextField()
    process = TextField()


class Setting(BaseModel):
    """A fact about the store itself: its UUID, its signing key, the version of its schema."""

    name = TextField(primary_key=True)
    value = TextField()


MODELS: list[type[Model]] = [
    Event,
    Superseded,
    SourceVersion,
    Revision,
    Release,
    Dataset,
    Document,
    Load,
    LoadFile,
    Quarantined,
    Mention,
    Tombstone,
    SeenCode,
    NameCount,
    NameWord,
    Following,
    Setting,
]


LAST = "\uffff"
"""Sorts after every character of a code: what begins with X is between X and X + LAST."""


def field(table: type[Model], name: str) -> Any:
    """Give a table's field by the name of its column."""
    return table._meta.fields[name]
