"""Trying cameras: what is wrong with each is told, and nothing waits for the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.feeds.sources import FeedSource
from console.feeds.trial import Trial, Trials
from console.simulation.camera_process import CameraPlan, SpawnedCameras

pytestmark = pytest.mark.rtsp

FAULTS = {"2": "auth", "3": "missing", "4": "garbage", "5": "stall", "6": "clock", "7": "mute"}
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpawnedCameras]:
    faults = tuple(f"{number}={kind}" for number, kind in FAULTS.items())
    plan = CameraPlan(7, tmp_path_factory.mktemp("footage"), auth=("operator", "street"), faults=faults)
    with SpawnedCameras(plan) as cameras:
        yield cameras


def sources(street: SpawnedCameras) -> list[FeedSource]:
    pairs = zip(street.urls, street.urls_sub, strict=True)
    return [
        FeedSource(str(number), "", url, sub, street.user, street.password)
        for number, (url, sub) in enumerate(pairs, start=1)
    ]


def test_each_says_what_is_wrong_with_it(street: SpawnedCameras) -> None:
    made = sources(street)
    made.append(replace(made[0], id="wrong", password="nix"))
    made.append(FeedSource("dead", "", "rtsp://127.0.0.1:9/x"))
    # Its main stream is well, the stream of its tiles is another camera's that is not.
    made.append(replace(made[0], id="sub", url_sub=made[2].url_sub))
    made.append(FeedSource("odd", "", "gopher://127.0.0.1/1"))
    found: dict[str, Trial] = {}
    over: list[bool] = []

    def done(trial: Trial) -> None:
        found[trial.camera] = trial

    trials = Trials(lambda: made, SystemClock(), done, lambda: over.append(True), watch_s=5.0)
    trials.start()
    assert trials.join(PATIENCE_S)
    assert over == [True]
    assert {name: (one.state, one.reason) for name, one in found.items()} == {
        "1": ("ok", ""),
        "2": ("auth", "unauthorised"),
        "3": ("not_found", "not_found"),
        "4": ("bad_data", "bad_data"),
        "5": ("no_video", "silent"),
        "6": ("ok", ""),
        "7": ("timeout", "no_answer"),
        "wrong": ("auth", "unauthorised"),
        "dead": ("refused", "refused"),
        "sub": ("not_found", "not_found"),
        "odd": ("bad_data", "unsupported"),
    }
    well = found["1"]
    assert (well.codec, well.sub) == ("h264", "ok")
    assert well.width > 0
    assert well.height > 0
    assert well.fps == pytest.approx(15, abs=1)
    assert well.key_gap_s == pytest.approx(2.0, abs=0.2)
    ahead = found["6"].clock_offset_s
    assert ahead is not None
    assert ahead == pytest.approx(90, abs=2)


def test_stopped_trials_end_and_are_told(street: SpawnedCameras) -> None:
    mute = sources(street)[6]
    found: list[Trial] = []
    over: list[bool] = []
    trials = Trials(
        lambda: [replace(mute, id=str(n)) for n in range(50)],
        SystemClock(),
        found.append,
        lambda: over.append(True),
        parallel=4,
    )
    trials.start()
    trials.stop()
    assert trials.join(PATIENCE_S)
    assert over == [True]
    assert len(found) < 50


def test_a_password_is_in_no_representation(street: SpawnedCameras, tmp_path: Path) -> None:
    assert street.password not in repr(sources(street))
