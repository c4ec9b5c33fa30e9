"""Decoding waits behind the windows; what receives the cameras does not."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from console.feeds.decoder import NICE
from console.feeds.priority import give_way


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads of this system have no such number")
def test_a_thread_and_those_it_starts_give_way() -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        give_way(NICE)
        look()
        child = threading.Thread(target=look)
        child.start()
        child.join()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [max(before, NICE)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
