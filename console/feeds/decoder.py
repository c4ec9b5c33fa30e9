"""Decoder threads: access units in, pictures in shared-memory slots out.

Late work is never queued up: a unit that waited too long is thrown away and
so is all that depends on it, up to the next key frame; a unit that waited a
little is decoded (the next ones need it) but not converted when a newer one
is already here. Each camera belongs to one thread, so no decoder is shared.
"""

from __future__ import annotations

import logging
import threading
import time
from queue import SimpleQueue
from typing import Any, Final

import av
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from console.feeds.picture_check import PictureCheck, shows_nothing
from console.feeds.priority import give_way
from console.feeds.rtp import Unit
from console.feeds.slots import MAX_HEIGHT, MAX_WIDTH, SlotWriter
from console.feeds.sources import IDLE, MOVING, NO_BUDGET, SLOW
from console.services.ports import Budget

log = logging.getLogger(__name__)

#: A unit older than this is decoded only, when a newer one already waits.
LATE_S: Final = 0.10
#: A unit that waited longer is dropped, with all up to the next key frame.
DROP_S: Final = 0.30
#: Scaling to less than this share of the source's width costs no more than
#: converting at full size, and less memory traffic; above it, it costs twice.
SCALE_BELOW: Final = 0.55
#: Below this share the deblocking filter's absence is not seen.
SKIP_FILTER_BELOW: Final = 0.8
#: A camera whose picture stands still: key frames are compared, since between
#: them an encoder mends its picture little by little; without key frames for
#: this long, any picture.
COMPARE_S: Final = 5.0
#: Decoders wait behind the windows and the alarms of this machine.
NICE: Final = 5
#: Levels by which a point of one picture may differ when it is encoded again.
NOISE: Final = 4
_SAMPLE_STEP: Final = 61
#: What stands for the stream of a key frame that is only looked at.
_LOOK: Final = "look"


class UtcMap:
    """Monotonic seconds to UTC, as the console's clock last said."""

    def __init__(self) -> None:
        self._base = (0, 0.0)

    def set(self, utc_us: int, monotonic: float) -> None:
        """The console's UTC in microseconds at a monotonic instant."""
        self._base = (utc_us, monotonic)

    def utc_us(self, monotonic: float) -> int:
        """UTC in microseconds since 1970 of a monotonic instant."""
        utc_us, base = self._base
        return utc_us + round((monotonic - base) * 1e6)


class View:
    """One camera as its decoder thread sees it. The asyncio thread writes
    ``budget``, ``slot_name`` and ``put``; the decoder thread all else; plain
    attributes, each with one writer."""

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self.codec = "h264"
        self.budget: Budget = NO_BUDGET
        self.slot_name = ""
        self.put = 0
        self.got = 0
        self.pictures = 0
        self.dropped = 0
        self.damaged = 0
        """Pictures with missing parts."""
        self.errors = 0
        """Since the last good picture."""
        self.last_picture: float | None = None
        self.width = self.height = 0
        self.same_since: float | None = None
        self.interrupted = False
        """The next picture comes after a time in which none came: that one is
        like the last before it does not mean that it was so all the while."""
        self.trouble = ""
        self.check = PictureCheck()
        # Of the decoder thread alone:
        self.flow = self.incoming = ("", "")
        """Stream and codec that were decoded last, and of the unit at hand."""
        self.context: VideoCodecContext | None = None
        self.skips_filter = False
        self.need_key = True
        self.slot: SlotWriter | None = None
        self.times: dict[int, float] = {}
        self.sample = b""
        self.changed_at = self.compared_at = 0.0


