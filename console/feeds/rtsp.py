"""An RTSP 1.0 client over one TCP connection (RFC 2326), for asyncio.

RTP comes interleaved on the same connection. Received bytes are parsed where
the socket put them: one loop over a buffer, no object per packet.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from console.feeds import sdp
from console.feeds.camera_clock import CameraClock
from console.feeds.rtp import MAX_BAD_PACKETS, PacketSink
from console.feeds.rtsp_auth import Authoriser

log = logging.getLogger(__name__)

DEFAULT_PORT: Final = 554
#: A camera answers a request within this many seconds or it is not there.
ANSWER_S: Final = 4.0
CONNECT_S: Final = 4.0
_AGENT: Final = "fifteen"
_BUFFER_FIRST: Final = 32 << 10
_BUFFER_MAX: Final = 256 << 10
_HEADER_MAX: Final = 16 << 10
_BODY_MAX: Final = 128 << 10
_KEEPALIVE_MIN_S: Final = 5.0

#: Status codes that say who is to blame; others are a passing trouble.
_STATUS_KINDS: Final[Mapping[int, str]] = {
    401: "unauthorised",
    403: "unauthorised",
    404: "not_found",
    410: "not_found",
    415: "unsupported",
    461: "unsupported",
    453: "busy",
    503: "busy",
}


class RtspError(Exception):
    """A connection that failed. ``kind`` is one of ``unauthorised not_found
    bad_data unsupported busy refused no_answer closed server_error``; ``detail``
    is for the log and never holds a secret."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Address:
    """A camera URL taken apart; ``url`` holds no credentials."""

    host: str
    port: int
    url: str
    username: str = ""
    password: str = field(default="", repr=False)


def parse_url(text: str) -> Address:
    """Take a camera URL apart. Credentials may be percent-encoded; a raw
    ``@`` or ``/`` in a password is found by the last ``@`` before the path.
    Raises ``RtspError('unsupported')``."""
    scheme, marks, rest = text.strip().partition("://")
    if scheme.lower() != "rtsp" or not marks:
        raise RtspError("unsupported", f"scheme {scheme[:12]!r}")
    userinfo, at, after = rest.rpartition("@") if "@" in rest.split("?")[0] else ("", "", rest)
    try:
        parts = urlsplit(f"rtsp://{after}")
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
    except ValueError as error:
        raise RtspError("unsupported", "address") from error
    if not host:
        raise RtspError("unsupported", "no host")
    user, _, password = userinfo.partition(":")
    return Address(host, port, f"rtsp://{after}", unquote(user) if at else "", unquote(password))


@dataclass(slots=True)
class Reply:
    """An answer of the camera."""

    status: int
    headers: dict[str, list[str]]
    body: bytes = b""

    def get(self, name: str, default: str = "") -> str:
        """First value of a header."""
        return self.headers.get(name, [default])[0]


