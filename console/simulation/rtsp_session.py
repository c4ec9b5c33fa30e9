"""One RTSP connection to the simulated cameras: requests, login, one playing stream."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import random
import re
import secrets
import struct
from dataclasses import dataclass
from typing import Protocol

from console.simulation.faults import SLOW_ANSWER_S
from console.simulation.rtsp_media import STAMP, STAMP_AT, Clip, Picture, sdp

REALM = "Street camera"
#: Seconds without a word from the client after which a session ends (told in SETUP).
SESSION_TIMEOUT_S = 60
#: Bytes waiting for a client that does not read; beyond it is cut off, because
#: a camera drops a slow viewer rather than keep minutes of video for it.
MAX_UNSENT = 1_500_000
_MAX_REQUEST = 16_384
_NTP_EPOCH = 2_208_988_800
_PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    501: "Not Implemented",
}
_FIELD = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^,\s]+))')


class StreamPort(Protocol):
    """What a session needs of a camera's stream (``rtsp_engine.Stream``)."""

    title: str
    fault: str
    clip: Clip

    def join(self, session: Session) -> None: ...

    def leave(self, session: Session) -> None: ...

    def ticks_now(self) -> int: ...


class ServerPort(Protocol):
    """What a session needs of the server (``rtsp_engine.Cameras``)."""

    user: str
    password: str
    scheme: str
    sessions: set[Session]
    dropped: int

    def stream(self, path: str) -> StreamPort | None: ...


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    uri: str
    headers: dict[str, str]


