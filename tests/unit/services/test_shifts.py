"""A shift from its opening to its two signatures, and what nobody can do to it after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, User
from console.domain.shift_log import Conditions, ShiftLog, Stage
from console.domain.shifts import ShiftKind
from console.domain.vocabulary import AlarmState, Role
from console.services import shift_items
from console.services.shift_roster import Duty
from console.services.shifts import EntryWish
from db import admin
from tests.db.building import case as case_of
from tests.db.building import clock
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site

#: 08:15:02 of the site's clock: the morning shift of that Wednesday.
MORNING_ID, MIDDLE_ID = "20260805-morning", "20260805-middle"
SEAT = Actor(DUTY.name, Role.DUTY, seat="WS-1")
COMING, PASSWORD = "zhao.lei", "comes at four"
SUPERVISOR = Actor("sun", Role.SUPERVISOR)


def person(site: Site, name: str = COMING, role: Role = Role.DUTY) -> None:
    """Somebody with a password of their own."""
    site.services.people.add(ADMIN, User(name, name, name, role), PASSWORD, change_first=False)


def opened(site: Site) -> ShiftLog:
    return site.services.shifts.desk.open(SEAT)


def wrote(site: Site, words: str = "巡查无异常", kind: str = "note", **more: object) -> ShiftLog:
    return site.services.shifts.desk.write(SEAT, EntryWish(kind, words, **more))  # type: ignore[arg-type]


def refused(call: object, *given: object, **named: object) -> tuple[str, str]:
    with pytest.raises(Refusal) as said:
        call(*given, **named)  # type: ignore[operator]
    return said.value.code, said.value.detail


def handed(site: Site) -> tuple[ShiftLog, ShiftLog | None]:
    """Sign off, take over, look at all red items, sign on."""
    hand = site.services.shifts.hand_over
    hand.sign_off(SEAT, MORNING_ID, "对讲机 2 号电量低", "库房钥匙一把")
    hand.take(SEAT, MORNING_ID, COMING, PASSWORD)
    for item in site.services.shifts.reading.view(SEAT, MORNING_ID).unseen:
        hand.look(SEAT, MORNING_ID, item.key)
    return hand.sign_on(SEAT, MORNING_ID, COMING, PASSWORD)


def test_a_shift_finds_what_is_open_and_who_sits_there(each_site: Site) -> None:
    site = each_site
    roster = site.services.shifts.roster
    roster.put(LEADER, "20260805", "morning", Duty("周主任", "leader01", ("officer01",)))
    late, fresh = site.open(), site.open()
    site.clock.on(minutes=6)
    log = opened(site)
    assert (log.id, log.kind, log.stage) == (MORNING_ID, "morning", Stage.OPEN)
    assert (log.leader, log.chief, log.officers) == ("周主任", "leader01", ("officer01",))
    assert log.stock["overdue"]["n"] == 2
    assert sorted(log.stock["overdue"]["cases"]) == sorted([late.id, fresh.id])
    assert [(one.who, one.seat) for one in log.seats] == [(DUTY.name, "WS-1")]
    assert refused(site.services.shifts.desk.open, LEADER) == ("conflict", "shift_opened")
    assert refused(site.services.shifts.desk.open, KIOSK) == ("forbidden", "role")
    assert refused(site.services.shifts.desk.open, LEADER, MIDDLE_ID) == ("bad_value", "shift_time")
    desk, other = site.services.shifts.desk, Actor("leader01", Role.LEADER, seat="WS-1")
    assert [desk.sit(SEAT), desk.sit(other), desk.sit(other), desk.sit(SUPERVISOR)] == [
        False,
        True,
        False,
        False,
    ]
    seats = site.services.shifts.reading.view(SUPERVISOR).log.seats
    assert [(one.who, one.left is not None) for one in seats] == [(DUTY.name, True), ("leader01", False)]


def test_the_log_is_only_added_to_and_what_is_open_goes_on(each_site: Site) -> None:
    site = each_site
    person(site)
    opened(site)
    wrote(site, "区里电话：检查防汛物资", "order", due=site.clock.now() + timedelta(hours=1), owner="li.na")
    log = wrote(site, "群众来电反映积水", "phone", fields={"unit": "中烟社区", "result": "已派巡防队"})
    assert [(one.n, one.kind, one.open) for one in log.entries] == [(1, "order", True), (2, "phone", False)]
    log = site.services.shifts.desk.follow(SEAT, "1", "物资清点 80%")
    assert log.entries[0].follows[0].text == "物资清点 80%"
    assert log.entries[0].open
    assert refused(site.services.shifts.desk.follow, SEAT, "9", "没有这条") == ("bad_value", "shift_line")
    assert refused(wrote, site, " ") == ("missing_reason", "shift_words")
    assert refused(wrote, site, "好" * 10_000) == ("bad_value", "too_long")
    assert refused(wrote, site, "x", "letter") == ("bad_value", "shift_entry")
    assert refused(wrote, site, "x", "phone", fields={"colour": "red"}) == ("bad_value", "shift_field")
    assert refused(site.services.shifts.desk.write, KIOSK, EntryWish("note", "x")) == ("forbidden", "role")
    site.clock.on(hours=2)
    view = site.services.shifts.reading.view(SEAT)
    assert [(one.key, one.red) for one in view.items] == [(f"entry:{MORNING_ID}/1", True)]
    _, after = handed(site)
    assert after is not None
    assert [(one.key, one.text) for one in after.open_entries] == [
        (f"{MORNING_ID}/1", "区里电话：检查防汛物资")
    ]
    coming = Actor(COMING, Role.DUTY)
    done = site.services.shifts.desk.follow(coming, f"{MORNING_ID}/1", "已清点完", True)
    assert (done.id, done.open_entries) == (MIDDLE_ID, ())


def test_a_caller_is_kept_sealed_and_who_looked_is_in_the_chain(each_site: Site) -> None:
    site = each_site
    opened(site)
    log = wrote(site, "反映路灯不亮", "phone", caller="王大伟", phone="１３８0000 1234")
    (entry,) = log.entries
    assert entry.person
    with site.store.uows.read() as uow:
        said = str([event.data for event in uow.events.since(0)])
        row = uow.shifts.person(entry.person)
    assert row is not None
    assert "王大伟" not in said + row.name_sealed
    assert site.services.shifts.desk.caller(LEADER, entry.person) == ("王大伟", "1380000 1234")
    assert refused(site.services.shifts.desk.caller, KIOSK, entry.person) == ("forbidden", "role")


def test_nobody_signs_for_what_he_has_not_opened_nor_alone(each_site: Site) -> None:
    site = each_site
    person(site)
    opened(site)
    case = site.open()
    site.services.alarms.sweep(site.clock.on(minutes=6))
    (alarm,) = site.services.alarms.list(DUTY, active=True).rows
    site.services.alarms.acknowledge(DUTY, alarm.id, 3)
    hand = site.services.shifts.hand_over
    sign = (hand.sign_on, SEAT, MORNING_ID, COMING, PASSWORD)
    assert refused(*sign) == ("conflict", "shift_not_offered")
    hand.sign_off(SEAT, MORNING_ID)
    assert refused(hand.sign_off, SEAT, MORNING_ID) == ("conflict", "shift_offered")
    assert refused(hand.take, SEAT, MORNING_ID) == ("needs_second_person", "shift")
    assert refused(hand.take, SEAT, MORNING_ID, COMING, "guessed it")[0] == "auth_failed"
    assert refused(hand.look, SEAT, MORNING_ID, f"case:{case.id}") == ("conflict", "shift_taking")
    assert refused(*sign) == ("conflict", "shift_taking")
    hand.take(SEAT, MORNING_ID, COMING, PASSWORD)
    assert refused(*sign) == ("conflict", "shift_unseen")
    wrote(site, "刚接到电话")
    assert refused(*sign) == ("conflict", "shift_not_offered"), "one line more and the signature falls"
    hand.sign_off(SEAT, MORNING_ID)
    hand.look(SEAT, MORNING_ID, f"case:{case.id}")
    log, after = hand.sign_on(SEAT, MORNING_ID, COMING, PASSWORD, "对讲机缺一台")
    assert (log.stage, log.on and log.on.who, log.on and log.on.objection) == (
        Stage.HANDED,
        COMING,
        "对讲机缺一台",
    )
    assert after is not None
    assert (after.id, after.opened_by) == (MIDDLE_ID, COMING)
    (alarm,) = site.services.alarms.list(DUTY, active=True).rows
    assert (alarm.state, alarm.acked_by) == (AlarmState.RAISED, ""), "rings again for those who come"
    view = site.services.shifts.reading.view(DUTY, MORNING_ID)
    assert [one.case for one in view.items] == [case.id]
    assert refused(wrote_into, site, MORNING_ID) == ("conflict", "shift_frozen")
    added = hand.addendum(SEAT, MORNING_ID, "对讲机已找到")
    assert [one.text for one in added.addenda] == ["对讲机已找到"]
    assert admin.check(site.url)["ok"]


def wrote_into(site: Site, shift_id: str) -> ShiftLog:
    return site.services.shifts.desk.write(SEAT, EntryWish("note", "补一句"), shift_id)


def test_weather_and_level_stand_in_every_header_and_go_on_to_the_next_shift(each_site: Site) -> None:
    site = each_site
    person(site)
    opened(site)
    wish = Conditions("大雨 24 ℃", "rain", "yellow", "IV", "郑防汛〔2026〕12号")
    site.services.shifts.desk.set_conditions(SEAT, wish)
    shown = site.services.shifts.reading.duty(KIOSK)
    assert (shown.conditions.level, shown.conditions.by, shown.row and shown.row.id) == (
        "IV",
        DUTY.name,
        MORNING_ID,
    )
    half = Conditions(signal="rain")
    assert refused(site.services.shifts.desk.set_conditions, SEAT, half) == ("bad_value", "shift_signal")
    _, after = handed(site)
    assert after is not None
    assert (after.weather.weather, after.weather.colour) == ("大雨 24 ℃", "yellow")


def test_a_late_hand_over_rings_and_is_listed(site: Site) -> None:
    person(site)
    opened(site)
    site.clock.at = datetime(2026, 8, 5, 8, 14, tzinfo=UTC)
    assert not site.services.supervision.conditions(site.clock.now())
    site.clock.on(minutes=1)
    (late,) = site.services.supervision.conditions(site.clock.now())
    assert (late.code, late.id) == ("handover_late", MORNING_ID)
    site.clock.on(hours=1)
    after = site.services.shifts.desk.open(LEADER)
    assert after.id == MIDDLE_ID, "nobody came: the next one can be opened all the same"
    listed = site.services.shifts.reading.list(SUPERVISOR)
    assert ([row.id for row in listed.rows], listed.late) == ([MIDDLE_ID, MORNING_ID], {MORNING_ID})
    handed_log, nothing = handed(site)
    assert nothing is None
    assert handed_log.on is not None
    assert handed_log.on.offset_s == 75 * 60
    assert not site.services.supervision.conditions(site.clock.now())


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("UPDATE event SET data = replace(data, '无异常', '有异常') WHERE action = 'shift'", 1),
        ("UPDATE shift SET on_by = 'somebody' WHERE id = '20260805-morning'", -1),
        (
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event WHERE case_id = 'S20260805-morning')",
            -1,
        ),
    ],
)
def test_a_log_edited_by_another_tool_is_found_and_shown(site: Site, statement: str, shown: int) -> None:
    person(site)
    opened(site)
    wrote(site, "巡查无异常")
    handed(site)
    reading = site.services.shifts.reading
    assert reading.view(SEAT, MORNING_ID).broken == 0
    before = admin.check(site.url)
    assert (before["ok"], before["bad_shifts"]) == (True, [])
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{site.url}")
    with engine.begin() as connection:
        for name in ("event_no_update", "event_no_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))
    engine.dispose()
    found = admin.check(site.url)
    assert not found["ok"]
    assert found["bad_shifts"] == [MORNING_ID]
    assert (reading.view(SEAT, MORNING_ID).broken > 0) == (shown > 0)
    assert reading.view(SEAT, MORNING_ID).broken != 0


def test_two_who_plan_at_once_do_not_overwrite_each_other(site: Site) -> None:
    roster = site.services.shifts.roster
    made = roster.put(LEADER, "20260805", "morning", Duty("周主任"), 0)
    assert refused(roster.put, ADMIN, "20260805", "night", Duty("钱主任"), 0) == ("conflict", "roster")
    roster.put(ADMIN, "20260805", "night", Duty("钱主任"), made.version)
    copied = roster.copy_week(LEADER, "20260812")
    assert copied.duties["20260812", "night"].leader == "钱主任"
    assert refused(roster.put, DUTY, "20260805", "night", Duty("我")) == ("forbidden", "role")
    assert refused(roster.put, LEADER, "20261305", "night", Duty("我")) == ("bad_value", "roster_day")
    assert refused(roster.put, LEADER, "20260805", "noon", Duty("我")) == ("unknown_shift", "name")


def test_another_plan_of_shifts_holds_from_now_on_and_opened_ones_keep_theirs(site: Site) -> None:
    before = opened(site)
    roster = site.services.shifts.roster
    day = ShiftKind("day", "白班", "Day", time(8), time(20))
    late = ShiftKind("late", "夜班", "Late", time(20), time(8))
    assert refused(roster.set_plan, DUTY, [day, late]) == ("forbidden", "role")
    assert refused(roster.set_plan, ADMIN, [day]) == ("bad_value", "shift_plan")
    roster.set_plan(ADMIN, [late, day])
    duty = site.services.shifts.reading.duty(KIOSK)
    assert (duty.span.id, duty.row and duty.row.id) == ("20260805-day", MORNING_ID)
    assert site.services.shifts.reading.view(DUTY).log.end == before.end
    assert site.services.kpi.figures(LEADER, by="shift").rows == ()
    case = site.open()
    site.do(case, "file")
    assert [row.key for row in site.services.kpi.figures(LEADER, by="shift").rows] == ["20260805-day"]


def test_callers_are_erased_after_the_sites_retention(each_site: Site) -> None:
    site = each_site
    opened(site)
    (entry,) = wrote(site, "反映路灯不亮", "phone", caller="王大伟").entries
    site.clock.on(days=1094)
    assert site.services.persons.expire(ADMIN) == 0
    site.clock.on(days=2)
    assert site.services.persons.expire(ADMIN) == 1
    with site.store.uows.read() as uow:
        assert uow.shifts.person(entry.person) is None
    assert refused(site.services.shifts.desk.caller, LEADER, entry.person)[0] == "unknown_person"
    assert site.services.shifts.reading.view(DUTY, MORNING_ID).broken == 0


def test_of_very_many_cases_the_most_urgent_are_handed_over_one_by_one() -> None:
    now = datetime(2026, 8, 5, tzinfo=UTC)
    late = [_case(n, now - timedelta(minutes=n)) for n in range(1, 400)]
    fresh = [_case(n, now + timedelta(minutes=n)) for n in range(400, 900)]
    found = shift_items.items([*fresh, *late], (), (), now)
    assert len(found) == shift_items.MOST_ITEMS
    assert [one.red for one in found] == [True] * 399 + [False] * 101
    assert found[0].case == late[-1].id
    assert found[399].case == fresh[0].id


def _case(number: int, due: datetime) -> Case:
    running = replace(clock(), due_at=due, warn_at=due)
    return replace(case_of(), id=f"20260805-{number:04d}", deadlines=(running,))
