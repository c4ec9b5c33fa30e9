"""RTP packets of H.264 (RFC 6184) and H.265 (RFC 7798) into access units.

The hot path: it is called once a packet for every camera, so it makes no
object per packet, copies each payload byte once and keeps its state in plain
attributes. Output is Annex B (start codes), which decoders, MPEG-TS and the
MP4 muxer all take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, Protocol

Codec = Literal["h264", "hevc", "mjpeg"]

_START: Final = b"\x00\x00\x00\x01"
#: An access unit beyond this is a stream gone wrong, not a picture.
MAX_UNIT_BYTES: Final = 8 << 20
#: So many packets in a row that are no RTP mean garbage on the wire.
MAX_BAD_PACKETS: Final = 16
#: RTP video clock of both formats, ticks a second.
CLOCK_HZ: Final = 90_000


class Unit:
    """One access unit: everything that belongs to one picture.

    ``data`` Annex B; ``pts`` 90 kHz ticks, never wrapping; ``key`` decodable by
    itself, with its parameter sets; ``at`` monotonic seconds of its last byte.
    """

    __slots__ = ("at", "data", "key", "pts")

    def __init__(self, data: bytes, pts: int, key: bool, at: float) -> None:
        self.data = data
        self.pts = pts
        self.key = key
        self.at = at


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B stream, without start codes."""
    parts = data.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01")
    return [part for part in parts if part]


class PacketSink(Protocol):
    """What a connection hands RTP packets to. ``lost`` packets missing,
    ``dropped`` access units thrown away, ``bad`` packets in a row that were
    no RTP of ours."""

    lost: int
    dropped: int
    bad: int

    def feed(self, view: memoryview, start: int, end: int) -> None:
        """One RTP packet, ``view[start:end]``."""
        ...


