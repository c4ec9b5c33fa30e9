"""How cases came in, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

import db
from console.domain.errors import Refusal
from console.services.intake_records import IntakeRow, UsedPlace
from tests.db.building import NOW, case


def test_an_outside_number_belongs_to_one_case(store: db.Store) -> None:
    with store.uows.write() as unit:
        one, two = unit.cases.add_all([case(), case()], "20260805")
        first = IntakeRow(one.id, "a" * 64, "A-1", "E09006-1", "wanted")
        unit.intake.put(first)
        unit.intake.put(IntakeRow(two.id))
        unit.commit()
    with store.uows.write() as unit:
        with pytest.raises(Refusal, match="imported"):
            unit.intake.put(IntakeRow(two.id, "a" * 64, "A-1"))
        done = replace(first, callback="reached", called_at=NOW, called_by="li.na")
        unit.intake.put(done)
        unit.commit()
    with store.uows.read() as unit:
        assert unit.intake.get(one.id) == done
        assert unit.intake.get(two.id) == IntakeRow(two.id)
        assert unit.intake.get("20260805-0099") is None
        assert unit.intake.with_origin(["a" * 64, "b" * 64, ""]) == {"a" * 64: one.id}


def test_places_of_cases_come_once_the_newest_first(store: db.Store) -> None:
    with store.uows.write() as unit:
        rows = [
            case(place="老槐树", lon=113.7, lat=34.7),
            case(place=""),
            case(place="菜市场"),
            case(place="老槐树"),
        ]
        unit.cases.add_all(rows, "20260805")
        unit.commit()
    with store.uows.read() as unit:
        assert unit.intake.used_places() == (
            UsedPlace("老槐树", "dongguan", "", None, None),
            UsedPlace("菜市场", "dongguan", "", None, None),
        )
        assert len(unit.intake.used_places(newest=1)) == 1
