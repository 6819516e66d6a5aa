"""What a quick test may not do: start a process."""

import sys

import pytest

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "pty.spawn"}
"""The audit events of Python that come before a process is started."""


class Watch:
    """Refuses processes while a quick test runs; Python cannot be made to forget it."""

    def __init__(self) -> None:
        """Begin to listen."""
        self.quick = False
        sys.addaudithook(self.heard)

    def heard(self, event: str, _: object) -> None:
        """Fail the test that starts a process."""
        if self.quick and event in STARTS:
            pytest.fail("This test is marked as quick, but starts a process.")
