"""One camera inside a worker: connection, ring, counters, way to its decoder.

Runs on the worker's asyncio thread. A connection that fails is tried again
after a pause that grows; whatever one camera does costs the others nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import av
from av.codec.context import CodecContext

from console.feeds import states
from console.feeds.connection import Connection
from console.feeds.decoder import DecoderThread, View, is_decoding
from console.feeds.main_stream import MainStream
from console.feeds.messages import Report
from console.feeds.reader import Ears
from console.feeds.ring import Ring, RingStore
from console.feeds.rtp import Codec, Unit
from console.feeds.rtp_sound import Sound
from console.feeds.sources import IDLE, MOVING, NO_BUDGET, SLOW, FeedSource
from console.feeds.time_line import TimeLine
from console.services.ports import Budget

log = logging.getLogger(__name__)

#: A group of pictures longer than this is not decoded to catch up with.
CATCH_UP_UNITS: Final = 150
#: A camera that nobody watches is looked at this often, s: a key frame of 600
#: cameras costs a fiftieth of a core then.
GLANCE_S: Final = 60.0
#: The first picture after a failure is decoded within this time, s.
DECODED_S: Final = 0.1
_WINDOW: Final = 6


class Channel:
    """One stream being kept alive. ``news(camera)`` is called when something
    has happened that is not to wait for the next report."""

    def __init__(
        self,
        source: FeedSource,
        store: RingStore,
        decoder: DecoderThread,
        gate: asyncio.Semaphore,
        chance: random.Random,
        news: Callable[[str], None],
    ) -> None:
        self.source = source
        self.ring = Ring(store)
        self.view = View(source.id)
        self.codec: Codec = "h264"
        self.relay: Callable[[Unit], None] | None = None
        self.main: MainStream | None = None
        self.main_relay: Callable[[Unit], None] | None = None
        self.sound_relay: Callable[[Sound], None] | None = None
        self.relayed = ""
        """What is relayed: ``sub``, ``main`` or nothing."""
        self.stream = "sub"
        """The stream being decoded."""
        self._decoder = decoder
        self._gate = gate
        self._chance, self._news = chance, news
        sound = self.hear if not self.has_main else None
        ears = Ears(self._deliver, self._packet, sound)
        self._connection = Connection(source, source.live_url, ears, gate, self)
        self._line = TimeLine()
        self._leaving: set[asyncio.Task[None]] = set()
        self._phase: states.Phase = "connecting" if source.enabled else "off"
        self._failure = ""
        self._failures = 0
        self._retry_at: float | None = None
        self._last_packet: float | None = None
        self._quiet_since: float | None = None
        self._played_at: float | None = None
        self._interval = 0.0
        self._key_interval = 0.0
        self._key_at: float | None = None
        self._key_mark = 0
        self._key_changed_at = 0.0
        self._key_same_since: float | None = None
        self._decoding_since: float | None = None
        self._unit_at = 0.0
        self._units = self._bytes = 0
        self._window: deque[tuple[float, int, int, int]] = deque(maxlen=_WINDOW)
        self._window.append((time.monotonic(), 0, 0, 0))
        self._size = (0, 0)
        self._sets_mark = 0
        # Spread, so that hundreds are not looked at in the same second.
        self._glanced_at = time.monotonic() - chance.uniform(0.0, GLANCE_S)

    def start(self) -> None:
        """Begin to connect."""
        if self.source.enabled:
            self._connection.start()

    async def stop(self) -> None:
        """Hang up and give the memory back."""
        await self._connection.stop()
        self.view.budget, self.view.slot_name = NO_BUDGET, ""
        self.main_relay = self.sound_relay = None
        self.review_main()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        self._decoder.rest(self.view)
        self.ring.close()

    def set_budget(self, budget: Budget, slot_name: str) -> None:
        """Change how much is decoded; a tile that begins to move is brought
        up to the present from the ring, without waiting for a key frame. One
        that moved until now keeps its newer picture until the next key frame."""
        before = self.view.budget
        self.view.budget, self.view.slot_name = budget, slot_name
        self.review_main()
        if not is_decoding(budget):
            self.stream = "sub"
            if self._decoding_since is not None:
                self._decoder.rest(self.view)
            self._decoding_since = None
            return
        if self._decoding_since is None or before.mode != budget.mode:
            self._decoding_since = time.monotonic()
        if before.mode != budget.mode and before.mode != MOVING and self.stream == "sub":
            self._catch_up(budget.mode)

    def _catch_up(self, mode: str) -> None:
        group = self.ring.latest_group()
        if not group or time.monotonic() - group[-1].at > states.STALE_S + self._interval:
            return
        if mode == SLOW or len(group) > CATCH_UP_UNITS:
            group = group[:1]
        for unit in group:
            self._decoder.put(self.view, unit)

    # -- the main stream beside it -------------------------------------------

    @property
    def has_main(self) -> bool:
        """Whether the main stream is another one than tiles read."""
        return self.source.live_url != self.source.url

    @property
    def _shows_main(self) -> bool:
        budget = self.view.budget
        return budget.stream == "main" and is_decoding(budget)

    def review_main(self) -> None:
        """Connect to the main stream while it is shown or relayed; hang up
        after. Until the sub stream's next key frame it goes on being shown."""
        wanted = self.source.enabled and self.has_main and (self._shows_main or self.main_relay is not None)
        if wanted and self.main is None:
            self.main = MainStream(
                self.source, self._gate, self._chance, self._main_unit, self._main_lost, self.hear
            )
        elif not wanted and self.main is not None and not (self.stream == "main" and self.view_decodes):
            main, self.main = self.main, None
            task = asyncio.get_running_loop().create_task(main.stop())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    @property
    def view_decodes(self) -> bool:
        """Whether pictures are wanted at all."""
        return is_decoding(self.view.budget)

    def hear(self, sound: Sound) -> None:
        """A piece of sound of the main stream."""
        if self.sound_relay is not None:
            self.sound_relay(sound)

    def _main_unit(self, unit: Unit) -> None:
        main, mode = self.main, self.view.budget.mode
        if main is None:
            return
        if self.main_relay is not None:
            self.main_relay(unit)
        if self.stream != "main" and unit.key and self._shows_main:
            self.stream = "main"
        if self.stream == "main":
            self._units += 1
            self._bytes += len(unit.data)
            if mode == MOVING or (unit.key and mode == SLOW):
                self._decoder.put(self.view, unit, "main", main.codec)

    def _main_lost(self) -> None:
        """Back to the sub stream at once: its newest group is in the ring."""
        if self.stream == "main":
            self.stream = "sub"
            self._catch_up(self.view.budget.mode)

    # -- how the connection fares ---------------------------------------------

    def opening(self) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        self._retry_at = None
        if self._failures == 0:
            self._phase = "connecting"
        self._line.interrupt()

    def opened(self, codec: Codec) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        self._speaks(codec)
        self._played_at = time.monotonic()
        if self._quiet_since is None:
            self._quiet_since = self._played_at
        self._phase = "playing"

    def pause(self) -> float:
        """Seconds to the next try."""
        now = time.monotonic()
        pause = states.backoff(self._failures, self._since_live(now), self._chance)
        self._retry_at = now + pause
        return pause

    def hurried(self) -> bool:
        """See :class:`~console.feeds.connection.Owner`."""
        since = self._since_live(time.monotonic())
        return since is not None and since < states.RECENT_S

    def _since_live(self, now: float) -> float | None:
        return None if self._last_packet is None else now - self._last_packet

    def failed(self, kind: str, detail: str) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        now = time.monotonic()
        heard = self._last_packet or 0.0
        if self._played_at is not None and heard - self._played_at >= states.SETTLED_S:
            self._failures = 0
        self._played_at = None
        self._failures += 1
        if kind != self._failure:
            log.info("camera %s: %s %s", self.source.id, kind, detail)
        self._phase, self._failure = "backoff", kind
        self._news(self.source.id)
        self._window.clear()
        self._window.append((now, self._units, self._bytes, self.view.pictures))

    def _speaks(self, codec: Codec) -> None:
        """Take note of the codec; pictures of another one cannot be replayed
        with those that follow."""
        if codec != self.codec:
            self.ring.clear()
            self.codec = self.view.codec = codec

    def _packet(self) -> None:
        self._last_packet = self._quiet_since = time.monotonic()

    def _deliver(self, data: bytes, pts: int, key: bool) -> None:
        at = time.monotonic()
        if self._failure or at - self._unit_at > max(states.STALE_S, states.STALE_INTERVALS * self._interval):
            self._failure, self.view.interrupted = "", True
            self._key_changed_at, self._key_same_since = at, None
            # By then the first picture is decoded, too.
            asyncio.get_running_loop().call_later(DECODED_S, self._news, self.source.id)
        reader = self._connection.reader
        if reader is not None and reader.codec != self.codec:
            self._speaks(reader.codec)
        unit = Unit(data, self._line.place(pts, at), key, at)
        if not self._line.broken:
            step = min(30.0, at - self._unit_at)
            self._interval += (step - self._interval) * (0.1 if self._interval else 1.0)
        self._unit_at = at
        if key:
            self._key_frame(unit)
            if self.stream == "main" and not self._shows_main:
                self.stream = "sub"
                self.review_main()
        self._units += self.stream == "sub"
        self._bytes += len(data)
        self.ring.append(unit)
        mode = self.view.budget.mode
        if self.stream == "sub" and (mode == MOVING or (key and mode == SLOW)):
            self._decoder.put(self.view, unit)
        elif key and mode == IDLE and (self.view.check.curious or at - self._glanced_at >= GLANCE_S):
            self._glanced_at = at
            self._decoder.look(self.view, unit)
        if self.relay is not None:
            self.relay(unit)

    def _key_frame(self, unit: Unit) -> None:
        if self._key_at is not None:
            self._key_interval = min(60.0, unit.at - self._key_at)
        self._key_at = unit.at
        mark = hash(unit.data)
        if mark != self._key_mark:
            self._key_mark, self._key_changed_at, self._key_same_since = mark, unit.at, None
        else:
            self._key_same_since = self._key_changed_at
        sets = hash(unit.data[:64])
        if sets != self._sets_mark:
            self._sets_mark = sets
            self._size = coded_size(self.codec, unit.data)

    def tick(self, now: float) -> Report:
        """Once a report: end a connection that brings nothing, count."""
        if self.main is not None:
            self.main.tick(now)
        if self._played_at is not None:
            heard = max(self._played_at, self._last_packet or 0.0)
            if now - heard >= states.LOST_S:
                self._connection.fail("silent")
        self._window.append((now, self._units, self._bytes, self.view.pictures))
        return self.report()

    def report(self) -> Report:
        """How it is now."""
        first, last = self._window[0], self._window[-1]
        span = max(1e-3, last[0] - first[0])
        view, connection = self.view, self._connection
        reader = connection.reader
        moving = view.budget.mode == MOVING
        decoding = self._decoding_since is not None
        same = view.same_since if decoding and view.same_since is not None else self._key_same_since
        return Report(
            camera=self.source.id,
            phase=self._phase,
            failure=self._failure,
            failures=self._failures,
            last_packet=self._last_packet,
            quiet_since=self._quiet_since,
            packet_interval=self._interval,
            decoding_since=self._decoding_since,
            last_picture=view.last_picture if decoding else None,
            picture_interval=self._interval if moving else self._key_interval,
            decode_errors=view.errors,
            same_since=same,
            unit_fps=(last[1] - first[1]) / span,
            picture_fps=(last[3] - first[3]) / span if decoding else 0.0,
            kbit_s=(last[2] - first[2]) / span / 125,
            codec=self.codec if self._units else "",
            width=view.width or self._size[0],
            height=view.height or self._size[1],
            lost=connection.lost,
            damaged=view.damaged,
            dropped=connection.dropped + view.dropped,
            ring_s=self.ring.length_s,
            ring_bytes=self.ring.bytes,
            retry_at=self._retry_at,
            note=self._note(),
            stream=self.stream,
            key_gap=self._key_interval,
            camera_clock=reader.clock_base if reader is not None else None,
            covered_since=view.check.covered_since,
            torn_since=view.check.torn_since,
        )

    def _note(self) -> str:
        reader = self._connection.reader
        if reader is not None and reader.note:
            return reader.note
        failed = self.main is not None and self.main.failure and self.stream == "sub"
        return "main_failed" if failed and self._shows_main else ""


def coded_size(codec: Codec, data: bytes) -> tuple[int, int]:
    """Width and height a key frame announces, without decoding it; (0, 0)
    when it does not."""
    context = CodecContext.create(codec, "r")
    try:
        context.parse(data)
        context.parse(None)
    except (av.FFmpegError, ValueError):
        return 0, 0
    return int(getattr(context, "width", 0)), int(getattr(context, "height", 0))
