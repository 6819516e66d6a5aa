"""What stores hold of GDELT's files, to compare those that followed with those that did not."""

import shutil
from collections import Counter
from pathlib import Path

from dataset.store.database import open_to_write
from dataset.store.models import LoadFile, Mention
from support.stores import loaded


def files_in(store: Path | str) -> Counter[str]:
    """Count how often each file of GDELT was loaded."""
    database = open_to_write(str(store))
    names = [name for (name,) in database.execute(LoadFile.select(LoadFile.name))]
    database.close()
    return Counter(name for name in names if name.endswith(".CSV.zip"))


def mentions_in(store: Path | str) -> list[tuple[object, ...]]:
    """Give all mentions, but not which load brought them."""
    names = [one for one in Mention._meta.sorted_fields if one.name not in ("load", "revision")]
    database = open_to_write(str(store))
    found = database.execute(Mention.select(*names).order_by(Mention.key, Mention.n)).fetchall()
    database.close()
    return list(found)


def all_at_once(seeded: Path, folder: Path, files: dict[str, bytes]) -> Path:
    """Load files at once, as one who does not follow."""
    store = Path(shutil.copy(seeded, folder / "at-once.sqlite"))
    kept = folder / "files"
    kept.mkdir()
    for name, body in files.items():
        kept.joinpath(name).write_bytes(body)
    for format, kind in (("gdelt", "export"), ("gdelt-mentions", "mentions")):
        loaded(store, format, *sorted(kept.glob(f"*.{kind}.*")))
    return store
