"""Real files of every source, which are not part of the project."""

from pathlib import Path

from support.paths import SHARED

EVENTS = SHARED / "data" / "events"
FORMATS = {
    "gdelt1": "gdelt",
    "gdelt2": "gdelt",
    "gdelt2-mentions": "gdelt-mentions",
    "icews": "icews",
    "keds": "keds",
    "phoenix": "phoenix",
}
"""The format of the real files in each folder."""

READABLE = {"keds": ["turkey.cameo.csv"], "phoenix": ["events.full.20160328_sample.txt"]}
"""The files with a form that the loaders know, in folders that have others beside them."""


UCDP_RELEASES = {
    "api_gedevents_israel_2002.json": "25.1",
    "candidate_v26_0_8_excerpt.csv": None,
    "ged191_mmr_bgd_original.csv": None,
    "hdx_conflict_data_sdn_2024.csv": "24.1",
    "hdx_conflict_data_ukr_2022.csv": "23.1",
    "website_export_aqap_2021_r_resave.csv": "21.1",
    "website_export_pak_2021.csv": "21.1",
}
"""The releases of the real files in the folder of UCDP, where their names do not tell them."""


def files_of(folder: str) -> list[Path]:
    """Give the files of a folder that the loaders can read, in the order of their names."""
    found = sorted((EVENTS / folder).glob("*"))
    return [path for path in found if path.name in READABLE.get(folder, [path.name])]
