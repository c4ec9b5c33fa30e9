"""Frame slots: decoded pictures in shared memory, the newest wins.

One slot is one shared-memory segment: a header and two picture buffers. A
writer fills the buffer the reader is not looking at, then publishes its
number; a number before and one after the pixels tell a torn picture. The
console creates, owns and unlinks segments; workers only attach.

Layout (little endian)::

    0    magic u32, layout version u32, capacity of one buffer u64
    16   sequence number of the newest whole picture u64 (0: none yet)
    64   buffer 0: begun u64, ended u64, width u32, height u32, stride u32,
         reserved u32, captured monotonic f64 (s), captured UTC i64 (us)
    128  buffer 1, the same
    4096 pixels of buffer 0, then of buffer 1 (BGRA, ``stride`` bytes a row)

Picture ``n`` lies in buffer ``n & 1``. Segments are sparse: only pages a
picture has touched cost memory.
"""

from __future__ import annotations

import errno
import itertools
import logging
import os
import re
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import shared_memory
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

#: Every segment of the product starts with this, then the owner's pid.
PREFIX: Final = "fifteen-"
#: Largest picture a slot takes; larger ones are scaled down by the writer.
MAX_WIDTH: Final = 1920
MAX_HEIGHT: Final = 1088

_MAGIC: Final = 0x46494654
_LAYOUT: Final = 1
_PAGE: Final = 4096
_HEAD = struct.Struct("<IIQQ")
_SEQ = struct.Struct("<Q")
_SEQ_AT: Final = 16
_BUFFER = struct.Struct("<QQIIIIdq")
_META = struct.Struct("<IIIIdq")
_BUFFER_AT: Final = (64, 128)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHM_FOLDER = Path("/dev/shm")
_NAME = re.compile(rf"^{PREFIX}(\d+)-[0-9a-z]+$")
_attach_lock = threading.Lock()
_serial = itertools.count(1)


def segment_bytes(width: int, height: int) -> int:
    """Size of a segment whose pictures are at most ``width`` × ``height``."""
    return _PAGE + 2 * _buffer_bytes(width, height)


def _buffer_bytes(width: int, height: int) -> int:
    rows = max(1, width) * max(1, height) * 4
    return (rows + _PAGE - 1) // _PAGE * _PAGE


def attach(name: str) -> shared_memory.SharedMemory:
    """Open a segment somebody else owns, without the resource tracker
    unlinking it when this process ends (``track=`` exists from 3.13 on).
    Raises ``FileNotFoundError``."""
    try:
        return shared_memory.SharedMemory(name, track=False)  # type: ignore[call-arg]
    except TypeError:
        tracker = shared_memory.resource_tracker  # type: ignore[attr-defined]
        with _attach_lock:
            register = tracker.register
            tracker.register = _register_nothing
            try:
                return shared_memory.SharedMemory(name)
            finally:
                tracker.register = register


def _register_nothing(name: str, kind: str) -> None:
    """Stands in for the tracker while a segment is only attached."""


def _create(size: int) -> shared_memory.SharedMemory:
    """A new segment of this process; a dead one's of the same pid is passed
    over. Raises ``OSError``."""
    while True:
        with suppress(FileExistsError):
            name = f"{PREFIX}{os.getpid()}-{next(_serial):x}"
            return shared_memory.SharedMemory(name, create=True, size=size)


def _memory(segment: shared_memory.SharedMemory) -> memoryview:
    if segment.buf is None:
        raise ValueError("segment is closed")
    return segment.buf


def release(segment: shared_memory.SharedMemory) -> None:
    """Close a mapping; one that a picture on screen still uses is left to
    go with its last user instead of failing."""
    try:
        segment.close()
    except BufferError:
        segment._mmap = None  # type: ignore[attr-defined]
        segment._buf = None  # type: ignore[attr-defined]
        segment.close()


def sweep_leftovers(folder: Path = _SHM_FOLDER) -> int:
    """Remove segments of consoles that are gone; returns how many."""
    removed = 0
    if not folder.is_dir():
        return 0
    for path in folder.glob(f"{PREFIX}*"):
        match = _NAME.match(path.name)
        if match and not _alive(int(match.group(1))):
            with suppress(FileNotFoundError, PermissionError):
                path.unlink()
                removed += 1
    return removed


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture as it lies in shared memory, BGRA (32 bit, the fourth
    byte is 255), rows of ``stride`` bytes. The buffer is reused after the
    next-but-one picture: paint or copy at once, then ask :meth:`whole`."""

    buffer: memoryview
    width: int
    height: int
    stride: int
    seq: int
    captured_monotonic: float
    captured_at: datetime
    whole: Callable[[], bool]
    """True while the pixels are still those of this picture."""


class SlotWriter:
    """Worker side of one slot. Not thread-safe: one writer a slot."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._segment = attach(name)
        self._buf: memoryview = _memory(self._segment)
        magic, layout, capacity, seq = _HEAD.unpack_from(self._buf, 0)
        self.capacity: int = capacity
        self.seq: int = seq
        if magic != _MAGIC or layout != _LAYOUT:
            release(self._segment)
            raise ValueError(f"not a frame slot: {name}")
        self._backed = 0

    def begin(self, size: int) -> memoryview:
        """The next picture's buffer of ``size`` bytes; what it held is torn
        from here on. Raises ``OSError(ENOSPC)`` when shared memory is full and
        ``ValueError`` when the picture is larger than the slot."""
        if size > self.capacity:
            raise ValueError("picture larger than its slot")
        self._reserve(size)
        number = self.seq + 1
        _SEQ.pack_into(self._buf, _BUFFER_AT[number & 1], number)
        start = _PAGE + (number & 1) * self.capacity
        return self._buf[start : start + size]

    def publish(self, width: int, height: int, stride: int, monotonic: float, utc_us: int) -> int:
        """Make the picture begun last the newest; returns its number."""
        number = self.seq + 1
        at = _BUFFER_AT[number & 1]
        _META.pack_into(self._buf, at + 16, width, height, stride, 0, monotonic, utc_us)
        _SEQ.pack_into(self._buf, at + 8, number)
        _SEQ.pack_into(self._buf, _SEQ_AT, number)
        self.seq = number
        return number

    def _reserve(self, size: int) -> None:
        """Back the pages now: a full ``/dev/shm`` must be an error here and
        not a bus error in the middle of a copy."""
        if size <= self._backed:
            return
        descriptor = getattr(self._segment, "_fd", -1)
        if descriptor >= 0 and hasattr(os, "posix_fallocate"):
            for start in (_PAGE, _PAGE + self.capacity):
                try:
                    os.posix_fallocate(descriptor, start, size)
                except OSError as error:
                    if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                        raise
        self._backed = size

    def close(self) -> None:
        """Let go of the mapping; the segment stays the console's."""
        self._buf = memoryview(b"")
        release(self._segment)


