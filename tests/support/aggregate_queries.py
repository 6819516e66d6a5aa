"""Aggregates to ask for."""

from typing import Any

from flask.testing import FlaskClient

from dataset.declarations.aggregates import MEASURES
from support.paging import shown

Group = dict[str, Any]
ALL_MEASURES = ",".join(MEASURES)
SEVERAL = [
    "dyad,month",
    "actor_roles,target_roles",
    "year,quarter,month,day",
    "action_contexts,root_event,quad_class,week",
]
FILL = "fill=zero&date_from=2024-03-28&date_to=2024-04-16"


def groups_of(client: FlaskClient, query: str) -> list[Group]:
    """Give the groups of all pages."""
    return shown(client, f"/v1/aggregates?{query}")
