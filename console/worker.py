"""The database worker: the one thread that touches the database for the screens.

Work waits in one queue with four ranks, so that a sweep never stands behind a
board refresh. Everything that comes back is posted as a frozen record.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from enum import IntEnum

from console.domain.errors import Refusal
from console.services.requests import Answer, Broke, Refused

log = logging.getLogger(__name__)


#: No rest is longer than this, in seconds.
MOST_REST_S = 1.5


class Rank(IntEnum):
    """Who goes first."""

    SWEEP = 0
    PERSON = 1
    REFRESH = 2
    BACKGROUND = 3


class DatabaseWorker:
    """Runs jobs one after the other in a thread of its own.

    ``handle`` turns a request into a value (``Office.handle``); ``post`` takes
    :class:`Answer`, :class:`Refused` and :class:`Broke` from this thread.
    """

    def __init__(
        self,
        handle: Callable[[object], object],
        post: Callable[[object], None],
        *,
        name: str = "database-worker",
        tokens: Iterator[int] | None = None,
        rest: float = 0.0,
    ) -> None:
        """``rest``: after each job the thread rests for this share of the time
        the job took (a reader of large boards must leave room for others).
        ``tokens`` may be shared, so that two workers never give one twice."""
        self._handle = handle
        self._post = post
        self._rest = rest
        self._stopping = threading.Event()
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._tokens = tokens if tokens is not None else itertools.count(1)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._waiting: set[str] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, request: object, rank: Rank = Rank.PERSON) -> int:
        """Ask for something; the answer is posted with the token returned."""
        token = next(self._tokens)

        def job() -> None:
            self._post(self._answer(token, request))

        self._queue.put((rank, next(self._order), job))
        return token

    def call(self, job: Callable[[], None], rank: Rank, name: str = "") -> None:
        """Run ``job`` here. With a ``name``, a job that already waits under it
        stands for this one too (a burst of wake-ups is one sweep)."""
        if name:
            with self._lock:
                if name in self._waiting:
                    return
                self._waiting.add(name)

        def run() -> None:
            if name:
                with self._lock:
                    self._waiting.discard(name)
            job()

        self._queue.put((rank, next(self._order), run))

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Finish what people asked for, drop what is only refresh, end."""
        if not self._thread.is_alive():
            return True
        self._stopping.set()
        self._queue.put((Rank.REFRESH, next(self._order), None))
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _answer(self, token: int, request: object) -> object:
        try:
            return Answer(token, request, self._handle(request))
        except Refusal as refusal:
            return Refused(token, request, refusal)
        except Exception as error:
            # A bug in one use case must not end the board: it is logged with
            # its trace and told as one line.
            log.exception("request %s broke", type(request).__name__)
            return Broke(token, request, f"{type(error).__name__}: {error}")

    def _run(self) -> None:
        refused = ""
        while True:
            _, _, job = self._queue.get()
            if job is None:
                return
            begun = time.monotonic()
            try:
                job()
            except Refusal as refusal:
                # The database is away or busy: once a second no trace; shut for a
                # program this old, it stays so: said once.
                if refusal.code != "db_newer" or refused != refusal.code:
                    log.warning(
                        "a job of the database worker was refused: %s %s", refusal.code, refusal.detail
                    )
                refused = refusal.code
            except Exception:
                log.exception("a job of the database worker broke")
            if self._rest:
                self._stopping.wait(min(MOST_REST_S, self._rest * (time.monotonic() - begun)))
