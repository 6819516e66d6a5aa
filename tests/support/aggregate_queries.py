"""Aggregates to ask for."""

from typing import Any

from flask.testing import FlaskClient

from dataset.declarations.aggregates import MEASURES
from support.paging import shown

Group = dict[str, Any]
PLAIN = [name for name, one in MEASURES.items() if not one.is_share]
"""The measures that need no other events than those of their group."""
OF_ANY_DATASETS = [name for name in PLAIN if not MEASURES[name].of_one_dataset]
"""The measures that need no single dataset."""
FILL = "fill=zero&date_from=2024-03-28&date_to=2024-04-16"
SHARES = [
    "by=month&dataset=gdelt",
    "by=month&dataset=gdelt&actor_country=IRN,none&sort=-share",
    "by=dataset,year,actor_roles&involves=IRN",
    "by=actor_country,day,dataset&dataset=made,seed&as_of=2",
    "by=year,quarter&dataset=seed&distinct=day&date_from=2024-04-10",
    f"by=week,dataset&actor_country=IRN&{FILL}",
    f"by=day,target_roles&dataset=seed&action=19&sort=share&{FILL}",
]
"""Queries that can ask for shares."""
SEVERAL = [
    "dyad,month",
    "actor_roles,target_roles",
    "year,quarter,month,day",
    "action_contexts,root_event,quad_class,week",
    "violence_type,dataset",
]


def measures_of(query: str) -> list[str]:
    """Name the plain measures that a query can ask for."""
    return PLAIN if "dataset" in query else OF_ANY_DATASETS


def measuring(query: str) -> str:
    """Add to a query the plain measures that it can ask for."""
    return f"{query}&measures={','.join(measures_of(query))}".lstrip("&")


def groups_of(client: FlaskClient, query: str) -> list[Group]:
    """Give the groups of all pages."""
    return shown(client, f"/v1/aggregates?{query}")
