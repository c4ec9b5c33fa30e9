"""Streams as cameras really send them, against a server made by others:
pictures out of order, no parameter sets in the description, another picture
size in the middle, JPEG."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds import sdp
from console.feeds.clip import newest_picture
from console.feeds.pool import FeedPool
from console.feeds.reader import packet_sink
from console.feeds.rtp import Unit
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from tests.feeds.rig import STREET, until
from tests.feeds.test_clip import probe
from tests.feeds.test_gst import _PYTHON, _SERVER, PASSWORD, USER, _has_gstreamer
from tests.feeds.test_rtp_jpeg import sent_by_ffmpeg

pytestmark = pytest.mark.rtsp

_FFMPEG = shutil.which("ffmpeg")
_SOURCE = ["-v", "error", "-y", "-i", str(STREET / "plaza-a.mp4"), "-an", "-r", "15"]


def _encode(target: Path, *options: str) -> str:
    assert _FFMPEG is not None
    subprocess.run([_FFMPEG, *_SOURCE, *options, str(target)], check=True, stdin=subprocess.DEVNULL)
    return str(target)


def _two_sizes(folder: Path) -> str:
    """Four seconds of 320 × 180, then 160 × 90, in one Annex B file."""
    parts = [
        _encode(folder / f"{size[0]}.264", "-t", "4", "-s", f"{size[0]}x{size[1]}", "-c:v", "libx264",
                "-g", "15", "-bf", "0", "-preset", "ultrafast", "-tune", "zerolatency",
                "-x264-params", "aud=1")
        for size in ((320, 180), (160, 90))
    ]  # fmt: skip
    whole = folder / "sizes.264"
    whole.write_bytes(b"".join(Path(part).read_bytes() for part in parts))
    return str(whole)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if _FFMPEG is None or not _has_gstreamer():
        pytest.skip("needs ffmpeg and gir1.2-gst-rtsp-server-1.0 of the system")
    folder = tmp_path_factory.mktemp("variety")
    scaled = ("-t", "8", "-s", "320x184")
    files = [
        _encode(folder / "b.mp4", *scaled, "-c:v", "libx264", "-bf", "3", "-g", "30", "-preset", "veryfast"),
        _two_sizes(folder),
        _encode(folder / "j.mjpeg.avi", *scaled, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-huffman",
                "default", "-force_duplicated_matrix", "1"),
    ]  # fmt: skip
    server = subprocess.Popen([_PYTHON, str(_SERVER), *files], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
    assert server.stdout is not None
    assert server.stdin is not None
    port = int(server.stdout.readline())
    yield f"rtsp://127.0.0.1:{port}"
    server.stdin.close()
    server.stdout.close()
    server.wait(10)


def test_b_pictures_and_jpeg(address: str, tmp_path: Path) -> None:
    names = {"b": 0, "jpeg": 2}
    pool = FeedPool(
        [FeedSource(c, "", f"{address}/{n}", "", USER, PASSWORD) for c, n in names.items()], SystemClock()
    )
    pool.set_budget(dict.fromkeys(names, Budget("moving", 0, 0)))
    pool.start()
    try:
        until(lambda: all(pool.slots.seq(c) >= 30 for c in names), "thirty pictures of each")
        for camera, codec in {"b": "h264", "jpeg": "mjpeg"}.items():
            health = pool.health()[camera]
            assert (health.state, health.codec, health.width, health.height) == (
                FeedState.LIVE,
                codec,
                320,
                184,
            )
            assert pool.reports()[camera].decode_errors == 0
            pool.clip(camera, 2.0, SystemClock().now(), tmp_path / f"{camera}.mp4")
            assert probe(tmp_path / f"{camera}.mp4")["codec_name"] == codec
            pool.snapshot(camera, tmp_path / f"{camera}.jpg")
    finally:
        pool.stop()


def test_another_picture_size_in_the_middle(address: str) -> None:
    pool = FeedPool([FeedSource("c", "", f"{address}/1", "", USER, PASSWORD)], SystemClock())
    pool.set_budget({"c": Budget("moving", 0, 0)})
    pool.start()
    widths: list[int] = []

    def both() -> bool:
        picture = pool.read("c", 0)
        if picture is not None and picture.width not in widths:
            widths.append(picture.width)
        return len(widths) == 2

    try:
        until(both, "both sizes")
        assert widths == [320, 160]
        until(lambda: pool.reports()["c"].width == 160, "the new size is told")
        assert pool.reports()["c"].failures == 0, "over one connection"
    finally:
        pool.stop()


def test_a_description_without_parameter_sets() -> None:
    """FFmpeg sends them in the stream alone; nothing before them is shown."""
    video = sdp.parse("v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n", "rtsp://h/").video
    assert video is not None
    assert video.parameter_sets == ()
    units: list[Unit] = []
    sink = packet_sink("h264", lambda data, pts, key: units.append(Unit(data, pts, key, 0.0)))
    for packet in sent_by_ffmpeg(96, "-c", "copy", "-bsf:v", "h264_mp4toannexb"):
        sink.feed(memoryview(packet), 0, len(packet))
    assert len(units) >= 10
    assert units[0].key
    frame, _ = newest_picture("h264", units)
    assert (frame.width, frame.height) == (640, 360)
