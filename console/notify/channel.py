"""What every way out has in common: failing with a reason, and ending in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol, Self

from console.services.notice_records import Notice
from console.services.notify_settings import NotifyConfig

#: A whole try may take so many time-outs of one step; then its connection is
#: cut. Well below the lease (``console.services.notices``).
TRIES: Final = 2


class SendFailed(Exception):
    """It did not arrive, or nobody knows. ``reason`` is a word of the texts
    ``notify.reason.*``, with what the other side said behind a colon;
    ``for_good``: another try would end the same; ``wait_s``: the other side
    asked for so much patience, in seconds."""

    def __init__(self, reason: str, *, for_good: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
        self.wait_s = wait_s


class Channel(Protocol):
    """One way out."""

    def send(self, notice: Notice, config: NotifyConfig, cut: Cut) -> None:
        """Deliver or raise :class:`SendFailed`."""
        ...


class Cut:
    """Ends a try from outside: when its time is over, or when the program stops.

    A time-out of a socket begins anew with each byte; a receiver that sends one
    byte now and then would hold the sender for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: Callable[[], socket.socket | None] | None = None
        self._timer: threading.Timer | None = None
        self.over = False

    def within(self, seconds: float, connection: Callable[[], socket.socket | None]) -> Self:
        """Use in a ``with`` block: ``connection`` answers with the socket in use."""
        with self._lock:
            self._socket, self.over = connection, False
            self._timer = threading.Timer(seconds, self._end)
            self._timer.name = "notice-cut"
            self._timer.daemon = True
            self._timer.start()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            timer, self._timer, self._socket = self._timer, None, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def stop(self) -> None:
        """End what is under way, from another thread."""
        self._end()

    def _end(self) -> None:
        with self._lock:
            if self._socket is None:
                return
            self.over = True
            found = self._socket()
        if found is not None:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself


def failed(error: OSError, cut: Cut) -> SendFailed:
    """The failure of a connection in a word, without names or addresses."""
    if cut.over or isinstance(error, TimeoutError):
        return SendFailed("timeout")
    if isinstance(error, ConnectionRefusedError):
        return SendFailed("refused")
    if isinstance(error, socket.gaierror):
        return SendFailed("no_host")
    import ssl

    if isinstance(error, ssl.SSLError):
        return SendFailed(f"tls:{error.reason or ''}")
    return SendFailed(f"broken:{type(error).__name__}")
