"""Simulated street cameras: an RTSP server on the loopback, for hundreds of clients.

:class:`SimulatedCameras` runs it in a thread of this process (tests), and
``console.simulation.camera_process`` in a process of its own (the demo, so that
its work is not mistaken for the console's).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from console.domain.errors import Refusal
from console.services.ports import Clock
from console.simulation.faults import Fault, parse_fault
from console.simulation.rtsp_engine import Cameras

T = TypeVar("T")

#: More cameras than any site of this kind has; a guard against a slipped key.
MOST_CAMERAS = 5000


class SimulatedCameras:
    """Simulated cameras in a thread of this process; also a context manager.

    Cameras count from 1. ``port`` 0 takes a free one; ``size`` and ``fps`` as
    in :func:`console.simulation.footage.clip_for`; ``auth`` is ``(user,
    password)``; ``faults`` are :class:`Fault` or their command-line form;
    ``cache`` is where footage in other sizes is kept. Addresses carry no
    credentials.
    """

    def __init__(
        self,
        count: int,
        clock: Clock,
        cache: Path,
        port: int = 0,
        size: tuple[int, int] | None = None,
        fps: int | None = None,
        auth: tuple[str, str] | None = None,
        faults: Iterable[Fault | str] = (),
        scheme: str = "digest",
    ) -> None:
        self.count = count
        self.user, self.password = auth or ("", "")
        self.port = port
        self._clock, self._cache = clock, cache
        self._size, self._fps, self._scheme = size, fps, scheme
        self._faults = tuple(parse_fault(f) if isinstance(f, str) else f for f in faults)
        self._cameras: Cameras | None = None
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    def url(self, number: int, sub: bool = False) -> str:
        """Address of one camera's stream."""
        return stream_url(self.port, self.count, number, sub)

    @property
    def urls(self) -> tuple[str, ...]:
        """Main streams, in the order of the cameras."""
        return tuple(self.url(number) for number in range(1, self.count + 1))

    @property
    def urls_sub(self) -> tuple[str, ...]:
        """Sub streams, in the order of the cameras."""
        return tuple(self.url(number, sub=True) for number in range(1, self.count + 1))

    def start(self) -> Self:
        """Make what footage is missing, then serve; returns when it serves.

        Raises ``Refusal('bad_usage')`` for a taken port or a fault of a camera
        that does not exist, ``Refusal('bad_value')`` for counts, sizes and
        rates out of range.
        """
        if not 1 <= self.count <= MOST_CAMERAS:
            self._loop.close()
            raise Refusal("bad_value", "count", value=self.count)
        raise_file_limit()
        try:
            auth = (self.user, self.password) if self.user else None
            self._cameras = Cameras(
                self.count, self._clock, self._cache, self._size, self._fps, auth, self._scheme
            )
        except Refusal:
            self._loop.close()
            raise
        self._thread = threading.Thread(target=self._run, name="simulated-cameras", daemon=True)
        self._thread.start()
        try:
            self.port = self._call(self._begin(self._cameras))
        except Refusal:
            self.stop()
            raise
        return self

    async def _begin(self, cameras: Cameras) -> int:
        port = await cameras.start(self.port)
        cameras.plan(self._faults)
        return port

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def _running(self) -> Cameras:
        if self._cameras is None or self._thread is None:
            raise RuntimeError("the simulated cameras are not running")
        return self._cameras

    def stop(self) -> None:
        """Close all connections and end the thread. May be called twice."""
        if self._thread is None or self._cameras is None:
            return
        self._call(self._cameras.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._thread = None

    def set_fault(self, number: int, kind: str) -> None:
        """Begin a fault on camera ``number`` now, in place of any other;
        returns when it holds (``freeze`` and ``cover`` make a picture first).

        Raises ``Refusal('bad_usage')`` for an unknown kind or camera.
        """

        async def act(cameras: Cameras) -> None:
            cameras.set_fault(number, kind)
            await cameras.settled()

        self._call(act(self._running()))

    def heal(self, number: int) -> None:
        """End whatever is wrong with camera ``number``."""

        async def act(cameras: Cameras) -> None:
            cameras.heal(number)

        self._call(act(self._running()))

    def statistics(self) -> dict[str, int]:
        """``clients`` connected now, ``dropped`` because they read too slowly."""

        async def read(cameras: Cameras) -> dict[str, int]:
            return {"clients": len(cameras.sessions), "dropped": cameras.dropped}

        return self._call(read(self._running()))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def stream_url(port: int, count: int, number: int, sub: bool = False) -> str:
    """Address of camera ``number`` of ``count``: ``rtsp://127.0.0.1:8554/cam01``."""
    width = max(2, len(str(count)))
    return f"rtsp://127.0.0.1:{port}/cam{number:0{width}d}{'/sub' if sub else ''}"


def raise_file_limit() -> None:
    """Ask for as many open files as this user may have: each client is one."""
    try:
        import resource
    except ImportError:
        return  # not on this system, which has no such limit for sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 65_536
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 65_536), hard))
