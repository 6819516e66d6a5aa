"""A stretch of GDELT with every fault that we know of is followed: nothing lost, nothing twice."""

import signal
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from dataset.inputs.gdelt_slots import SLOT, Feed, slot_of
from support.crashes import checked
from support.figures import tally
from support.followers import Follower, state_of
from support.gdelt_sites import GDELT, TRANSLATION, GdeltSite, slots
from support.gdelt_stores import all_at_once, files_in, mentions_in
from support.patience import comes
from support.sites import Answer, Site
from support.stores import rows_of

FIRST = datetime(2024, 6, 13, tzinfo=UTC)
OPTIONS = ("--from", "2024-06-13", "--translation")
FAULTS = {
    "none": 60,
    "empty": 5,
    "late": 6,
    "hole": 5,
    "wrong checksum": 6,
    "not there yet": 4,
    "half a file": 5,
    "server error": 5,
    "killed": 4,
    "ended": 2,
}
"""What happens with a slot, and how often of a hundred times."""
FEEDS = (GDELT, TRANSLATION)


class Stretch:
    """A stretch of time at the source, which one follower after another follows."""

    def __init__(self, site: Site, store: str, folder: Path, chance: Random) -> None:
        """Begin with nothing published, and nobody who follows."""
        self.gdelt, self.store, self.folder, self.chance = GdeltSite(site), store, folder, chance
        self.late: list[tuple[datetime, Feed]] = []
        self.holes: dict[str, list[str]] = {feed.name: [] for feed in FEEDS}
        self.mended: dict[str, bytes] = {}
        self.newest: dict[str, str] = {}
        self.follower = self._started()

    def _started(self) -> Follower:
        return Follower(self.store, self.gdelt.site.url, self.folder / "cache", *OPTIONS)

    def pass_slot(self, slot: datetime, fault: str) -> None:
        """Publish a slot of both feeds, one of which has a fault, and wait until that was seen."""
        struck = self.chance.choice(FEEDS)
        for feed in FEEDS:
            self._publish(slot, feed, fault if feed is struck else "none")
        if fault in ("killed", "ended"):
            self.follower.end(signal.SIGKILL if fault == "killed" else signal.SIGTERM)
            self.follower = self._started()
        if self.late and self.chance.random() < 0.5:
            self.gdelt.publish_late(*self.late.pop(0))
        tally("follower", slots=1, faults=fault != "none")
        if self.chance.random() < 0.2:
            self.catch_up()

    def _publish(self, slot: datetime, feed: Feed, fault: str) -> None:
        gdelt, names = self.gdelt, feed.names(slot)
        if fault == "late":
            self.late.append((slot, feed))
        elif fault == "hole":
            self.holes[feed.name] += names
        else:
            if fault == "empty":
                gdelt.publish_empty(slot, feed)
            else:
                gdelt.publish(slot, feed, instead=self._broken(slot, feed, fault))
            self.newest[feed.name] = f"{slot:%Y-%m-%dT%H:%M:%SZ}"
            if fault == "half a file":
                gdelt.site.failures += [Answer(cut=self.chance.randrange(50)) for _ in range(9)]
            if fault == "server error":
                gdelt.site.failures += [Answer(status=503)] * 12

    def _broken(self, slot: datetime, feed: Feed, fault: str) -> dict[str, bytes | None]:
        """Break one file of a slot if that is its fault; it is mended later."""
        if fault not in ("wrong checksum", "not there yet"):
            return {}
        name = self.chance.choice(feed.names(slot))
        body = self.mended[name] = self.gdelt.files_of(slot, feed)[name]
        return {name: body[::-1] if fault == "wrong checksum" else None}

    def catch_up(self) -> None:
        """Mend what is wrong at the source once that was met; wait until all was seen."""
        assert comes(lambda: self.mended.keys() <= faulty_in(self.store), 120)
        mended = {f"/gdeltv2/{name}": body for name, body in self.mended.items()}
        self.gdelt.site.files.update(mended)
        self.mended.clear()

        def is_seen() -> bool:
            seen = {one["feed"]: one["newest"] for one in state_of(self.store)["feeds"]}
            return self.newest.items() <= seen.items()

        assert comes(is_seen, 120)

    def finish(self, last: datetime) -> None:
        """Publish all that is late, and wait until nothing is missing."""
        for slot, feed in self.late:
            self.gdelt.publish_late(slot, feed)
        for slot in slots(last + SLOT, 5):
            for feed in FEEDS:
                self._publish(slot, feed, "none")
        self.catch_up()
        done = {"missing_slots": 0, "outcome": "up_to_date"}
        assert comes(
            lambda: all(done.items() <= one.items() for one in state_of(self.store)["feeds"]), 120
        )
        assert self.follower.end() == 0


def faulty_in(store: str) -> set[str]:
    """Give the files that could not be loaded."""
    missing = [file for feed in state_of(store)["feeds"] for file in feed["missing"]]
    return {file["file"] for file in missing if file["reason"] == "faulty"}


def followed(site: Site, store: str, seeded: Path, folder: Path, count: int, seed: int) -> set[str]:
    """Follow a stretch of so many slots, and compare with a store that loaded all files at once.

    Gives the faults that happened.
    """
    chance, happened = Random(seed), set[str]()
    stretch = Stretch(site, store, folder, chance)
    silence = chance.randrange(count)
    try:
        for number, slot in enumerate(slots(FIRST, count)):
            if silence <= number < silence + count // 7:
                for feed in FEEDS:
                    stretch.holes[feed.name] += feed.names(slot)
            else:
                (fault,) = chance.choices([*FAULTS], [*FAULTS.values()])
                stretch.pass_slot(slot, fault)
                happened.add(fault)
        stretch.finish(slot)
    finally:
        stretch.follower.process.kill()
        stretch.follower.process.wait()
    assert files_in(store) == dict.fromkeys(stretch.gdelt.contents, 1)
    shown = {
        one["feed"]: sorted(file["file"] for file in one["lacking"])
        for one in state_of(store)["feeds"]
    }
    assert shown == {name: sorted(names) for name, names in stretch.holes.items()}
    other = all_at_once(seeded, folder, stretch.gdelt.contents)
    assert rows_of(store) == rows_of(other)
    assert mentions_in(store) == mentions_in(other)
    assert max(slot_of(name) for name in stretch.gdelt.contents) == slot + 5 * SLOT
    tally("follower", files_lost=0, files_twice=0)
    return happened


@pytest.mark.parametrize("seed", [1, 2])
def test_hours_of_gdelt_with_faults_are_followed_whole(
    site: Site, own_store: Path, seeded: Path, tmp_path: Path, seed: int
) -> None:
    followed(site, str(own_store), seeded, tmp_path, 30, seed)
    checked(own_store)


@pytest.mark.soak
def test_a_week_of_gdelt_with_faults_is_followed_whole(
    site: Site, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    assert followed(site, str(own_store), seeded, tmp_path, 7 * 96, 7) == FAULTS.keys()
    checked(own_store)


@pytest.mark.soak
def test_a_day_of_gdelt_with_faults_is_followed_whole_on_postgresql(
    site: Site, postgres_store: str, seeded: Path, tmp_path: Path
) -> None:
    assert followed(site, postgres_store, seeded, tmp_path, 96, 8) == FAULTS.keys()
