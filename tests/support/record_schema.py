"""Record the schema of this version: every released one has to be migrated from for good.

Run it after a change of the models or indexes, which needs a new SCHEMA_VERSION and a migration.
"""

import tempfile
from contextlib import closing
from pathlib import Path

import apsw

from dataset.store.database import SCHEMA_VERSION, open_to_write

FOLDER = Path(__file__).with_name("schemas")


def schema_of(path: Path) -> str:
    """Give the statements that make the tables and indexes of a store, in the order of names."""
    asked = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rootpage = 0, type, name"
    of_sqlite = ("event_words_", "sqlite_stat")
    with closing(apsw.Connection(str(path))) as database:
        found = [sql for (sql,) in database.execute(asked)]
    made = [sql for sql in found if not any(name in sql for name in of_sqlite)]
    return "".join(f"{sql};\n" for sql in sorted(made, key=lambda sql: "INDEX" in sql[:20]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder, "new.sqlite")
        open_to_write(str(new)).close()
        FOLDER.joinpath(f"{SCHEMA_VERSION}.sql").write_text(schema_of(new))
