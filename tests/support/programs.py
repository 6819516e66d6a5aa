"""Programs and ports that tests need of the machine."""

import os
import shutil
import socket

import pytest


def needed(program: str) -> str:
    """Give the path of a program; without it skip, or fail where CI has installed it."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return str(path)


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
