"""The first minute of a newcomer, and what the machine can do: the commands as
they are typed, without a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import db
from console.clock import SystemClock
from console.demonstration import DemoPlan, DemoSite
from console.devices.recorders import playback_url
from console.domain.vocabulary import State
from console.services.recorders import RecorderService
from console.simulation.recorder import wanted
from tests.scenarios.cli_kit import ROOT

pytestmark = pytest.mark.rtsp

DOCTOR = (
    "python pyside6 fonts displays libvlc libvlc_rtsp engine av sqlite database disk shm "
    "clock sound speech ports"
).split()


def bare(folder: Path) -> dict[str, str]:
    """An environment without any display, and with folders of its own."""
    dropped = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
    kept = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith("FIFTEEN_")}
    own = {"FIFTEEN_CACHE": str(folder / "cache"), "FIFTEEN_DATA": str(folder / "data")}
    return {**kept, **own, "FIFTEEN_STRICT_TEXTS": "1"}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    command = [sys.executable, str(ROOT / "main.py"), *words, "--json"]
    return subprocess.run(
        command,
        cwd=folder,
        env=bare(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_demo_without_a_display(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--cameras", "4", "--seconds", "12")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    shape(report)
    feeds = report["feeds"]
    assert (feeds["configured"], feeds["live"], feeds["stale"], feeds["lost"]) == (4, 4, 0, 0)
    assert 0 < feeds["fps_min"] <= feeds["fps_mean"]
    assert feeds["age_p95_s"] > 0
    assert len(report["cases"]) >= 6
    assert set(report["cases"]) <= {state.value for state in State}
    assert all(count > 0 for count in report["cases"].values())
    assert report["alarms"]["early"] >= 1
    assert report["alarms"]["raised"] >= report["alarms"]["early"]
    met = report["promises"]["arrival"]
    assert met["met"] > 0
    assert met["missed"] > 0, "a district in which nothing is ever late teaches nobody"
    # Progress goes to standard error, and nothing there is an error.
    for word in ("ERROR", "CRITICAL", "Traceback", "WARNING", "QObject", "Segmentation"):
        assert word not in done.stderr, done.stderr
    pictures = [Path(name) if Path(name).is_absolute() else tmp_path / name for name in report["shots"]]
    assert sorted(pictures) == sorted((tmp_path / "shots").glob("*.png"))
    assert all(picture.read_bytes()[:4] == b"\x89PNG" for picture in pictures)


def shape(report: dict[str, Any]) -> None:
    """``demo`` of CLI.md, no more and no less."""
    assert {key: set(value) if isinstance(value, dict) else None for key, value in report.items()} == {
        "seconds": None,
        "feeds": {"configured", "live", "stale", "lost", "fps_min", "fps_mean", "age_p95_s"},
        "cases": set(report["cases"]),
        "promises": {"decision", "dispatch", "arrival", "total"},
        "alarms": {"raised", "early", "acknowledged"},
        "gui": {"stall_p99_s", "stall_max_s"},
        "shots": None,
    }
    assert all(set(row) == {"met", "missed"} for row in report["promises"].values())
    assert isinstance(report["shots"], list)


def test_a_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    """The district is thrown away; a missing folder is a sentence, not a trace."""
    (tmp_path / "file").write_text("", encoding="ascii")
    done = run(tmp_path, "demo", "--cameras", "1", "--shots", "file")
    assert done.returncode == 1
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error["code"] == "bad_file"
    assert set(error) == {"code", "message", "mend"}
    assert done.stdout == ""


def test_doctor(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert set(report) == {"ok", "checks"}
    assert [check["id"] for check in report["checks"]] == DOCTOR
    for check in report["checks"]:
        assert set(check) == {"id", "ok", "detail", "mend"}
        assert isinstance(check["ok"], bool)
        assert check["detail"]
        # What does not work says what to do; what works asks for nothing.
        assert bool(check["mend"]) is not check["ok"], check
    assert done.returncode == (0 if report["ok"] else 1)
    works = {check["id"] for check in report["checks"] if check["ok"]}
    assert {"python", "pyside6", "fonts", "displays", "libvlc", "av", "sqlite", "shm"} <= works


def test_the_cameras_of_the_demo_have_a_recorder(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    with (
        DemoSite(DemoPlan(cameras=2), tmp_path / "cache") as site,
        db.open_store(site.places.db_url) as store,
    ):
        assert site.cameras is not None
        with store.uows.read() as uow:
            cameras = uow.cameras.all()
        book = RecorderService(store.uows, SystemClock()).book()
        places = [book.of(camera) for camera in cameras]
        assert [(one.vendor, one.channel) for one in places] == [("hikvision", "1"), ("dahua", "2")]
        assert {one.address for one in places} == {f"127.0.0.1:{urlsplit(site.cameras.urls[0]).port}"}
        for one in places:
            url = playback_url(one.vendor, one.address, one.channel, now, now + timedelta(minutes=30), UTC)
            asked = wanted(url.removeprefix(f"rtsp://{one.address}"))
            assert asked is not None
            assert asked.channel == int(one.channel)
