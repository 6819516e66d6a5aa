"""The real files as DuckDB reads them: what our loaders do, said a second time, in SQL."""

import duckdb

from support.real_files import files_of

TABS = "delim = '\t', quote = '', escape = ''"
IS_ACTION = "coalesce({}, '') SIMILAR TO '[0-9]{{2,4}}'"
IS_ACTOR = "coalesce({}, '') SIMILAR TO '([A-Za-z0-9]{{3}})*'"


def paths_of(folder: str) -> list[str]:
    """Name the files of a folder, as a list of SQL."""
    return [str(path) for path in files_of(folder)]


def numbered(columns: int) -> str:
    """Give the options of files without a header: the columns are c0, c1 and so on."""
    texts = ", ".join(f"c{n}: 'VARCHAR'" for n in range(columns))
    options = "header = false, null_padding = true, auto_detect = false"
    return f"{TABS}, {options}, columns = {{{texts}}}"


def gdelt(dataset: str, folder: str, columns: int, place: int) -> str:
    """Read GDELT: both versions share the first 35 columns. Zeros without a type are no place."""
    kind = f"c{columns - 10 + (columns == 58)}"
    zeros = f"coalesce(abs(c{place}::DOUBLE) + abs(c{place + 1}::DOUBLE), 1) = 0"
    has_place = f"NOT (coalesce({kind}, '0') = '0' AND {zeros})"
    return f"""
        SELECT '{dataset}:' || c0 AS id, strptime(c1, '%Y%m%d')::DATE AS date,
            upper(c5) AS actor_code, c7 AS actor_country,
            upper(c15) AS target_code, c17 AS target_country,
            c26 AS action_code, c25 = '1' AS root_event, c29::INT AS quad_class,
            c30::DOUBLE AS goldstein, c31::BIGINT AS mentions, c32::BIGINT AS sources,
            c33::BIGINT AS articles, c34::DOUBLE AS tone,
            CASE WHEN {has_place} THEN c{place}::DOUBLE END AS place_latitude,
            CASE WHEN {has_place} AND c{place} IS NOT NULL
                THEN c{place + 1}::DOUBLE END AS place_longitude,
            CASE WHEN c{columns - 1} LIKE 'http%' THEN c{columns - 1} END AS evidence_url,
            true AS is_event
        FROM read_csv({paths_of(folder)}, {numbered(columns)})"""


ICEWS = f"""
    SELECT 'icews:' || "Event ID" || '-' || replace("Event Date", '-', '') AS id,
        "Event Date"::DATE AS date, "Source Name" AS actor_name, "Target Name" AS target_name,
        "CAMEO Code" AS action_code, Intensity::DOUBLE AS goldstein,
        Latitude::DOUBLE AS place_latitude, Longitude::DOUBLE AS place_longitude,
        "Story ID" AS evidence_story, "Publisher" AS evidence_publisher, true AS is_event
    FROM read_csv({paths_of("icews")}, {TABS}, all_varchar = true, header = true,
        nullstr = ['', 'NA'])"""
PHOENIX = f"""
    SELECT 'phoenix:' || c0 AS id, strptime(c1, '%Y%m%d')::DATE AS date, c5 AS actor_code,
        c9 AS target_code, c13 AS action_code, c16::DOUBLE AS goldstein,
        c18::DOUBLE AS place_latitude, c19::DOUBLE AS place_longitude, c22 AS place_country,
        {IS_ACTOR.format("c5")} AND {IS_ACTOR.format("c9")}
            AND {IS_ACTION.format("c13")} AS is_event
    FROM read_csv({paths_of("phoenix")}, {numbered(26)})"""
BARE = "nullif(upper(replace({}, '---', '')), '')"
KEDS = f"""
    SELECT date::DATE AS date, {BARE.format("source")} AS actor_code,
        {BARE.format("target")} AS target_code, code AS action_code,
        {IS_ACTOR.format(BARE.format("source"))} AND {IS_ACTOR.format(BARE.format("target"))}
            AND {IS_ACTION.format("code")} AS is_event
    FROM read_csv({paths_of("keds")}, all_varchar = true, header = true)"""

SOURCES = {
    "gdelt": gdelt("gdelt", "gdelt2", columns=61, place=56),
    "gdelt1": gdelt("gdelt1", "gdelt1", columns=58, place=53),
    "icews": ICEWS,
    "phoenix": PHOENIX,
    "keds": KEDS,
}
"""How the files of each dataset are read; `is_event` is false of what is no event."""
FOLDERS = {"gdelt": "gdelt2"}
"""Where the name of the folder is not that of the dataset."""
KEYS = {
    "day": "strftime(date, '%Y-%m-%d')",
    "week": "strftime(date, '%G-W%V')",
    "month": "strftime(date, '%Y-%m')",
    "quarter": "strftime(date, '%Y') || '-Q' || quarter(date)",
    "year": "strftime(date, '%Y')",
    "action_root": "action_code[1:2]",
    "dyad": "CASE WHEN actor_country || target_country IS NOT NULL THEN "
    "least(actor_country, target_country) || ',' || greatest(actor_country, target_country) END",
}
"""What is grouped by, where it is no column of the files."""


def opened() -> duckdb.DuckDBPyConnection:
    """Open the files: a table of events for each dataset, and what is no event beside it."""
    database = duckdb.connect()
    for dataset, query in SOURCES.items():
        database.execute(f"CREATE TABLE {dataset}_records AS {query}")
        database.execute(
            f"CREATE VIEW {dataset} AS SELECT * EXCLUDE is_event FROM {dataset}_records "
            "WHERE is_event"
        )
    return database
