"""gunicorn's worker with threads that take turns to lead.

gunicorn's own loop hands each request to another thread and gets its end back, by which threads
wait for each other as long as a short page takes. Here the thread that leads the loop answers
requests itself. When it is long at one, it is left behind with it, and another thread leads on.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from selectors import EVENT_READ
from threading import Event, Lock, get_ident
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

SECONDS_AT_ONE = 0.01
"""How long the leader may be at one request before another thread leads."""
SECONDS_OF_A_LOOK = 1.0
"""How long the loop waits at most before it looks at what is overdue."""


class LeadingWorker(ThreadWorker, ABC):
    """A worker whose leader answers; only the leader touches connections that nobody answers."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin without a leader."""
        super().__init__(*given, **named)
        self.lock = Lock()
        self.leader: int | None = None
        self.led: Future[None] | None = None
        self.turn: object | None = None
        self.behind = 0
        self.asked = Event()
        self.again: deque[TConn] = deque()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Make a thread for each answer, and one to lead when all have one."""
        return ThreadPoolExecutor(max_workers=self.cfg.threads + 1)

    def run(self) -> None:
        """Have threads lead until the worker stops; what is left to do then is gunicorn's."""
        queue = self.method_queue
        self.poller.register(queue.fileno(), EVENT_READ, queue.run_callbacks)
        self._have_led()
        while self.led and not self.led.done():
            self.notify()
            if not self.is_parent_alive():
                self.alive = False
            self._look_after()
        if self.led:
            self.led.result()
        self.alive, self.leader = False, get_ident()
        self.poller.unregister(queue.fileno())
        super().run()

    def _look_after(self) -> None:
        """Wait until something is asked; leave the leader behind if it is long at it."""
        self.asked.wait(SECONDS_OF_A_LOOK)
        self.asked.clear()
        turn = self.turn
        if turn is None:
            return
        time.sleep(SECONDS_AT_ONE)
        with self.lock:
            if self.turn is turn:
                self.turn, self.leader = None, None
                self.behind += 1
                self.led = None
                if self.alive:
                    self._have_led()

    def _have_led(self) -> None:
        self.led = self.tpool.submit(self._lead)
        self.led.add_done_callback(lambda _: self.asked.set())

    def _lead(self) -> None:
        """Wait for requests, and answer them, until left behind at one or the worker stops."""
        self.leader = get_ident()
        while self.alive and self.leads:
            self.set_accept_enabled(self.nr_conns < self.worker_connections)
            self.wait_for_and_dispatch_events(SECONDS_OF_A_LOOK)
            if self.leads:
                self.murder_keepalived()
                self.murder_pending()

    @property
    def leads(self) -> bool:
        """Whether this thread leads."""
        return self.leader == get_ident()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Do what is to be done for what has come; what is left undone will be seen again."""
        for key, _ in self.poller.select(0 if self.again else timeout):
            if self.leads:
                key.data(key.fileobj)
        for _ in range(len(self.again)):
            if self.leads:
                self.go_on(self.again.popleft())

    def enqueue_req(self, conn: TConn) -> None:
        """Answer a request: here, if a thread is left that could lead on."""
        turn = object()
        if self.alive and self.behind < self.cfg.threads:
            self.turn = turn
            if not self.asked.is_set():
                self.asked.set()
            self._answer(conn, turn)
        else:
            with self.lock:
                self.behind += 1
            self.tpool.submit(self._answer, conn, turn)

    def _answer(self, conn: TConn, turn: object) -> None:
        is_kept = False
        try:
            is_kept = self.handle(conn)
        except Exception:
            # Whatever it was, others have requests, too.
            self.log.exception("Error handling request")
        finally:
            self._end(conn, turn, is_kept)

    def _end(self, conn: TConn, turn: object, is_kept: bool) -> None:
        with self.lock:
            is_leader = self.turn is turn
            if is_leader:
                self.turn = None
            else:
                self.behind -= 1
        if is_leader:
            self.end_request(conn, is_kept)
        else:
            self.method_queue.defer(self.end_request, conn, is_kept)

    @abstractmethod
    def end_request(self, conn: TConn, is_kept: bool) -> None:
        """Keep a connection whose request has been answered, or end it; answer nothing here."""

    @abstractmethod
    def go_on(self, conn: TConn) -> None:
        """Go on with a connection that `again` held, as its next request has come already."""
