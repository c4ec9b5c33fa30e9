"""Clips and pictures from encoded units open in ordinary players."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.feeds.clip import NoPicture, decode_times, newest_picture, write_jpeg, write_mp4
from console.feeds.rtp import Codec, Unit
from tests.feeds.rig import hevc_units, street_units


def probe(path: Path) -> dict[str, Any]:
    """The video stream as ffprobe sees it, with its packets counted."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)["streams"][0]
    return found


@pytest.mark.parametrize(
    ("codec", "units", "fps"), [("h264", street_units()[:90], 15), ("hevc", hevc_units(), 15)]
)
def test_a_clip_is_remuxed_whole(codec: Codec, units: tuple[Unit, ...], fps: int, tmp_path: Path) -> None:
    start, length = write_mp4(codec, units, tmp_path / "a.mp4")
    seen = probe(tmp_path / "a.mp4")
    assert start == units[0].at
    assert (seen["codec_name"], int(seen["nb_read_packets"])) == (codec, len(units))
    assert length == pytest.approx(len(units) / fps)
    assert float(seen["duration"]) == pytest.approx(length, abs=0.01)
    assert float(seen["start_time"]) == 0.0
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == len(units)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_clip_holds_one_picture_size(tmp_path: Path) -> None:
    big = street_units("plaza-a-main.mp4")[:30]
    small = street_units()[:60]
    later = [Unit(u.data, u.pts + 180_000, u.key, u.at + 2) for u in small]
    write_mp4("h264", [*big, *later], tmp_path / "a.mp4")
    seen = probe(tmp_path / "a.mp4")
    assert (seen["width"], seen["height"], int(seen["nb_read_packets"])) == (640, 360, 60)


@pytest.mark.parametrize(
    "units", [(), (Unit(b"\0\0\0\1\x41abc", 0, False, 0.0),), (Unit(b"junk" * 9, 0, True, 0.0),)]
)
def test_nothing_to_make_a_clip_of(units: tuple[Unit, ...], tmp_path: Path) -> None:
    with pytest.raises(NoPicture):
        write_mp4("h264", units, tmp_path / "a.mp4")
    with pytest.raises(NoPicture):
        newest_picture("h264", units)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_mp4("h264", street_units()[:30], tmp_path / "no" / "a.mp4")


def test_the_newest_picture_as_jpeg(tmp_path: Path) -> None:
    units = street_units()[:20]
    frame, at = newest_picture("h264", units)
    assert at == units[-1].at
    write_jpeg(frame, tmp_path / "a.jpg")
    seen = probe(tmp_path / "a.jpg")
    assert (seen["codec_name"], seen["width"], seen["height"]) == ("mjpeg", 640, 360)
    with av.open(str(tmp_path / "a.jpg")) as container:
        jpeg = next(container.decode(video=0)).reformat(format="gray", width=64, height=36)
    grey = frame.reformat(format="gray", width=64, height=36)
    pairs = zip(bytes(jpeg.planes[0]), bytes(grey.planes[0]), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 24


@given(st.permutations(range(12)), st.integers(1, 5))
def test_decoding_times_grow_and_come_before_the_picture(order: list[int], step: int) -> None:
    pts = [n * step for n in order]
    dts = decode_times(pts)
    assert all(early <= own for early, own in zip(dts, pts, strict=True))
    assert all(a < b for a, b in itertools.pairwise(dts))
