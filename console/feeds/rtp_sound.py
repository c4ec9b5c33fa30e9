"""Sound of a camera out of RTP: AAC (RFC 3640, mode ``AAC-hbr``) and G.711
(RFC 3551). AAC leaves with an ADTS header (ISO/IEC 13818-7, 6.2), so that each
piece can be decoded by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from console.feeds.sdp import Media

#: FFmpeg's names of what is understood.
_NAMES: Final = {"PCMU": "pcm_mulaw", "PCMA": "pcm_alaw", "MPEG4-GENERIC": "aac"}
_RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
#: Samples in one AAC access unit.
AAC_SAMPLES: Final = 1024


class Sound(NamedTuple):
    """A piece of sound. ``codec`` is FFmpeg's name (``aac`` with ADTS header,
    ``pcm_mulaw``, ``pcm_alaw``), ``rate`` samples a second, ``pts`` counted in
    samples from the stream's first, never wrapping."""

    codec: str
    rate: int
    channels: int
    data: bytes
    pts: int


def adts(rate: int, channels: int, data: bytes) -> bytes:
    """``data``, one raw AAC-LC access unit, with its ADTS header. Raises
    ``ValueError`` for a rate ADTS has no number for."""
    size = len(data) + 7
    index = _RATES.index(rate)
    head = bytes(
        (
            0xFF,
            0xF1,
            0x40 | index << 2 | channels >> 2,
            (channels & 3) << 6 | size >> 11,
            size >> 3 & 0xFF,
            (size & 7) << 5 | 0x1F,
            0xFC,
        )
    )
    return head + data


class SoundSink:
    """Takes RTP packets of one sound section."""

    def __init__(self, media: Media, deliver: Callable[[Sound], None]) -> None:
        self.lost = self.dropped = self.bad = 0
        self._codec = _NAMES[media.encoding.upper()]
        self._rate, self._channels = media.clock_hz, media.channels
        self._size_bits = int(media.fmtp.get("sizelength", "13"))
        self._head_bits = self._size_bits + int(media.fmtp.get("indexlength", "3"))
        self._deliver = deliver
        self._seq = -1
        self._first = -1
        self._stamp = 0
        self._torn = bytearray()
        self._missing = 0

    def feed(self, view: memoryview, start: int, end: int) -> None:
        """One RTP packet, ``view[start:end]``."""
        if end - start < 13 or view[start] & 0xC0 != 0x80:
            self.bad += 1
            return
        seq = view[start + 2] << 8 | view[start + 3]
        if self._seq >= 0 and seq != (self._seq + 1) & 0xFFFF:
            self.lost += (seq - self._seq - 1) & 0xFFFF
            self._missing = 0
        self._seq = seq
        at = start + 12 + ((view[start] & 0x0F) << 2)
        if view[start] & 0x10 and at + 4 <= end:
            at += 4 + ((view[at + 2] << 8 | view[at + 3]) << 2)
        if view[start] & 0x20:
            end -= view[end - 1]
        pts = self._turn(int.from_bytes(view[start + 4 : start + 8], "big"))
        if at >= end:
            return
        if self._codec == "aac":
            self._aac(view, at, end, pts)
        else:
            self._deliver(Sound(self._codec, self._rate, self._channels, bytes(view[at:end]), pts))

    def _turn(self, stamp: int) -> int:
        if self._first < 0:
            self._first, self._stamp = stamp, 0
        step = (stamp - self._first - self._stamp) & 0xFFFFFFFF
        self._stamp += step if step < 0x80000000 else step - (1 << 32)
        return self._stamp

    def _aac(self, view: memoryview, at: int, end: int, pts: int) -> None:
        """AU headers, then the units; a unit longer than a packet comes in
        pieces, each behind a header with the whole size."""
        bits = view[at] << 8 | view[at + 1] if end - at >= 2 else 0
        body = at + 2 + (bits + 7 >> 3)
        if not bits or body > end:
            self.dropped += 1
            return
        heads = int.from_bytes(view[at + 2 : body], "big") >> (-bits % 8)
        for index in range(bits // self._head_bits):
            head = heads >> (bits - (index + 1) * self._head_bits)
            size = head >> (self._head_bits - self._size_bits) & ((1 << self._size_bits) - 1)
            piece = bytes(view[body : min(end, body + size)])
            body += len(piece)
            if len(piece) < size:
                if not self._missing:
                    self._torn.clear()
                self._torn += piece
                self._missing = size - len(self._torn)
                if self._missing:
                    return
                piece = bytes(self._torn)
            self._missing = 0
            self._deliver(
                Sound("aac", self._rate, self._channels, adts(self._rate, self._channels, piece),
                      pts + index * AAC_SAMPLES)
            )  # fmt: skip


def sound_sink(media: Media, deliver: Callable[[Sound], None]) -> SoundSink | None:
    """A sink for a sound section, ``None`` for what is not understood."""
    name = _NAMES.get(media.encoding.upper())
    if name is None or not 1 <= media.channels <= 7:
        return None
    if name == "aac":
        hbr = media.fmtp.get("mode", "").lower() == "aac-hbr"
        digits = all(media.fmtp.get(k, "0").isdigit() for k in ("sizelength", "indexlength"))
        if not hbr or not digits or media.clock_hz not in _RATES:
            return None
    return SoundSink(media, deliver)
