"""Whether the service works: probes."""

from typing import Any

from api.context import store
from api.openapi.blueprint import Blueprint
from dataset.store.health import health
from schemas.about import HealthSchema, ReadinessSchema
from schemas.base import NoQuerySchema

blueprint = Blueprint("service", __name__, description="Whether the service works.")


@blueprint.get("/healthz")
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, HealthSchema)
def get_health(_arguments: dict[str, Any]) -> dict[str, str]:
    """Tell whether the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, ReadinessSchema)
def get_readiness(_arguments: dict[str, Any]) -> dict[str, Any]:
    """Tell whether the store can be read, its revision and schema, and the free disk space."""
    with store().snapshot() as snapshot:
        return {"status": "ready", **vars(health(snapshot))}