class Wire(asyncio.BufferedProtocol):
    """The byte level: splits answers from interleaved packets."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.error: RtspError | None = None
        self.received = 0
        """Bytes so far."""
        self.sink: PacketSink | None = None
        self.sink_channel = 0
        self.sounds: PacketSink | None = None
        self.sounds_channel = 2
        self.camera_clock = CameraClock()
        self.on_packet: Callable[[], None] | None = None
        self._replies: dict[int, asyncio.Future[Reply]] = {}
        self._buffer = bytearray(_BUFFER_FIRST)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Room behind what is not yet parsed."""
        if len(self._buffer) - self._end < 4096:
            self._make_room()
        return self._view[self._end :]

    def _make_room(self) -> None:
        pending = self._end - self._start
        if pending > len(self._buffer) // 2:
            if len(self._buffer) >= _BUFFER_MAX:
                self.fail(RtspError("bad_data", "endless message"))
                self._start = self._end = 0
                return
            grown = bytearray(len(self._buffer) * 2)
        else:
            grown = self._buffer
        grown[:pending] = bytes(self._view[self._start : self._end])
        if grown is not self._buffer:
            self._buffer, self._view = grown, memoryview(grown)
        self._start, self._end = 0, pending

    def buffer_updated(self, nbytes: int) -> None:
        """Parse as far as whole packets and answers go."""
        self.received += nbytes
        self._end += nbytes
        view, start, end = self._view, self._start, self._end
        sink, channel = self.sink, self.sink_channel
        packets = False
        while end - start >= 4:
            if view[start] == 0x24:
                stop = start + 4 + (view[start + 2] << 8 | view[start + 3])
                if stop > end:
                    break
                if sink is not None:
                    if view[start + 1] == channel:
                        sink.feed(view, start + 4, stop)
                        packets = True
                    elif self.sounds is not None and view[start + 1] == self.sounds_channel:
                        self.sounds.feed(view, start + 4, stop)
                    elif view[start + 1] == channel + 1:
                        self.camera_clock.control(view, start + 4, stop, time.monotonic())
                start = stop
                continue
            used = self._message(start, end)
            if used == 0:
                break
            if used < 0:
                self.fail(RtspError("bad_data", "not RTSP"))
                return
            start += used
            sink, channel = self.sink, self.sink_channel
        self._start, self._end = (0, 0) if start == end else (start, end)
        if packets:
            if sink is not None and sink.bad >= MAX_BAD_PACKETS:
                self.fail(RtspError("bad_data", "not RTP"))
            elif self.on_packet is not None:
                self.on_packet()

    def _message(self, start: int, end: int) -> int:
        """Take one answer (or request of the camera's) from ``start``; bytes
        used, 0 when it is not complete, -1 when it is none."""
        window = bytes(self._view[start : min(end, start + _HEADER_MAX)])
        if window[:1] in (b"\r", b"\n"):
            return 1
        if not window[:4].isalpha() and not window.startswith(b"RTSP"):
            return -1
        head, found, _ = window.partition(b"\r\n\r\n")
        if not found:
            return -1 if len(window) >= _HEADER_MAX or not window[:64].isascii() else 0
        lines = head.decode("utf-8", "replace").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        length = headers.get("content-length", ["0"])[0]
        size = int(length) if length.isdigit() else 0
        total = len(head) + 4 + size
        if size > _BODY_MAX:
            return -1
        if start + total > end:
            return 0
        body = bytes(self._view[start + len(head) + 4 : start + total])
        words = lines[0].split(None, 2)
        if lines[0].startswith("RTSP/"):
            if len(words) < 2 or not words[1].isdigit():
                return -1
            self._answer(Reply(int(words[1]), headers, body))
        elif len(words) == 3 and words[2].startswith("RTSP/"):
            self._serve(headers)
        else:
            return -1
        return total

    def _answer(self, reply: Reply) -> None:
        number = reply.get("cseq")
        waiting = self._replies.pop(int(number), None) if number.isdigit() else None
        if waiting is None and self._replies and not number:
            # Some cameras forget CSeq; one request is under way at a time.
            waiting = self._replies.pop(next(iter(self._replies)))
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _serve(self, headers: Mapping[str, list[str]]) -> None:
        """A request of the camera's (OPTIONS, ANNOUNCE): be polite."""
        number = headers.get("cseq", ["0"])[0]
        if self.transport is not None:
            self.transport.write(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n\r\n".encode())

    def send(self, number: int, message: bytes) -> asyncio.Future[Reply]:
        """Write a request; the future brings its answer."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if self.closed.done() or self.transport is None:
            future.set_exception(self.error or RtspError("closed"))
            return future
        self._replies[number] = future
        self.transport.write(message)
        return future

    def fail(self, error: RtspError) -> None:
        """End the connection for a reason."""
        if self.error is None:
            self.error = error
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        error = self.error or RtspError("closed", type(exc).__name__ if exc else "")
        self.error = error
        for future in self._replies.values():
            if not future.done():
                future.set_exception(error)
        self._replies.clear()
        self.sink = None
        if not self.closed.done():
            self.closed.set_result(None)


class RtspSession:
    """One stream being played. Made by :func:`open_session`."""

    def __init__(self, wire: Wire, address: Address, auth: Authoriser) -> None:
        self.wire = wire
        self.media: sdp.Media | None = None
        self._url = address.url
        self._auth = auth
        self._cseq = 0
        self._session = ""
        self._timeout_s = 60.0
        self._play_url = address.url
        self._keepalive_method = "OPTIONS"

    async def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, *, accept: bool = True
    ) -> Reply:
        """Ask and wait for the answer, with credentials when challenged.
        Raises ``RtspError``; with ``accept`` off any status is returned."""
        for attempt in (0, 1):
            reply = await self._exchange(method, url, headers)
            if (
                reply.status == 401
                and attempt == 0
                and self._auth.take(reply.headers.get("www-authenticate", []))
            ):
                continue
            break
        if accept and not 200 <= reply.status < 300:
            kind = _STATUS_KINDS.get(reply.status, "server_error")
            raise RtspError(kind, f"{method} {reply.status}")
        return reply

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str] | None) -> Reply:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", f"User-Agent: {_AGENT}"]
        authorisation = self._auth.header(method, url)
        if authorisation:
            lines.append(f"Authorization: {authorisation}")
        if self._session:
            lines.append(f"Session: {self._session}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        message = "\r\n".join([*lines, "", ""]).encode("utf-8")
        future = self.wire.send(self._cseq, message)
        try:
            return await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError:
            raise RtspError("no_answer", method) from None

    async def describe(self) -> sdp.Description:
        """OPTIONS and DESCRIBE; follows one redirect on the same host."""
        options = await self.request("OPTIONS", self._url, accept=False)
        if "GET_PARAMETER" in options.get("public").upper():
            self._keepalive_method = "GET_PARAMETER"
        reply = await self.request("DESCRIBE", self._url, {"Accept": "application/sdp"})
        base = reply.get("content-base") or reply.get("content-location") or self._url
        if not base.lower().startswith("rtsp"):
            base = sdp.resolve(self._url, base)
        try:
            return sdp.parse(reply.body.decode("utf-8", "replace"), base)
        except ValueError as error:
            raise RtspError("bad_data", str(error)) from error

    async def setup(self, description: sdp.Description) -> sdp.Media:
        """SETUP of the video section, interleaved over TCP."""
        media = description.video
        if media is None:
            raise RtspError("unsupported", "no video")
        if media.codec is None:
            raise RtspError("unsupported", media.encoding)
        reply = await self.request("SETUP", media.control, {"Transport": _transport(0)})
        self._session, _, rest = reply.get("session").partition(";")
        for word in rest.split(";"):
            key, _, value = word.strip().partition("=")
            if key == "timeout" and value.isdigit():
                self._timeout_s = float(value)
        self.wire.sink_channel = _channel(reply, 0)
        self._play_url = description.control
        self.media = media
        return media

    async def setup_sound(self, media: sdp.Media, sounds: PacketSink) -> None:
        """SETUP of a sound section after the video's; a camera that refuses
        plays without sound."""
        reply = await self.request("SETUP", media.control, {"Transport": _transport(2)}, accept=False)
        if 200 <= reply.status < 300:
            self.wire.sounds, self.wire.sounds_channel = sounds, _channel(reply, 2)
        else:
            log.info("no sound: SETUP %d", reply.status)

    async def play(self, sink: PacketSink) -> None:
        """PLAY: from now on packets go to ``sink``."""
        self.wire.sink = sink
        await self.request("PLAY", self._play_url, {"Range": "npt=0.000-"})

    async def keep_alive(self) -> None:
        """Tell the camera now and then that somebody is there, until the
        connection ends. Raises ``RtspError`` with the reason of the end."""
        pause = max(_KEEPALIVE_MIN_S, min(30.0, self._timeout_s / 2))
        while not self.wire.closed.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.wire.closed), pause)
                break
            with suppress(RtspError):
                # No answer to this alone is no failure: packets tell.
                await self.request(self._keepalive_method, self._play_url, accept=False)
        raise self.wire.error or RtspError("closed")

    def close(self) -> None:
        """TEARDOWN without waiting for the answer, and hang up."""
        transport = self.wire.transport
        self.wire.sink = None
        if transport is None or transport.is_closing():
            return
        if self._session:
            self._cseq += 1
            lines = [
                f"TEARDOWN {self._play_url} RTSP/1.0",
                f"CSeq: {self._cseq}",
                f"Session: {self._session}",
            ]
            authorisation = self._auth.header("TEARDOWN", self._play_url)
            if authorisation:
                lines.append(f"Authorization: {authorisation}")
            transport.write("\r\n".join([*lines, "", ""]).encode())
        transport.close()


def _transport(channel: int) -> str:
    return f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"


def _channel(reply: Reply, wanted: int) -> int:
    """The channel the camera chose; cameras need not take the one asked for."""
    for word in reply.get("transport").split(";"):
        key, _, value = word.strip().partition("=")
        if key == "interleaved" and value.split("-")[0].isdigit():
            return int(value.split("-")[0])
    return wanted


async def open_session(url: str, username: str = "", password: str = "") -> RtspSession:
    """Connect to a camera; nothing is asked yet. Credentials given win over
    those in the URL. Raises ``RtspError``."""
    address = parse_url(url)
    auth = Authoriser(username or address.username, password if username else address.password)
    loop = asyncio.get_running_loop()
    try:
        _, wire = await asyncio.wait_for(loop.create_connection(Wire, address.host, address.port), CONNECT_S)
    except TimeoutError:
        raise RtspError("no_answer", "connect") from None
    except OSError as error:
        raise RtspError("refused", type(error).__name__) from error
    return RtspSession(wire, address, auth)