class DecoderThread(threading.Thread):
    """Decodes for its share of the cameras of a worker."""

    def __init__(self, index: int, utc: UtcMap) -> None:
        super().__init__(name=f"decoder-{index}", daemon=True)
        self._utc = utc
        self._queue: SimpleQueue[tuple[View, Unit | None, float, tuple[str, str]] | None] = SimpleQueue()
        self._reformatter = VideoReformatter()
        self._shared: dict[tuple[str, bool], VideoCodecContext] = {}
        self.busy_since = 0.0
        """Monotonic start of the work under way, 0 when idle: a hung decoder
        shows here."""
        self.age_s: list[float] = []
        """Age of pictures at the moment they were published, since last read."""

    def busy_s(self, now: float) -> float:
        """For how long the work under way has lasted; 0 when there is none."""
        since = self.busy_since
        return now - since if since else 0.0

    def put(self, view: View, unit: Unit, stream: str = "sub", codec: str = "") -> None:
        """Ask for a unit of one of the camera's streams to be decoded
        (asyncio thread). ``codec`` is the view's when not given."""
        view.put += 1
        self._queue.put((view, unit, time.monotonic(), (stream, codec or view.codec)))

    def look(self, view: View, unit: Unit) -> None:
        """Ask for a key frame of a camera that nobody watches to be judged: what
        hangs before its lens is to be known before somebody needs it (asyncio
        thread)."""
        view.put += 1
        self._queue.put((view, unit, time.monotonic(), (_LOOK, view.codec)))

    def rest(self, view: View) -> None:
        """Let a camera's decoder and slot go (asyncio thread)."""
        self._queue.put((view, None, 0.0, ("", "")))

    def stop(self) -> None:
        """End after the work under way."""
        self._queue.put(None)

    def run(self) -> None:
        """Take work until told to stop."""
        give_way(NICE)
        while True:
            item = self._queue.get()
            if item is None:
                return
            view, unit, queued_at, flow = item
            if unit is None:
                self._rest(view)
                continue
            self.busy_since = now = time.monotonic()
            view.got += 1
            view.incoming = flow
            try:
                self._take(view, unit, now - queued_at, now)
            except Exception:
                # A bug in one camera's path must not end all the others'.
                log.exception("decoding %s", view.camera)
                self._broken(view)
            self.busy_since = 0.0

    def _rest(self, view: View) -> None:
        view.context = None
        view.need_key = True
        view.times.clear()
        if view.slot is not None and view.slot_name == "":
            view.slot.close()
            view.slot = None

    def _take(self, view: View, unit: Unit, waited: float, now: float) -> None:
        mode = view.budget.mode
        if view.incoming[0] == _LOOK:
            if mode == IDLE and waited <= DROP_S:
                self._glance(view, unit, view.incoming[1])
            return
        if mode == IDLE:
            return
        if view.incoming != view.flow:
            # Another stream of the camera: nothing of the old one may be
            # decoded with it. It begins with its key frame.
            view.flow, view.context, view.need_key = view.incoming, None, True
            view.times.clear()
        newest = view.put == view.got
        if waited > DROP_S and not (unit.key and newest):
            view.need_key = True
            view.dropped += 1
            return
        if view.need_key and not unit.key:
            view.dropped += 1
            return
        frames = self._decode_slow(view, unit) if mode == SLOW else self._decode_moving(view, unit)
        for frame in frames:
            self._check(view, frame, unit.at)
        if frames and (newest or mode == SLOW or now - unit.at <= LATE_S):
            self._show(view, frames[-1], unit)

    def _decode_moving(self, view: View, unit: Unit) -> list[VideoFrame]:
        context = view.context
        skip = self._may_skip_filter(view)
        if context is None or context.name != view.flow[1] or (unit.key and skip != view.skips_filter):
            if not unit.key:
                view.need_key = True
                return []
            context = view.context = _open(view.flow[1], skip)
            view.skips_filter = skip
        elif view.need_key:
            context.flush_buffers()
        view.need_key = False
        if len(view.times) > 64:
            view.times.clear()
        view.times[unit.pts] = unit.at
        return self._run(view, context, unit, drain=False)

    def _decode_slow(self, view: View, unit: Unit) -> list[VideoFrame]:
        """Key frames of all cameras share one context, emptied in between: a
        context of its own would cost each camera about 2 MB."""
        if not unit.key:
            return []
        view.context = None
        context = self._sharing(view.flow[1], self._may_skip_filter(view))
        view.times = {unit.pts: unit.at}
        return self._run(view, context, unit, drain=True)

    def _sharing(self, codec: str, skip_filter: bool) -> VideoCodecContext:
        context = self._shared.get((codec, skip_filter))
        if context is None:
            context = self._shared[codec, skip_filter] = _open(codec, skip_filter)
        return context

    def _run(self, view: View, context: VideoCodecContext, unit: Unit, *, drain: bool) -> list[VideoFrame]:
        try:
            return _decoded(context, unit, drain)
        except av.FFmpegError:
            self._broken(view)
            view.check.decoded(True, True, unit.at)
            context.flush_buffers()
            return []

    def _glance(self, view: View, unit: Unit, codec: str) -> None:
        """Judge a key frame that is not shown."""
        context = self._sharing(codec, True)
        try:
            frames = _decoded(context, unit, drain=True)
        except av.FFmpegError:
            context.flush_buffers()
            view.check.decoded(True, True, unit.at)
            return
        for frame in frames:
            self._check(view, frame, unit.at)

    def _check(self, view: View, frame: VideoFrame, at: float) -> None:
        check = view.check
        check.decoded(frame.key_frame, frame.is_corrupt, at)
        # What a decoder invents may be flat as well: that is torn, not covered.
        if frame.key_frame and not frame.is_corrupt and check.wants(at):
            plane = frame.planes[0]
            check.look(shows_nothing(bytes(plane), frame.width, frame.height, plane.line_size), at)

    def _broken(self, view: View) -> None:
        view.errors += 1
        view.need_key = True

    def _may_skip_filter(self, view: View) -> bool:
        width, height = view.budget.width, view.budget.height
        if not (width and height and view.width and view.height):
            return False
        return shrunk((view.width, view.height), (width, height))

    def _show(self, view: View, frame: VideoFrame, unit: Unit) -> None:
        at = view.times.pop(frame.pts, unit.at) if frame.pts is not None else unit.at
        view.width, view.height = frame.width, frame.height
        width, height = target_size(frame.width, frame.height, view.budget)
        try:
            if not self._write(view, frame, width, height, at):
                return
        except FileNotFoundError:
            return  # the console has just dropped the slot
        except (OSError, ValueError) as error:
            if not view.trouble:
                log.error("slot of %s: %s", view.camera, error)
            view.trouble = "shm"
            return
        view.trouble = ""
        now = time.monotonic()
        self.age_s.append(now - at)
        view.pictures += 1
        view.errors = 0
        view.last_picture = at
        view.damaged += frame.is_corrupt
        if frame.key_frame or now - view.compared_at >= COMPARE_S:
            self._compare(view, bytes(memoryview(frame.planes[0])[::_SAMPLE_STEP]), now)

    def _write(self, view: View, frame: VideoFrame, width: int, height: int, at: float) -> bool:
        slot = view.slot
        name = view.slot_name
        if slot is None or slot.name != name:
            if slot is not None:
                slot.close()
                view.slot = None
            if not name:
                return False
            slot = view.slot = SlotWriter(name)
        picture = self._reformatter.reformat(
            frame, width=width, height=height, format="bgra", interpolation="FAST_BILINEAR", threads=1
        )
        plane: Any = picture.planes[0]
        stride = plane.line_size
        size = stride * height
        slot.begin(size)[:] = memoryview(plane)[:size]
        slot.publish(width, height, stride, at, self._utc.utc_us(at))
        return True

    def _compare(self, view: View, sample: bytes, now: float) -> None:
        if view.interrupted:
            view.interrupted, view.changed_at = False, now
        if same_picture(sample, view.sample):
            view.same_since = view.changed_at
        else:
            view.sample, view.changed_at, view.same_since = sample, now, None
        view.compared_at = now