class Depacketiser:
    """Access units of one stream. ``deliver(data, pts, key)`` is called for
    each whole one. After a loss everything up to the next key frame is
    dropped: a smeared picture must not look like a street.

    ``parameter_sets`` are what the SDP announced (raw NAL units); they are put
    before key frames that come without their own.
    """

    def __init__(
        self,
        codec: Codec,
        deliver: Callable[[bytes, int, bool], None],
        parameter_sets: tuple[bytes, ...] = (),
    ) -> None:
        self.codec = codec
        self._deliver = deliver
        self._hevc = codec == "hevc"
        self._sets: dict[int, bytes] = {}
        for unit in parameter_sets:
            if unit:
                self._sets[self._type_of(unit[0])] = bytes(unit)
        self.lost = 0
        """Packets missing by their sequence numbers."""
        self.dropped = 0
        """Access units thrown away: torn, or waiting for a key frame."""
        self.bad = 0
        """Packets in a row that were no RTP of ours."""
        self._au = bytearray()
        self._seq = -1
        self._timestamp = -1
        self._wrapped = 0
        self._key = self._picture = self._own_sets = False
        self._fragment = False
        self._torn = False
        self._need_key = True

    def _type_of(self, first: int) -> int:
        return (first >> 1) & 0x3F if self._hevc else first & 0x1F

    def feed(self, view: memoryview, start: int, end: int) -> None:
        """One RTP packet, ``view[start:end]``."""
        if end - start < 13 or view[start] & 0xC0 != 0x80:
            self.bad += 1
            return
        first = view[start]
        second = view[start + 1]
        seq = view[start + 2] << 8 | view[start + 3]
        stamp = view[start + 4] << 24 | view[start + 5] << 16 | view[start + 6] << 8 | view[start + 7]
        payload = start + 12 + ((first & 0x0F) << 2)
        if first & 0x10 and payload + 4 <= end:
            payload += 4 + ((view[payload + 2] << 8 | view[payload + 3]) << 2)
        if first & 0x20:
            end -= view[end - 1]
        if payload >= end:
            # Empty packets keep a path open; they count in the sequence.
            self._follow(seq)
            return
        self.bad = 0
        self._follow(seq)
        if stamp != self._timestamp:
            if self._au:
                self._finish()
            self._turn(stamp)
        if self._hevc:
            self._hevc_payload(view, payload, end)
        else:
            self._h264_payload(view, payload, end)
        if second & 0x80 and self._picture and not self._fragment:
            self._finish()

    def _follow(self, seq: int) -> None:
        if self._seq >= 0 and seq != (self._seq + 1) & 0xFFFF:
            self.lost += (seq - self._seq - 1) & 0xFFFF
            self._torn = True
            self._fragment = False
        self._seq = seq

    def _turn(self, stamp: int) -> None:
        if self._timestamp >= 0:
            delta = (stamp - self._timestamp) & 0xFFFFFFFF
            if delta < 0x80000000 and stamp < self._timestamp:
                self._wrapped += 1 << 32
            elif delta >= 0x80000000 and stamp > self._timestamp:
                self._wrapped -= 1 << 32
        self._timestamp = stamp

    def _h264_payload(self, view: memoryview, at: int, end: int) -> None:
        kind = view[at] & 0x1F
        if kind == 28:  # FU-A
            if end - at < 3:
                self._torn = True
                return
            header = view[at + 1]
            if header & 0x80:
                self._open_fragment(header & 0x1F)
                self._au += _START
                self._au.append((view[at] & 0xE0) | (header & 0x1F))
            elif not self._fragment:
                self._torn = True
                return
            self._au += view[at + 2 : end]
            if header & 0x40:
                self._fragment = False
        elif kind == 24:  # STAP-A
            self._aggregate(view, at + 1, end)
        elif 1 <= kind <= 23:
            self._append(view, at, end)
        else:  # STAP-B, MTAP, FU-B belong to the interleaved mode nobody announces
            self._torn = True

    def _hevc_payload(self, view: memoryview, at: int, end: int) -> None:
        if end - at < 3:
            self._torn = True
            return
        kind = (view[at] >> 1) & 0x3F
        if kind == 49:  # FU
            header = view[at + 2]
            if header & 0x80:
                self._open_fragment(header & 0x3F)
                self._au += _START
                self._au.append((view[at] & 0x81) | (header & 0x3F) << 1)
                self._au.append(view[at + 1])
            elif not self._fragment:
                self._torn = True
                return
            self._au += view[at + 3 : end]
            if header & 0x40:
                self._fragment = False
        elif kind == 48:  # AP
            self._aggregate(view, at + 2, end)
        elif kind < 48:
            self._append(view, at, end)

    def _aggregate(self, view: memoryview, at: int, end: int) -> None:
        while at + 2 < end:
            size = view[at] << 8 | view[at + 1]
            at += 2
            if not size or at + size > end:
                self._torn = True
                return
            self._append(view, at, at + size)
            at += size

    def _open_fragment(self, kind: int) -> None:
        if self._fragment:  # the end of the last one never came
            self._torn = True
        self._fragment = True
        self._note(kind)
        if kind == (33 if self._hevc else 7):
            self._own_sets = True

    def _append(self, view: memoryview, at: int, end: int) -> None:
        if self._fragment:
            self._torn = True
            self._fragment = False
        kind = self._type_of(view[at])
        self._note(kind)
        if (32 <= kind <= 34) if self._hevc else kind in (7, 8):
            self._sets[kind] = bytes(view[at:end])
            if kind in (7, 33):
                self._own_sets = True
        self._au += _START
        self._au += view[at:end]
        if len(self._au) > MAX_UNIT_BYTES:
            self._torn = True
            self._au.clear()

    def _note(self, kind: int) -> None:
        if self._hevc:
            if kind < 32:
                self._picture = True
                if 16 <= kind <= 21:
                    self._key = True
        elif 1 <= kind <= 5:
            self._picture = True
            if kind == 5:
                self._key = True

    def _finish(self) -> None:
        au, key = self._au, self._key
        torn = self._torn or self._fragment
        if not self._picture and not torn:
            # Parameter sets with a time stamp of their own: they belong to
            # the picture that follows.
            return
        own = self._own_sets
        self._au = bytearray()
        self._key = self._picture = self._own_sets = self._torn = self._fragment = False
        if torn:
            self._need_key = True
            self.dropped += 1
            return
        if self._need_key:
            if not key:
                self.dropped += 1
                return
            self._need_key = False
        if key and not own and self._sets:
            data = b"".join(_START + self._sets[kind] for kind in sorted(self._sets)) + bytes(au)
        else:
            data = bytes(au)
        self._deliver(data, self._timestamp + self._wrapped, key)
