"""Where the project, its command and the files beside it are."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
COMMAND = str(Path(sys.executable).with_name("cameo-events"))
