"""Quick tests start no process, whichever way they try."""

import os
import subprocess
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.quick

WAYS: dict[str, Callable[[], object]] = {
    "subprocess": lambda: subprocess.run(["true"]),
    "fork": os.fork,
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], os.environ),
    "system": lambda: os.system("true"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_quick_test_fails_that_starts_a_process(way: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="starts a process"):
        WAYS[way]()
