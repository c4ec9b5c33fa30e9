"""History, life and quality of alarms as the database knows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import db
from console.domain import alarm_life
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent
from console.domain.vocabulary import AlarmState, Role, Severity, SourceKind
from console.i18n import LANGUAGES
from console.services.alarm_log import AlarmLog, bounds
from tests.scenarios.cli_kit import Cli

OFFICER = Actor("li.na", Role.DUTY)
#: 08:15 of 5 August at the site.
NOW = datetime(2026, 8, 5, 0, 15, tzinfo=UTC)


class Stands:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW + timedelta(hours=1)

    def monotonic(self) -> float:
        return 0.0


def rung(store: db.Store, source: str, at: datetime, severity: Severity = Severity.LOW) -> Alarm:
    """A camera's alarm raised at ``at``."""
    wanted = Alarm(0, SourceKind.CAMERA, source, severity, AlarmState.RAISED, at, 0.0)
    with store.uows.write() as uow:
        (stored,) = uow.alarms.add([wanted])
        uow.alarms.record([AlarmEvent(stored.id, at, "raised", "system", severity)])
        uow.commit()
    return stored


def done(store: db.Store, alarm: Alarm, life: alarm_life.Life) -> Alarm:
    """Store what an officer or time did to ``alarm``."""
    after, events = life
    with store.uows.write() as uow:
        uow.alarms.save([after])
        uow.alarms.record(events)
        stored = uow.alarms.get(alarm.id)
        uow.commit()
    assert stored is not None
    return stored


def log(store: db.Store) -> AlarmLog:
    return AlarmLog(store.uows, Stands())


def test_an_alarm_raised_again_is_in_the_history_of_both_days(store: db.Store) -> None:
    first = rung(store, "cam-1", NOW - timedelta(days=1), Severity.HIGH)
    acked = done(
        store, first, alarm_life.acknowledge(first, OFFICER, 1, NOW - timedelta(days=1, seconds=-20))
    )
    done(store, acked, alarm_life.expire(acked, NOW))
    before, today = log(store).day(OFFICER, date(2026, 8, 4)), log(store).day(OFFICER)
    assert (before.day, today.day) == (date(2026, 8, 4), date(2026, 8, 5))
    (row,) = before.rows
    assert (row.alarm.id, row.first_at, row.worst) == (first.id, NOW - timedelta(days=1), Severity.HIGH)
    assert (row.acked_s, row.acked_by, row.calls) == (20.0, OFFICER.name, 1)
    (row,) = today.rows
    assert (row.first_at, row.acked_s, row.acked_by) == (NOW, None, "")
    assert (today.quality.promises_broken, before.quality.promises_broken) == (1, 0)
    # It stood for 25 hours at the end of today, for less at the end of yesterday.
    assert [one.source for one in today.quality.stale] == [("camera", "cam-1")]
    assert before.quality.stale == ()


def test_newest_first_and_cleared_ones_too(store: db.Store) -> None:
    old, new = rung(store, "a", NOW), rung(store, "b", NOW + timedelta(seconds=9))
    done(store, old, alarm_life.acknowledge(old, OFFICER, 1, NOW + timedelta(seconds=5)))
    with store.uows.read() as uow:
        stored = uow.alarms.get(old.id)
    assert stored is not None
    done(store, stored, alarm_life.return_(stored, NOW + timedelta(seconds=30)))
    found = log(store).day(OFFICER)
    assert [row.alarm.id for row in found.rows] == [new.id, old.id]
    assert found.rows[1].alarm.state is AlarmState.CLEARED
    assert (found.total, found.quality.calls, found.quality.acked_s) == (2, 2, (5.0,))
    assert found.quality.end == NOW + timedelta(hours=1)


def test_the_life_of_an_alarm(store: db.Store) -> None:
    alarm = rung(store, "a", NOW)
    aside = alarm_life.shelve(alarm, OFFICER, NOW + timedelta(hours=1), "施工", NOW + timedelta(seconds=3))
    done(store, alarm, aside)
    life = log(store).life(OFFICER, alarm.id)
    assert [event.what for event in life.events] == ["raised", "shelved"]
    assert (life.events[1].reason, life.acked_s) == ("施工", None)


def test_who_may_not_read_and_what_is_not_there(store: db.Store) -> None:
    with pytest.raises(Refusal, match="unknown_alarm"):
        log(store).life(OFFICER, 404)
    nobody = replace(OFFICER, role=Role.SYSTEM)
    with pytest.raises(Refusal, match="forbidden"):
        log(store).day(nobody)


def test_a_day_is_a_day_of_the_site() -> None:
    start, end = bounds(date(2026, 8, 5))
    assert start == datetime(2026, 8, 4, 16, tzinfo=UTC)
    assert end - start == timedelta(days=1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_from_the_command_line(sqlite_url: str, tmp_path: Path, lang: str) -> None:
    with db.open_store(sqlite_url) as store:
        rung(store, "cam-1", NOW, Severity.HIGH)
    cli = Cli(sqlite_url, tmp_path)
    told = cli.did("alarms", "report", "--day", "2026-08-05", "--lang", lang)
    assert (told["day"], told["calls"], told["not_acked"]) == ("2026-08-05", 1, 1)
    assert told["by_severity"]["high"] == 1
    assert {one["name"]: one["verdict"] for one in told["figures"]}["calls"] == "good"
    assert told["top"] == [{"source": {"kind": "camera", "id": "cam-1"}, "count": 1}]
    assert cli.did("alarms", "report", "--day", "2026-08-04")["calls"] == 0
    for day in ("yesterday", "0001-01-01", "9999-12-31", ""):
        assert cli.here("alarms", "report", "--day", day).error["code"] == "bad_usage"
