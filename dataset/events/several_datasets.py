"""Say when an answer holds events of several datasets, or may."""

from dataset.declarations.filters import Choice
from dataset.selections.parts import Counted, datasets_kept
from dataset.store.snapshots import Snapshot

DIFFER = "matched, and their codings and scales differ: dataset= keeps one, by=dataset counts each"
SEVERAL = f"events of several datasets {DIFFER}"
MAY_BE_SEVERAL = f"events of several datasets may have {DIFFER}"


def note_on(
    snapshot: Snapshot, revision: int, choice: Choice | None, counted: Counted
) -> str | None:
    """Warn of several datasets; where they are not counted, of those that the filter keeps."""
    if counted.datasets is not None:
        return SEVERAL if len(counted.datasets) > 1 else None
    may_be = counted.matched.value > 1 and len(datasets_kept(snapshot, revision, choice)) > 1
    return MAY_BE_SEVERAL if may_be else None
