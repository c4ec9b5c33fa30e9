"""What is wrong with a camera is named rightly, and costs the others nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import until

pytestmark = pytest.mark.rtsp

#: Camera number → (fault, words it may be named by, in any order of time).
FAULTS = {
    4: ("auth", FeedState.UNAUTHORISED),
    5: ("missing", FeedState.NOT_FOUND),
    6: ("garbage", FeedState.BAD_DATA),
    7: ("mute", FeedState.BACKOFF),
    8: ("stall:2", FeedState.STALE),
}


def test_five_bad_cameras_among_three_good(tmp_path: Path) -> None:
    faults = [f"{number}={kind}" for number, (kind, _) in FAULTS.items()]
    with SimulatedCameras(8, SystemClock(), tmp_path, auth=("op", "x"), faults=faults) as server:
        sources = [FeedSource(f"c{n}", "", server.url(n, sub=True), "", "op", "x") for n in range(1, 9)]
        pool = FeedPool(sources, SystemClock())
        pool.set_budget({s.id: Budget("moving", 320, 180) for s in sources})
        pool.start()
        try:
            seen: dict[int, set[FeedState]] = {n: set() for n in FAULTS}
            until(lambda: all(pool.slots.seq(f"c{n}") for n in (1, 2, 3)), "the good ones")
            begin = {n: pool.slots.seq(f"c{n}") for n in (1, 2, 3)}

            def named() -> bool:
                health = pool.health()
                for number in FAULTS:
                    seen[number].add(health[f"c{number}"].state)
                return all(state in seen[n] for n, (_, state) in FAULTS.items())

            until(named, f"the right words; seen {seen}")
            until(lambda: pool.slots.seq("c1") - begin[1] >= 60, "sixty pictures of a good one")
            for number in (2, 3):
                assert pool.slots.seq(f"c{number}") - begin[number] >= 56
            health, reports = pool.health(), pool.reports()
            for number in (1, 2, 3):
                assert health[f"c{number}"].state is FeedState.LIVE
                assert (reports[f"c{number}"].lost, reports[f"c{number}"].dropped) == (0, 0)
            # Nothing but the stalled camera was ever called live.
            assert all(FeedState.LIVE not in seen[n] for n in (4, 5, 6, 7))
        finally:
            pool.stop()


class Listener:
    """A server that says what it is told to, whatever it is asked."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._loop = asyncio.new_event_loop()
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Listener:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError, OSError):
            while await reader.read(4096):
                writer.write(self._answer)
        writer.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", FeedState.UNAUTHORISED, "unauthorised"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", FeedState.BAD_DATA, "bad_data"),
        (bytes(range(256)), FeedState.BAD_DATA, "bad_data"),
        (b"RTSP/1.0 500 Oops\r\n\r\n", FeedState.BACKOFF, "server_error"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n<html/>  ", FeedState.BAD_DATA, "bad_data"),
    ],
)
def test_odd_servers(answer: bytes, state: FeedState, reason: str) -> None:
    with Listener(answer) as listener:
        pool = FeedPool([FeedSource("c", "", f"rtsp://127.0.0.1:{listener.port}/x")], SystemClock())
        pool.start()
        try:
            until(lambda: pool.health()["c"].state is state, str(state))
            assert pool.health()["c"].reason == reason
        finally:
            pool.stop()


def test_nobody_there_no_such_scheme_and_switched_off(closed_port: int) -> None:
    sources = [
        FeedSource("refused", "", f"rtsp://127.0.0.1:{closed_port}/x"),
        FeedSource("scheme", "", "gopher://127.0.0.1/x"),
        FeedSource("off", "", "rtsp://127.0.0.1/x", enabled=False),
    ]
    wanted = {"refused": FeedState.BACKOFF, "scheme": FeedState.BAD_DATA, "off": FeedState.DISABLED}
    pool = FeedPool(sources, SystemClock())
    pool.start()
    try:
        until(lambda: {c: h.state for c, h in pool.health().items()} == wanted, str(wanted))
        assert pool.health()["refused"].reason == "refused"
    finally:
        pool.stop()
