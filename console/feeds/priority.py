"""Work that may wait a little so that the windows need not."""

from __future__ import annotations

import contextlib
import os
import sys
import threading


def give_way(nice: int) -> None:
    """Let this thread, and those it starts from now on, wait behind others of the
    machine by ``nice`` (0 to 19). Linux only: elsewhere a thread has no such number."""
    if sys.platform.startswith("linux"):
        me = threading.get_native_id()
        with contextlib.suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, me) < nice:
                os.setpriority(os.PRIO_PROCESS, me, nice)
