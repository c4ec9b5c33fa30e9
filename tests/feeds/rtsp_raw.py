"""A plain RTSP client over one blocking socket: what a camera really sends, unsmoothed."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet."""

    channel: int
    marker: bool
    seq: int
    time: int
    source: int
    payload: bytes

    @property
    def nal_kind(self) -> int:
        """H.264 NAL type, looked up inside FU-A."""
        kind = self.payload[0] & 0x1F
        return self.payload[1] & 0x1F if kind == 28 else kind


class RawClient:
    """Speaks RTSP/1.0; every wait is bounded by ``timeout`` seconds."""

    def __init__(
        self,
        url: str,
        auth: tuple[str, str] | None = None,
        timeout: float = 5.0,
        sock: socket.socket | None = None,
    ) -> None:
        self.url = url
        self._auth = auth
        parts = urlsplit(url)
        self.socket = sock or socket.create_connection((parts.hostname, parts.port), timeout)
        self._buffer = b""
        self._cseq = 0
        self._challenge: dict[str, str] = {}
        self.session = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def more(self) -> None:
        """Wait for bytes; ``ConnectionError`` at the end of the stream."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("closed by the camera")
        self._buffer += data

    def send(self, method: str, url: str = "", *headers: str) -> None:
        """Send a request without waiting."""
        url = url or self.url
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", *headers]
        if self.session:
            lines.append(f"Session: {self.session}")
        if self._challenge and self._auth:
            lines.append(self._authorization(method, url))
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def ask(self, method: str, url: str = "", *headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send a request; answer the login once; code, headers, body."""
        self.send(method, url, *headers)
        code, found, body = self.answer()
        if code == 401 and self._auth and not self._challenge:
            self._challenge = dict(re.findall(r'(\w+)="([^"]*)"', found["www-authenticate"]))
            self.send(method, url, *headers)
            code, found, body = self.answer()
        return code, found, body

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer; packets before it are thrown away."""
        while True:
            if self._buffer[:1] == b"$":
                self.frame()
                continue
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if end:
                first, *lines = head.decode().split("\r\n")
                pairs = (line.partition(":") for line in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                length = int(headers.get("content-length", "0"))
                if len(rest) >= length:
                    self._buffer = rest[length:]
                    return int(first.split()[1]), headers, rest[:length]
            self.more()

    def play(self) -> str:
        """DESCRIBE, SETUP, PLAY; returns the SDP. Asserts that each succeeds."""
        code, _, body = self.ask("DESCRIBE", "", "Accept: application/sdp")
        assert code == 200, code
        code, headers, _ = self.ask(
            "SETUP", f"{self.url}/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
        )
        assert code == 200, code
        self.session = headers["session"].partition(";")[0]
        code, _, _ = self.ask("PLAY", "", "Range: npt=0.000-")
        assert code == 200, code
        return body.decode()

    def frame(self) -> tuple[int, bytes]:
        """The next interleaved frame: channel and bytes."""
        while len(self._buffer) < 4:
            self.more()
        if self._buffer[0] != 0x24:
            raise ValueError("not an interleaved frame")
        size = struct.unpack("!H", self._buffer[2:4])[0]
        while len(self._buffer) < 4 + size:
            self.more()
        channel, data = self._buffer[1], self._buffer[4 : 4 + size]
        self._buffer = self._buffer[4 + size :]
        return channel, data

    def packet(self) -> Packet:
        """The next RTP packet (RTCP is skipped)."""
        while True:
            channel, data = self.frame()
            if channel % 2 == 0:
                _, kind, seq, time, source = struct.unpack("!BBHII", data[:12])
                assert kind & 0x7F == 96
                return Packet(channel, bool(kind & 0x80), seq, time, source, data[12:])

    def pictures(self, count: int) -> list[list[Packet]]:
        """``count`` pictures: packets up to each marker."""
        found: list[list[Packet]] = [[]]
        while True:
            packet = self.packet()
            found[-1].append(packet)
            if packet.marker:
                if len(found) == count:
                    return found
                found.append([])

    def _authorization(self, method: str, url: str) -> str:
        assert self._auth
        user, password = self._auth
        realm, nonce = self._challenge["realm"], self._challenge["nonce"]
        secret, asked = _md5(f"{user}:{realm}:{password}"), _md5(f"{method}:{url}")
        response = _md5(f"{secret}:{nonce}:{asked}")
        return (
            f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", '
            f'uri="{url}", response="{response}"'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
