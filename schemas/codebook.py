"""The codebook: actions, actors and the columns of events."""

import marshmallow as ma

from schemas import codes, fields
from schemas.answers import list_of, one_of
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.paging import ListQuerySchema

KEDS = "In KEDS's CAMEO 0.5b1, where some codes (016, 121, 164, …) mean another action."
SOURCE = (
    "Who has the country: `cameo` (its table of 2012), `cameo-events` (added by this project); "
    "null without a country."
)
VALID_FROM = "First year of the country (Gleditsch and Ward); null if open or unknown."
VALID_TO = "Last year of the country; null if open or unknown. Years never refuse an event."
SAME_AS = "The same actor by the other codes of its country: `ROU` and `ROM`."
ACTORS_Q = (
    "Words of the label or of the names of events, or the beginning of the code. A last word of "
    "three characters or more may be the beginning of one."
)
NAMES = (
    "Up to five names of actors and targets with exactly this code: those that `q` finds, then the "
    "commonest."
)
COUNTED_OF = "Count the events of this dataset (`A,B`: these, `!A`: all but this) only."
COUNTED_AS_OF = "Count as the store was at this revision (a number) or release (a name)."
CHILDREN_OF = "The codes right below this one (`A,B`: these); `none`: those without a parent."


class CountedQuerySchema(QuerySchema):
    """What can be asked of a single code."""

    as_of = fields.RevisionName(metadata=described(COUNTED_AS_OF, "1"))
    dataset = codes.Choices("dataset", metadata=described(COUNTED_OF, "seed"))


class ActionQuerySchema(CountedQuerySchema):
    """Which actions can be asked for."""

    q = fields.Words(metadata=described("Words of the label, or the beginning of the code.", "aid"))
    depth = fields.Integer(
        least=1,
        most=3,
        metadata=described("How deep: 1 root codes, 2 base codes too, 3 all (the default).", 1)
        | {"minimum": 1, "maximum": 3},
    )
    parent = codes.Choices("action", metadata=described(CHILDREN_OF, "19", "none"))


class ActionListQuerySchema(ListQuerySchema, ActionQuerySchema):
    """What can be asked of the list of actions."""


class ActorQuerySchema(CountedQuerySchema):
    """Which actor codes can be asked for."""

    q = fields.Words(metadata=described(ACTORS_Q, "Iran"))
    depth = fields.Integer(
        least=1,
        most=10,
        metadata=described("The most parts of a code: 1 leaves countries, roles, groups, …", 1)
        | {"minimum": 1, "maximum": 10},
    )
    parent = codes.Choices("actor", metadata=described(CHILDREN_OF, "IRN", "none"))


class ActorListQuerySchema(ListQuerySchema, ActorQuerySchema):
    """What can be asked of the list of actor codes."""


class GoldsteinSchema(ResponseSchema):
    """The Goldstein value of an action in each codebook; null where it lacks the action."""

    gdelt = ma.fields.Float(allow_none=True, metadata=described("In GDELT's table.", -10.0))
    icews = ma.fields.Float(allow_none=True, metadata=described("In ICEWS's table.", -10.0))
    keds = ma.fields.Float(allow_none=True, metadata=described(KEDS, -10.0))


class ActionCodeSchema(ResponseSchema):
    """A CAMEO action code."""

    code = ma.fields.String(required=True, metadata=described("The code.", "195"))
    label = ma.fields.String(
        required=True, metadata=described("What it means.", "Employ aerial weapons")
    )
    parent = ma.fields.String(
        required=True, allow_none=True, metadata=described("Parent code; null for a root.", "19")
    )
    children = ma.fields.List(
        ma.fields.String(), required=True, metadata=described("The child codes.", ["1951", "1952"])
    )
    quad_class = ma.fields.Integer(
        required=True,
        metadata=described(
            "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.",
            4,
        ),
    )
    goldstein = ma.fields.Nested(
        GoldsteinSchema, required=True, metadata=described("Goldstein values by codebook.")
    )
    plover = ma.fields.String(
        required=True, allow_none=True, metadata=described("PLOVER type.", "ASSAULT")
    )
    count = ma.fields.Integer(
        required=True, metadata=described("How many events `action=` with this code finds.", 1)
    )


class PartSchema(ResponseSchema):
    """A part of an actor code."""

    code = ma.fields.String(required=True, metadata=described("The part.", "GOV"))
    label = ma.fields.String(required=True, metadata=described("What it means.", "Government"))