class Session(asyncio.Protocol):
    """A client's connection. Lives in the server's event loop only."""

    def __init__(self, server: ServerPort, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._nonce = secrets.token_hex(16)
        self._id = secrets.token_hex(6)
        self._stream: StreamPort | None = None
        self._channel = 0
        self._playing = False
        self._seq = random.getrandbits(16)
        self._base = random.getrandbits(32)
        self._source = random.getrandbits(32)
        self._sent = 0
        self._octets = 0
        self._report_at = 0.0
        self._heard_at = loop.time()
        self.wait_for_key = True

    # -- connection ---------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=MAX_UNSENT)
        self._server.sessions.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended, whoever ended it."""
        self._leave()
        self._server.sessions.discard(self)
        self._transport = None

    def drop(self) -> None:
        """Reset the connection at once, without sending what waits."""
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def on(self, stream: object) -> bool:
        """True if the client set up or plays ``stream``."""
        return self._stream is stream

    def _leave(self) -> None:
        if self._stream is not None and self._playing:
            self._stream.leave(self)
        self._playing = False

    def data_received(self, data: bytes) -> None:
        """Requests, and the client's interleaved RTCP, which is only heard."""
        self._heard_at = self._loop.time()
        self._input += data
        while self._input:
            if self._input[0] == 0x24:
                size = 4 + int.from_bytes(self._input[2:4], "big")
                if len(self._input) < max(4, size):
                    return
                del self._input[:size]
            elif not self._take_request():
                return

    def _take_request(self) -> bool:
        end = self._input.find(b"\r\n\r\n")
        if end < 0:
            if len(self._input) > _MAX_REQUEST:
                self.drop()
            return False
        head = self._input[:end].decode("utf-8", "replace").lstrip()
        lines = head.split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        length = int(headers["content-length"]) if headers.get("content-length", "").isdigit() else 0
        if len(self._input) < end + 4 + length:
            if length > _MAX_REQUEST:
                self.drop()
            return False
        del self._input[: end + 4 + length]
        words = lines[0].split()
        if len(words) != 3:
            self._answer("0", 400)
            return True
        self._handle(_Request(words[0].upper(), words[1], headers))
        return True

    # -- requests -----------------------------------------------------------

    def _handle(self, request: _Request) -> None:
        cseq = request.headers.get("cseq", "0")
        path = re.sub(r"^rtsp://[^/]*", "", request.uri)
        stream = self._server.stream(path.partition("/trackID=")[0].rstrip("/"))
        fault = stream.fault if stream else ""
        if fault == "mute":
            return
        if fault == "cut":
            self.drop()
            return
        if fault == "garbage":
            self._write(garbage())
            return
        delay = SLOW_ANSWER_S if fault == "slow" else 0.0
        if request.method == "OPTIONS":
            self._answer(cseq, 200, (f"Public: {_PUBLIC}",), delay=delay)
        elif fault == "auth" or not self._authorised(request):
            self._answer(cseq, 401, (self._challenge(),), delay=delay)
        elif stream is None or fault == "missing":
            self._answer(cseq, 404, delay=delay)
        else:
            self._serve(request, cseq, stream, delay)

    def _serve(self, request: _Request, cseq: str, stream: StreamPort, delay: float) -> None:
        if request.method == "DESCRIBE":
            body = sdp(stream.clip, stream.title)
            base = f"Content-Base: {request.uri.rstrip('/')}/"
            self._answer(cseq, 200, (base, "Content-Type: application/sdp"), body, delay)
        elif request.method == "SETUP":
            self._set_up(request, cseq, stream, delay)
        elif request.method in ("PLAY", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN"):
            if self._stream is None:
                self._answer(cseq, 454 if "session" in request.headers else 455, delay=delay)
            elif request.method == "PLAY":
                self._play(request, cseq, delay)
            elif request.method == "TEARDOWN":
                self._leave()
                self._stream = None
                self._answer(cseq, 200, (f"Session: {self._id}",), delay=delay)
            else:
                self._answer(cseq, 200, (f"Session: {self._id}",), delay=delay)
        else:
            self._answer(cseq, 501, (f"Public: {_PUBLIC}",), delay=delay)

    def _set_up(self, request: _Request, cseq: str, stream: StreamPort, delay: float) -> None:
        if self._playing:
            self._answer(cseq, 455, delay=delay)
            return
        offers = request.headers.get("transport", "").split(",")
        offer = next((o for o in offers if o.strip().upper().startswith("RTP/AVP/TCP")), None)
        if offer is None:
            self._answer(cseq, 461, delay=delay)
            return
        match = re.search(r"interleaved=(\d{1,3})", offer)
        self._channel = min(int(match.group(1)), 254) if match else 0
        self._stream = stream
        transport = (
            f"Transport: RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
            f";ssrc={self._source:08X}"
        )
        session = f"Session: {self._id};timeout={SESSION_TIMEOUT_S}"
        self._answer(cseq, 200, (transport, session), delay=delay)

    def _play(self, request: _Request, cseq: str, delay: float) -> None:
        assert self._stream is not None
        time = (self._base + self._stream.ticks_now()) & 0xFFFFFFFF
        info = f"RTP-Info: url={request.uri.rstrip('/')}/trackID=0;seq={self._seq};rtptime={time}"
        self._answer(cseq, 200, (f"Session: {self._id}", "Range: npt=now-", info), delay=delay)
        if not self._playing:
            self._playing = True
            self.wait_for_key = True
            self._loop.call_later(delay, self._begin)

    def _begin(self) -> None:
        # A client may have left or hung up while a slow camera was answering.
        if self._playing and self._stream is not None and self._transport is not None:
            self._stream.join(self)

    def _challenge(self) -> str:
        if self._server.scheme == "basic":
            return f'WWW-Authenticate: Basic realm="{REALM}"'
        return f'WWW-Authenticate: Digest realm="{REALM}", nonce="{self._nonce}", algorithm=MD5'

    def _authorised(self, request: _Request) -> bool:
        if not self._server.user:
            return True
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != self._server.scheme:
            return False
        if kind.lower() == "basic":
            try:
                given = base64.b64decode(rest, validate=True)
            except binascii.Error:
                return False
            return hmac.compare_digest(given, f"{self._server.user}:{self._server.password}".encode())
        fields = {name: quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        wanted = self._digest(request.method, fields)
        return fields.get("nonce") == self._nonce and hmac.compare_digest(
            fields.get("response", "").encode(), wanted.encode()
        )

    def _digest(self, method: str, fields: dict[str, str]) -> str:
        """RFC 2617 §3.2.2, with and without ``qop``."""
        secret = _md5(f"{self._server.user}:{REALM}:{self._server.password}")
        asked = _md5(f"{method}:{fields.get('uri', '')}")
        if "qop" in fields:
            extra = f"{fields.get('nc', '')}:{fields.get('cnonce', '')}:{fields['qop']}:"
        else:
            extra = ""
        return _md5(f"{secret}:{self._nonce}:{extra}{asked}")

    def _answer(
        self, cseq: str, code: int, headers: tuple[str, ...] = (), body: bytes = b"", delay: float = 0.0
    ) -> None:
        lines = [f"RTSP/1.0 {code} {_REASONS[code]}", f"CSeq: {cseq}", "Server: Fifteen", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        data = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        if delay:
            self._loop.call_later(delay, self._write, data)
        else:
            self._write(data)

    def _write(self, data: bytes | bytearray) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > MAX_UNSENT:
            self._server.dropped += 1
            self.drop()
            return
        transport.write(data)

    # -- pictures -----------------------------------------------------------

    def send(self, picture: Picture, ticks: int, corrupt: bool = False) -> None:
        """Send one picture, stamped for this client. ``ticks`` is the
        stream's 90 kHz time of the picture, unbounded."""
        wire = bytearray(picture.wire)
        time = (self._base + ticks) & 0xFFFFFFFF
        seq = self._seq
        pack, source = STAMP.pack_into, self._source
        for at in picture.stamps:
            pack(wire, at, seq & 0xFFFF, time, source)
            seq += 1
        if self._channel:
            for at in picture.stamps:
                wire[at - STAMP_AT + 1] = self._channel
        if corrupt:
            _damage(wire, picture)
        self._seq = seq & 0xFFFF
        self._sent += len(picture.stamps)
        self._octets += picture.octets
        self._write(wire)

    def send_garbage(self) -> None:
        """What is not RTP, in the middle of a playing stream."""
        self._write(garbage())

    def report(self, now: float, wall_s: float, ticks: int, every_s: float) -> None:
        """A sender report (RFC 3550 §6.4.1) when one is due, and the end of
        a session whose client has been silent for too long.

        ``now`` is the loop's time, ``wall_s`` the camera's Unix time.
        """
        if now < self._report_at:
            return
        self._report_at = now + every_s
        if now - self._heard_at > SESSION_TIMEOUT_S * 1.5:
            self.drop()
            return
        seconds = int(wall_s)
        fraction = int((wall_s - seconds) * 2**32) & 0xFFFFFFFF
        stamp = (self._base + ticks) & 0xFFFFFFFF
        counts = (self._sent & 0xFFFFFFFF, self._octets & 0xFFFFFFFF)
        ntp = (seconds + _NTP_EPOCH) & 0xFFFFFFFF
        packet = struct.pack("!BBHIIIIII", 0x80, 200, 6, self._source, ntp, fraction, stamp, *counts)
        self._write(struct.pack("!BBH", 0x24, self._channel + 1, len(packet)) + packet)


def garbage() -> bytes:
    """Bytes that are neither an RTSP answer nor an interleaved frame."""
    return bytes(byte for byte in random.randbytes(1200) if byte not in (0x24, 0x52)) + b"\r\n\r\n"


def _damage(wire: bytearray, picture: Picture) -> None:
    """Overwrite a few bytes behind the slice header of each large packet."""
    ends = (*picture.stamps[1:], len(wire) + STAMP_AT)
    for at, end in zip(picture.stamps, ends, strict=True):
        room = end - STAMP_AT - (at + STAMP.size)
        if room > 200:
            spot = at + STAMP.size + 100 + random.randrange(room - 150)
            wire[spot : spot + 16] = random.randbytes(16)


def _md5(text: str) -> str:
    # RTSP digest is MD5 by RFC 2069/2617; it guards nothing but a simulation here.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
