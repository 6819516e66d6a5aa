"""The columns of GDELT's event files, in their order.

GDELT Event Codebook V2.0 (2015) and GDELT Data Format Codebook V1.03 (2013); the names are those
of GDELT's headers and of its tables in BigQuery.
"""

_ACTOR = (
    "Code",
    "Name",
    "CountryCode",
    "KnownGroupCode",
    "EthnicCode",
    "Religion1Code",
    "Religion2Code",
    "Type1Code",
    "Type2Code",
    "Type3Code",
)
ACTOR1 = tuple(f"Actor1{name}" for name in _ACTOR)
ACTOR2 = tuple(f"Actor2{name}" for name in _ACTOR)
ACTION = ("EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale")
COUNTS = ("NumMentions", "NumSources", "NumArticles")


def _place(whose: str, has_admin2: bool) -> tuple[str, ...]:
    names = ("Type", "Fullname", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
    return tuple(f"{whose}Geo_{name}" for name in names if has_admin2 or name != "ADM2Code")


def _columns(has_admin2: bool) -> tuple[str, ...]:
    return (
        *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
        *(*ACTOR1, *ACTOR2),
        "IsRootEvent",
        *(*ACTION, *COUNTS),
        "AvgTone",
        *(name for whose in ("Actor1", "Actor2", "Action") for name in _place(whose, has_admin2)),
        *("DATEADDED", "SOURCEURL"),
    )


V1, V2 = _columns(has_admin2=False), _columns(has_admin2=True)
"""58 columns of 1.0, and 61 of 2.0."""
PLACE = _place("Action", has_admin2=False)[:-1]
ACTORS = (ACTOR1, ACTOR2)
WHOLE = frozenset(
    {"GLOBALEVENTID", "SQLDATE", "DATEADDED", "IsRootEvent", "ActionGeo_Type", *COUNTS}
    | {*ACTION} - {"GoldsteinScale"}
)
"""Whole numbers and codes, to which spreadsheets add `.0`."""
USED = frozenset(
    {"GLOBALEVENTID", "SQLDATE", "IsRootEvent", "AvgTone", "DATEADDED"}
    | {*ACTOR1, *ACTOR2, *ACTION, *PLACE, *COUNTS} - {"EventBaseCode"}
)
"""The columns that are read; files of before April 2013 have no SOURCEURL."""