def same_picture(now: bytes, before: bytes) -> bool:
    """Whether two samples of brightness show one picture, encoded twice: a
    live camera's noise alone moves more than one point in a thousand (the street
    clips: 70 and more). In doubt the picture counts as live."""
    if now == before:
        return True
    if len(now) != len(before):
        return False
    moved = sum(1 for a, b in zip(now, before, strict=True) if not -NOISE <= a - b <= NOISE)
    return moved * 1000 < len(now)


def _decoded(context: VideoCodecContext, unit: Unit, drain: bool) -> list[VideoFrame]:
    """What comes out for a unit; ``drain``: it is a key frame by itself, and
    nothing stays behind in the context. Raises ``av.FFmpegError``."""
    packet = av.Packet(unit.data)
    packet.pts = unit.pts
    frames = context.decode(packet)
    if drain:
        if not frames:
            frames = context.decode(None)
        context.flush_buffers()
    return frames


def _open(codec: str, skip_filter: bool) -> VideoCodecContext:
    context = CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    if skip_filter:
        context.options = {"skip_loop_filter": "all"}
    return context


def shrunk(source: tuple[int, int], box: tuple[int, int]) -> bool:
    """Whether pictures of ``source`` are made so small for ``box`` (both width and
    height in pixels, all above zero) that nobody sees an unfiltered block edge."""
    return min(box[0] / source[0], box[1] / source[1]) < SKIP_FILTER_BELOW


def target_size(width: int, height: int, budget: Budget) -> tuple[int, int]:
    """Size a picture is converted to: the source's own unless the tile is so
    much smaller that scaling is no dearer, or the source exceeds a slot."""
    fit = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height)
    if budget.width and budget.height:
        box = min(budget.width / width, budget.height / height)
        if box < SCALE_BELOW:
            fit = min(fit, box)
    if fit >= 1.0:
        return width, height
    return max(2, round(width * fit) & ~1), max(2, round(height * fit) & ~1)


def is_decoding(budget: Budget) -> bool:
    """Whether a budget asks for pictures at all."""
    return budget.mode in (MOVING, SLOW)
