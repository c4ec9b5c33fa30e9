"""What is foretold of the open cases: learned, kept, warned of, reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.pace import TRAVEL
from console.domain.prediction import LEGS, Span
from console.domain.vocabulary import DeadlineKind
from console.services import requests as ask
from console.services import site_settings
from console.services.office import Office
from console.services.prediction import PredictionService
from console.services.slack import LearnPace, SlackService
from console.services.views import BoardView, CaseCard, CaseView
from tests.unit.domain.past import arrivals
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, Site
from tests.unit.services.test_cases import refused

PAST = arrivals(3, 3000).spans


def board(office: Office) -> BoardView:
    view = office.handle(ask.LoadBoard(DUTY))
    assert isinstance(view, BoardView)
    return view


def card(office: Office, case_id: str) -> CaseCard:
    return next(one for one in board(office).cards if one.id == case_id)


def enroute(site: Site) -> str:
    case = site.open("event:09006", place="亚太广场", community="yatai")
    site.clock.on(seconds=60)
    return site.through(case, "file", "dispatch", "accept").id


def test_cards_and_the_case_are_told_their_chance(each_site: Site) -> None:
    site = each_site
    office = Office(site.services)
    sent, other = enroute(site), site.open(place="中烟街")
    assert card(office, sent).chance is None, "nothing was learned"
    site.services.slack.prediction.learn(PAST)
    view = board(office)
    first = card(office, sent)
    assert first.chance is not None
    assert (first.chance.kind, first.chance.n, first.chance.warn) == (DeadlineKind.ARRIVAL, 3000, 0.5)
    assert first.chance.bins
    assert card(office, other.id).chance is None, "no past of decisions"
    shown = office.handle(ask.LoadCase(DUTY, sent))
    assert isinstance(shown, CaseView)
    assert shown.chance == first.chance
    # Nothing happened: the very same card, nothing worked out again.
    keeper = office._board._chances
    assert keeper is not None
    count = keeper.worked_out
    site.clock.on(seconds=2)
    assert card(office, sent) is first
    assert keeper.worked_out == count
    site.clock.on(minutes=6)
    later = card(office, sent).chance
    assert later is not None
    assert keeper.worked_out == count + 1
    assert later.at(site.clock.now()) > first.chance.at(view.taken_at)


def test_another_call_for_the_team_is_seen(site: Site) -> None:
    office = Office(site.services)
    site.services.slack.prediction.learn(PAST)
    first = enroute(site)
    alone = card(office, first).chance
    for _ in range(2):
        enroute(site)
    busy = card(office, first).chance
    assert alone is not None
    assert busy is not None
    now = site.clock.now()
    assert busy.at(now) > alone.at(now)


def test_the_site_says_from_when_on_it_is_warned(site: Site) -> None:
    office = Office(site.services)
    site.services.slack.prediction.learn(PAST)
    sent = enroute(site)
    for text, warn in (("5", 0.05), ("0", 0.0), ("99", 0.99)):
        site_settings.put(site.services.uows, site.clock, ADMIN, "prediction_warn", text)
        found = card(office, sent).chance
        assert found is not None
        assert found.warn == warn
    with refused("bad_value", "setting"):
        site_settings.put(site.services.uows, site.clock, ADMIN, "prediction_warn", "100")
    with site.services.uows.write() as uow:
        uow.settings.put("prediction_warn", "nonsense")
        uow.commit()
    found = card(office, sent).chance
    assert found is not None
    assert found.warn == 0.5


def test_what_foretells_no_better_than_the_time_left_is_not_told(site: Site) -> None:
    told = set()
    for seed, strong in ((1, 1.0), (1, 0.0), (2, 0.0), (3, 0.0)):
        service = PredictionService(site.clock)
        known = service.learn(arrivals(seed, 1500, strong).spans)
        assert set(known.checks) == {TRAVEL}
        assert (TRAVEL in known.models) == known.checks[TRAVEL].useful
        told.add((strong, TRAVEL in known.models))
    assert (1.0, True) in told
    assert (0.0, False) in told


def test_the_pace_and_the_chance_are_learned_in_one_reading(site: Site) -> None:
    office = Office(site.services)
    enroute(site)
    site.clock.on(minutes=12)
    office.handle(LearnPace(DUTY))
    known, version = site.services.slack.prediction.known
    assert (version, known.speaks, known.at) == (1, False, site.clock.now())
    report = site.services.slack.report(DUTY)
    counts = {one.leg: (one.n, one.late) for one in report.legs}
    # An open case teaches too: decided, dispatched, and overdue at the place.
    assert counts == {"decision": (1, 0), "dispatch": (1, 0), TRAVEL: (1, 1)}
    assert all(one.check is None and not one.told and not one.facts for one in report.legs)
    assert [one.leg for one in report.legs] == list(LEGS)
    assert report.warn == 50
    with refused("forbidden"):
        site.services.slack.report(ADMIN)
    with refused("forbidden"):
        office.handle(LearnPace(ADMIN))
    assert KIOSK


def test_who_learns_stops_when_the_program_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    slack = SlackService(site.services.uows, site.clock)

    def promises(*_: object) -> list[Span]:
        slack.stop()
        return PAST

    enroute(site)
    monkeypatch.setattr("console.domain.foresight.spans", promises)
    assert slack.learn(DUTY).cases == 0
    assert slack.prediction.known[1] == 0, "nothing is taken from what was half thought"


def test_the_newest_are_learned_from(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.services.prediction.MOST", 600)
    service = PredictionService(site.clock)
    known = service.learn(reversed(PAST))
    check = known.checks[TRAVEL]
    assert (check.learned, check.n) == (450, 150)
    assert check.since_s == PAST[-150].at_s
    again = service.learn(replace(span, at_s=span.at_s + timedelta(days=1).total_seconds()) for span in PAST)
    assert again.checks[TRAVEL].since_s == check.since_s + 86_400
