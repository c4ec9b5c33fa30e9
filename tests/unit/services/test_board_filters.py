"""Saved filters and harmless steps on several cases, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.domain.model import Command
from console.domain.vocabulary import Action, State
from console.models.stages import STAGES
from console.services.board_filters import KEY, VIEW_KEY, BoardFilter, BoardHabit, LoadFilters
from console.services.office import Office
from console.services.several import HARMLESS, SeveralStep
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site
from tests.unit.services.test_cases import refused

MINE = BoardFilter("我的", mine=True)
SITE = BoardFilter("早高峰", stages=("enroute",), personal=False)


def test_the_sites_filters_are_everybodys_and_ones_own_are_not(each_site: Site) -> None:
    service = each_site.services.filters
    service.put(DUTY, MINE)
    shelf = service.put(DUTY, SITE)
    assert [(one.name, one.personal, one.version) for one in shelf.filters] == [
        ("早高峰", False, 1),
        ("我的", True, 1),
    ]
    assert [one.name for one in service.load(LEADER).filters] == ["早高峰"]
    service.put(LEADER, MINE)  # the same name, another person
    assert len(service.load(LEADER).filters) == 2
    assert shelf.habit is None


def test_two_seats_do_not_overwrite_each_other(site: Site) -> None:
    service = site.services.filters
    (first,) = service.put(DUTY, SITE).filters
    changed = replace(first, stages=("handling",))
    assert service.put(LEADER, changed, first.name, 1).filters[0].version == 2
    with refused("conflict"):
        service.put(DUTY, changed, first.name, 1)
    with refused("conflict"):
        service.put(DUTY, SITE)
    with refused("conflict"):
        service.delete(DUTY, first)
    assert service.delete(LEADER, replace(first, version=2)).filters == ()


@pytest.mark.parametrize(
    "bad",
    [
        BoardFilter("", mine=True),
        BoardFilter("  　 ", mine=True),
        BoardFilter("字" * 41, mine=True),
        BoardFilter("x"),
        BoardFilter("x", text="长" * 201),
    ],
)
def test_what_is_no_filter_is_refused(site: Site, bad: BoardFilter) -> None:
    with refused("bad_value"):
        site.services.filters.put(DUTY, bad)
    assert site.services.filters.load(DUTY).filters == ()


def test_who_may_not_read_the_board_has_no_filters(site: Site) -> None:
    with refused("forbidden"):
        site.services.filters.load(ADMIN)
    with refused("forbidden"):
        site.services.filters.put(KIOSK, SITE)
    assert SITE not in site.services.filters.load(DUTY).filters


def test_how_the_board_was_left_is_there_again(each_site: Site) -> None:
    service = each_site.services.filters
    habit = BoardHabit(BoardFilter(text="朝凤路😀", stages=("enroute",)), "due", True)
    service.keep(DUTY, habit)
    assert service.load(DUTY).habit == habit
    assert service.load(LEADER).habit is None


@pytest.mark.logs("stored filter")
@pytest.mark.logs("how the board was left")
def test_what_cannot_be_read_is_left_out(site: Site) -> None:
    good = {"name": "a", "mine": True, "personal": True, "by": DUTY.name, "version": 1}
    with site.store.uows.write() as uow:
        uow.settings.put(KEY, json.dumps({"form": 1, "filters": [{"nonsense": 1}, good]}))
        uow.settings.put(VIEW_KEY + DUTY.name, json.dumps({"form": 1, "sort": "slack"}))
        uow.commit()
    shelf = site.services.filters.load(DUTY)
    assert [one.name for one in shelf.filters] == ["a"]
    assert shelf.habit is None
    with site.store.uows.write() as uow:
        uow.settings.put(KEY, json.dumps({"form": 99, "filters": []}))
        uow.commit()
    with refused("bad_value"):
        Office(site.services).handle(LoadFilters(DUTY))


def test_only_what_is_harmless_is_done_to_several(site: Site) -> None:
    office = Office(site.services)
    case = site.through(site.open(), "file", "dispatch")
    office.handle(SeveralStep(DUTY, case.id, Command(Action.NOTE, text="雨天")))
    office.handle(SeveralStep(DUTY, case.id, Command(Action.URGE)))
    assert site.events(case)[-2:] == ["note", "urge"]
    for action in set(Action) - HARMLESS:
        with refused("forbidden"):
            office.handle(SeveralStep(LEADER, case.id, Command(action, reason="x")))
    early = site.open()
    with refused("illegal_transition"):
        office.handle(SeveralStep(DUTY, early.id, Command(Action.URGE)))
    assert site.services.several.chosen(LEADER, (case.id, "gone", early.id))[0].state is State.DISPATCHED
    with refused("forbidden"):
        site.services.several.chosen(DUTY, (case.id,))
    with refused("bad_value"):
        site.services.several.chosen(LEADER, tuple(str(n) for n in range(501)))


def test_every_stage_a_filter_can_name_is_a_column() -> None:
    assert set(SITE.stages) <= set(STAGES)
    assert SITE.same_as(replace(SITE, name="x", version=9, by="y"))
    assert not SITE.same_as(MINE)