class SlotReader:
    """Console side of one slot: reads what a writer published."""

    def __init__(self, segment: shared_memory.SharedMemory) -> None:
        self._segment = segment
        self._buf: memoryview = _memory(segment)
        self.capacity: int = _HEAD.unpack_from(self._buf, 0)[2]
        self._views: dict[tuple[int, int], memoryview] = {}

    @property
    def seq(self) -> int:
        """Number of the newest whole picture; 0 before the first."""
        number: int = _SEQ.unpack_from(self._buf, _SEQ_AT)[0]
        return number

    def read(self, after_seq: int) -> Picture | None:
        """The newest picture when it is newer than ``after_seq``."""
        number: int = _SEQ.unpack_from(self._buf, _SEQ_AT)[0]
        if number <= max(0, after_seq):
            return None
        at = _BUFFER_AT[number & 1]
        begun, ended, width, height, stride, _, monotonic, utc_us = _BUFFER.unpack_from(self._buf, at)
        size = stride * height
        if begun != number or ended != number or not 0 < size <= self.capacity:
            return None
        view = self._view(number & 1, size)

        def whole() -> bool:
            """The writer has not begun to reuse the buffer."""
            try:
                return bool(_SEQ.unpack_from(self._buf, at)[0] == number)
            except (ValueError, struct.error):
                return False

        return Picture(
            view, width, height, stride, number, monotonic, _EPOCH + timedelta(microseconds=utc_us), whole
        )

    def _view(self, buffer: int, size: int) -> memoryview:
        view = self._views.get((buffer, size))
        if view is None:
            start = _PAGE + buffer * self.capacity
            view = self._buf[start : start + size].toreadonly()
            if len(self._views) > 8:
                self._views.clear()
            self._views[buffer, size] = view
        return view

    def close(self) -> None:
        """Drop the mapping (later, when a picture on screen still uses it)."""
        self._views.clear()
        self._buf = memoryview(b"")
        release(self._segment)


class FrameSlots:
    """All slots of one console; owner of the segments. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[str, SlotReader] = {}
        self._segments: dict[str, shared_memory.SharedMemory] = {}
        self._last: dict[str, int] = {}

    def ensure(self, key: str, width: int = MAX_WIDTH, height: int = MAX_HEIGHT) -> str:
        """Name of the segment of ``key``, made when it is not there yet.
        Raises ``OSError`` when shared memory is not to be had."""
        with self._lock:
            segment = self._segments.get(key)
            if segment is None:
                segment = _create(segment_bytes(width, height))
                # Readers compare numbers: a slot made anew goes on counting.
                last = self._last.get(key, 0)
                _HEAD.pack_into(_memory(segment), 0, _MAGIC, _LAYOUT, _buffer_bytes(width, height), last)
                self._segments[key] = segment
                self._readers[key] = SlotReader(segment)
            return segment.name

    def read(self, camera_id: str, after_seq: int = 0) -> Picture | None:
        """The newest picture of a camera when it is newer than ``after_seq``;
        ``None`` when there is none or one is being written over it. Never
        blocks. ``focus:<camera>`` names the focus player's slot."""
        reader = self._readers.get(camera_id)
        try:
            return None if reader is None else reader.read(after_seq)
        except (ValueError, struct.error):
            return None  # dropped by another thread this very moment

    def seq(self, camera_id: str) -> int:
        """Number of the camera's newest picture; 0 before the first."""
        reader = self._readers.get(camera_id)
        try:
            return 0 if reader is None else reader.seq
        except (ValueError, struct.error):
            return 0

    def drop(self, key: str) -> None:
        """Unlink one slot."""
        with self._lock:
            segment = self._segments.pop(key, None)
            reader = self._readers.pop(key, None)
        if segment is not None:
            with suppress(FileNotFoundError):
                segment.unlink()
        if reader is not None:
            self._last[key] = reader.seq
            reader.close()

    def close(self) -> None:
        """Unlink every slot."""
        for key in list(self._segments):
            self.drop(key)
