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

OWN_FORM = {"keds": ["turkey.cameo.csv"], "phoenix": ["events.full.20160328_sample.txt"]}
"""The files as their source writes them, in folders that have other forms beside them."""


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
    """Give the files of a folder in its source's own form, in the order of their names."""
    return [path for path in every(folder) if path.name in OWN_FORM.get(folder, [path.name])]


def every(folder: str) -> list[Path]:
    """Give all files of a folder, in the order of their names."""
    return sorted((EVENTS / folder).glob("*"))
