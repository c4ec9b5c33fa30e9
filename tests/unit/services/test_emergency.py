"""Emergencies are reported upward in time: reminded, rung for, recorded, over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console import source_words
from console.domain import emergency
from console.domain.errors import Refusal
from console.domain.model import Actor, Case
from console.domain.vocabulary import AlarmState, Severity, State
from console.services import site_settings
from console.services.emergency import UpReport, conditions_of, set_conditions
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site

GAS = "L05002-1"


def leak(site: Site) -> Case:
    """A gas leak, filed a minute after it was found."""
    case = site.open(condition=GAS)
    site.clock.on(minutes=1)
    return site.do(case, "file", condition=GAS)


def stored(site: Site, case: Case) -> Case | None:
    with site.store.uows.read() as uow:
        return uow.cases.get(case.id)


def codes(site: Site) -> list[str]:
    return [one.code for one in site.services.emergencies.conditions(site.clock.now())]


def report(site: Site, case: Case, kind: str, actor: Actor = DUTY, **more: object) -> object:
    return site.services.emergencies.report(actor, UpReport(actor, case.id, kind, **more))  # type: ignore[arg-type]


def test_the_clocks_run_from_when_it_was_known_and_end_with_the_report(each_site: Site) -> None:
    site = each_site
    begun = site.clock.now()
    case = leak(site)
    site.open(category="event:09006")
    (one,) = site.services.emergencies.owed(DUTY)
    assert one.case.id == case.id
    assert [timer.due_at - begun for timer in one.timers] == [timedelta(minutes=20), timedelta(minutes=40)]
    said = {}
    for minute in (15.9, 16, 19.9, 20, 31.9, 32, 40):
        site.clock.at = begun + timedelta(minutes=minute)
        said[minute] = codes(site)
    first, late = "first_report_due", "first_report_overdue"
    assert said == {
        15.9: [], 16: [first], 19.9: [first], 20: [late], 31.9: [late],
        32: [late, "written_report_due"], 40: [late, "written_report_overdue"],
    }  # fmt: skip
    before = stored(site, case)
    report(site, case, "phone", to="区值班室")
    assert codes(site) == ["written_report_overdue"]
    report(site, case, "written")
    assert codes(site) == []
    assert site.events(case)[-2:] == ["up-report", "up-report"]
    assert stored(site, case) == before, "nothing of the case changes by it"


def test_before_it_is_filed_its_class_is_enough_afterwards_the_condition_decides(site: Site) -> None:
    case = site.open(category="event:05002")
    assert [one.case.id for one in site.services.emergencies.owed(DUTY)] == [case.id]
    set_conditions(site.services.uows, site.clock, ADMIN, ["L05006-1"])
    assert site.services.emergencies.owed(DUTY) == ()
    flooded = site.do(site.open(condition="L05006-1"), "file", condition="L05006-1")
    assert [one.case.id for one in site.services.emergencies.owed(DUTY)] == [flooded.id]


def test_a_written_report_stands_for_the_telephone_and_an_old_or_rejected_case_for_nothing(
    site: Site,
) -> None:
    first, second = leak(site), leak(site)
    third = site.open(condition=GAS)
    report(site, first, "written")
    assert site.do(third, "reject", reason="误报").state is State.REJECTED
    site.clock.on(minutes=25)
    assert codes(site) == ["first_report_overdue"]
    assert site.services.emergencies.conditions(site.clock.now())[0].id == second.id
    site.clock.on(hours=25)
    assert site.services.emergencies.owed(DUTY) == ()
    assert codes(site) == []


def test_who_may_and_when(site: Site) -> None:
    case = leak(site)
    size = site.size()
    with pytest.raises(Refusal, match="forbidden"):
        report(site, case, "phone", KIOSK)
    with pytest.raises(Refusal, match="forbidden"):
        report(site, case, "phone", DUTY, at=site.clock.now())
    with pytest.raises(Refusal, match="bad_value"):
        report(site, case, "pigeon")
    with pytest.raises(Refusal, match="time_future"):
        report(site, case, "phone", LEADER, at=site.clock.now() + timedelta(seconds=1))
    with pytest.raises(Refusal, match="time_order"):
        report(site, case, "phone", LEADER, at=site.clock.now() - timedelta(minutes=2))
    with pytest.raises(Refusal, match="unknown_case"):
        site.services.emergencies.report(DUTY, UpReport(DUTY, "20200101-0001", "phone"))
    with pytest.raises(Refusal, match="bad_value"):
        report(site, case, "phone", to="x" * 61)
    assert site.size() == size


def test_the_site_chooses_conditions_and_minutes(site: Site) -> None:
    case = leak(site)
    site_settings.put(site.services.uows, site.clock, ADMIN, "emergency.phone_min", "5")
    site_settings.put(site.services.uows, site.clock, ADMIN, "emergency.written_min", "0")
    (one,) = site.services.emergencies.owed(DUTY)
    assert [(timer.kind, timer.due_at - timer.start_at) for timer in one.timers] == [
        ("phone", timedelta(minutes=5))
    ]
    with pytest.raises(Refusal, match="forbidden"):
        set_conditions(site.services.uows, site.clock, DUTY, [GAS])
    with pytest.raises(Refusal, match="unknown_condition"):
        set_conditions(site.services.uows, site.clock, ADMIN, ["X1"])
    assert set_conditions(site.services.uows, site.clock, ADMIN, ["l05006-1", "L05006-1"]) == ("L05006-1",)
    assert site.services.emergencies.owed(DUTY) == ()
    assert set_conditions(site.services.uows, site.clock, ADMIN, []) == ()
    with site.services.uows.read() as uow:
        assert conditions_of(uow) == ()
    set_conditions(site.services.uows, site.clock, ADMIN, list(emergency.CONDITIONS))
    assert [one.case.id for one in site.services.emergencies.owed(DUTY)] == [case.id]


def test_it_rings_louder_when_it_is_overdue_and_returns_when_it_was_reported(site: Site) -> None:
    case = leak(site)
    door, owed = site.services.alarm_sources, site.services.emergencies

    def tell(**span: float) -> tuple[str, Severity, AlarmState]:
        now = site.clock.on(**span)
        door.present("emergency", owed.conditions(now), now)
        with site.services.uows.read() as uow:
            (alarm,) = uow.alarms.find(limit=10).rows
        assert alarm.source_id == case.id
        return source_words.said("en", alarm), alarm.severity, alarm.state

    due = "by 08:35"
    assert tell(minutes=16) == (f"Telephone report nearly due, {due}", Severity.MEDIUM, AlarmState.RAISED)
    assert tell(minutes=4)[:2] == ("Telephone report overdue since 08:35", Severity.HIGH)
    report(site, case, "written")
    assert tell(seconds=1)[2] is AlarmState.RETURNED
