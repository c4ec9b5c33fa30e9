"""The office sets when clocks ring, and how loud what else is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.domain import replay
from console.domain.alarm_priorities import DEFAULTS, Folding
from console.domain.vocabulary import DeadlineKind, Severity, SourceKind
from console.services import alarm_rules
from console.services.thresholds import ThresholdWish
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site
from tests.unit.services.test_alarms import alarm_of, counts, sweep_at
from tests.unit.services.test_cases import refused

HEAD = "clock,step,at,severity,category,community,hours,valid_from\n"


def put(site: Site, *wish: str, **more: object) -> None:
    site.services.thresholds.put(ADMIN, ThresholdWish(*wish, **more))  # type: ignore[arg-type]


def table(folder: Path, *rows: str) -> Path:
    file = folder / "门槛.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="gb18030")
    return file


def test_a_threshold_rings_for_the_cases_it_is_for(each_site: Site) -> None:
    site = each_site
    put(site, "decision", "warn", "50%", "low", "event:09006", "yatai")
    put(site, "decision", "more", "200%")
    other = site.open(category="event:09001")
    case = site.open(community="yatai")
    assert counts(sweep_at(site, seconds=149)) == (0, 0, 0)
    assert site.services.alarms.next_wake() == site.clock.at + timedelta(seconds=1)
    result = sweep_at(site, seconds=1)
    assert (counts(result), result.lateness_s) == ((1, 0, 0), (0.0,))
    assert (alarm_of(site, case).severity, alarm_of(site, case).threshold) == (Severity.LOW, 50)
    assert counts(sweep_at(site, seconds=90)) == (1, 0, 0)
    assert (alarm_of(site, other).severity, alarm_of(site, other).threshold) == (Severity.MEDIUM, 80)
    sweep_at(site, seconds=60)
    sweep_at(site, seconds=300)
    assert site.rung(case) == [("decision", 50), ("decision", 100), ("decision", 200)]
    assert site.rung(other) == [("decision", 80), ("decision", 100), ("decision", 200)]
    assert counts(sweep_at(site, hours=9)) == (0, 0, 0)


def test_a_clock_keeps_the_thresholds_it_started_under(site: Site) -> None:
    case = site.open()
    put(site, "decision", "warn", "0")
    put(site, "dispatch", "warn", "30s", "high")
    assert counts(sweep_at(site, seconds=240)) == (1, 0, 0)
    later = site.open()
    assert counts(sweep_at(site, seconds=240)) == (0, 1, 0)
    assert site.rung(later) == []
    case = site.do(case, "file")
    assert counts(sweep_at(site, seconds=29)) == (0, 0, 0)
    sweep_at(site, seconds=1)
    assert site.rung(case)[-1] == ("dispatch", 50)
    assert alarm_of(site, case).severity is Severity.HIGH
    with site.store.uows.read() as uow:
        stored, events = uow.cases.get(case.id), uow.events.of_case(case.id)
    told = replay.case(events)
    assert stored is not None
    assert told is not None
    assert told.deadlines == stored.deadlines
    assert any(clock.marks for clock in stored.deadlines)


def test_the_class_of_the_condition_counts_once_it_is_filed(site: Site) -> None:
    put(site, "dispatch", "warn", "10%", "low", "event:09006")
    case = site.open(category="event:09006")
    case = site.do(case, "file")
    assert counts(sweep_at(site, seconds=6)) == (1, 0, 0)
    assert site.rung(case) == [("dispatch", 10)]


def test_what_is_set_is_listed_and_its_default_gone(site: Site) -> None:
    put(site, "decision", "warn", "50%")
    rows = site.services.thresholds.rows(DUTY)
    assert len(rows) == 12
    (mine,) = [row for row in rows if row.version]
    assert (mine.at, mine.severity, mine.set_by) == ("50%", Severity.MEDIUM, "admin")
    put(site, "decision", "warn", "50%")
    put(site, "decision", "warn", "60%", valid_from=site.clock.at + timedelta(days=1))
    assert [row.at for row in site.services.thresholds.rows(DUTY) if row.version] == ["50%"]
    assert len(site.services.thresholds.rows(DUTY, versions=True)) == 14
    site.clock.on(days=1)
    assert [row.at for row in site.services.thresholds.rows(DUTY) if row.version] == ["60%"]


def test_only_who_may_sets_them(site: Site) -> None:
    wish = ThresholdWish("decision", "warn", "50%")
    for actor in (DUTY, LEADER, KIOSK):
        with refused("forbidden"):
            site.services.thresholds.put(actor, wish)
    assert not any(row.version for row in site.services.thresholds.rows(DUTY))
    with refused("forbidden"):
        site.services.alarm_tables.put_priority(LEADER, "camera.lost", "high")
    with refused("forbidden"):
        site.services.alarm_tables.begin_maintenance(DUTY, "camera", "a", "x", site.clock.on(hours=1))


@pytest.mark.parametrize(
    ("wish", "detail"),
    [
        (ThresholdWish("lunch", "warn", "50%"), "threshold_clock"),
        (ThresholdWish("total", "warn", "50%"), "threshold_clock"),
        (ThresholdWish("decision", "warn", "half"), "threshold_at"),
        (ThresholdWish("decision", "warn", "9" * 400), "threshold_at"),
        (ThresholdWish("decision", "warn", "50%", "🚨"), "threshold_severity"),
        (ThresholdWish("decision", "warn", "50%", category="event:77777"), "threshold_category"),
        (ThresholdWish("decision", "warn", "50%", category="' OR 1=1"), "threshold_category"),
        (ThresholdWish("decision", "warn", "50%", community="atlantis" * 90), "threshold_community"),
        (ThresholdWish("decision", "warn", "50%", hours="25-7"), "threshold_hours"),
    ],
)
def test_nonsense_is_refused(site: Site, wish: ThresholdWish, detail: str) -> None:
    with refused("bad_value", detail):
        site.services.thresholds.put(ADMIN, wish)
    assert not any(row.version for row in site.services.thresholds.rows(DUTY))


def test_nothing_begins_in_the_past(site: Site) -> None:
    with refused("bad_value", "threshold_past"):
        put(site, "decision", "warn", "50%", valid_from=site.clock.at - timedelta(hours=1))
    assert not any(row.version for row in site.services.thresholds.rows(DUTY))


def test_a_table_goes_in_row_by_row(site: Site, tmp_path: Path) -> None:
    file = table(
        tmp_path,
        "decision,warn,50%,低,event:09006,,,",
        "decision,due,80%,,,,,",
        "dispatch,warn,20s,高,,yatai,22-6,2027-01-01",
        "arrival,more,200%,,,,,someday",
        "decision,warn,50%,低,event:09006,,,",
    )
    dry = site.services.thresholds.import_table(ADMIN, file, dry_run=True)
    assert [row.action for row in dry.rows] == ["added", "refused", "added", "refused", "refused"]
    assert all(row.version == 0 for row in site.services.thresholds.rows(ADMIN))
    assert not site.services.thresholds.import_table(ADMIN, file).ok
    rows = [row for row in site.services.thresholds.rows(ADMIN, versions=True) if row.version]
    assert [(row.clock, row.at, row.hours) for row in rows] == [
        (DeadlineKind.DECISION, "50%", ""),
        (DeadlineKind.DISPATCH, "20s", "22-6"),
    ]
    assert rows[1].valid_from.isoformat() == "2026-12-31T16:00:00+00:00"
    again = site.services.thresholds.import_table(ADMIN, file)
    assert [row.action for row in again.rows][:3] == ["unchanged", "refused", "unchanged"]


def test_priorities_keep_what_is_not_given(site: Site) -> None:
    tables = site.services.alarm_tables
    tables.put_priority(ADMIN, "camera.lost", "高", on_s=45)
    row = tables.put_priority(ADMIN, " Camera.lost ", flaps=0)
    assert (row.severity, row.on_s, row.off_s, row.flaps, row.folds) == (Severity.HIGH, 45, 30, 0, True)
    tables.put_priority(ADMIN, "system.fan", "low", on_s=5)
    tables.put_folding(ADMIN, members=9)
    found = tables.priorities(DUTY)
    assert found.folding == Folding(9, 60)
    assert len(found.rows) == len(DEFAULTS) + 1
    assert {row.name: row.on_s for row in found.rows if row.name in ("system.fan", "camera.lost")} == {
        "system.fan": 5,
        "camera.lost": 45,
    }
    for bad in ("lost", "camera.", "camera.Lost me", "case.decision", "x" * 500):
        with refused("bad_value", "priority_name"):
            tables.put_priority(ADMIN, bad, "low")
    with refused("bad_value", "setting"):
        tables.put_priority(ADMIN, "camera.lost", on_s=99_999_999)
    with refused("bad_value", "threshold_severity"):
        tables.put_priority(ADMIN, "camera.lost", "loud")


def test_maintenance_always_has_an_end_and_a_reason(site: Site) -> None:
    tables, now = site.services.alarm_tables, site.clock.at
    hour = now + timedelta(hours=1)
    for reason in ("", "  ", "长" * 400):
        with refused("missing_reason"):
            tables.begin_maintenance(LEADER, "camera", "a", reason, hour)
    for end in (now, now - timedelta(1), now + timedelta(days=32)):
        with refused("bad_value", "maintenance_end"):
            tables.begin_maintenance(LEADER, "camera", "a", "x", end)
    with refused("bad_value", "priority_name"):
        tables.begin_maintenance(LEADER, "case", "a", "x", hour)
    with refused("bad_value", "maintenance_source"):
        tables.begin_maintenance(LEADER, "camera", " ", "x", hour)
    row = tables.begin_maintenance(LEADER, "segment", "SW-1", "换光缆", hour)
    assert (row.kind, row.by, row.start) == (SourceKind.NETWORK, "leader01", now)
    assert tables.maintenance(DUTY) == (row,)
    site.clock.on(hours=2)
    assert tables.maintenance(DUTY) == ()
    assert tables.maintenance(DUTY, past=True) == (row,)
    with refused("bad_value", "maintenance_number"):
        tables.end_maintenance(LEADER, row.number)


@pytest.mark.logs("cannot be read")
def test_settings_nobody_can_read_count_as_not_set(site: Site) -> None:
    for text in ("{", "[]", '{"rows": [{"kind": "camera"}], "folding": {"members": "x"}}'):
        with site.services.uows.write() as uow:
            uow.settings.put(alarm_rules.PRIORITIES, text)
            uow.settings.put(alarm_rules.MAINTENANCE, text)
            rules = alarm_rules.load(uow)
        assert rules.maintenance == ()
        assert rules.table.folding == Folding()
        assert len(rules.table.rows()) == len(DEFAULTS)
