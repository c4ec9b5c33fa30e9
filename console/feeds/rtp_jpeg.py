"""JPEG pictures out of RTP packets (RFC 2435).

The camera sends the scan alone; the headers every JPEG file has are put back
from type, quality and size. Every picture is a key frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from console.feeds.rtp import MAX_UNIT_BYTES

# Quantiser tables of quality 50, zigzag order (RFC 2435, appendix A).
_LUMA: Final = bytes((
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
    26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
))  # fmt: skip
_CHROMA: Final = bytes((
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
)) + b"\x63" * 48  # fmt: skip
# Huffman tables (RFC 2435, appendix B; ITU-T T.81, annex K.3).
_DC_LUMA: Final = bytes.fromhex("00010501010101010100000000000000") + bytes(range(12))
_DC_CHROMA: Final = bytes.fromhex("00030101010101010101010000000000") + bytes(range(12))
_AC_LUMA: Final = bytes.fromhex(
    "0002010303020403050504040000017d"
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "2433627282090a161718191a25262728292a3435363738393a43444546474849"
    "4a535455565758595a636465666768696a737475767778797a83848586878889"
    "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
    "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8"
    "f9fa"
)
_AC_CHROMA: Final = bytes.fromhex(
    "00020102040403040705040400010277"
    "000102031104052131061241510761711322328108144291a1b1c109233352f0"
    "156272d10a162434e125f11718191a262728292a35363738393a434445464748"
    "494a535455565758595a636465666768696a737475767778797a828384858687"
    "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
    "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8"
    "f9fa"
)


def quantisers(quality: int) -> tuple[bytes, bytes]:
    """Both tables of a quality of 1–99 (RFC 2435, appendix A)."""
    factor = max(1, min(99, quality))
    scale = 5000 // factor if factor < 50 else 200 - 2 * factor
    return _scaled(_LUMA, scale), _scaled(_CHROMA, scale)


def _scaled(table: bytes, scale: int) -> bytes:
    return bytes(max(1, min(255, (value * scale + 50) // 100)) for value in table)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def headers(kind: int, width: int, height: int, tables: bytes, restart: int) -> bytes:
    """Everything before the scan. ``kind`` 0 is 4:2:2, 1 is 4:2:0; ``tables``
    the quantisers, 64 bytes each (8 bits); ``restart`` interval, 0 for none."""
    luma, chroma = tables[:64], tables[64:128] or tables[:64]
    out = b"\xff\xd8" + _segment(0xDB, b"\x00" + luma) + _segment(0xDB, b"\x01" + chroma)
    if restart:
        out += _segment(0xDD, restart.to_bytes(2, "big"))
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    sampling = 0x21 if kind & 1 == 0 else 0x22
    frame = bytes((8,)) + size + bytes((3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1))
    out += _segment(0xC0, frame)
    for number, table in ((0x00, _DC_LUMA), (0x10, _AC_LUMA), (0x01, _DC_CHROMA), (0x11, _AC_CHROMA)):
        out += _segment(0xC4, bytes((number,)) + table)
    return out + _segment(0xDA, bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0)))


class JpegDepacketiser:
    """Pictures of one stream; ``deliver(data, pts, True)`` for each whole one."""

    def __init__(self, deliver: Callable[[bytes, int, bool], None]) -> None:
        self.lost = self.dropped = self.bad = 0
        self._deliver = deliver
        self._scan = bytearray()
        self._head: tuple[int, int, int, int] | None = None
        self._tables = b""
        self._known: dict[int, bytes] = {}
        self._seq = -1
        self._stamp = -1
        self._pts = 0
        self._torn = True

    def feed(self, view: memoryview, start: int, end: int) -> None:
        """One RTP packet, ``view[start:end]``."""
        if end - start < 21 or view[start] & 0xC0 != 0x80:
            self.bad += 1
            return
        self.bad = 0
        seq = view[start + 2] << 8 | view[start + 3]
        if self._seq >= 0 and seq != (self._seq + 1) & 0xFFFF:
            self.lost += (seq - self._seq - 1) & 0xFFFF
            self._torn = True
        self._seq = seq
        at = start + 12 + ((view[start] & 0x0F) << 2)
        if view[start] & 0x10 and at + 4 <= end:
            at += 4 + ((view[at + 2] << 8 | view[at + 3]) << 2)
        if view[start] & 0x20:
            end -= view[end - 1]
        if end - at < 9:
            return
        self._turn(int.from_bytes(view[start + 4 : start + 8], "big"))
        self._take(view, at, end)
        if view[start + 1] & 0x80:
            self._finish()

    def _turn(self, stamp: int) -> None:
        if self._stamp >= 0:
            step = (stamp - self._stamp) & 0xFFFFFFFF
            self._pts += step if step < 0x80000000 else step - (1 << 32)
        else:
            self._pts = stamp
        self._stamp = stamp

    def _take(self, view: memoryview, at: int, end: int) -> None:
        offset = int.from_bytes(view[at + 1 : at + 4], "big")
        kind, quality = view[at + 4], view[at + 5]
        width, height = view[at + 6] << 3, view[at + 7] << 3
        at += 8
        restart = 0
        if 64 <= kind <= 127:
            restart = view[at] << 8 | view[at + 1] if end - at >= 4 else 0
            at += 4
        if offset == 0:
            self._scan.clear()
            self._torn = False
            if quality >= 128:
                at = self._own_tables(view, at, end, quality)
            else:
                self._tables = b"".join(quantisers(quality))
            self._head = (kind, width, height, restart)
        if offset != len(self._scan) or at > end or offset > MAX_UNIT_BYTES:
            self._torn = True
            return
        self._scan += view[at:end]

    def _own_tables(self, view: memoryview, at: int, end: int, quality: int) -> int:
        """Tables in the stream; a length of 0 means those sent before."""
        length = view[at + 2] << 8 | view[at + 3] if end - at >= 4 else 0
        precision = view[at + 1] if end - at >= 4 else 0
        at += 4
        if length:
            self._known[quality] = bytes(view[at : at + length])
        self._tables = self._known.get(quality, b"")
        if len(self._tables) < 64 or precision:
            self._torn = True  # 16-bit tables belong to 12-bit pictures
        return at + length

    def _finish(self) -> None:
        head, whole = self._head, not self._torn and len(self._scan) > 0
        self._torn, self._head = True, None
        if not whole or head is None or head[0] & 0x3F > 1 or not head[1] or not head[2]:
            self.dropped += 1
            return
        kind, width, height, restart = head
        data = headers(kind, width, height, self._tables, restart) + bytes(self._scan)
        if not data.endswith(b"\xff\xd9"):
            data += b"\xff\xd9"
        self._deliver(data, self._pts, True)
