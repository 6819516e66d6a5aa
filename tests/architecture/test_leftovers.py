"""Tests leave nothing running, even if they are killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT
from support.patience import comes
from support.postgres_server import programs
from support.watchdog import pid_of

SCRIPT = """
import sys
from support.postgres_server import Server
server = Server()
print(server.folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_postgresql_server_ends_with_the_run_that_started_it(ended_by: int) -> None:
    programs()
    command = [sys.executable, "-c", SCRIPT]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT / "tests", text=True, **pipes) as run:  # type: ignore[call-overload]
        folder = Path(run.stdout.readline().strip())
        server = pid_of(folder)
        run.send_signal(ended_by)
    assert server
    assert comes(lambda: not Path(f"/proc/{server}").exists())
    assert comes(lambda: not folder.exists())
