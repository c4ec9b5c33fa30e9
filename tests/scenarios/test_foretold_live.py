"""The running console learns from its own past, and rings before the alarm."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

import db
from console.domain.chance import FORESEEN
from console.domain.model import Alarm, Case, Command
from console.domain.pace import TRAVEL
from console.domain.vocabulary import Action, AlarmState, Severity, Source
from console.services.cases import NewCase
from console.settings import Places
from console.simulation import history
from console.simulation.replay_clock import ReplayClock
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, seat, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]
#: Learning works for some seconds, and others may use the machine.
LEARNING_S = 120.0


@pytest.fixture(scope="module")
def old_office(quiet: Places, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The district after three busy days."""
    places = copied(quiet, tmp_path_factory.mktemp("old"))
    with db.open_store(places.db_url) as store:
        end = at("05:00:00")
        history.make(store.uows, ReplayClock(end), start=end - timedelta(days=3), end=end, count=900, seed=3)
        with store.uows.write() as uow:
            uow.settings.put("prediction_warn", "10")
            uow.commit()
    return places


def sent(here: Seat) -> Case:
    """A case of which a team was told at 08:01."""
    service = here.console.engine.services.cases
    new = NewCase(source=Source.PATROL, condition="E09006-1", place="甲路")
    case = service.open(OFFICER, new).case
    for step in (Action.FILE, Action.DISPATCH):
        case = service.act(OFFICER, case.id, Command(step)).case
    return case


def rung_for(here: Seat, case: Case) -> list[Alarm]:
    """Every alarm the case ever had."""
    return [alarm for alarm, _ in here.alarms() if alarm.source_id == case.id]


def test_it_rings_low_before_the_threshold_and_says_why(
    old_office: Places, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with seat(copied(old_office, tmp_path / "data"), story) as here:
        slack = here.console.engine.services.slack
        # Not under test: that it rests five times as long as it works.
        monkeypatch.setattr(slack, "learn", partial(slack.learn, rest=0.2))
        here.sign_in()
        prediction = slack.prediction
        until(lambda: prediction.known[1] > 0, "the past is learned", LEARNING_S)
        assert TRAVEL in prediction.known[0].models
        case = sent(here)
        board, detail = here.desk.parts.board, here.desk.parts.detail
        until(lambda: board.models.card(case.id) is not None, "the case")
        story.stand(at("08:07:00"))
        here.desk.link.load_board()
        until(lambda: rung_for(here, case), "the low alarm")
        (alarm,) = rung_for(here, case)
        assert (alarm.severity, alarm.threshold, alarm.state) == (Severity.LOW, FORESEEN, AlarmState.RAISED)
        here.desk.open_case(case.id)
        until(lambda: detail.case_id == case.id and "超时风险" in detail.chance.words, detail.chance.words)
        card = board.models.card(case.id)
        assert card is not None
        assert card.chance is not None
        assert card.chance.warns(at("08:07:00"))
        assert "以往说" in board.delegate.tip(card)
        # The fixed threshold makes the same alarm worse.
        story.stand(at("08:08:01"))
        until(lambda: rung_for(here, case)[0].threshold == 80, "the fixed threshold")
        (worse,) = rung_for(here, case)
        assert (worse.id, worse.severity) == (alarm.id, Severity.MEDIUM)
        rung = [e.data["threshold"] for e in here.events(case.id) if e.action is Action.ALARM]
        assert rung == [FORESEEN, 80]
