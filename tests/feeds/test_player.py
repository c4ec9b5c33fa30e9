"""The libVLC player, fed from the ring, and what doctor says of it."""

from __future__ import annotations

import array
import io
import math
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from console.clock import SystemClock
from console.domain.errors import Refusal
from console.feeds import doctor
from console.feeds.mpegts import Sound, TsMuxer
from console.feeds.pool import FeedPool
from console.feeds.rtp import Unit
from console.feeds.rtp_sound import adts
from console.feeds.sources import FeedSource
from console.feeds.vlc_play import ByteStream, fitted
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import STREET, hevc_units, street_units, until
from tests.feeds.test_pool import colour, reference


def test_doctor_tells_what_this_machine_has() -> None:
    checks = {check["id"]: check for check in doctor.checks()}
    assert set(checks) == {"libvlc", "libvlc_rtsp", "engine", "av", "shm", "files"}
    assert checks["libvlc"]["ok"]
    assert checks["libvlc"]["version"].startswith("3.")
    assert checks["av"]["ok"]
    assert checks["engine"]["engine"] == "av"


def test_a_missing_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_PLUGINS", ("imem", "nonesuch"))
    check = doctor.check_libvlc()
    assert (check["ok"], check["reason"]) == (False, "nonesuch")


@pytest.mark.parametrize(("codec", "units"), [("h264", street_units()[:45]), ("hevc", hevc_units())])
def test_units_become_a_transport_stream(codec: str, units: tuple[object, ...]) -> None:
    out = bytearray()
    muxer = TsMuxer(codec, units[0], out.extend)  # type: ignore[arg-type]
    for unit in units:
        muxer.add(unit)  # type: ignore[arg-type]
    muxer.close()
    assert len(out) % 188 == 0
    assert set(out[::188]) == {0x47}
    with av.open(io.BytesIO(bytes(out)), format="mpegts") as container:
        assert container.streams.video[0].codec_context.name == codec
        assert sum(1 for _ in container.decode(video=0)) == len(units)


def test_the_stream_libvlc_reads_gives_in_order_and_ends() -> None:
    stream = ByteStream()
    stream.write(b"abcdef")
    stream.write(b"gh")
    assert [stream.read(4), stream.read(4), stream.read(4)] == [b"abcd", b"ef", b"gh"]
    stream.close()
    assert stream.read(4) == b""


@pytest.mark.parametrize(
    ("source", "box", "size"),
    [
        ((640, 360), (1280, 720), (640, 360)),
        ((1280, 720), (640, 640), (640, 360)),
        ((3840, 2160), (0, 0), (1920, 1080)),
        ((352, 288), (100, 1000), (100, 80)),
    ],
)
def test_the_picture_keeps_its_shape(
    source: tuple[int, int], box: tuple[int, int], size: tuple[int, int]
) -> None:
    assert fitted(*source, *box) == size


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[FeedPool]:
    with SimulatedCameras(1, SystemClock(), tmp_path) as server:
        made = FeedPool([FeedSource("c1", "", server.url(1, sub=True))], SystemClock())
        made.start()
        until(lambda: made.reports().get("c1") and made.reports()["c1"].ring_s > 1, "a ring")
        yield made
        made.stop()


@pytest.mark.rtsp
@pytest.mark.logs("replacing it")
def test_focus_plays_from_the_ring_survives_a_crash_and_ends(pool: FeedPool) -> None:
    key = pool.focus("c1", 640, 360)
    assert key == "focus:c1"
    until(lambda: pool.slots.seq(key) >= 30, "thirty pictures from libVLC")
    picture = pool.slots.read(key)
    assert picture is not None
    assert (picture.width, picture.height) == (640, 360)
    for seen, wanted in zip(colour(picture), reference("plaza-a.mp4"), strict=True):
        assert abs(seen - wanted) < 10
    pool.focus("c1", 320, 180)

    def small() -> bool:
        now = pool.slots.read(key)
        return now is not None and now.width == 320

    until(small, "the smaller picture")
    # A crash of libVLC is mended and touches nothing else.
    pid = pool.player_pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: pool.player_pid not in (0, pid), "another player")
    count = pool.slots.seq(key)
    until(lambda: pool.slots.seq(key) > count + 5, "pictures again")
    assert pool.restarts == 0
    pool.unfocus("c1")
    assert pool.slots.read(key) is None
    pool.unfocus("c1")
    with pytest.raises(Refusal, match="unknown_camera"):
        pool.focus("nobody", 1, 1)


