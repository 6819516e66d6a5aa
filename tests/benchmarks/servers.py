"""Servers over loopback: started, asked, their CPU and memory read from /proc, and ended."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0


@dataclass
class Server:
    """A running server and its processes."""

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_answer: float = 0.0

    @property
    def processes(self) -> list[int]:
        """Number the process that was started, and those below it."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, task.read_text().split())
        return found

    @property
    def cpu_seconds(self) -> float:
        """How much CPU the processes have used, in user and system mode."""
        return sum(_cpu(pid) for pid in self.processes)

    @property
    def own_megabytes(self) -> float:
        """The memory of the processes that is not a file's (RssAnon)."""
        return sum(_anonymous(pid) for pid in self.processes) / 1024

    def ask(self, paths: Sequence[str], headers: Mapping[str, str] | None = None) -> list[int]:
        """Ask for paths, one after the other; give the sizes of the answers."""
        connection, sizes = http.client.HTTPConnection("127.0.0.1", self.port), []
        for path in paths:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            sizes.append(len(answer.read()))
            if answer.status not in (200, 304):
                raise RuntimeError(f"{path} answered {answer.status}")
        connection.close()
        return sizes

    def etag(self, path: str) -> str:
        """Give the ETag of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return str(answer.headers["ETag"])

    def loaded_ms(self, paths: Sequence[str], headers: Mapping[str, str] | None = None) -> float:
        """Give the CPU milliseconds of one answer while eight connections ask by turns (wrk)."""
        with NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(_script(paths, headers or {}))
            script.flush()
            command = ["wrk", "--threads", "1", "--connections", "8", "--duration", "2s"]
            before = self.cpu_seconds
            told = subprocess.run(
                [*command, "--script", script.name, f"http://127.0.0.1:{self.port}"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        if "Non-2xx" in told:
            raise RuntimeError(told)
        answers = int(re.findall(r"(\d+) requests in", told)[0])
        return (self.cpu_seconds - before) * 1000 / answers

    def cpu_ms(self, paths: Sequence[str], headers: Mapping[str, str] | None = None) -> float:
        """Give the CPU milliseconds of one answer, on the mean of many."""
        before = self.cpu_seconds
        self.ask(paths, headers)
        return (self.cpu_seconds - before) * 1000 / len(paths)


def _script(paths: Sequence[str], headers: Mapping[str, str]) -> str:
    """Write for wrk, in Lua, what to ask by turns."""
    listed = ", ".join(map(json.dumps, paths))
    named = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(headers[name])}" for name in headers]
    turn = "number = number % #paths + 1 return wrk.format('GET', paths[number])"
    lines = [*named, f"paths, number = {{{listed}}}, 0", f"request = function() {turn} end"]
    return "\n".join(lines)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _anonymous(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], first: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server until it is done with; `PORT` in its command stands for its port.

    It has started when it answers `first`.
    """
    port = free_port()
    # Our own path is not theirs: with it `schemas` is the folder of the tests, not the package.
    inherited = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    given = {**inherited, "PORT": str(port), **(environment or {})}
    began = time.monotonic()
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        env=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(process, port)
    try:
        _wait(server, first)
        server.seconds_to_answer = time.monotonic() - began
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _wait(server: Server, first: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            server.ask([first])
        except OSError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return
