"""A period's report is made once, whoever looks; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import db
from console.services.report_records import ReportRun

NOW = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)
HOLD = timedelta(minutes=10)


def wanted(by: str, now: datetime = NOW, period: str = "2026-11-20") -> ReportRun:
    start = datetime(2026, 11, 19, 16, tzinfo=UTC)
    end = start + timedelta(days=1)
    return ReportRun("daily", period, "day", start, end, "making", lease_by=by, lease_until=now + HOLD)


def claim(store: db.Store, by: str, now: datetime = NOW, period: str = "2026-11-20") -> ReportRun | None:
    with store.uows.write() as uow:
        run = uow.report_runs.claim(wanted(by, now, period), now)
        uow.commit()
    return run


def taken(store: db.Store, by: str, now: datetime = NOW) -> ReportRun:
    """A claim that must be given."""
    run = claim(store, by, now)
    assert run is not None, f"{by} gets it"
    return run


def settle(store: db.Store, run: ReportRun) -> bool:
    with store.uows.write() as uow:
        kept = uow.report_runs.settle(run)
        uow.commit()
    return kept


def test_of_two_programs_one_makes_it(store: db.Store) -> None:
    first = taken(store, "desk-1")
    assert claim(store, "watch-2") is None, "the second does not"
    done = replace(first, state="done", made_at=NOW, files=("/srv/日报.pdf",), sent=("a@b.cn",))
    assert settle(store, done), "whoever has the lease stores what came of it"
    assert claim(store, "watch-2", NOW + 2 * HOLD) is None, "what is done is not made again"
    with store.uows.read() as uow:
        (kept,) = uow.report_runs.newest()
        settled = uow.report_runs.done("daily", ("2026-11-20", "2026-11-21"), NOW)
    assert (kept.state, kept.files, kept.sent) == ("done", ("/srv/日报.pdf",), ("a@b.cn",)), "as it was"
    assert settled == {"2026-11-20"}, "nobody looks at it again"


def test_one_that_died_is_followed_and_cannot_come_back(store: db.Store) -> None:
    dead = taken(store, "desk-1")
    later = NOW + HOLD
    with store.uows.read() as uow:
        assert uow.report_runs.done("daily", ("2026-11-20",), later) == frozenset(), "it is free again"
    heir = taken(store, "watch-2", later)
    assert heir.attempts == 2, "another takes it over"
    assert not settle(store, replace(dead, state="done", made_at=later)), "the lease was lost"
    with store.uows.write() as uow:
        assert uow.report_runs.renew(replace(heir, lease_until=later + HOLD)), "the heir goes on"
        assert not uow.report_runs.renew(replace(dead, lease_until=later + HOLD)), "the dead one does not"
        uow.commit()


def test_a_failure_waits_and_a_person_may_let_it_be_made_again(store: db.Store) -> None:
    run = taken(store, "desk-1")
    error = {"zh": "没有送到", "en": "not sent"}
    assert settle(store, replace(run, state="again", next_at=NOW + HOLD, error=error)), "it failed"
    assert claim(store, "desk-1") is None, "not before its time"
    second = taken(store, "desk-1", NOW + HOLD)
    assert second.error == error, "what went wrong is still known"
    assert settle(store, replace(second, state="failed", next_at=None)), "nobody tries any more"
    assert claim(store, "desk-1", NOW + 9 * HOLD) is None, "by itself it stays so"
    with store.uows.write() as uow:
        assert uow.report_runs.again(run.id, NOW + 9 * HOLD), "a person asks for it"
        uow.commit()
    third = taken(store, "watch-2", NOW + 9 * HOLD)
    assert third.attempts == 1, "its tries are counted anew"
    with store.uows.write() as uow:
        assert not uow.report_runs.again(run.id, NOW + 9 * HOLD), "not while somebody is making it"
        uow.commit()
