"""The same page by a straightforward flask-smorest view: models in, a response schema out."""

import os
from typing import Any

import marshmallow as ma
from flask import Flask
from flask_smorest import Api, Blueprint
from peewee import Model, SqliteDatabase

from dataset.declarations.columns import COLUMNS
from dataset.store.models import BaseModel, field_of
from schemas.events import value_of

STORED = {name: column for name, column in COLUMNS.items() if column.stored}
database = SqliteDatabase(os.environ["DATABASE"])


class Event(BaseModel):
    """An event."""

    class Meta:
        database = database
        table_name = "event"
        primary_key = False


for _name, _column in STORED.items():
    Event._meta.add_field(_name, field_of(_column))


class QuerySchema(ma.Schema):
    """What can be asked."""

    actor_country = ma.fields.String()
    action_root = ma.fields.String()
    limit = ma.fields.Integer(load_default=100)


ValuesSchema = ma.Schema.from_dict(
    {
        name: ma.fields.String() if column.many else value_of(column)
        for name, column in STORED.items()
    },
    name="ValuesSchema",
)


class PageSchema(ma.Schema):
    """A page of events."""

    data = ma.fields.List(ma.fields.Nested(ValuesSchema))


blueprint = Blueprint("events", __name__, url_prefix="/v1/events")


@blueprint.get("")
@blueprint.arguments(QuerySchema, location="query")
@blueprint.response(200, PageSchema)
def list_events(asked: dict[str, Any]) -> dict[str, list[Model]]:
    """List events."""
    query = Event.select()
    for name in ("actor_country", "action_root"):
        if name in asked:
            query = query.where(getattr(Event, name) == asked[name])
    return {"data": list(query.order_by(Event.date.desc()).limit(asked["limit"]))}


app = Flask(__name__)
app.config.update(API_TITLE="plain", API_VERSION="1", OPENAPI_VERSION="3.1.0")
app.before_request(lambda: database.connect(reuse_if_open=True) and None)
app.teardown_request(lambda _error: database.is_closed() or database.close())
Api(app).register_blueprint(blueprint)
