"""FFmpeg's demuxers behind the port of a channel: one thread for each stream.

For all that asyncio does not read: ``rtsps``, HTTP (FLV, MPEG-TS, MJPEG, HLS),
RTMP, files. FFmpeg's reads block, so a reader that hangs is left to its own
time-out: the channel gives it up and nothing waits for the thread, which
closes what it opened itself (closing from elsewhere is a crash).
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote, urlsplit

import av
from av.error import FFmpegError

from console.feeds.rtp import CLOCK_HZ, Codec
from console.feeds.rtp_sound import Sound, adts
from console.feeds.rtsp import RtspError

log = logging.getLogger(__name__)

#: Network reads end by themselves after this many seconds.
READ_S: Final = 8.0
#: A source that has not begun to play after this long does not.
OPEN_S: Final = 12.0
#: A picture due later than this is no matter of pace but of a new time line.
_JUMP_S: Final = 5.0
_NAP_S: Final = 0.25

_SCHEMES: Final = {"rtsps", "http", "https", "rtmp", "rtmps", "file", "srt", "udp"}
_CODECS: Final[dict[str, Codec]] = {"h264": "h264", "hevc": "hevc", "mjpeg": "mjpeg"}
_FILTERS: Final = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
#: These hand over what they have at once; the pace is ours to keep.
_BURSTS: Final = {"hls", "hls,applehttp", "applehttp"}
#: Time stamps of these are invented by the demuxer; arrival is the truth.
_UNTIMED: Final = {"mpjpeg", "mjpeg"}
_ERRORS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (av.error.HTTPUnauthorizedError, "unauthorised"),
    (av.error.HTTPForbiddenError, "unauthorised"),
    (av.error.HTTPNotFoundError, "not_found"),
    (av.error.HTTPServerError, "server_error"),
    (av.error.HTTPError, "server_error"),
    (av.error.FileNotFoundError, "not_found"),
    (av.error.PermissionError, "unauthorised"),
    (av.error.TimeoutError, "no_answer"),
    (av.error.ConnectionRefusedError, "refused"),
    (av.error.ConnectionResetError, "closed"),
    (av.error.EOFError, "closed"),
    (av.error.ProtocolNotFoundError, "unsupported"),
    (av.error.DemuxerNotFoundError, "unsupported"),
    (av.error.InvalidDataError, "bad_data"),
    (TimeoutError, "no_answer"),
    (ConnectionError, "closed"),
    (FileNotFoundError, "not_found"),
    (OSError, "refused"),
    (ValueError, "bad_data"),
)


def kind_of(error: BaseException) -> str:
    """The failure kind (see ``RtspError``) of what FFmpeg raised."""
    return next((kind for type_, kind in _ERRORS if isinstance(error, type_)), "bad_data")


def is_file(url: str) -> bool:
    """Whether a source is a file of this machine."""
    return "://" not in url or url.lower().startswith("file:")


def target_of(url: str, username: str, password: str) -> str:
    """What FFmpeg is given: credentials percent-encoded in front of the host,
    those given winning over those in the URL. Never log it. Raises
    ``RtspError('unsupported')``."""
    text = url.strip()
    if is_file(text):
        path = text[len("file://") :] if text.lower().startswith("file://") else text
        # ``file:`` keeps FFmpeg from taking a name for a protocol.
        return "file:" + path.removeprefix("file:")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise RtspError("unsupported", "address") from error
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES or not parts.netloc:
        raise RtspError("unsupported", f"scheme {scheme[:12]!r}")
    if not username:
        return text
    host = parts.netloc.rpartition("@")[2]
    rest = text.partition("://")[2][len(parts.netloc) :]
    return f"{scheme}://{quote(username, safe='')}:{quote(password, safe='')}@{host}{rest}"


def options_of(url: str) -> dict[str, str]:
    """FFmpeg's options for a source. ``timeout`` counts in microseconds; for
    RTMP the word means "wait for a caller", there it is ``rw_timeout``."""
    microseconds = str(round(READ_S * 1e6))
    scheme = url.partition("://")[0].lower()
    common = {"probesize": "500000", "analyzeduration": "1000000", "fflags": "nobuffer"}
    if is_file(url):
        return {"probesize": "1000000"}
    if scheme == "rtsps":
        return {**common, "rtsp_transport": "tcp", "timeout": microseconds}
    if scheme in ("http", "https"):
        return {**common, "rw_timeout": microseconds, "timeout": microseconds}
    return {**common, "rw_timeout": microseconds}


class DemuxReader:
    """One stream being read. See :class:`console.feeds.reader.Reader`."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        unit: Callable[[bytes, int, bool], None],
        packet: Callable[[], None],
        sound: Callable[[Sound], None] | None = None,
    ) -> None:
        self.codec: Codec = "h264"
        self.lost = self.dropped = 0
        self.note = "file" if is_file(url) else ""
        self._target = target_of(url, username, password)
        self._options = options_of(url)
        self._unit, self._packet, self._sound = unit, packet, sound
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[RtspError] = self._loop.create_future()
        self._halt = threading.Event()
        self._offset = 0
        self._next_pts = 0
        self._base: tuple[int, float] | None = None

    # -- the channel's side (asyncio thread) --------------------------------

    @property
    def clock_base(self) -> float | None:
        """FFmpeg's demuxers keep the camera's clock to themselves."""
        return None

    async def open(self) -> None:
        """Start the thread; back with the codec. Raises ``RtspError``."""
        threading.Thread(target=self._read, name="demuxer", daemon=True).start()
        waiting: list[asyncio.Future[Any]] = [self._opened, self._ended]
        await asyncio.wait(waiting, timeout=OPEN_S, return_when=asyncio.FIRST_COMPLETED)
        if self._opened.done():
            return
        raise self._ended.result() if self._ended.done() else RtspError("no_answer", "open")

    async def run(self) -> None:
        """Until the source ends; raises the reason."""
        raise await asyncio.shield(self._ended)

    def fail(self, error: RtspError) -> None:
        """End for a reason; the thread follows when FFmpeg lets it."""
        self._halt.set()
        self._end(error)

    def close(self) -> None:
        """Give up; never blocks."""
        self.fail(RtspError("closed"))

    def _end(self, error: RtspError) -> None:
        if not self._ended.done():
            self._ended.set_result(error)

    def _begun(self, codec: Codec) -> None:
        self.codec = codec
        if not self._opened.done():
            self._opened.set_result(None)

    def _take(self, data: bytes, pts: int, key: bool) -> None:
        if not self._halt.is_set():
            self._packet()
            self._unit(data, pts, key)

    def _hear(self, sound: Sound) -> None:
        if self._sound is not None and not self._halt.is_set():
            self._sound(sound)

    # -- the thread ----------------------------------------------------------

    def _post(self, call: Callable[..., None], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:
            self._halt.set()  # the worker is gone

    def _read(self) -> None:
        error = RtspError("closed", "end")
        try:
            self._play()
            while self.note == "file" and self._next_pts and not self._halt.is_set():
                # A file begins again, on a time line that goes on.
                self._offset, self._base = self._next_pts, None
                self._play()
        except RtspError as known:
            error = known
        except (FFmpegError, OSError, ValueError) as trouble:
            # The text of FFmpeg's errors holds the address with its secrets.
            error = RtspError(kind_of(trouble), type(trouble).__name__)
        except Exception as trouble:
            log.error("demuxer: %s", type(trouble).__name__)
            error = RtspError("server_error", type(trouble).__name__)
        self._post(self._end, error)

    def _play(self) -> None:
        if self.note == "file" and not os.access(self._target.removeprefix("file:"), os.F_OK):
            raise RtspError("not_found", "file")
        container: Any = av.open(self._target, options=dict(self._options), metadata_errors="ignore")
        try:
            if not container.streams.video:
                raise RtspError("unsupported", "no video")
            video = container.streams.video[0]
            codec = _CODECS.get(video.codec_context.name)
            if codec is None:
                raise RtspError("unsupported", video.codec_context.name)
            self._post(self._begun, codec)
            names = set(str(container.format.name).split(","))
            paced = self.note == "file" or bool(names & _BURSTS)
            for data, pts, key in self._units(container, video, codec, bool(names & _UNTIMED)):
                if paced:
                    self._pace(pts)
                if self._halt.is_set():
                    return
                self._post(self._take, data, pts, key)
        finally:
            container.close()

    def _units(
        self, container: Any, video: Any, codec: Codec, untimed: bool
    ) -> Iterator[tuple[bytes, int, bool]]:
        name = _FILTERS.get(codec)
        filters = av.BitStreamFilterContext(name, video) if name is not None else None
        sounds = container.streams.audio[:1] if self._sound is not None else []
        waiting = codec != "mjpeg"
        for packet in container.demux(video, *sounds):
            if self._halt.is_set():
                return
            if packet.stream.type == "audio":
                self._sounds(packet)
                continue
            for out in filters.filter(packet if packet.size else None) if filters else [packet]:
                if not out.size:
                    continue
                key = codec == "mjpeg" or bool(out.is_keyframe)
                waiting = waiting and not key
                if waiting:
                    self.dropped += 1
                    continue
                yield bytes(out), self._stamp(out, video, untimed), key

    def _stamp(self, packet: Any, video: Any, untimed: bool) -> int:
        ticks = packet.pts if packet.pts is not None else packet.dts
        if untimed or ticks is None:
            return round(time.monotonic() * CLOCK_HZ)
        base = packet.time_base or video.time_base
        if self._base is None:
            self._base = (round(ticks * base * CLOCK_HZ), time.monotonic())
        pts: int = round(ticks * base * CLOCK_HZ) - self._base[0] + self._offset
        length: int = round((packet.duration or 0) * base * CLOCK_HZ) or CLOCK_HZ // 25
        self._next_pts = max(self._next_pts, pts + length)
        return pts

    def _pace(self, pts: int) -> None:
        """Wait until a picture is due."""
        while self._base is not None and not self._halt.is_set():
            first, since = self._base
            due = since + (pts - self._offset) / CLOCK_HZ
            early = due - time.monotonic()
            if early <= 0 or early > _JUMP_S:
                if abs(early) > _JUMP_S:
                    # Behind or ahead by far: the pace begins anew here.
                    self._base = (first, since - early)
                return
            self._halt.wait(min(early, _NAP_S))

    def _sounds(self, packet: Any) -> None:
        context = packet.stream.codec_context
        name, rate = context.name, context.sample_rate
        if not packet.size or name not in ("aac", "pcm_mulaw", "pcm_alaw"):
            return
        data = bytes(packet)
        if name == "aac" and data[:1] != b"\xff":
            data = adts(rate, context.channels, data)
        ticks = packet.pts if packet.pts is not None else 0
        pts = round(ticks * packet.time_base * rate)
        self._post(self._hear, Sound(name, rate, context.channels, data, pts))
