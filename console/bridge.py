"""The one way from other threads to the screen.

Whatever the database worker, the change feed or the feed pool has to say is a
frozen object; it is posted from that thread and arrives in the GUI thread, in
order, after the running slot has returned.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """``post`` from any thread; ``posted`` fires in the thread that made the
    bridge. Receivers are ``@Slot`` methods of QObjects."""

    posted = Signal(object)
    _crossing = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._open = True
        # Queued even when posted from the GUI thread itself: no receiver is
        # entered while another one is still at work.
        self._crossing.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, what: object) -> None:
        """Hand ``what`` over; returns at once. After :meth:`close` it is
        dropped, since nobody is left to see it."""
        with self._lock:
            if self._open:
                self._crossing.emit(what)

    def close(self) -> None:
        """Take nothing more; called before the windows go."""
        with self._lock:
            self._open = False

    @Slot(object)
    def _deliver(self, what: object) -> None:
        self.posted.emit(what)
