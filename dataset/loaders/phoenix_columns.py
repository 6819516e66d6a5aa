"""The columns of Phoenix event files, and the names that their writers give them."""

_ACTOR = ("", "Entity", "Role", "Attribute")
_SOURCE = tuple(f"Source{part}" for part in _ACTOR)
_TARGET = tuple(f"Target{part}" for part in _ACTOR)

DAILY = (
    *("EventID", "Date", "Year", "Month", "Day"),
    *(*_SOURCE, *_TARGET),
    *("EventCode", "RootCode", "QuadClass", "Goldstein", "Issues"),
    *("Lat", "Lon", "Placename", "Admin1", "CountryCode"),
    *("SentenceIDs", "URLs", "NewsSources"),
)
"""26 columns of the daily files."""
USED = frozenset(
    {"EventID", "Date", *_SOURCE, *_TARGET, "EventCode", "RootCode", "Goldstein"}
    | {"Lat", "Lon", "Placename", "Admin1", "CountryCode"}
)
"""The columns that all writers have and that are read."""

_OF_EACH = {
    "EventID": ("eid", "id_string", "GID"),
    "Date": ("story_date", "date8"),
    "SourceEntity": ("source_root", "src_actor", "SourceActorEntity"),
    "SourceRole": ("source_agent", "src_agent", "SourceActorRole"),
    "SourceAttribute": (
        "source_others",
        "src_other_agent",
        "SOthAgent",
        "SourceActorAttribute",
    ),
    "Source": ("SourceActorFull",),
    "TargetEntity": ("target_root", "tgt_actor", "TargetActorEntity"),
    "TargetRole": ("target_agent", "tgt_agent", "TargetActorRole"),
    "TargetAttribute": (
        "target_others",
        "tgt_other_agent",
        "TOthAgent",
        "TargetActorAttribute",
    ),
    "Target": ("TargetActorFull",),
    "EventCode": ("code", "CAMEO"),
    "RootCode": ("EventRootCode",),
    "QuadClass": ("PentaClass",),
    "Goldstein": ("GoldsteinScore",),
    "Lat": ("latitude", "ActionLat"),
    "Lon": ("longitude", "ActionLong"),
    "Placename": ("geoname", "LocationName"),
    "Admin1": ("statename", "AdminInfo", "GeoCountryName"),
    "CountryCode": ("countryname", "GeoStateName"),
    "SentenceIDs": ("ids", "id", "SentenceID"),
    "URLs": ("url",),
    "NewsSources": ("sources", "source_text", "sourcetxt"),
    "Story": ("aid",),
}
ALIASES = {alias: name for name, aliases in _OF_EACH.items() for alias in aliases}
"""The names of Cline's files, of the daily files' documentation, of R and of the UTD's JSON."""
