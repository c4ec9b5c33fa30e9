"""Reference data, cameras, people, settings: what goes in comes out, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import db
from console.domain.errors import Refusal
from console.domain.model import Approval, Camera, Category, CategoryKey, GradeLimit, Place, Team, User
from console.domain.vocabulary import Action, Role, Unit
from console.services.ports import PersonRow
from tests.db.building import NOW, TRADING, case
from tests.unit.domain.build import STALL

TRADE = Category(TRADING, "04-06", "市容环境", "Appearance", "占道经营", "Trading on road", "注")
CONDITION = replace(STALL, valid_from=NOW)
GRADES = (GradeLimit("A", 1, Unit.URGENT_HOUR), GradeLimit("C", 1, Unit.WORK_DAY))
CAMERA = Camera(
    "cam-07",
    "东关街口",
    "rtsp://10.0.0.7/1",
    username="op",
    secret="gAAAA",
    lon=108.3,
    groups=("road", "school"),
    masks=(((0, 0), (2500, 0), (2500, 4000)),),
)
LI = User("li.na", "李娜", "Li Na", Role.DUTY, "$argon2id$x", "patrol")


def test_the_catalogue(store: db.Store) -> None:
    hole = Category(
        CategoryKey("GB/T 47678.5-2026", "component", "01001"), "", "公用", "Utilities", "井盖", "Cover"
    )
    with store.uows.write() as unit:
        assert unit.reference.put_categories([TRADE, hole]) == 2
        assert unit.reference.put_categories([TRADE, replace(hole, note="新")]) == 1
        unit.commit()
    with store.uows.read() as unit:
        assert unit.reference.categories() == (replace(hole, note="新"), TRADE)


def test_a_version_of_a_condition_is_never_changed(store: db.Store) -> None:
    second = replace(CONDITION, version=2, limit_value=4, not_to_file_en="Permitted stalls")
    second = replace(second, grade_limits=GRADES)
    with store.uows.write() as unit:
        assert unit.reference.put_conditions([CONDITION, replace(CONDITION, condition_id="E09006-2")]) == 2
        assert unit.reference.put_conditions([replace(CONDITION, limit_value=9), second]) == 1
        assert unit.reference.put_conditions([]) == 0
        unit.commit()
    with store.uows.read() as unit:
        assert unit.reference.condition("E09006-1") == second
        assert unit.reference.condition("E09006-1", 1) == CONDITION
        assert unit.reference.condition("E09006-9") is None
        assert unit.reference.conditions() == (second, replace(CONDITION, condition_id="E09006-2"))
    with store.uows.write() as unit:
        unit.reference.put_conditions([replace(second, version=3, active=False)])
        unit.commit()
    with store.uows.read() as unit:
        assert [row.condition_id for row in unit.reference.conditions()] == ["E09006-2"]
        assert len(unit.reference.conditions(active=False)) == 2


def test_teams_places_calendar_promises(store: db.Store) -> None:
    team = Team("patrol", "巡消队", "Patrol", True, ("dongguan",), ("event:09006",), "王", "110")
    place = Place(
        "road", "r1", "东关街", "East Gate St", "dongguan", 108.3, 22.8, "LINESTRING(0 0, 1 1)", "B"
    )
    holiday = {
        "type": "holiday",
        "from": "2026-10-01",
        "to": "2026-10-07",
        "start": "",
        "end": "",
        "name": "国庆",
    }
    promise = {"kind": "decision", "value": 5, "unit": "urgent_minute", "version": "1", "valid_from": NOW}
    night = promise | {"community": "xiguan", "hours": ["22:00", "06:00"], "value": 10}
    with store.uows.write() as unit:
        assert unit.reference.put_teams([team]) == 1
        assert unit.reference.put_teams([team]) == 0
        assert unit.reference.put_places([place, replace(place, kind="shop")]) == 2
        assert unit.reference.put_calendar_rows([holiday, holiday]) == 1
        assert unit.reference.put_calendar_rows([holiday]) == 0
        assert unit.reference.put_promises([promise, night]) == 2
        assert unit.reference.put_promises([promise | {"value": 99}]) == 0
        unit.commit()
    with store.uows.read() as unit:
        assert unit.reference.teams() == (team,)
        assert unit.reference.places("road") == (place,)
        assert unit.reference.place("road", "r1") == place
        assert unit.reference.place("grid", "r1") is None
        assert len(unit.reference.places()) == 2
        assert unit.reference.calendar_rows() == (holiday,)
        assert unit.reference.promises() == (promise, night)


def test_cameras_count_their_versions(store: db.Store) -> None:
    with store.uows.write() as unit:
        assert unit.cameras.put([CAMERA, replace(CAMERA, id="cam-08")]) == 2
        assert unit.cameras.put([CAMERA]) == 0
        assert unit.cameras.put([replace(CAMERA, enabled=False, version=77)]) == 1
        unit.commit()
    with store.uows.read() as unit:
        assert unit.cameras.get("cam-07") == replace(CAMERA, enabled=False, version=2)
        assert unit.cameras.get("cam-99") is None
        assert [camera.id for camera in unit.cameras.all()] == ["cam-07", "cam-08"]
    with store.uows.write() as unit:
        assert unit.cameras.save(replace(CAMERA, note="n"), 2).version == 3
        unit.commit()
    with pytest.raises(Refusal, match="conflict"), store.uows.write() as unit:
        unit.cameras.save(replace(CAMERA, note="m"), 2)


def test_accounts(store: db.Store) -> None:
    with store.uows.write() as unit:
        unit.users.put(LI)
        unit.users.put(LI)
        unit.users.put(replace(LI, disabled=True))
        unit.commit()
    with store.uows.read() as unit:
        assert unit.users.get("li.na") == replace(LI, disabled=True, version=2)
        assert unit.users.get("nobody") is None
        assert unit.users.all() == (replace(LI, disabled=True, version=2),)


def test_an_approval_is_answered_once(store: db.Store) -> None:
    asked = Approval(
        0, "20260805-0001", Action.VOID, "li.na", NOW, "误报", {"reason": "误报", "teams": ["a"]}
    )
    with store.uows.write() as unit:
        one, two = unit.users.ask(asked), unit.users.ask(replace(asked, case="20260805-0002"))
        unit.commit()
    assert one.id != two.id
    answered = replace(one, state="approved", answered_by="wang", answered_at=NOW)
    with store.uows.write() as unit:
        assert unit.users.waiting() == (one, two)
        assert unit.users.waiting("20260805-0002") == (two,)
        unit.users.answer(answered)
        unit.commit()
    with store.uows.read() as unit:
        assert unit.users.approval(one.id) == answered
        assert unit.users.waiting() == (two,)
    with pytest.raises(Refusal, match="conflict"), store.uows.write() as unit:
        unit.users.answer(replace(answered, state="denied"))


def test_reporters_are_found_by_key_and_erased(store: db.Store) -> None:
    with store.uows.write() as unit:
        made = unit.cases.add(case(), "20260805")
        row = PersonRow("p1", made.id, "sealed name", "sealed phone", "key-n", "key-p", NOW)
        unit.persons.add(row)
        unit.commit()
    with store.uows.write() as unit:
        assert unit.persons.get("p1") == row
        assert unit.persons.with_key("key-p") == unit.persons.with_key("key-n") == (row,)
        assert unit.persons.older_than(NOW) == ()
        assert unit.persons.older_than(NOW + timedelta(seconds=1)) == (row,)
        assert unit.persons.erase(["p1", "p2"]) == 1
        unit.commit()
    with store.uows.read() as unit:
        assert unit.persons.get("p1") is None


def test_settings(store: db.Store) -> None:
    with store.uows.write() as unit:
        assert unit.settings.get("arrival_origin", "filed") == "filed"
        unit.settings.put("arrival_origin", "dispatched")
        unit.settings.put("arrival_origin", "filed")
        unit.settings.put("区", "值")
        unit.commit()
    with store.uows.read() as unit:
        assert unit.settings.all() == {"arrival_origin": "filed", "区": "值"}


def test_a_reading_unit_does_not_write(store: db.Store) -> None:
    with store.uows.read() as unit:
        with pytest.raises(RuntimeError, match="only reads"):
            unit.settings.put("a", "b")
        with pytest.raises(RuntimeError, match="only reads"):
            unit.touch("case")
        with pytest.raises(Refusal, match="db_readonly"):
            unit.settings._db.exec_driver_sql("DELETE FROM setting")


def test_a_unit_is_over_after_its_commit(store: db.Store) -> None:
    with store.uows.write() as unit:
        unit.settings.put("a", "b")
        unit.commit()
        with pytest.raises(RuntimeError, match="finished"):
            unit.commit()
    with store.uows.write() as unit:
        unit.settings.put("a", "c")
    with store.uows.read() as unit:
        assert unit.settings.get("a") == "b"


def test_a_reading_unit_sees_one_snapshot(store: db.Store) -> None:
    with store.uows.read() as reader:
        assert reader.settings.get("a") == ""
        with store.uows.write() as unit:
            unit.settings.put("a", "b")
            unit.commit()
        assert reader.settings.get("a") == ""
    with store.uows.read() as reader:
        assert reader.settings.get("a") == "b"
