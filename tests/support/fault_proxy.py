"""A TCP proxy that stands before a server and fails on demand."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any


class Proxy:
    """Passes bytes on; `fault` is `reset` (both ends), `black hole`, or seconds of latency."""

    def __init__(self, port: int) -> None:
        """Stand before a port of the loopback address, on a port of its own."""
        self.fault: str | float = 0.0
        self.meets: tuple[bytes, Callable[[], object]] | None = None
        """What is done before bytes are passed on that hold these; once."""
        self._to = port
        self._tasks = set[Any]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            await asyncio.gather(self._pipe(reader, back), self._pipe(there, writer))
        except ConnectionError:
            pass
        finally:
            for one in (writer, back):
                one.transport.abort()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self.meets and self.meets[0] in data:
                (_, act), self.meets = self.meets, None
                act()
            if self.fault == "reset":
                raise ConnectionError
            if self.fault != "black hole":
                await asyncio.sleep(float(self.fault))
                writer.write(data)
        raise ConnectionError

    def close(self) -> None:
        """Let all connections go."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # The transports tell of their end in the next round of the loop.
        await asyncio.sleep(0)
