"""The console's end of one child process: its pipe, its threads, its death.

Sending never blocks the caller: commands go through a queue of their own
thread, so that a worker that hangs with a full pipe holds up nobody.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final

log = logging.getLogger(__name__)

_spawn: Final = multiprocessing.get_context("spawn")


class Link:
    """One child process. ``on_event`` is called from the reader thread."""

    def __init__(
        self,
        name: str,
        target: Callable[..., None],
        arguments: tuple[Any, ...],
        on_event: Callable[[Link, tuple[Any, ...]], None],
    ) -> None:
        self.name = name
        self.heard_at = self.started_at = time.monotonic()
        self.greeted = False
        """Whether the child has said anything yet; start-up takes longer
        than a heartbeat."""
        self._on_event = on_event
        self._conn, child = _spawn.Pipe()
        self.process = _spawn.Process(target=target, args=(child, *arguments), name=name, daemon=True)
        self.process.start()
        child.close()
        self._outbox: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._read, name=f"{name}-events", daemon=True),
            threading.Thread(target=self._write, name=f"{name}-commands", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, command: tuple[Any, ...]) -> None:
        """Queue a command; never blocks."""
        self._outbox.put(command)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.is_alive()

    def _read(self) -> None:
        conn: Connection = self._conn
        try:
            while True:
                event = conn.recv()
                self.heard_at = time.monotonic()
                self.greeted = True
                self._on_event(self, event)
        except (EOFError, OSError):
            return
        except Exception:
            log.exception("events of %s", self.name)

    def _write(self) -> None:
        with suppress(OSError, ValueError):
            while (command := self._outbox.get()) is not None:
                self._conn.send(command)

    def end(self, grace_s: float) -> None:
        """Stop the process, by force after ``grace_s``, and its threads."""
        if grace_s > 0:
            self._outbox.put(("stop",))
            self.process.join(grace_s)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(2.0)
        self._outbox.put(None)
        for thread in self._threads:
            thread.join(1.0)
        self._conn.close()
        self.process.close()
