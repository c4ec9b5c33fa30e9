"""Against an RTSP server made by others: GStreamer's."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.clip import write_mp4
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from tests.feeds.children import child_server
from tests.feeds.rig import STREET, hevc_units, until
from tests.feeds.test_clip import probe
from tests.feeds.test_pool import colour, reference
from tests.receivers import certificate

pytestmark = pytest.mark.rtsp

_PYTHON = "/usr/bin/python3"
_SERVER = Path(__file__).with_name("gst_server.py")
USER, PASSWORD = "op", "p@ss:word"


def _has_gstreamer() -> bool:
    if shutil.which(_PYTHON) is None or importlib.util.find_spec("av") is None:
        return False
    ask = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')"
    return subprocess.run([_PYTHON, "-c", ask], check=False, capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not _has_gstreamer():
        pytest.skip("needs gir1.2-gst-rtsp-server-1.0 and python3-gi of the system")
    hevc = tmp_path_factory.mktemp("gst") / "a.h265.mp4"
    write_mp4("hevc", hevc_units(300), hevc)
    with child_server([_PYTHON, str(_SERVER), str(STREET / "plaza-a.mp4"), str(hevc)]) as port:
        yield f"rtsp://127.0.0.1:{port}"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[str]:
    if not _has_gstreamer():
        pytest.skip("needs gir1.2-gst-rtsp-server-1.0 and python3-gi of the system")
    pem = certificate(tmp_path, "camera")
    with child_server([_PYTHON, str(_SERVER), f"--tls={pem}", str(STREET / "plaza-a.mp4")]) as port:
        yield f"127.0.0.1:{port}"


def test_rtsps_with_a_certificate_the_camera_made_itself(secure: str) -> None:
    sources = [
        FeedSource("tls", "", f"rtsps://{secure}/0", "", USER, PASSWORD),
        FeedSource("wrong", "", f"rtsps://{secure}/0", "", USER, "guess"),
        FeedSource("plain", "", f"rtsp://{secure}/0", "", USER, PASSWORD),
    ]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget({"tls": Budget("moving", 640, 360)})
    pool.start()
    try:
        until(lambda: pool.slots.seq("tls") >= 30, f"pictures over TLS {pool.reports()}")
        until(lambda: pool.health()["wrong"].state is FeedState.UNAUTHORISED, "a wrong password is named")
        health = pool.health()["tls"]
        assert (health.state, health.codec) == (FeedState.LIVE, "h264")
        picture = pool.slots.read("tls")
        assert picture is not None
        for seen, wanted in zip(colour(picture), reference("plaza-a.mp4"), strict=True):
            assert abs(seen - wanted) < 8
        assert pool.health()["plain"].state is not FeedState.LIVE
        assert pool.slots.seq("plain") == 0, "nothing comes without TLS"
    finally:
        pool.stop()


def test_h264_h265_a_wrong_password_and_a_missing_path(address: str, tmp_path: Path) -> None:
    sources = [
        FeedSource("h264", "", f"{address}/0", "", USER, PASSWORD),
        FeedSource("h265", "", f"{address}/1", "", USER, PASSWORD),
        FeedSource("wrong", "", f"{address}/0", "", USER, "guess"),
        FeedSource("missing", "", f"{address}/none", "", USER, PASSWORD),
    ]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget({"h264": Budget("moving", 640, 360), "h265": Budget("moving", 160, 96)})
    pool.start()
    try:
        until(lambda: pool.slots.seq("h264") >= 30 and pool.slots.seq("h265") >= 30, "pictures of both")
        health, reports = pool.health(), pool.reports()
        assert (health["h264"].state, health["h264"].codec) == (FeedState.LIVE, "h264")
        assert (health["h265"].state, health["h265"].codec) == (FeedState.LIVE, "hevc")
        assert (health["h265"].width, health["h265"].height) == (160, 96)
        assert health["wrong"].state is FeedState.UNAUTHORISED
        assert health["missing"].state is FeedState.NOT_FOUND
        assert reports["h264"].lost == reports["h265"].lost == 0
        picture = pool.slots.read("h264")
        assert picture is not None
        for seen, wanted in zip(colour(picture), reference("plaza-a.mp4"), strict=True):
            assert abs(seen - wanted) < 8
        pool.clip("h265", 1.0, SystemClock().now(), tmp_path / "a.mp4")
        assert probe(tmp_path / "a.mp4")["codec_name"] == "hevc"
        pool.snapshot("h265", tmp_path / "a.jpg")
        assert probe(tmp_path / "a.jpg")["width"] == 160
        key = pool.focus("h265", 160, 96)
        until(lambda: pool.slots.seq(key) >= 10, "libVLC plays H.265 from the ring")
    finally:
        pool.stop()
