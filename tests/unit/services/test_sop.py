"""Checklists: shipped, imported, ticked as events of the case."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from console.domain.vocabulary import Action
from console.services import sop
from console.services.office import Office
from console.services.sop import GENERAL, KINDS, LoadSop, SopBook, TickStep, category_of, shipped, ticks
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site
from tests.unit.services.test_cases import refused

HEAD = "category,step,kind,text_zh,text_en,required\n"


def table(folder: Path, *rows: str) -> Path:
    file = folder / "sop.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_what_is_shipped_is_whole() -> None:
    book = shipped()
    classes = {step.category for step in book.steps}
    assert GENERAL in classes
    assert len(classes) >= 21
    assert len({step.id for step in book.steps}) == len(book.steps)
    for name in classes:
        steps = book.of(name)
        assert [one.step for one in steps] == list(range(1, len(steps) + 1)), name
        assert {one.kind for one in steps} <= set(KINDS)
        assert {"look", "never"} <= {one.kind for one in steps}, name
        assert "photo" in {one.kind for one in steps}, name
    assert all(one.text_zh and one.text_en for one in book.steps)
    assert not any(one.required for one in book.steps)
    assert book.of("event:99999") == book.of(GENERAL)


def test_the_shipped_classes_are_in_the_catalogue(site: Site) -> None:
    with site.store.uows.read() as uow:
        known = {f"{one.key.kind}:{one.key.code}" for one in uow.reference.categories()}
    assert {step.category for step in shipped().steps} - {GENERAL} <= known


def test_ticks_are_events_with_who_and_when(each_site: Site) -> None:
    site = each_site
    office = Office(site.services)
    book = office.handle(LoadSop(DUTY))
    assert isinstance(book, SopBook)
    case = site.open("event:09006")
    first, second = book.of(category_of(case))[:2]
    office.handle(TickStep(DUTY, case.id, first.id))
    site.clock.on(minutes=1)
    office.handle(TickStep(LEADER, case.id, second.id))
    office.handle(TickStep(DUTY, case.id, first.id, done=False))
    with site.store.uows.read() as uow:
        events = uow.events.of_case(case.id)
    found = ticks(events)
    assert {step: tick.by for step, tick in found.items()} == {second.id: LEADER.name}
    assert found[second.id].at == site.clock.at
    notes = [event.data["text"] for event in events if event.action is Action.NOTE]
    assert str(notes[0]).startswith("✓ ")
    assert len(notes) == 3
    # The case itself did not change: nobody loses a race over a tick.
    assert site.do(case, "note", text="x").version == case.version + 1
    with refused("bad_value"):
        office.handle(TickStep(DUTY, case.id, "event:06010/1"))
    with refused("forbidden"):
        office.handle(TickStep(KIOSK, case.id, first.id))
    site.do(case, "reject", reason="不属实")
    with refused("illegal_transition"):
        office.handle(TickStep(DUTY, case.id, first.id))


def test_a_required_step_is_done_before_closing(site: Site, tmp_path: Path) -> None:
    file = table(tmp_path, "event:09006,1,look,看清,Look,", "event:09006,2,photo,拍照,Photograph,1")
    assert site.services.sop.import_table(ADMIN, file).ok
    case = site.through(site.open("event:09006"), "file", "dispatch", "accept", "arrive", "handled", "check")
    with refused("illegal_transition"):
        site.do(case, "close")
    site.services.sop.tick(DUTY, case.id, "event:09006/2")
    assert site.do(case, "close").state.value == "closed"
    other = site.open("event:06010")
    other = site.through(other, "file", "dispatch", "accept", "arrive", "handled", "check")
    assert site.do(other, "close").state.value == "closed"


def test_an_import_takes_the_place_of_the_classes_it_names(site: Site, tmp_path: Path) -> None:
    service = site.services.sop
    before = service.book(DUTY)
    file = table(tmp_path, "09006,1,look,只看这个,Only this,", "*,1,never,不可,Never,是")
    dry = service.import_table(ADMIN, file, dry_run=True)
    assert [row.action for row in dry.rows] == ["updated", "updated"]
    assert service.book(DUTY) == before
    assert service.import_table(ADMIN, file).ok
    after = service.book(DUTY)
    assert [one.text_zh for one in after.of("event:09006")] == ["只看这个"]
    assert [one.required for one in after.of(GENERAL)] == [True]
    assert after.of("event:06010") == before.of("event:06010")
    again = service.import_table(ADMIN, file)
    assert [row.action for row in again.rows] == ["unchanged", "unchanged"]
    with refused("forbidden"):
        service.import_table(DUTY, file)


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("event:99998,1,look,看,Look,", "code"),
        ("event:09006,0,look,看,Look,", "sop_step"),
        ("event:09006,１x,look,看,Look,", "sop_step"),
        ("event:09006,1,stare,看,Look,", "sop_kind"),
        ("event:09006,1,look,,Look,", "sop_text"),
        ("event:09006,1,look," + "看" * 201 + ",Look,", "sop_text"),
        ("event:09006,1,look,看,Look,maybe", "flag"),
        ("event:09006,5,look,看,Look,", "sop_twice"),
    ],
)
def test_a_bad_row_is_named_and_costs_nothing_else(site: Site, tmp_path: Path, row: str, detail: str) -> None:
    before = site.services.sop.book(DUTY)
    report = site.services.sop.import_table(ADMIN, table(tmp_path, "event:09006,5,look,新,New,", row))
    assert [one.ok for one in report.rows] == [True, False]
    error = report.rows[1].error
    assert error is not None
    assert error.detail == detail
    after = site.services.sop.book(DUTY)
    assert len(after.steps) == len(before.steps)
    assert next(one for one in after.steps if one.id == "event:09006/5").text_zh == "新"


@pytest.mark.logs("the stored checklists cannot be read")
def test_a_broken_text_falls_back_to_what_is_shipped(site: Site) -> None:
    with site.store.uows.write() as uow:
        uow.settings.put(sop.KEY, "{half")
        uow.commit()
    assert site.services.sop.book(DUTY) == shipped()


def test_the_shipped_file_can_be_imported_as_it_is(site: Site) -> None:
    from console.services.reference import SHIPPED

    report = site.services.sop.import_table(ADMIN, SHIPPED / "sop.csv")
    assert {row.action for row in report.rows} == {"unchanged"}
    with (SHIPPED / "sop.csv").open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(report.rows)
