"""Encoded units into an MPEG-TS byte stream in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from fractions import Fraction
from typing import Any, Final

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

    def __init__(self, codec: Codec, first: Unit, write: Callable[[bytes], None]) -> None:
        self._stack = ExitStack()
        parameters = self._stack.enter_context(template(codec, first.data))
        self.width: int = parameters.codec_context.width
        self.height: int = parameters.codec_context.height
        options = {"mpegts_flags": "resend_headers", "flush_packets": "1"}
        self._output: Any = av.open(_Out(write), "w", format="mpegts", options=options, buffer_size=188 * 64)
        self._stream = self._output.add_stream_from_template(parameters)
        self._stream.time_base = _TICK
        self._shift: int | None = None
        self._dts = -1
        self._pts = 0

    def add(self, unit: Unit) -> None:
        """Mux a unit; one whose decoding time does not grow is moved on."""
        if time.monotonic() - unit.at > _BACKLOG_S and self._shift is None:
            pts = self._pts + _BACKLOG_STEP
        else:
            if self._shift is None:
                self._shift = self._pts + _BACKLOG_STEP - unit.pts
            pts = unit.pts + self._shift
        self._pts = max(self._pts, pts)
        packet = av.Packet(unit.data)
        packet.stream = self._stream
        packet.time_base = _TICK
        self._dts = max(self._dts + 1, pts)
        packet.dts = self._dts
        packet.pts = max(self._dts, pts + _REORDER)
        packet.is_keyframe = unit.key
        with suppress(av.FFmpegError, ValueError):
            self._output.mux(packet)

    def close(self) -> None:
        """Let go of the muxer."""
        with suppress(av.FFmpegError, ValueError):
            self._output.close()
        self._stack.close()
