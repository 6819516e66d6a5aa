"""Aggregates to ask for."""

from typing import Any

from flask.testing import FlaskClient

from dataset.declarations.aggregates import MEASURES
from support.paging import shown

Group = dict[str, Any]
OF_ANY_DATASETS = [name for name, one in MEASURES.items() if not one.of_one_dataset]
"""The measures that need no single dataset."""
SEVERAL = [
    "dyad,month",
    "actor_roles,target_roles",
    "year,quarter,month,day",
    "action_contexts,root_event,quad_class,week",
    "violence_type,dataset",
]
FILL = "fill=zero&date_from=2024-03-28&date_to=2024-04-16"


def measures_of(query: str) -> list[str]:
    """Name all measures that a query can ask for."""
    return [*MEASURES] if "dataset" in query else OF_ANY_DATASETS


def measuring(query: str) -> str:
    """Add to a query all measures that it can ask for."""
    return f"{query}&measures={','.join(measures_of(query))}".lstrip("&")


def groups_of(client: FlaskClient, query: str) -> list[Group]:
    """Give the groups of all pages."""
    return shown(client, f"/v1/aggregates?{query}")
