"""The releases of UCDP GED: what their names and versions say of the time and the dataset."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from dataset.errors import Unreadable

YEARLY, CANDIDATE = "ucdp-ged", "ucdp-candidate"
"""The datasets of the yearly releases, and of the candidate events of a month."""
EXAMPLES = "`--version 24.1` (a yearly release) or `--version 24.0.8` (candidate events of a month)"

_WHOLE = re.compile(r"(ged[0-9]{3}|GEDEvent_v[0-9]{2}_1)(\.csv|([.-]csv)?\.zip)")


Patterns = dict[str, Callable[..., "Release | None"]]
"""What a release looks like, and what its numbers say."""


class Release(NamedTuple):
    """A release: when its events count as added, their dataset, and how UCDP counts it."""

    added: str
    dataset: str
    version: str


def release_of(name: str, version: str | None, dataset: str | None = None) -> Release:
    """Tell the release of a file by its version, else by its name.

    Raises `Unreadable` where neither tells it, where both tell others, where the release is yet to
    come, and where the dataset that was asked for is that of the other releases.
    """
    named = _found(_IN_NAME, name)
    release = named if version is None else _found(_IN_VERSION, version)
    if release is None:
        raise Unreadable(_not_told(name, version))
    if named not in (None, release):
        raise Unreadable(
            f"{name} is release {named.version} by its name, but --version says {version}."
        )
    if int(release.added[:4]) > date.today().year + 1:
        raise Unreadable(
            f"Release {release.version} of UCDP GED is yet to come: {EXAMPLES} is one."
        )
    if dataset in (YEARLY, CANDIDATE) and dataset != release.dataset:
        raise Unreadable(
            f"{name} is of the dataset {release.dataset} by its release, not of {dataset}: leave "
            "out `--dataset`, or choose a name of your own."
        )
    return release


def _not_told(name: str, version: str | None) -> str:
    if version is not None:
        return f"{version!r} is no release of UCDP GED: {EXAMPLES} would be."
    return f"{name} does not name the release that it is of: load it with, for example, {EXAMPLES}."


def is_whole_release(name: str) -> bool:
    """Tell whether a file is a whole yearly release: it has exactly the name that UCDP gave it."""
    return bool(_WHOLE.fullmatch(name))


def _found(patterns: Patterns, text: str) -> Release | None:
    for pattern, read in patterns.items():
        if match := re.search(pattern, text, re.IGNORECASE):
            return read(*map(int, match.groups()))
    return None


def _yearly(year: int, number: int) -> Release | None:
    """Give a yearly release: 17.1 is of the first day of 2017, 17.2 of the second."""
    if not number:
        return None
    return Release(_midnight(date(2000 + year, 1, number)), YEARLY, f"{year}.{number}")


def _monthly(year: int, month: int) -> Release | None:
    if not 1 <= month <= 12:
        return None
    return Release(_midnight(date(2000 + year, month, 1)), CANDIDATE, f"{year}.0.{month}")


def _cumulative(first_year: int, first_month: int, year: int, month: int) -> Release | None:
    """Give a release of several months: of the last day, so it follows those of the months."""
    if not 1 <= month <= 12:
        return None
    following = date(2000 + year + month // 12, month % 12 + 1, 1)
    version = f"{first_year}.{first_month:02}.{year}.{month:02}"
    return Release(_midnight(following - timedelta(days=1)), CANDIDATE, version)


def _midnight(day: date) -> str:
    return f"{day}T00:00:00Z"


_IN_VERSION: Patterns = {
    r"^v?([0-9]{2})[._]([0-9]{1,2})[._]([0-9]{2})[._]([0-9]{1,2})$": _cumulative,
    r"^v?([0-9]{2})[._]0[._]([0-9]{1,2})$": _monthly,
    r"^v?([0-9]{2})[._]([1-9])$": _yearly,
}
_IN_NAME: Patterns = {
    r"(?<![a-z0-9])v([0-9]{2})[._]([0-9]{2})[._]([0-9]{2})[._]([0-9]{2})(?![0-9])": _cumulative,
    r"(?<![a-z0-9])v([0-9]{2})[._]0[._]([0-9]{1,2})(?![0-9])": _monthly,
    r"(?<![a-z0-9])v([0-9]{2})[._]([1-9])(?![0-9]|[._][0-9])": _yearly,
    r"(?<![a-z0-9])ged([0-9]{2})([1-9])(?![0-9])": _yearly,
}
