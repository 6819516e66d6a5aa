"""What is wrong with a database is told apart, with what helps; nothing else is called damaged."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.commands.main import main
from dataset.maintenance.backups import backup
from dataset.store.database import open_to_read
from dataset.store.snapshots import Store
from support.commands import UNUSABLE
from support.gdelt_lines import gdelt_line
from support.paths import COMMAND
from support.postgres_server import Server
from support.programs import needed
from support.stores import rows_of

MAY_NOT = "Let this user write the file and its folder; is the disk mounted to be read only?"
FULL = "database or disk is full. Nothing was changed: make room, then try again."
DAMAGED = "It is damaged: restore a backup or choose another database with DATABASE=."
ASKED = (
    "loads",
    "init",
    "release 2026.1",
    "migrate",
    "restore-backup {copy} --yes",
    "load gdelt {export}",
)

Mount = Callable[..., Path]


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mount]:
    """Mount something on a folder of the test."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(*options: str) -> Path:
        command = ["mount", *options, str(folder)]
        if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("only root can mount")
        return folder

    yield mount
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)


@pytest.fixture
def full(mounted: Mount) -> Path:
    """A disk with no room for a store."""
    return mounted("-t", "tmpfs", "-o", "size=300k", "tmpfs")


@pytest.fixture
def fixed(mounted: Mount, own_store: Path, tmp_path: Path) -> Path:
    """A folder with the seeded store that may only be read."""
    (tmp_path / "given").mkdir()
    shutil.copy(own_store, tmp_path / "given" / "store.sqlite")
    folder = mounted("--bind", str(tmp_path / "given"))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
    return folder


@pytest.fixture
def given(own_store: Path, tmp_path: Path) -> dict[str, str]:
    """A backup and a file to load."""
    backup(str(own_store), tmp_path / "copy")
    (tmp_path / "export.tsv").write_bytes(gdelt_line())
    return {"copy": str(tmp_path / "copy"), "export": str(tmp_path / "export.tsv")}


def run(asked: str, store: Path | str, **given: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(main, [*asked.format(**given).split(), "--database", str(store)])


def check_told(done: Result, words: str, store: Path | str) -> None:
    """Assert that a command failed with what is wrong, with what, and what helps."""
    assert (done.exit_code, words in done.output) == (UNUSABLE, True), done.output
    assert f"The database {store} cannot be " in done.output
    assert ("restore a backup" in done.output) is ("restore a backup" in words)
    assert "not an error" not in done.output


def test_a_backup_on_a_full_disk_is_told(own_store: Path, full: Path) -> None:
    check_told(run(f"backup {full}/copy", own_store), FULL, full / "copy")
    assert not list(full.iterdir())


def test_a_restored_backup_on_a_full_disk_is_told(given: dict[str, str], full: Path) -> None:
    asked = "restore-backup {copy} --yes"
    check_told(run(asked, full / "new.sqlite", **given), FULL, full / "new.sqlite")
    assert not list(full.iterdir())


def test_a_new_store_on_a_full_disk_is_told(full: Path) -> None:
    check_told(run("init", full / "new.sqlite"), FULL, full / "new.sqlite")


LIMITED = (
    "import resource, sys; from api.commands.main import main; "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); main(sys.argv[2:])"
)


def test_a_log_that_cannot_be_written_into_the_store_is_no_failed_load(
    own_store: Path, tmp_path: Path
) -> None:
    export, twin = tmp_path / "a.tsv", Path(shutil.copy(own_store, tmp_path / "twin.sqlite"))
    export.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(1_000)))
    with Store(str(twin)).snapshot():
        run(f"load gdelt {export}", twin)
        log = twin.with_name("twin.sqlite-wal").stat().st_size
    run("release a", twin)
    limit = (log + twin.stat().st_size) // 2
    assert log < limit
    command = [sys.executable, "-c", LIMITED, str(limit), "load", "gdelt", str(export)]
    environment = {**os.environ, "DATABASE": str(own_store)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, "Load 2 made revision 2." in done.stdout) == (0, True), done.stderr
    assert "Everything is committed, but the log beside the database could not" in done.stderr
    assert len(rows_of(own_store)) == 1_055


@pytest.mark.parametrize("asked", ASKED)
def test_a_folder_that_may_only_be_read_is_told(
    fixed: Path, given: dict[str, str], asked: str
) -> None:
    store = fixed / "store.sqlite"
    check_told(run(asked, store, **given), MAY_NOT, store)


@pytest.mark.parametrize("asked", ["init", "restore-backup {copy} --yes"])
def test_a_new_store_where_nothing_may_be_written_is_told(
    fixed: Path, given: dict[str, str], asked: str
) -> None:
    check_told(run(asked, fixed / "new.sqlite", **given), MAY_NOT, fixed / "new.sqlite")


def test_a_backup_where_nothing_may_be_written_is_told(fixed: Path, own_store: Path) -> None:
    check_told(run(f"backup {fixed}/copy", own_store), MAY_NOT, fixed / "copy")


@pytest.mark.parametrize("asked", ["loads", "init", "release 2026.1"])
def test_who_has_no_right_to_a_folder_is_told(own_store: Path, asked: str) -> None:
    if os.geteuid():
        own_store.parent.chmod(0o500)
        without_rights = []
    else:
        shutil.chown(own_store.parent, "nobody")
        without_rights = [needed("setpriv"), "--bounding-set=-dac_override", "--inh-caps=-all"]
    command = [*without_rights, COMMAND, *asked.split(), "--database", str(own_store)]
    done = subprocess.run(command, capture_output=True, text=True)
    own_store.parent.chmod(0o700)
    assert (done.returncode, MAY_NOT in done.stderr) == (UNUSABLE, True), done.stderr
    assert "restore a backup" not in done.stderr


@pytest.mark.parametrize("asked", ["loads", "release 2026.1", "backup {copy}2"])
def test_a_damaged_store_is_told(own_store: Path, given: dict[str, str], asked: str) -> None:
    content = bytearray(own_store.read_bytes())
    content[3 * 8192 : 40 * 8192] = bytes(37 * 8192)
    own_store.write_bytes(content)
    check_told(run(asked, own_store, **given), DAMAGED, own_store)


@pytest.mark.parametrize("asked", ["loads", "init", "release 2026.1", "backup {copy}2"])
def test_a_file_of_something_else_is_told(
    own_store: Path, given: dict[str, str], asked: str
) -> None:
    own_store.write_text("a letter to a friend " * 1_000)
    words = "It is no SQLite file: choose another with DATABASE=, or restore a backup."
    check_told(run(asked, own_store, **given), words, own_store)
    assert own_store.read_text().startswith("a letter")


@pytest.mark.parametrize("asked", ["release 2026.1", "load gdelt {export}"])
def test_a_postgresql_that_may_only_be_read_is_told(
    postgres: Server, postgres_store: str, given: dict[str, str], asked: str
) -> None:
    name = postgres_store.rpartition("/")[2]
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    words = "It may only be read: is it a standby? Choose the primary with DATABASE=."
    check_told(run(asked, postgres_store, **given), words, open_to_read(postgres_store).label)