class NamedSchema(ResponseSchema):
    """A name of the events of a code."""

    name = ma.fields.String(
        required=True, metadata=described("The name, as the source gives it.", "Iran")
    )
    count = ma.fields.Integer(
        required=True, metadata=described("How many times actor or target are named so.", 21)
    )


class ActorCodeSchema(ResponseSchema):
    """An actor code, taken apart."""

    code = ma.fields.String(required=True, metadata=described("The code.", "AFGINSTAL"))
    label = ma.fields.String(
        required=True, metadata=described("Its parts in words.", "Afghanistan, Insurgents, Taliban")
    )
    parent = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The code without its last part; null for a single part.", "AFGINS"),
    )
    children = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described("The codes of events that are one part longer.", ["AFGINSTAL"]),
    )
    country = ma.fields.Nested(
        PartSchema, required=True, allow_none=True, metadata=described("Country or region.")
    )
    source = ma.fields.String(required=True, allow_none=True, metadata=described(SOURCE, "cameo"))
    valid_from = ma.fields.Integer(
        required=True, allow_none=True, metadata=described(VALID_FROM, 1922)
    )
    valid_to = ma.fields.Integer(required=True, allow_none=True, metadata=described(VALID_TO, 1991))
    same_as = ma.fields.List(
        ma.fields.String(), required=True, metadata=described(SAME_AS, ["USR"])
    )
    group = ma.fields.Nested(
        PartSchema, required=True, allow_none=True, metadata=described("Known group.")
    )
    roles = ma.fields.List(
        ma.fields.Nested(PartSchema), required=True, metadata=described("Roles, in their order.")
    )
    ethnic = ma.fields.Nested(
        PartSchema, required=True, allow_none=True, metadata=described("Ethnic group.")
    )
    religions = ma.fields.List(
        ma.fields.Nested(PartSchema), required=True, metadata=described("Religions.")
    )
    unknown_parts = ma.fields.List(
        ma.fields.String(),
        data_key="unknown",
        required=True,
        metadata=described("Parts that the codebook does not explain in their place.", []),
    )
    count_as_actor = ma.fields.Integer(
        required=True, metadata=described("How many events `actor=` with this code finds.", 2)
    )
    count_as_target = ma.fields.Integer(
        required=True, metadata=described("How many events `target=` with this code finds.", 13)
    )
    names = ma.fields.List(ma.fields.Nested(NamedSchema), required=True, metadata=described(NAMES))


class FieldSchema(ResponseSchema):
    """A column of the events."""

    name = ma.fields.String(
        required=True, metadata=described("Name of column, filter and key.", "actor_country")
    )
    path = ma.fields.String(
        required=True, metadata=described("Where it stands in the JSON event.", "actor.country")
    )
    type = ma.fields.String(
        required=True,
        metadata=described("Type of a value: a JSON type, `date` or `datetime`.", "string"),
    )
    is_list = ma.fields.Boolean(
        data_key="list",
        required=True,
        metadata=described("Whether it holds a list of values.", False),
    )
    nullable = ma.fields.Boolean(
        required=True, metadata=described("Whether it may be missing.", True)
    )
    unit = ma.fields.String(
        required=True, allow_none=True, metadata=described("Unit of a number.", "degrees, WGS84")
    )
    meaning = ma.fields.String(
        required=True, metadata=described("What it means.", "CAMEO country of who acts.")
    )
    example = ma.fields.Raw(required=True, metadata=described("A value.", "IRN"))
    operators = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described("How it can be filtered.", ["any", "not", "missing"]),
    )
    filters = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described("The parameters that filter it.", ["actor_country", "dyad"]),
    )
    filterable = ma.fields.Boolean(required=True, metadata=described("Whether it filters.", True))
    sortable = ma.fields.Boolean(required=True, metadata=described("Whether it sorts.", False))
    groupable = ma.fields.Boolean(required=True, metadata=described("Whether it groups.", True))


ActionListSchema = list_of(ActionCodeSchema, "ActionListSchema")
ActionAnswerSchema = one_of(ActionCodeSchema, "ActionAnswerSchema")
ActorListSchema = list_of(ActorCodeSchema, "ActorListSchema")
ActorAnswerSchema = one_of(ActorCodeSchema, "ActorAnswerSchema")
FieldListSchema = list_of(FieldSchema, "FieldListSchema")
