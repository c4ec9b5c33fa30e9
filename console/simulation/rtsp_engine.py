"""The engine of the simulated cameras: streams, timers and faults in one event loop.

One timer per picture rate drives every camera of that rate, in phases, so that
cameras do not all speak at the same instant. A camera without clients costs
nothing. Each camera serves ``/camNN`` (main stream) and ``/camNN/sub``.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
from collections.abc import Iterable
from pathlib import Path

from console.domain.errors import Refusal
from console.services.ports import Clock
from console.simulation import recorder
from console.simulation.faults import (
    CLOCK_AHEAD_S,
    DROPPING,
    FLAP_S,
    SLOW_KEYS,
    Fault,
    check_kind,
)
from console.simulation.footage import clip_for, covered, frozen
from console.simulation.rtsp_media import Clip
from console.simulation.rtsp_session import Session, StreamPort

log = logging.getLogger(__name__)

#: The timer of a rate runs this often at the most; more would cost wake-ups.
_MIN_TICK_S = 0.016
_REPORT_S = 5.0
#: When the process was held for longer than this, pictures are skipped.
_MAX_BEHIND_S = 2.0
_PATH = re.compile(r"^/cam0*(\d{1,6})(/sub)?$", re.IGNORECASE)


class Stream:
    """One stream of one camera, in the server's loop."""

    def __init__(self, title: str, clip: Clip, offset: int, wall: Clock) -> None:
        self.title = title
        self.clip = clip
        self.offset = offset
        self.fault = ""
        self.replacement: Clip | None = None
        self.beat: Beat | None = None
        self._wall = wall
        self._clients: set[Session] = set()
        self._keys_seen = 0

    def join(self, session: Session) -> None:
        """A client plays."""
        self._clients.add(session)
        if self.beat is not None:
            self.beat.wake(self)

    def leave(self, session: Session) -> None:
        """A client stops."""
        self._clients.discard(session)
        if not self._clients and self.beat is not None:
            self.beat.rest(self)

    def ticks_now(self) -> int:
        """The 90 kHz time of the picture that comes next."""
        return (self.beat.index() + 1) * self.clip.step if self.beat is not None else 0

    def wait_for_key(self) -> None:
        """After a gap a decoder can only go on from a key picture."""
        for session in self._clients:
            session.wait_for_key = True

    def send(self, index: int, now: float) -> None:
        """Send picture number ``index`` since the start of the server."""
        fault = self.fault
        if fault == "stall":
            return
        clients = tuple(self._clients)
        if fault == "garbage":
            for session in clients:
                session.send_garbage()
            return
        clip = self.replacement or self.clip
        picture = clip.pictures[(index + self.offset) % len(clip.pictures)]
        ticks = index * clip.step
        if fault == "slow" and not self._every_third_key(picture.key):
            return
        for session in clients:
            if session.wait_for_key:
                if not picture.key:
                    continue
                session.wait_for_key = False
            session.send(picture, ticks, fault == "corrupt")
            ahead = CLOCK_AHEAD_S if fault == "clock" else 0.0
            session.report(now, self._wall.now().timestamp() + ahead, ticks, _REPORT_S)

    def _every_third_key(self, key: bool) -> bool:
        if not key:
            return False
        self._keys_seen += 1
        return self._keys_seen % SLOW_KEYS == 1


