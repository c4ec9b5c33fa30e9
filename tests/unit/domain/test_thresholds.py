"""When clocks ring where the office has set thresholds of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain import alarm_life, clocks, deadlines, replay, thresholds
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Case, CategoryKey, Deadline, Limit
from console.domain.thresholds import CLOCKS, DEFAULTS, Threshold, checked, in_force, marks_for, read_at
from console.domain.vocabulary import DeadlineKind, Severity, Source, State, Unit
from tests.unit.domain.build import T0

CAL = WorkingCalendar.default()
FIVE = Limit(5, Unit.URGENT_MINUTE, "t")
TRADING = CategoryKey("GB", "event", "09006")
D, LOW, MEDIUM, HIGH = DeadlineKind.DECISION, Severity.LOW, Severity.MEDIUM, Severity.HIGH


def s(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def case(*clocks: Deadline, **more: object) -> Case:
    values: dict[str, object] = {"category": TRADING, "community": "yatai"}
    return Case(
        id="20260805-0001", state=State.REGISTERING, source=Source.CAMERA, deadlines=clocks, **(values | more)
    )  # type: ignore[arg-type]


def clock(*rows: Threshold, kind: DeadlineKind = D, limit: Limit = FIVE, at: datetime = T0) -> Deadline:
    marks = marks_for(rows, kind, case(), at, CAL.tz)
    return deadlines.start(kind, limit, at, CAL, marks=marks)


def rung(deadline: Deadline, seconds: float) -> list[tuple[int, float, Severity]]:
    found = deadlines.crossings(case(deadline), s(seconds))
    return [(c.threshold, (c.at - T0).total_seconds(), c.severity) for c in found]


def test_without_rows_it_rings_at_80_and_100() -> None:
    assert clock().marks is None
    assert rung(clock(), 300) == [(80, 240, MEDIUM), (100, 300, HIGH)]
    # Rows that say the same say nothing.
    assert clock(Threshold(D, "warn", 80, severity=MEDIUM)).marks is None


def test_the_defaults_are_what_the_clocks_do() -> None:
    for kind in CLOCKS:
        crossed = deadlines.crossings(case(clock(kind=kind)), s(300))
        rows = [(row.percent, row.severity) for row in DEFAULTS if row.clock is kind]
        assert [(c.threshold, c.severity) for c in crossed] == rows


def test_per_cent_seconds_left_and_long_overdue() -> None:
    rows = (
        Threshold(D, "warn", left_s=90, severity=LOW),
        Threshold(D, "more", 200, severity=HIGH),
    )
    assert rung(clock(*rows), 9999) == [(70, 210, LOW), (100, 300, HIGH), (200, 600, HIGH)]
    longer = deadlines.extend(clock(*rows), CAL)
    assert rung(longer, 9999) == [(85, 510, LOW), (100, 600, HIGH), (200, 1200, HIGH)]


def test_zero_is_silent() -> None:
    assert rung(clock(Threshold(D, "warn")), 9999) == [(100, 300, HIGH)]
    mute = clock(Threshold(D, "warn"), Threshold(D, "due"))
    assert rung(mute, 9999) == []
    assert deadlines.lamp(mute, s(400)).value == "red"
    assert deadlines.crossings(case(mute), s(9999)) == ()


def test_more_seconds_left_than_there_are_ring_at_the_start() -> None:
    assert rung(clock(Threshold(D, "warn", left_s=9000, severity=LOW)), 0) == [(2, 0, LOW)]


def test_the_narrowest_row_holds() -> None:
    rows = (
        Threshold(D, "warn", 60, severity=LOW),
        Threshold(D, "warn", 50, severity=LOW, category="event"),
        Threshold(D, "warn", 40, severity=LOW, category="event:09006"),
        Threshold(D, "warn", 30, severity=LOW, community="yatai"),
        Threshold(D, "warn", 20, severity=LOW, category="event:09006", community="elsewhere"),
        Threshold(D, "warn", 10, severity=LOW, category="component"),
    )
    assert rung(clock(*rows), 200)[0][0] == 40
    assert rung(clock(*rows[:2]), 200)[0][0] == 50
    assert rung(clock(rows[0], rows[3]), 200)[0][0] == 30
    unknown = marks_for(rows, D, case(category=None, community=""), T0, CAL.tz)
    assert unknown is not None
    assert unknown[0].threshold == 60


@pytest.mark.parametrize(("hour", "rings"), [(21, 80), (22, 50), (23, 50), (0, 50), (5, 50), (6, 80)])
def test_hours_are_those_in_which_the_clock_starts(hour: int, rings: int) -> None:
    night = Threshold(D, "warn", 50, severity=LOW, hours="22-6")
    start = datetime(2026, 8, 5, hour, 30, tzinfo=UTC) - timedelta(hours=8)
    assert deadlines.crossings(case(clock(night, at=start)), start + timedelta(hours=1))[0].threshold == rings


def test_a_return_rings_anew_what_it_passed_in_silence() -> None:
    mine = clock(Threshold(D, "warn", 50, severity=LOW))
    met = deadlines.meet(mine, s(100))
    back = deadlines.reopen(met, s(200))
    assert (back.due_version, rung(back, 200)) == (2, [(50, 200, LOW)])
    assert rung(deadlines.reopen(met, s(120)), 149) == []
    # The mark moves; the lamp's own instant does not.
    assert back.warn_at == s(240)


def test_a_pause_moves_them() -> None:
    mine = deadlines.pause(clock(Threshold(D, "warn", 50, severity=LOW)), s(100))
    back = deadlines.resume(mine, s(400), CAL)
    assert (back.due_version, rung(back, 449)) == (1, [])
    assert rung(back, 450) == [(50, 450, LOW)]


def test_the_next_instant_counts_marks() -> None:
    mine = case(clock(Threshold(D, "warn", 50, severity=LOW), Threshold(D, "more", 200, severity=HIGH)))
    instants = []
    at: datetime | None = T0
    while (at := deadlines.next_transition(mine, at)) is not None:
        instants.append((at - T0).total_seconds())
    assert instants == [150, 240, 300, 600]


def test_an_alarm_grows_through_all_of_them() -> None:
    mine = case(clock(Threshold(D, "warn", 50, severity=LOW), Threshold(D, "more", 200, severity=HIGH)))
    alarm, events = alarm_life.raise_case(mine, deadlines.crossings(mine, s(600)), s(600))
    assert (alarm.severity, alarm.threshold, alarm.late_s) == (HIGH, 200, 0.0)
    assert [event.threshold for event in events] == [50, 100, 200]


def test_an_event_tells_them_whole() -> None:
    mine = clock(Threshold(D, "warn", left_s=30, severity=HIGH))
    told = {"kind": "decision", "op": "start", **clocks.whole_clock(mine)}
    assert replay._clock(None, D, told, _Told()) == mine  # type: ignore[arg-type]
    assert "marks" not in clocks.whole_clock(clock())


class _Told:
    at = T0


def test_versions_begin_when_they_begin() -> None:
    old = Threshold(D, "warn", 50, version=1, valid_from=s(0))
    new = Threshold(D, "warn", 60, version=2, valid_from=s(100))
    other = Threshold(D, "due", 100, severity=LOW, version=1, valid_from=s(50))
    assert in_force([new, old, other], s(99)) == (other, old)
    assert in_force([old, new, other], s(100)) == (other, new)
    assert in_force([old], s(-1)) == ()
    again = replace(new, percent=70, version=3)
    assert in_force([again, new], s(100)) == (again,)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("80%", (80, 0)),
        (" 90s ", (0, 90)),
        ("2min", (0, 120)),
        ("2分钟", (0, 120)),
        ("0", (0, 0)),
        ("45秒", (0, 45)),
    ],
)
def test_what_people_write_is_read(text: str, value: tuple[int, int]) -> None:
    assert read_at(text) == value


@pytest.mark.parametrize(
    "text", ["", "80", "-5%", "half", "1001%", "99999999s", "8 0%", "80%%", "１e9%", "🕐"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_at(text)
    assert refused.value.detail == "threshold_at"


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        (Threshold(DeadlineKind.TOTAL, "warn", 80), "threshold_clock"),
        (Threshold(D, "later", 80), "threshold_step"),
        (Threshold(D, "warn", 100), "threshold_place"),
        (Threshold(D, "warn", 1), "threshold_place"),
        (Threshold(D, "due", 90), "threshold_place"),
        (Threshold(D, "due", left_s=9), "threshold_place"),
        (Threshold(D, "more", 100), "threshold_place"),
        (Threshold(D, "warn", 80, category="09006"), "threshold_category"),
        (Threshold(D, "warn", 80, hours="6-6"), "threshold_hours"),
        (Threshold(D, "warn", 80, hours="22:00-6"), "threshold_hours"),
    ],
)
def test_what_makes_no_sense_is_refused(row: Threshold, detail: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(row)
    assert refused.value.detail == detail


ROWS = st.lists(
    st.builds(
        Threshold,
        st.just(D),
        st.sampled_from(["warn", "due", "more"]),
        st.sampled_from([0, 0, 30, 80, 99, 100, 150]),
        st.sampled_from([0, 0, 10, 299, 301]),
        st.sampled_from(list(Severity)),
    ),
    max_size=4,
)


@given(ROWS, st.integers(0, 900))
@settings(max_examples=150, deadline=None)
def test_marks_stand_in_order_of_instant_and_per_cent(rows: list[Threshold], second: int) -> None:
    rows = [replace(row, percent=0) if row.left_s else row for row in rows]
    mine = clock(*rows)
    marks = mine.marks or ()
    assert [m.threshold for m in marks] == sorted({m.threshold for m in marks})
    assert [m.at for m in marks] == sorted(m.at for m in marks)
    crossed = deadlines.crossings(case(mine), s(second))
    if mine.marks is not None:
        assert [c.threshold for c in crossed] == [m.threshold for m in marks if m.at <= s(second)]
        left = [m.at for m in marks if m.at > s(second)]
        last = crossed[-1].threshold if crossed else 0
        assert thresholds.next_mark(mine, last) == (left[0] if left else None)
