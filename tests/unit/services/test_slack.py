"""The office's own pace, read from its closed cases; the order of the cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.model import Case
from console.services import requests as ask
from console.services.card_order import KEYS, arranged, by_due, by_slack, held, in_order
from console.services.office import Office
from console.services.slack import LearnPace, PaceLearned, SlackService
from console.services.views import BoardView, CaseCard
from tests.gui import samples
from tests.unit.services.conftest import ADMIN, DUTY, Site
from tests.unit.services.test_cases import refused


def closed(site: Site, travel_s: float, category: str = "event:09006") -> Case:
    """A case through its whole life; the team was ``travel_s`` on its way."""
    case = site.open(category, place="亚太广场", community="yatai")
    site.clock.on(seconds=60)
    case = site.through(case, "file", "dispatch", "accept")
    site.clock.on(seconds=travel_s)
    case = site.through(case, "arrive")
    site.clock.on(minutes=20)
    case = site.through(case, "handled", "check", "close")
    # The next one at the same hour, a day later.
    begun = case.opened_at
    assert begun is not None
    site.clock.at = begun + timedelta(days=1)
    return case


def view_of(office: Office) -> BoardView:
    view = office.handle(ask.LoadBoard(DUTY))
    assert isinstance(view, BoardView)
    return view


def test_it_learns_from_what_was_closed(each_site: Site) -> None:
    site = each_site
    office = Office(site.services)
    for travel in (480, 480, 480, 500, 460, 480):
        closed(site, travel)
    case = site.open(place="亚太广场", community="yatai")
    case = site.through(case, "file", "dispatch", "accept")
    before = view_of(office)
    assert (before.history, before.cards[0].pace) == (0, None)
    learned = office.handle(LearnPace(DUTY))
    assert isinstance(learned, PaceLearned)
    assert learned.cases == 6
    view = view_of(office)
    assert view.history > 0
    pace = view.cards[0].pace
    assert pace is not None
    assert (pace.need_s, pace.n, pace.scope) == (480, 6, "class_place_hour")
    assert pace.latest_at == case.filed_at + timedelta(minutes=10) - timedelta(seconds=480)  # type: ignore[operator]
    # Nothing happened: the very same card, nothing worked out again.
    keeper = office._board._paces
    assert keeper is not None
    count = keeper.worked_out
    site.clock.on(seconds=5)
    assert view_of(office).cards[0] is view.cards[0]
    assert keeper.worked_out == count
    site.clock.on(minutes=2)
    later = view_of(office).cards[0].pace
    assert later is not None
    assert later.need_s == 480 - 125
    assert keeper.worked_out == count + 1
    with refused("forbidden"):
        office.handle(LearnPace(ADMIN))


def test_a_new_office_has_no_pace(site: Site) -> None:
    service = SlackService(site.services.uows, site.clock)
    assert service.learn(DUTY) == PaceLearned(0, None)
    history, version = service.known
    assert (history.rows, version) == (0, 1)


def test_the_card_with_the_least_slack_comes_first(site: Site) -> None:
    """A class that usually takes nine minutes to reach stands before one that
    takes two, though it is due a little later."""
    office = Office(site.services)
    for _ in range(6):
        closed(site, 540, "event:09006")
        closed(site, 120, "event:06010")
    office.handle(LearnPace(DUTY))
    quick = site.through(site.open("event:06010", community="yatai"), "file", "dispatch", "accept")
    site.clock.on(seconds=30)
    slow = site.through(site.open("event:09006", community="yatai"), "file", "dispatch", "accept")
    cards = view_of(office).cards
    assert [card.id for card in cards] == [slow.id, quick.id]
    assert [card.id for card in arranged(cards, "due")] == [quick.id, slow.id]
    assert [card.id for card in arranged(cards, "number")] == [quick.id, slow.id]
    assert arranged(cards, "slack") is cards


def some_cards(count: int) -> list[CaseCard]:
    made = samples.cards()
    return [replace(made[n % len(made)], id=f"20260929-{n:04d}", number=f"#{n:04d}") for n in range(count)]


def test_what_stands_still_comes_last() -> None:
    for key in (by_slack, by_due):
        cards = sorted(some_cards(17), key=key)
        still = [one.headline is None or one.headline.paused_since is not None for one in cards]
        assert still == sorted(still)
        assert any(still)
    assert in_order(sorted(some_cards(40), key=by_slack))
    assert not in_order(sorted(some_cards(40), key=by_slack)[::-1])


@given(st.data())
def test_nothing_moves_under_the_hand(data: st.DataObject) -> None:
    cards = some_cards(12)
    ids = [card.id for card in cards]
    before = data.draw(st.permutations(data.draw(st.lists(st.sampled_from(ids), unique=True))))
    now = data.draw(st.permutations(data.draw(st.lists(st.sampled_from(cards), unique=True))))
    found = list(held(before, now))
    assert sorted(card.id for card in found) == sorted(card.id for card in now)
    kept = [card.id for card in found if card.id in set(before)]
    assert kept == [one for one in before if one in {card.id for card in now}]
    for sort in KEYS:
        assert [c.id for c in arranged(arranged(now, sort), sort)] == [c.id for c in arranged(now, sort)]


@pytest.mark.parametrize("sort", sorted(KEYS))
def test_sorting_is_the_same_whatever_came_first(sort: str) -> None:
    cards = some_cards(30)
    assert [c.id for c in arranged(cards, sort)] == [c.id for c in arranged(cards[::-1], sort)]


def test_who_is_learning_stops_when_the_program_ends(site: Site) -> None:
    slack = SlackService(site.store.uows, site.clock)
    slack.stop()
    assert slack.learn(DUTY).cases == 0
    assert slack.known[1] == 0, "nothing is taken from what was half read"
