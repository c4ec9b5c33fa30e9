"""The low alarm of a promise that will probably be missed: once, early, and
the case's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.crossing_words import crossed
from console.domain.chance import FORESEEN
from console.domain.model import Alarm
from console.domain.prediction import LEGS
from console.domain.vocabulary import Action, AlarmState, DeadlineKind, Severity
from console.services import requests as ask
from console.services import site_settings
from console.services.forewarning import MOST_AT_ONCE, ForewarningService, LookAhead
from console.services.office import Office
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, Site
from tests.unit.services.test_prediction import PAST, board, enroute


def foretelling(site: Site, percent: int = 5) -> Office:
    """An office that has learned and warns early."""
    office = Office(site.services)
    site.services.slack.prediction.learn(PAST)
    site_settings.put(site.services.uows, site.clock, ADMIN, "prediction_warn", str(percent))
    return office


def look(office: Office) -> int:
    office.handle(ask.LoadBoard(DUTY))
    raised = office.handle(LookAhead(DUTY))
    assert isinstance(raised, int)
    return raised


def open_alarm(site: Site, case_id: str) -> Alarm | None:
    with site.store.uows.read() as uow:
        return uow.alarms.open_of("case", [case_id]).get(case_id)


def rung_low(office: Office, site: Site) -> tuple[str, Alarm]:
    """A case on its way that has just rung low."""
    sent = enroute(site)
    site.clock.on(minutes=6)
    assert look(office) == 1
    alarm = open_alarm(site, sent)
    assert alarm is not None
    return sent, alarm


def chain_alarms(site: Site, case_id: str) -> list[tuple[object, object]]:
    with site.store.uows.read() as uow:
        events = uow.events.of_case(case_id)
    return [(e.data["threshold"], e.data["severity"]) for e in events if e.action is Action.ALARM]


def test_it_rings_low_once_and_grows_into_the_cases_own_alarm(each_site: Site) -> None:
    site = each_site
    office = foretelling(site)
    sent, alarm = rung_low(office, site)
    assert (alarm.severity, alarm.state) == (Severity.LOW, AlarmState.RAISED)
    assert (alarm.deadline, alarm.threshold, alarm.late_s) == (DeadlineKind.ARRIVAL, FORESEEN, 0.0)
    # Again, by another console, after a restart: nothing more.
    assert look(office) == 0
    assert look(Office(site.services)) == 0
    other = ForewarningService(site.services.uows, site.clock)
    assert other.ring(DUTY, office._board.foretold()) == 0
    # A note changes nothing about it; the fixed threshold worsens the same alarm.
    site.do(sent, "note", text="在路上")
    kept = open_alarm(site, sent)
    assert kept is not None
    assert kept.state is AlarmState.RAISED
    site.clock.on(minutes=2.5)
    swept = site.services.alarms.sweep()
    assert (swept.raised, swept.worsened) == (0, 1)
    worse = open_alarm(site, sent)
    assert worse is not None
    assert (worse.id, worse.severity, worse.threshold) == (alarm.id, Severity.MEDIUM, 80)
    assert chain_alarms(site, sent) == [(FORESEEN, "low"), (80, "medium")]
    site.clock.on(minutes=2.5)
    site.services.alarms.sweep()
    assert chain_alarms(site, sent)[-1] == (100, "high")


def test_what_is_kept_after_all_returns(site: Site) -> None:
    office = foretelling(site)
    sent, alarm = rung_low(office, site)
    site.services.alarms.acknowledge(DUTY, alarm.id, 3)
    site.do(sent, "arrive")
    assert open_alarm(site, sent) is None, "acknowledged and gone"
    with site.store.uows.read() as uow:
        told = uow.alarms.get(alarm.id)
    assert told is not None
    assert told.state is AlarmState.CLEARED
    assert site.services.alarms.sweep().raised == 0


def test_once_a_clock(site: Site) -> None:
    """Cleared, it does not come back for the same due time."""
    office = foretelling(site)
    sent, alarm = rung_low(office, site)
    with site.store.uows.write() as uow:
        gone = replace(alarm, state=AlarmState.CLEARED, cleared_at=site.clock.now())
        uow.alarms.save([gone])
        uow.commit()
    assert look(Office(site.services)) == 0
    assert chain_alarms(site, sent) == [(FORESEEN, "low")]


def test_not_after_the_fixed_threshold_and_not_beside_another(site: Site) -> None:
    office = foretelling(site)
    sent = enroute(site)
    site.clock.on(minutes=8)
    assert site.services.alarms.sweep().raised == 1
    assert look(office) == 0
    late = enroute(site)
    site.clock.on(minutes=8.5)  # beyond 80 %, and no sweep has seen it
    assert look(office) == 0
    assert open_alarm(site, late) is None
    assert site.services.alarms.sweep().raised == 1
    assert chain_alarms(site, late) == [(80, "medium")]
    assert chain_alarms(site, sent)[0] == (80, "medium")


@pytest.mark.parametrize("setting", ["prediction_alarm", "prediction_warn"])
def test_the_site_may_leave_it_at_the_mark(site: Site, setting: str) -> None:
    office = foretelling(site)
    site_settings.put(site.services.uows, site.clock, ADMIN, setting, "0")
    sent = enroute(site)
    site.clock.on(minutes=6)
    assert (look(office), open_alarm(site, sent)) == (0, None)


def test_who_answers_no_alarms_raises_none(site: Site) -> None:
    office = foretelling(site)
    sent = enroute(site)
    site.clock.on(minutes=6)
    office.handle(ask.LoadBoard(KIOSK))
    assert office.handle(LookAhead(KIOSK)) == 0
    assert open_alarm(site, sent) is None
    assert office.handle(LookAhead(DUTY)) == 1


def test_a_board_that_is_old_rings_nothing_that_is_over(site: Site) -> None:
    """The team arrived after the board was read."""
    office = foretelling(site)
    sent = enroute(site)
    site.clock.on(minutes=6)
    office.handle(ask.LoadBoard(DUTY))
    site.do(sent, "arrive")
    assert office.handle(LookAhead(DUTY)) == 0
    assert open_alarm(site, sent) is None


def test_what_warns_of_a_flood_is_none(site: Site) -> None:
    """The likeliest first, a few a look, each once."""
    office = foretelling(site)
    sent = []
    for _ in range(5):
        sent.append(enroute(site))
        site.clock.on(seconds=-30)
    site.clock.on(minutes=5)
    assert look(office) == MOST_AT_ONCE
    first = {one for one in sent if open_alarm(site, one) is not None}
    cards = {card.id: card.chance for card in board(office).cards if card.chance is not None}
    now = site.clock.now()
    least = min(cards[one].at(now) for one in first)
    assert all(cards[one].at(now) <= least + 0.01 for one in set(sent) - first)
    assert look(office) == 5 - MOST_AT_ONCE
    assert look(office) == 0


def test_what_it_is_called() -> None:
    for lang, words in (("zh", "到场恐将超时"), ("en", "Arrival likely to be late")):
        assert crossed(lang, "arrival", FORESEEN) == words
        assert all(crossed(lang, kind.value, FORESEEN) for kind in LEGS.values())
    assert crossed("zh", "handling", FORESEEN) == ""
