"""Run `cameo-events` to its end, as a user does."""

import os
import subprocess

from support.paths import COMMAND

UNUSABLE = 3


def run(*arguments: str, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    given = {name: str(value) for name, value in environment.items()}
    return subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=30,
    )