def test_a_clip_is_sought_stepped_and_played_at_another_speed(tmp_path: Path) -> None:
    pool = FeedPool([], SystemClock())
    pool.start()
    try:
        reviews, clip = pool.reviews, STREET / "plaza-a.mp4"
        reviews.open("clip", clip, 640, 360)
        until(lambda: pool.slots.seq("clip") >= 5, "five pictures of the clip")
        state = reviews.state("clip")
        assert state is not None
        assert state.length_s > 1
        reviews.pause("clip", True)
        until(lambda: reviews.state("clip").paused, "it stands still")  # type: ignore[union-attr]
        reviews.seek("clip", 2.0)
        until(lambda: reviews.state("clip").position_s == 2.0, "at two seconds")  # type: ignore[union-attr]
        count = pool.slots.seq("clip")
        reviews.step("clip", 1)
        until(lambda: reviews.state("clip").position_s > 2.0, "one picture on")  # type: ignore[union-attr]
        until(lambda: pool.slots.seq("clip") > count, "and it is shown")
        assert reviews.state("clip").position_s < 2.2  # type: ignore[union-attr]
        reviews.rate("clip", 4.0)
        reviews.pause("clip", False)
        until(lambda: reviews.state("clip").ended, "the end, four times as fast")  # type: ignore[union-attr]
        reviews.seek("clip", 1.0)
        until(lambda: not reviews.state("clip").ended, "taken up again after its end")  # type: ignore[union-attr]
        (tmp_path / "broken.mp4").write_bytes(clip.read_bytes()[:3000])
        reviews.open("clip", tmp_path / "broken.mp4", 640, 360)
        until(lambda: reviews.state("clip").problem == "damaged", "a word about it")  # type: ignore[union-attr]
        reviews.open("clip", tmp_path / "gone.mp4", 640, 360)
        until(lambda: reviews.state("clip").problem == "missing", "a word about it")  # type: ignore[union-attr]
        reviews.close("clip")
        assert reviews.state("clip") is None
        assert pool.slots.read("clip") is None
    finally:
        pool.stop()


@pytest.mark.parametrize(("codec", "rate"), [("pcm_alaw", 8000), ("pcm_mulaw", 8000), ("aac", 16000)])
def test_sound_goes_beside_the_pictures(codec: str, rate: int) -> None:
    units = street_units()[:30]
    out = bytearray()
    muxer = TsMuxer("h264", units[0], out.extend, Sound(codec, rate, 1))
    assert muxer.has_sound
    pieces = _tone(codec, rate, 2.0)
    step = rate * 2 // len(pieces)
    begun = time.monotonic()
    for number, unit in enumerate(units):
        muxer.add(Unit(unit.data, unit.pts, unit.key, begun + number / 15))
        for index in range(len(pieces) * number // 30, len(pieces) * (number + 1) // 30):
            muxer.add_sound(pieces[index], index * step, begun + number / 15)
    muxer.close()
    with av.open(io.BytesIO(bytes(out)), format="mpegts") as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        frames = list(container.decode(audio=0))
    assert sum(frame.samples for frame in frames) > 1.2 * rate
    assert max(abs(frame.to_ndarray()).max() for frame in frames) > 0.05
    assert all(frame.sample_rate == rate for frame in frames)


def _tone(codec: str, rate: int, seconds: float) -> list[bytes]:
    """A tone as a camera would send it, piece by piece."""
    name = codec
    context = av.CodecContext.create(name, "w")
    context.sample_rate, context.layout = rate, "mono"
    context.format = "fltp" if name == "aac" else "s16"
    size, pieces = 1024 if name == "aac" else 160, []
    for start in range(0, int(rate * seconds), size):
        wave = [math.sin(2 * math.pi * 440 * (start + i) / rate) * 0.5 for i in range(size)]
        frame = av.AudioFrame(format=context.format.name, layout="mono", samples=size)
        kind, top = ("f", 1.0) if name == "aac" else ("h", 32000)
        values = array.array(kind, [value * top if kind == "f" else int(value * top) for value in wave])
        frame.planes[0].update(values.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts = rate, start
        for packet in context.encode(frame):
            data = bytes(packet)
            pieces.append(adts(rate, 1, data) if name == "aac" else data)
    return pieces
