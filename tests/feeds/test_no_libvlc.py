"""A machine without libVLC: named by doctor, and everything else goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.focus_player import NO_PLAYER
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import STREET, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_libvlc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children find a library of that name which is none."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the loader's search path is Linux's")
    folder = tmp_path / "lib"
    folder.mkdir()
    for name in ("libvlc.so.5", "libvlc.so"):
        (folder / name).write_bytes(b"")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(folder))


def doctor(**environment: str) -> dict[str, dict[str, object]]:
    """What ``doctor --json`` says, by check."""
    ran = subprocess.run(
        [sys.executable, "main.py", "doctor", "--json", "--lang", "en"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    checks: list[dict[str, object]] = json.loads(ran.stdout)["checks"]
    return {str(check["id"]): check for check in checks}


@pytest.mark.usefixtures("no_libvlc")
def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    checks = doctor(FIFTEEN_DATA=str(tmp_path / "data"))
    assert checks["libvlc"]["ok"] is False
    assert "libvlc5" in json.dumps(checks["libvlc"])
    assert (checks["engine"]["ok"], checks["av"]["ok"]) == (True, True)


def test_a_path_that_names_no_library_does_not_end_the_program(tmp_path: Path) -> None:
    checks = doctor(FIFTEEN_DATA=str(tmp_path / "data"), PYTHON_VLC_LIB_PATH=str(tmp_path / "none.so"))
    assert checks["libvlc"]["ok"] is False
    assert checks["av"]["ok"] is True


@pytest.mark.rtsp
@pytest.mark.logs("no libVLC")
@pytest.mark.usefixtures("no_libvlc")
def test_the_wall_goes_on_and_the_focus_says_so(tmp_path: Path) -> None:
    with SimulatedCameras(1, SystemClock(), tmp_path) as server:
        pool = FeedPool([FeedSource("c", "", server.url(1), server.url(1, sub=True))], SystemClock())
        pool.set_budget({"c": Budget("moving", 640, 360)})
        pool.start()
        try:
            until(lambda: pool.slots.seq("c") >= 5, "pictures on the wall")
            pool.focus("c", 640, 360)
            until(lambda: pool.player.absent, "no player")
            assert pool.player.state("c").problem == NO_PLAYER  # type: ignore[union-attr]
            pool.reviews.open("clip", STREET / "plaza-a.mp4", 640, 360)
            assert pool.reviews.state("clip").problem == NO_PLAYER  # type: ignore[union-attr]
            until(lambda: pool.player_pid == 0, "its process is gone")
            count, threads = pool.slots.seq("c"), set(os.listdir(f"/proc/{os.getpid()}/task"))
            until(lambda: pool.slots.seq("c") >= count + 20, "the wall goes on")
            assert pool.player_pid == 0, "it is not tried again and again"
            assert set(os.listdir(f"/proc/{os.getpid()}/task")) <= threads
            pool.unfocus("c")
            pool.focus("c", 320, 180)
            assert pool.player.state("c").problem == NO_PLAYER  # type: ignore[union-attr]
        finally:
            pool.stop()


@pytest.mark.rtsp
@pytest.mark.logs("libVLC")
@pytest.mark.usefixtures("no_libvlc")
def test_the_engine_vlc_falls_back_to_pyav(tmp_path: Path) -> None:
    with SimulatedCameras(1, SystemClock(), tmp_path) as server:
        pool = FeedPool([FeedSource("c", "", server.url(1, sub=True))], SystemClock(), engine="vlc")
        pool.set_budget({"c": Budget("moving", 640, 360)})
        pool.start()
        try:
            until(lambda: pool.slots.seq("c") >= 20, "pictures by the other decoder")
            assert pool.health()["c"].state is FeedState.LIVE
        finally:
            pool.stop()
