"""Encoded units into an MPEG-TS byte stream in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from fractions import Fraction
from typing import Any, Final, NamedTuple

import av

from console.feeds.clip import template
from console.feeds.rtp import CLOCK_HZ, Codec, Unit

_TICK: Final = Fraction(1, CLOCK_HZ)
#: Units that come faster than this (s) after the start are the ring's past:
#: they are needed to decode, and are shown in no time.
_BACKLOG_S: Final = 0.2
_BACKLOG_STEP: Final = CLOCK_HZ // 1000
#: Room for pictures that come out of order, in ticks.
_REORDER: Final = CLOCK_HZ // 10


class Sound(NamedTuple):
    """What a camera's sound is made of: ``aac`` (with ADTS headers),
    ``pcm_alaw`` or ``pcm_mulaw``; samples a second, channels."""

    codec: str
    rate: int
    channels: int


_LAWS: Final = ("pcm_alaw", "pcm_mulaw")


class _Out:
    """The file-like object the muxer writes to."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, data: Any) -> int:
        """Pass a piece on."""
        piece = bytes(data)
        self._write(piece)
        return len(piece)


class TsMuxer:
    """Muxes one stream. The past that comes first, to have a key frame at
    once, gets time stamps a millisecond apart, so that the player is at the
    present after it instead of seconds behind. Raises ``NoPicture``."""

    def __init__(
        self, codec: Codec, first: Unit, write: Callable[[bytes], None], sound: Sound | None = None
    ) -> None:
        self._stack = ExitStack()
        parameters = self._stack.enter_context(template(codec, first.data))
        self.width: int = parameters.codec_context.width
        self.height: int = parameters.codec_context.height
        options = {"mpegts_flags": "resend_headers", "flush_packets": "1"}
        self._output: Any = av.open(_Out(write), "w", format="mpegts", options=options, buffer_size=188 * 64)
        self._stream = self._output.add_stream_from_template(parameters)
        self._stream.time_base = _TICK
        self._sound = sound
        self._voice: Any = None
        self._law: Any = None
        if sound is not None and sound.codec in (*_LAWS, "aac"):
            self._voice = self._output.add_stream("aac", rate=sound.rate)
            self._voice.codec_context.layout = "mono" if sound.channels == 1 else "stereo"
            if sound.codec in _LAWS:
                # A transport stream has no G.711: it is encoded again.
                self._law = av.CodecContext.create(sound.codec, "r")
                self._law.sample_rate, self._law.layout = sound.rate, self._voice.codec_context.layout
                self._voice.codec_context.bit_rate = 32_000
        self._shift: int | None = None
        self._dts = -1
        self._pts = 0
        self._newest: tuple[int, float] | None = None
        self._voice_shift: int | None = None
        self._voice_pts = -1

    @property
    def has_sound(self) -> bool:
        """Whether the stream has a track of sound."""
        return self._voice is not None

    def is_past(self, unit: Unit, now: float, caught_up: bool = True) -> bool:
        """Whether a unit belongs to the past that comes first: it is old, or
        the player, which takes a while to start, has not ``caught_up`` with
        the stream yet."""
        return self._shift is None and (now - unit.at > _BACKLOG_S or not caught_up)

    def add(self, unit: Unit, caught_up: bool = True) -> None:
        """Mux a unit; one whose decoding time does not grow is moved on, one of
        the past (:meth:`is_past`) comes a millisecond after the one before."""
        if self.is_past(unit, time.monotonic(), caught_up):
            pts = self._pts + _BACKLOG_STEP
        else:
            if self._shift is None:
                self._shift = self._pts + _BACKLOG_STEP - unit.pts
            pts = unit.pts + self._shift
        self._pts = max(self._pts, pts)
        self._newest = (pts, unit.at)
        packet = av.Packet(unit.data)
        packet.stream = self._stream
        packet.time_base = _TICK
        self._dts = max(self._dts + 1, pts)
        packet.dts = self._dts
        packet.pts = max(self._dts, pts + _REORDER)
        packet.is_keyframe = unit.key
        with suppress(av.FFmpegError, ValueError):
            self._output.mux(packet)

    def add_sound(self, data: bytes, pts: int, at: float) -> None:
        """Mux a piece of sound; ``pts`` in samples, put beside the pictures'
        times once, by the times of arrival."""
        sound, newest = self._sound, self._newest
        if self._voice is None or sound is None or newest is None or self._shift is None:
            return
        pts = pts * CLOCK_HZ // sound.rate
        if self._voice_shift is None:
            beside = newest[0] + round((at - newest[1]) * CLOCK_HZ) + _REORDER
            self._voice_shift = beside - pts
        stamp = pts + self._voice_shift
        with suppress(av.FFmpegError, ValueError):
            if self._law is not None:
                self._encode(data, stamp, sound)
            else:
                self._mux_sound(av.Packet(data), stamp)

    def _encode(self, data: bytes, stamp: int, sound: Sound) -> None:
        for frame in self._law.decode(av.Packet(data)):
            frame.pts, frame.time_base = stamp * sound.rate // CLOCK_HZ, Fraction(1, sound.rate)
            for packet in self._voice.encode(frame):
                packet.stream = self._voice
                self._output.mux(packet)

    def _mux_sound(self, packet: Any, stamp: int) -> None:
        self._voice_pts = max(self._voice_pts + 1, stamp)
        packet.stream, packet.time_base = self._voice, _TICK
        packet.pts = packet.dts = self._voice_pts
        self._output.mux(packet)

    def close(self) -> None:
        """Let go of the muxer."""
        with suppress(av.FFmpegError, ValueError):
            self._output.close()
        self._stack.close()
