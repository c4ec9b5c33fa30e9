"""Replay inside a feed worker: one thread a tile, on the ring or on a recorder.

The thread exists only while somebody looks back, decodes by itself and yields
to the live decoders. Commands come on the asyncio thread and are queued;
pictures go into the slot ``replay:<camera>`` with their own capture time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from av.video.reformatter import VideoReformatter

from console.feeds import clip
from console.feeds.decoder import target_size
from console.feeds.priority import give_way
from console.feeds.ring import Ring, RingStore
from console.feeds.rtp import CLOCK_HZ, Depacketiser, Unit
from console.feeds.rtsp import RtspError, open_session
from console.feeds.slots import SlotWriter
from console.feeds.sources import MOVING, FeedSource
from console.feeds.tape import Shown, Tape
from console.services.ports import Budget

if TYPE_CHECKING:
    from console.feeds.channel import Channel

log = logging.getLogger(__name__)

#: How often a position is told while it moves, seconds.
TELL_S: Final = 0.1
#: A hole in the ring (the camera was away) is passed after so long, seconds.
HOLE_S: Final = 1.0
#: A recorder's pictures are kept for so long, seconds of recording.
RECORDER_RING_S: Final = 600.0
#: How long the thread sleeps at most without looking for commands, seconds.
_NAP_S: Final = 0.05
_NICE: Final = 10

Tell = Callable[..., None]
ToUtc = Callable[[float], int]


class Replayer(threading.Thread):
    """Plays one tape into one slot. ``tell`` takes ``(start, end, position,
    speed, paused, clamped, ended)``, instants in monotonic seconds, or nothing
    when the ring is gone."""

    def __init__(self, tape: Tape, slot: str, size: tuple[int, int], utc_us: ToUtc, tell: Tell) -> None:
        super().__init__(name="replay", daemon=True)
        self._tape, self._slot_name, self._utc_us, self._tell = tape, slot, utc_us, tell
        self._budget = Budget(MOVING, *size)
        self._commands: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self._reformatter = VideoReformatter()
        self._slot: SlotWriter | None = None
        self._shown: Shown | None = None
        self._coming: Shown | None = None
        self._anchor = (0.0, 0)
        self._told = 0.0
        self._going = True
        self._speed = 1.0
        self._paused = False

    def do(self, *command: Any) -> None:
        """Queue ``("move", to, speed, step)``, ``("size", w, h)`` or ``("stop",)``."""
        self._commands.put(command)

    def run(self) -> None:
        """Play until told to stop."""
        give_way(_NICE)
        nap = _NAP_S
        try:
            while self._going:
                with contextlib.suppress(Empty):
                    while self._going:
                        self._obey(self._commands.get(timeout=max(0.0, nap)))
                        nap = 0.0
                nap = self._advance(time.monotonic()) if self._going else 0.0
        except FileNotFoundError:
            return  # the console has dropped the slot: this replay is over
        except Exception:
            log.exception("a replay broke")
        finally:
            if self._slot is not None:
                self._slot.close()

    def _obey(self, command: tuple[Any, ...]) -> None:
        kind = command[0]
        if kind == "stop":
            self._going = False
        elif kind == "size":
            self._budget = Budget(MOVING, command[1], command[2])
        else:
            self._move(*command[1:])

    def _move(self, to: float | None, speed: float | None, step: int) -> None:
        if to is not None:
            self._show(self._tape.seek(to))
        if speed is not None:
            self._paused = speed == 0
            self._speed = speed or self._speed
        if step:
            self._paused = True
            for _ in range(abs(step)):
                self._step(forward=step > 0)
        self._anchor_here()
        self._report(time.monotonic())

    def _step(self, *, forward: bool) -> None:
        if self._shown is None:
            return
        if not forward:
            self._show(self._tape.back(self._shown.pts))
        elif (shown := self._take()) is not None:
            self._show(shown)

    def _take(self) -> Shown | None:
        coming, self._coming = self._coming, None
        return coming if coming is not None else self._tape.next()

    def _advance(self, now: float) -> float:
        """Show what is due; seconds until the next look."""
        if now - self._told >= TELL_S:
            self._report(now)
        if self._shown is None or self._paused:
            return _NAP_S
        if self._coming is None:
            self._coming = self._tape.next()
        coming = self._coming
        if coming is None:
            self._anchor_here()
            return _NAP_S
        wait = self._anchor[0] + (coming.pts - self._anchor[1]) / CLOCK_HZ / self._speed - now
        if wait < -1.0 or coming.pts - self._shown.pts > HOLE_S * 2 * CLOCK_HZ:
            # Too slow a machine, or a hole: go on from here.
            wait = 0.0
        if wait > 0:
            return min(wait, _NAP_S)
        late = wait < -0.1
        self._coming = None
        self._show(coming, write=not late)
        if wait == 0.0 or coming.pts < self._anchor[1]:
            self._anchor_here()
        return 0.0

    def _anchor_here(self) -> None:
        self._anchor = (time.monotonic(), self._shown.pts if self._shown is not None else 0)

    def _show(self, shown: Shown | None, *, write: bool = True) -> None:
        if shown is None:
            return
        self._coming = None
        self._shown = shown
        if not write:
            return
        if self._slot is None:
            self._slot = SlotWriter(self._slot_name)
        frame = shown.frame
        width, height = target_size(frame.width, frame.height, self._budget)
        picture = self._reformatter.reformat(
            frame, width=width, height=height, format="bgra", interpolation="FAST_BILINEAR", threads=1
        )
        plane: Any = picture.planes[0]
        stride = plane.line_size
        self._slot.begin(stride * height)[:] = memoryview(plane)[: stride * height]
        self._slot.publish(width, height, stride, shown.at, self._utc_us(shown.at))

    def _report(self, now: float) -> None:
        self._told = now
        start, end = self._tape.bounds()
        shown = self._shown
        if end == 0.0:
            self._going = False
            self._tell()
            return
        if shown is None:
            return
        if shown.at < start:
            # What is shown has left the ring: a pause stands at its oldest.
            self._tape.clamped = True
            self._show(self._tape.seek(start))
            self._anchor_here()
        assert self._shown is not None
        clamped, self._tape.clamped = self._tape.clamped, False
        ended = self._coming is None and self._shown.at >= end
        self._tell(start, end, self._shown.at, self._speed, self._paused, clamped, ended)


class WorkerReplays:
    """The replays of one worker; everything on its asyncio thread."""

    def __init__(
        self,
        handlers: dict[str, Callable[..., None]],
        channels: Mapping[str, Channel],
        store: RingStore,
        post: Callable[[tuple[Any, ...]], None],
        task: Callable[[Coroutine[Any, Any, None]], None],
        utc_us: ToUtc,
    ) -> None:
        self._channels, self._store, self._utc_us = channels, store, utc_us
        self._post, self._task = post, task
        self._players: dict[str, tuple[int, Replayer]] = {}
        self._recorders: dict[str, Recorder] = {}
        handlers.update(
            replay=self._open, replay_move=self._move, replay_close=self.close, recorder=self._open_recorder
        )

    def _open(self, camera: str, number: int, slot: str, back_s: float, width: int, height: int) -> None:
        self.close(camera)
        channel = self._channels.get(camera)
        if channel is None or not channel.ring.units:
            self._gone(camera, number, "no_picture")
            return
        kept = channel
        tape = Tape(kept.ring.units, lambda: str(kept.codec))
        player = self._play(camera, number, tape, slot, (width, height))
        player.do("move", time.monotonic() - back_s, None, 0)

    def _play(self, camera: str, number: int, tape: Tape, slot: str, size: tuple[int, int]) -> Replayer:
        def tell(*facts: Any) -> None:
            if facts:
                self._post(("replay", camera, number, *facts))
            else:
                self._post(("replay_gone", camera, number, "no_picture"))

        player = Replayer(tape, slot, size, self._utc_us, tell)
        self._players[camera] = (number, player)
        player.start()
        return player

    def _gone(self, camera: str, number: int, reason: str) -> None:
        self._post(("replay_gone", camera, number, reason))

    def _move(self, camera: str, to: float | None, speed: float | None, step: int) -> None:
        if camera in self._players:
            self._players[camera][1].do("move", to, speed, step)

    def close(self, camera: str) -> None:
        """End the replay of a camera; the thread ends by itself."""
        _, player = self._players.pop(camera, (0, None))
        if player is not None:
            player.do("stop")
        recorder = self._recorders.pop(camera, None)
        if recorder is not None:
            recorder.stop()

    def stop(self) -> None:
        """End them all and wait for their threads (a moment)."""
        players = [player for _, player in self._players.values()]
        for camera in list(self._players):
            self.close(camera)
        for player in players:
            player.join(1.0)

    def _open_recorder(
        self,
        camera: str,
        number: int,
        slot: str,
        source: FeedSource,
        start: float,
        end: float,
        size: tuple[int, int],
    ) -> None:
        self.close(camera)
        recorder = Recorder(source, Ring(self._store, RECORDER_RING_S), start, end)
        self._recorders[camera] = recorder
        self._task(self._record(camera, number, slot, recorder, size))

    async def _record(
        self, camera: str, number: int, slot: str, recorder: Recorder, size: tuple[int, int]
    ) -> None:
        job = asyncio.current_task()
        recorder.job = job
        try:
            await recorder.read(self._begin_when_there(camera, number, slot, recorder, size))
        except RtspError as error:
            if camera not in self._players and self._recorders.get(camera) is recorder:
                self._gone(camera, number, error.kind)
        finally:
            if not recorder.ring.units and self._recorders.get(camera) is recorder:
                del self._recorders[camera]
                recorder.stop()

    def _begin_when_there(
        self, camera: str, number: int, slot: str, recorder: Recorder, size: tuple[int, int]
    ) -> Callable[[], None]:
        def begin() -> None:
            if camera not in self._players and self._recorders.get(camera) is recorder:
                tape = Tape(recorder.ring.units, lambda: recorder.codec)
                self._play(camera, number, tape, slot, size).do("move", recorder.start, None, 0)

        return begin

    async def clip(self, camera: str, start: float, end: float, target: str) -> tuple[float, float]:
        """Write a part of the recording being played as MP4. Raises
        ``clip.NoPicture``, ``OSError``."""
        recorder = self._recorders.get(camera)
        units = [u for u in recorder.ring.since(start) if u.at <= end] if recorder is not None else []
        if recorder is None or not units:
            raise clip.NoPicture("nothing of the recording is here")
        return await asyncio.to_thread(clip.write_mp4, recorder.codec, units, Path(target))  # type: ignore[arg-type]


class Recorder:
    """A recording that a recorder sends, into a ring of its own. ``start`` and
    ``end`` are the recorded span on the monotonic clock, so that a picture's
    capture time is that of the recording, not of its arrival."""

    def __init__(self, source: FeedSource, ring: Ring, start: float, end: float) -> None:
        self.source, self.ring, self.start, self.end = source, ring, start, end
        self.codec = "h264"
        self.job: asyncio.Task[Any] | None = None
        self._first: int | None = None

    async def read(self, there: Callable[[], None]) -> None:
        """Read until the recording or the connection ends. Raises ``RtspError``."""
        source = self.source
        session = await open_session(source.url, source.username, source.password)
        try:
            media = await session.setup(await session.describe())
            assert media.codec is not None
            self.codec = media.codec

            def deliver(data: bytes, pts: int, key: bool) -> None:
                if self._first is None:
                    if not key:
                        return
                    self._first = pts
                at = self.start + (pts - self._first) / CLOCK_HZ
                if at > self.end:
                    return
                self.ring.append(Unit(data, pts - self._first, key, at))
                there()

            await session.play(Depacketiser(media.codec, deliver, media.parameter_sets))
            await session.keep_alive()
        finally:
            session.close()

    def stop(self) -> None:
        """Hang up and give the memory back."""
        if self.job is not None:
            self.job.cancel()
        self.ring.close()
