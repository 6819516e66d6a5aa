"""Make ids for events of sources that have none: of day, actors and code, and a counter.

Equal rows are told apart by their ordinal among the rows of a file, so a file gives the same
ids whenever it is loaded, and in every layout. Every distinct row is remembered by a hash of 8
bytes.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from dataset.building.values import clean
from dataset.declarations.columns import COLUMNS
from dataset.loaders.cells import REMEMBERED, UNKNOWN

IdOf = Callable[[str, str, str, str], str]
"""Makes the id of an event of its day, actor, target and action code."""


def ids_of(dataset: str) -> IdOf:
    """Make the function that makes the ids of one file."""
    seen: dict[int, int] = {}

    def id_of(day: str, actor: str, target: str, code: str) -> str:
        values = f"{day.replace('-', '')}-{actor}-{target}-{code}"
        digest = int.from_bytes(blake2b(values.encode(), digest_size=8).digest())
        ordinal = seen[digest] = seen.get(digest, 0) + 1
        return f"{dataset}:{values}-{ordinal}"

    return id_of


# The id is made of the values, so these are checked here and not only when the row is built.
@lru_cache(maxsize=4096)
def checked_action(code: str) -> str:
    """Check an action code; raises `Refused`."""
    return str(clean(COLUMNS["action_code"], code))


@lru_cache(maxsize=REMEMBERED)
def checked_actor(code: str, column: str) -> str:
    """Check the code of an actor, without the parts that nothing is known of."""
    return clean(COLUMNS[column], code.strip().replace(UNKNOWN, "")) or ""