class Beat:
    """The one timer of all streams with the same rate."""

    def __init__(self, fps: int, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.phases = max(1, int(1 / fps / _MIN_TICK_S))
        self._period = 1 / fps / self.phases
        self._awake: list[set[Stream]] = [set() for _ in range(self.phases)]
        self._phase_of: dict[Stream, int] = {}
        self._zero = loop.time()
        self._done = 0
        self._handle: asyncio.TimerHandle | None = None

    def add(self, stream: Stream, phase: int) -> None:
        """Take a stream on, in one of the phases of a picture interval."""
        self._phase_of[stream] = phase % self.phases
        stream.beat = self

    def wake(self, stream: Stream) -> None:
        """The stream has a client."""
        self._awake[self._phase_of[stream]].add(stream)
        if self._handle is None:
            self._done = self._due()
            self._next()

    def rest(self, stream: Stream) -> None:
        """The stream has no more clients."""
        self._awake[self._phase_of[stream]].discard(stream)

    def index(self) -> int:
        """Number of the current picture since the start."""
        return self._due() // self.phases

    def stop(self) -> None:
        """No more pictures."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _due(self) -> int:
        return int((self._loop.time() - self._zero) / self._period)

    def _next(self) -> None:
        self._handle = self._loop.call_at(self._zero + (self._done + 1) * self._period, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        due = max(self._due(), self._done + 1)
        if (due - self._done) * self._period > _MAX_BEHIND_S:
            self._done = due - 1
            for streams in self._awake:
                for stream in streams:
                    stream.wait_for_key()
        while self._done < due:
            self._done += 1
            index, phase = divmod(self._done, self.phases)
            for stream in tuple(self._awake[phase]):
                stream.send(index, now)
        if any(self._awake):
            self._next()
        else:
            self._handle = None


class Cameras:
    """The cameras and their server; lives in one event loop.

    ``count`` cameras; ``auth`` is ``(user, password)`` or ``None``; ``size``
    and ``fps`` as in :func:`console.simulation.footage.clip_for`; ``scheme``
    ``digest`` or ``basic``.
    """

    def __init__(
        self,
        count: int,
        wall: Clock,
        cache: Path,
        size: tuple[int, int] | None = None,
        fps: int | None = None,
        auth: tuple[str, str] | None = None,
        scheme: str = "digest",
    ) -> None:
        self.user, self.password = auth or ("", "")
        self.scheme = scheme
        self._wall = wall
        self.sessions: set[Session] = set()
        self.dropped = 0
        self.count = count
        self._width = max(2, len(str(count)))
        self._streams: dict[tuple[int, bool], Stream] = {}
        self._beats: dict[int, Beat] = {}
        self._server: asyncio.Server | None = None
        self._flaps: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        for number in range(1, count + 1):
            for sub in (False, True):
                clip = clip_for(number, sub, size, fps, cache)
                # Thirteen and thirty-seven share no factor with a loop of 360
                # pictures: neighbours differ in scene, cameras with the same
                # scene in the moment they show.
                offset = number * 37 + number // 9 * 13
                title = f"{self.name(number)}{'/sub' if sub else ''}"
                self._streams[number, sub] = Stream(title, clip, offset, wall)

    def name(self, number: int) -> str:
        """``cam01``: the mount of camera ``number``."""
        return f"cam{number:0{self._width}d}"

    async def start(self, port: int) -> int:
        """Listen on the loopback; returns the port (a free one for 0)."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                self._session, "127.0.0.1", port, backlog=1024, reuse_address=True
            )
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise Refusal("bad_usage", "port_taken", port=port) from error
            raise Refusal("bad_usage", "port", port=port, why=str(error)) from error
        for (number, _), stream in self._streams.items():
            fps = stream.clip.fps
            beat = self._beats.setdefault(fps, Beat(fps, loop))
            beat.add(stream, number)
        return int(self._server.sockets[0].getsockname()[1])

    def _session(self) -> Session:
        return Session(self, asyncio.get_running_loop())

    async def stop(self) -> None:
        """Close everything."""
        for handle in self._flaps.values():
            handle.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for beat in self._beats.values():
            beat.stop()
        if self._server is not None:
            self._server.close()
        for session in tuple(self.sessions):
            session.drop()
        # Lets the transports run their connection_lost before the loop closes.
        while self.sessions:
            await asyncio.sleep(0.005)

    def stream(self, path: str) -> StreamPort | None:
        """The stream of a mount or of a recording, or ``None``."""
        match = _PATH.match(path.partition("?")[0])
        if match is not None:
            return self._streams.get((int(match.group(1)), match.group(2) is not None))
        asked = recorder.wanted(path)
        camera = self._streams.get((asked.channel, False)) if asked is not None else None
        if asked is None or camera is None:
            return None
        made = recorder.Recording(f"{camera.title} recorded", camera.clip, asked, self._wall.now)
        return made if made.there else None

    def plan(self, faults: Iterable[Fault]) -> None:
        """Let faults begin and end at their times from now."""
        loop = asyncio.get_running_loop()
        for fault in faults:
            self._check(fault.camera)
            if fault.after_s <= 0:
                self.set_fault(fault.camera, fault.kind)
            else:
                loop.call_later(fault.after_s, self.set_fault, fault.camera, fault.kind)
            if fault.for_s is not None:
                loop.call_later(fault.after_s + fault.for_s, self.heal, fault.camera)

    def _check(self, number: int) -> None:
        if not 1 <= number <= self.count:
            raise Refusal("bad_usage", "fault_camera", camera=number, count=self.count)

    def set_fault(self, number: int, kind: str) -> None:
        """Begin a fault on both streams of a camera, in place of any other."""
        self._check(number)
        check_kind(kind)
        self.heal(number)
        if kind == "flap":
            self._flap(number, down=True)
            return
        self._apply(number, kind)

    def heal(self, number: int) -> None:
        """End whatever is wrong with a camera."""
        self._check(number)
        handle = self._flaps.pop(number, None)
        if handle is not None:
            handle.cancel()
        self._apply(number, "")

    def _flap(self, number: int, down: bool) -> None:
        self._apply(number, "cut" if down else "")
        loop = asyncio.get_running_loop()
        self._flaps[number] = loop.call_later(FLAP_S, self._flap, number, not down)

    def _apply(self, number: int, kind: str) -> None:
        for sub in (False, True):
            stream = self._streams[number, sub]
            before, stream.fault, stream.replacement = stream.fault, kind, None
            stream.wait_for_key()
            if kind in DROPPING or before == "garbage":
                for session in tuple(self.sessions):
                    if session.on(stream):
                        session.drop()
            if kind in ("freeze", "cover"):
                task = asyncio.get_running_loop().create_task(self._replace(stream, kind))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until the still pictures under way are made."""
        if self._tasks:
            await asyncio.gather(*self._tasks)

    async def _replace(self, stream: Stream, kind: str) -> None:
        """Make the still picture beside the loop; the stream goes on until it is there."""
        loop = asyncio.get_running_loop()
        if kind == "cover":
            clip = await loop.run_in_executor(None, covered, stream.clip)
        else:
            clip = await loop.run_in_executor(None, frozen, stream.clip, stream.offset % 360)
        if stream.fault == kind:
            stream.replacement = clip
            stream.wait_for_key()
