"""The databases that are measured: made once, kept in a folder that is not committed."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".bench"
COMMAND = str(Path(sys.executable).with_name("cameo-events"))
GENERATOR = str(Path(__file__).with_name("gdelt_like.py"))
PEERS = FOLDER / "peers" / "bin"
DATASET = "synthetic"


def store_of(rows: int) -> Path:
    """Give a store of so many synthetic events, made if it is missing."""
    path = FOLDER / f"{rows}.sqlite"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        _make(path, rows)
    return path


def _make(path: Path, rows: int) -> None:
    raw, building = path.with_suffix(".tsv"), path.with_suffix(".building")
    building.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, GENERATOR, "--rows", str(rows), "--output", str(raw)], check=True
    )
    environment = {**os.environ, "DATABASE": str(building)}
    subprocess.run([COMMAND, "init"], check=True, env=environment, stdout=subprocess.DEVNULL)
    load = [COMMAND, "load", "gdelt", str(raw), "--dataset", DATASET]
    subprocess.run(load, check=True, env=environment, stdout=subprocess.DEVNULL)
    raw.unlink()
    building.rename(path)
