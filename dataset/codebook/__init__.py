"""The codebook: tables of CAMEO, PLOVER, ISO and FIPS codes, and what decodes them."""

from dataset.codebook.actions import ACTIONS, Action, children, is_action_code, quad_class_of
from dataset.codebook.actors import ActorParts, decode, is_actor_code, parts
from dataset.codebook.places import iso3_of_fips, iso3_of_name
from dataset.codebook.states import COUNTRY_OF_ISO3, found_together, same_state
from dataset.codebook.tables import (
    COUNTRIES,
    COUNTRY_ISO3,
    ETHNIC,
    GROUPS,
    ISO_COUNTRIES,
    PLOVER_CONTEXTS,
    PLOVER_MODES,
    PLOVER_QUAD_CLASSES,
    PLOVER_TYPES,
    REGIONS,
    RELIGIONS,
    ROLES,
    STATES,
)

__all__ = [
    "ACTIONS",
    "COUNTRIES",
    "COUNTRY_ISO3",
    "COUNTRY_OF_ISO3",
    "ETHNIC",
    "GROUPS",
    "ISO_COUNTRIES",
    "PLOVER_CONTEXTS",
    "PLOVER_MODES",
    "PLOVER_QUAD_CLASSES",
    "PLOVER_TYPES",
    "REGIONS",
    "RELIGIONS",
    "ROLES",
    "STATES",
    "Action",
    "ActorParts",
    "children",
    "decode",
    "found_together",
    "is_action_code",
    "is_actor_code",
    "iso3_of_fips",
    "iso3_of_name",
    "parts",
    "quad_class_of",
    "same_state",
]
