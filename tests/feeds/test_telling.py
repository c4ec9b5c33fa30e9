"""Six hundred cameras that are well are told, and judged, a few at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.domain.vocabulary import FeedState
from console.feeds.health import VOUCH_S, HealthBook
from console.feeds.messages import REPORT_S, Report
from console.feeds.sources import NO_BUDGET, FeedSource
from console.feeds.states import LOST_S, STALE_S
from console.feeds.telling import AT_ONCE, Teller, calm
from console.services.ports import Budget, FeedHealth
from tests.feeds.reports import report_of

COUNT = 600
NAMES = [f"c{n:03d}" for n in range(COUNT)]
CAMERAS = {name: FeedSource(name, name, "rtsp://127.0.0.1/x") for name in NAMES}
UTC_NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
BEGIN = 1000.0


def well(camera: str, now: float, **changes: object) -> Report:
    """A camera at five pictures a second, shown by its key frames."""
    told: dict[str, object] = {
        "phase": "playing", "last_packet": now - 0.1, "quiet_since": now - 0.1, "packet_interval": 0.2,
        "decoding_since": BEGIN - 60, "last_picture": now - 3.0, "picture_interval": 4.0,
        "unit_fps": 5.0, "picture_fps": 0.25, "codec": "h264", "width": 352, "height": 288,
    }  # fmt: skip
    return report_of(camera, **{**told, **changes})


def reports(now: float, **others: Report) -> list[tuple[Report, bool]]:
    return [(others.get(name, well(name, now)), False) for name in NAMES]


def test_a_new_worker_tells_everything_then_a_few_of_what_is_as_it_was() -> None:
    teller = Teller()
    assert len(teller.pick(reports(BEGIN), BEGIN)) == COUNT
    rounds = -(-COUNT // AT_ONCE)
    told: list[str] = []
    for number in range(1, rounds + 1):
        now = BEGIN + number * REPORT_S
        picked = teller.pick(reports(now), now)
        assert len(picked) == AT_ONCE
        told += [report.camera for report in picked]
    assert set(told) == set(NAMES), "each had its turn"
    assert teller.picked == COUNT + rounds * AT_ONCE


@pytest.mark.parametrize(
    "changes",
    [
        {"failure": "closed", "phase": "backoff", "failures": 1},
        {"last_packet": BEGIN - 1.0},
        {"last_picture": BEGIN - 7.0},
        {"same_since": BEGIN - 8.0},
        {"decode_errors": 1},
        {"width": 640, "height": 480},
        {"codec": "hevc"},
        {"note": "main_failed"},
        {"stream": "main"},
        {"decoding_since": BEGIN},
        {"camera_clock": 1.7e9},
    ],
)
def test_what_has_changed_is_told_at_once_and_so_is_its_end(changes: dict[str, object]) -> None:
    teller = Teller()
    teller.pick(reports(BEGIN), BEGIN)
    for number in range(3):
        # Whoever had a turn a moment ago would have to wait longest for the next.
        now = BEGIN + number * 0.1
        other = NAMES[number]
        picked = teller.pick(reports(now, **{other: well(other, now, **changes)}), now)
        assert other in [report.camera for report in picked]
        after = [report.camera for report in teller.pick(reports(now + 0.05), now + 0.05)]
        assert other in after


def test_moving_tiles_are_told_every_time() -> None:
    teller, moving = Teller(), set(NAMES[:40])
    for number in range(4):
        now = BEGIN + number * REPORT_S
        made = [(report, report.camera in moving) for report, _ in reports(now)]
        assert moving <= {report.camera for report in teller.pick(made, now)}


def test_a_camera_begun_anew_is_told_anew() -> None:
    teller = Teller()
    teller.pick(reports(BEGIN), BEGIN)
    teller.forget("c599")
    assert teller.pick(reports(BEGIN + 0.5), BEGIN + 0.5)[0].camera == "c599"


class Book:
    """A book that has heard all cameras once."""

    def __init__(self) -> None:
        self.book = HealthBook()
        self.told([well(name, BEGIN) for name in NAMES], BEGIN)

    def told(self, made: list[Report], at: float, *, beat: bool = True) -> None:
        self.book.take(made, CAMERAS, _budget, (at, at, UTC_NOW))
        if beat:
            self.book.beat(0, at)

    def ask(self, now: float) -> dict[str, FeedHealth]:
        return self.book.all(CAMERAS.values(), _budget, now, UTC_NOW)


def _budget(_camera: str) -> Budget:
    return NO_BUDGET


def test_asking_again_works_nothing_out_again() -> None:
    book = Book()
    first = book.ask(BEGIN)
    judged = book.book.judged
    for number in range(1, 20):
        now = BEGIN + number * REPORT_S
        book.told([], now)
        again = book.ask(now)
        assert all(again[name] is first[name] for name in NAMES)
    assert book.book.judged == judged
    assert {one.state for one in first.values()} == {FeedState.LIVE}


def test_a_report_costs_what_is_in_it_and_bad_cameras_what_they_are() -> None:
    book = Book()
    book.ask(BEGIN)
    judged = book.book.judged
    bad = [well(name, BEGIN + 0.5, phase="backoff", failure="unauthorised", failures=1) for name in NAMES[:3]]
    book.told([*bad, *[well(name, BEGIN + 0.5) for name in NAMES[3:20]]], BEGIN + 0.5)
    health = book.ask(BEGIN + 0.6)
    assert book.book.judged - judged == 20 + 3
    assert [health[name].reason for name in NAMES[:4]] == ["unauthorised"] * 3 + [""]


def test_cameras_of_a_worker_that_fell_silent_grow_stale_and_lost() -> None:
    book = Book()
    book.told([], BEGIN + 20.0)
    assert book.ask(BEGIN + 20.0 + VOUCH_S)["c300"].state is FeedState.LIVE
    late = book.ask(BEGIN + 20.0 + STALE_S)
    assert {one.state for one in late.values()} == {FeedState.STALE}
    assert late["c300"].packet_age_s == pytest.approx(STALE_S + 0.1), "counted from its last word on"
    assert book.ask(BEGIN + 20.0 + LOST_S)["c300"].state is FeedState.LOST
    book.told([], BEGIN + 31.0)
    assert book.ask(BEGIN + 31.0)["c300"].state is not FeedState.LOST


def test_news_between_two_reports_vouch_for_nobody_else() -> None:
    book = Book()
    for number in range(1, 8):
        book.told([well("c000", BEGIN + number * 0.5)], BEGIN + number * 0.5, beat=False)
    health = book.ask(BEGIN + 3.5)
    assert health["c000"].state is FeedState.LIVE
    assert health["c001"].state is FeedState.STALE


@pytest.mark.parametrize("age", [0.0, 0.5, 0.99, 1.01, 1.9, 2.0, 5.0])
@pytest.mark.parametrize("interval", [0.04, 0.2, 1.0, 4.0])
def test_calm_is_well_within_live(age: float, interval: float) -> None:
    heard = {"last_packet": BEGIN - age, "quiet_since": BEGIN - age, "packet_interval": interval}
    report, book = well("c000", BEGIN, **heard), Book()
    book.told([report], BEGIN)
    if calm(report, BEGIN):
        # Until the report after next, which would name it if it were not.
        assert book.book.of(CAMERAS["c000"], NO_BUDGET, BEGIN + REPORT_S, UTC_NOW).state is FeedState.LIVE
    else:
        assert age > 1.0
