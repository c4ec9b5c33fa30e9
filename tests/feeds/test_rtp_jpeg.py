"""JPEG over RTP: headers put back, and pictures FFmpeg itself sent."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
from pathlib import Path

import av
import pytest

from console.feeds import sdp
from console.feeds.clip import newest_picture, write_mp4
from console.feeds.reader import packet_sink
from console.feeds.rtp import Unit
from console.feeds.rtp_jpeg import JpegDepacketiser, quantisers
from tests.feeds.rig import STREET
from tests.feeds.test_clip import probe

_FFMPEG = shutil.which("ffmpeg")


def sent_by_ffmpeg(payload_type: int, *options: str) -> list[bytes]:
    """A second of the street as RTP, as FFmpeg's own sender puts it on the wire."""
    if _FFMPEG is None:
        pytest.skip("needs ffmpeg")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0.5)
        command = [_FFMPEG, "-v", "error", "-re", "-i", str(STREET / "plaza-a.mp4"), "-an", "-t", "1"]
        command += [*options, "-f", "rtp", f"rtp://127.0.0.1:{ear.getsockname()[1]}"]
        sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = []
        while sender.poll() is None:
            try:
                found.append(ear.recv(65536))
            except TimeoutError:
                continue
    return [packet for packet in found if packet[1] & 0x7F == payload_type]


@pytest.fixture(scope="module")
def packets() -> list[bytes]:
    """JPEG pictures of 320 × 184."""
    return sent_by_ffmpeg(
        26, "-vf", "scale=320:184", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-huffman", "default",
        "-force_duplicated_matrix", "1",
    )  # fmt: skip


def _units(packets: list[bytes]) -> tuple[list[Unit], JpegDepacketiser]:
    units: list[Unit] = []
    sink = JpegDepacketiser(lambda data, pts, key: units.append(Unit(data, pts, key, pts / 90_000)))
    for packet in packets:
        view = memoryview(b"$$$$" + packet)
        sink.feed(view, 4, len(view))
    return units, sink


def _brightness(frame: av.VideoFrame) -> float:
    plane = frame.reformat(format="gray").planes[0]
    rows = [bytes(plane)[y * plane.line_size :][: frame.width] for y in range(frame.height)]
    return sum(map(sum, rows)) / (frame.width * frame.height)


def test_every_picture_is_whole_and_a_key_frame(packets: list[bytes], tmp_path: Path) -> None:
    units, sink = _units(packets)
    assert len(units) >= 14
    assert (sink.lost, sink.dropped, sink.bad) == (0, 0, 0)
    assert all(unit.key for unit in units)
    frame, _ = newest_picture("mjpeg", units)
    assert (frame.width, frame.height) == (320, 184)
    with av.open(str(STREET / "plaza-a.mp4")) as container:
        wanted = next(container.decode(video=0)).reformat(320, 184, "yuv420p")
    assert abs(_brightness(frame) - _brightness(wanted)) < 8
    write_mp4("mjpeg", units, tmp_path / "a.mp4")
    assert probe(tmp_path / "a.mp4")["codec_name"] == "mjpeg"


def test_a_picture_with_a_piece_missing_is_dropped(packets: list[bytes]) -> None:
    units, _ = _units(packets)
    fewer, sink = _units([packet for number, packet in enumerate(packets) if number != 4])
    assert len(fewer) == len(units) - 1
    assert (sink.lost, sink.dropped) == (1, 1)


@pytest.mark.parametrize("quality", [1, 50, 80, 99])
def test_a_quality_makes_its_tables(quality: int) -> None:
    luma, chroma = quantisers(quality)
    assert (len(luma), len(chroma)) == (64, 64)
    if quality == 50:
        assert (luma[0], chroma[0], luma[63]) == (16, 17, 99)
    assert min(luma) >= 1


def test_the_static_payload_type_needs_no_rtpmap() -> None:
    video = sdp.parse("v=0\nm=video 0 RTP/AVP 26\na=control:x\n", "rtsp://h/").video
    assert video is not None
    assert video.codec == "mjpeg"
    assert isinstance(packet_sink("mjpeg", lambda *_: None), JpegDepacketiser)


def test_rubbish_is_no_picture() -> None:
    units, sink = _units([b"\x80\x1a" + bytes(10) + bytes(range(n, n + 40)) for n in range(100)] + [b"x"])
    assert not [u for u in units if not av.open(io.BytesIO(u.data), format="mjpeg")]
    assert sink.bad == 1
