"""Thresholds in the database: versions of rows, and a sweep that is given exactly
the cases of which the domain says that they have crossed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

import db
from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.model import Case, Deadline, Limit
from console.domain.thresholds import Threshold, in_force, marks_for
from console.domain.vocabulary import DeadlineKind, Severity, Unit
from tests.db.building import NOW, case

CAL = WorkingCalendar.default()
FIVE = Limit(5, Unit.URGENT_MINUTE, "t")
D = DeadlineKind.DECISION


def s(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def clock(*rows: Threshold) -> Deadline:
    marks = marks_for(rows, D, case(), NOW, CAL.tz)
    return deadlines.start(D, FIVE, NOW, CAL, marks=marks)


def test_a_row_set_again_is_its_next_version(store: db.Store) -> None:
    first = Threshold(D, "warn", 50, severity=Severity.LOW, valid_from=NOW, set_by="admin")
    night = replace(first, hours="22-6", percent=0, left_s=45)
    with store.uows.write() as uow:
        assert uow.thresholds.add([first, night]) == (first, night)
        uow.commit()
    with store.uows.write() as uow:
        (again,) = uow.thresholds.add([replace(first, percent=60, valid_from=s(60))])
        uow.commit()
    assert again.version == 2
    with store.uows.read() as uow:
        stored = uow.thresholds.all()
    assert stored == (first, night, again)
    assert set(in_force(stored, s(59))) == {first, night}
    assert set(in_force(stored, s(60))) == {again, night}


def test_marks_come_back_as_they_were(store: db.Store) -> None:
    mute = clock(Threshold(D, "warn"), Threshold(D, "due"))
    odd = clock(Threshold(D, "warn", left_s=77, severity=Severity.HIGH), Threshold(D, "more", 250))
    plain = clock()
    with store.uows.write() as uow:
        made = uow.cases.add_all([case(deadlines=(one,)) for one in (mute, odd, plain)], "20260805")
        uow.commit()
    with store.uows.read() as uow:
        back = uow.cases.load([one.id for one in made])
        assert [one.deadlines for one in back] == [(mute,), (odd,), (plain,)]
        assert mute.marks == ()
        assert uow.cases.next_crossing() == s(223)


def demanded(now: datetime, case_: Case, rung: set[tuple[int, int]]) -> bool:
    """The domain says that something has crossed which nobody has recorded."""
    crossed = {(c.due_version, c.threshold) for c in deadlines.crossings(case_, now)}
    return bool(crossed - rung)


MARKS = st.tuples(
    st.sampled_from([None, 0, 20, 50, 80, 99]),
    st.sampled_from([0, 0, 15, 200, 400]),
    st.sampled_from([None, 0, 100]),
    st.sampled_from([None, 120, 200]),
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["sweep", "sweep", "note", "pause", "resume", "extend", "reopen"]),
        st.integers(1, 150),
    ),
    min_size=1,
    max_size=12,
)


def made_of(marks: tuple[int | None, int, int | None, int | None]) -> Deadline:
    warn, left, due, more = marks
    rows = [] if warn is None else [Threshold(D, "warn", 0 if left else warn, left, Severity.LOW)]
    rows += [] if due is None else [Threshold(D, "due", due, severity=Severity.MEDIUM)]
    rows += [] if more is None else [Threshold(D, "more", more, severity=Severity.HIGH)]
    return clock(*rows)


def turned(what: str, one: Deadline, now: datetime) -> Deadline:
    if what == "pause":
        return deadlines.pause(one, now)
    if what == "resume":
        return deadlines.resume(one, now, CAL)
    if what == "extend":
        return deadlines.extend(one, CAL)
    if what == "reopen":
        return deadlines.reopen(deadlines.meet(one, now), now) if one.paused_since is None else one
    return one


@given(MARKS, ACTS)
@settings(max_examples=25, deadline=None)
def test_the_sweep_is_given_what_the_domain_demands(
    fresh_store: Callable[[Path], db.Store],
    marks: tuple[int | None, int, int | None, int | None],
    acts: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder, fresh_store(Path(folder) / "a.db") as store:
        with store.uows.write() as uow:
            (one,) = uow.cases.add_all([case(deadlines=(made_of(marks),))], "20260805")
            uow.commit()
        rung: set[tuple[int, int]] = set()
        at = 0.0
        for what, wait in acts:
            at += wait
            now = s(at)
            with store.uows.write() as uow:
                found = uow.cases.get(one.id)
                assert found is not None
                changed = replace(found, deadlines=(turned(what, found.deadlines[0], now),), note=f"{at}")
                one = uow.cases.save(changed, found.version)
                given_ = uow.cases.crossing(now)
                assert bool(given_) is demanded(now, one, rung), (at, one.deadlines, rung)
                if what == "sweep":
                    crossed = deadlines.crossings(one, now)
                    rung |= {(c.due_version, c.threshold) for c in crossed}
                    uow.cases.mark_swept(
                        (one.id, "decision", c.due_version, c.threshold, c.next_at) for c in crossed
                    )
                    assert uow.cases.crossing(now) == ()
                soon = uow.cases.next_crossing()
                if soon is not None and soon > now:
                    assert demanded(soon, one, rung)
                    assert not demanded(soon - timedelta(microseconds=1), one, rung)
                elif soon is None:
                    assert not demanded(s(90_000), one, rung)
                uow.commit()
