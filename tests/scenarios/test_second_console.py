"""Two consoles on one database, SQLite and PostgreSQL: what one does the other
shows, and who comes second is told who came first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.vocabulary import Action, Role, Source, State
from console.engine import Engine
from console.i18n import t
from console.services.cases import NewCase
from console.services.ports import Change
from console.services.requests import Act, Refused
from console.settings import Places
from console.widgets.case_detail import CaseDetail
from tests import postgres
from tests.scenarios.console_kit import OFFICER, Seat, build_site, press, seat, typed, until

pytestmark = pytest.mark.display

OTHER = Actor("zhao.lei", Role.DUTY, seat="WS-2")


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, qapp: QApplication) -> Iterator[Places]:
    """A district without cameras, on either database."""
    if request.param == "sqlite":
        yield build_site(tmp_path / "one", f"sqlite:///{tmp_path / 'site.sqlite'}", None)
        return
    url = postgres.fresh_url("test")
    yield build_site(tmp_path / "one", url, None)
    postgres.drop(url)


class Second:
    """The console of the other room: all of it but its windows."""

    def __init__(self, engine: Engine, posted: list[object]) -> None:
        self.engine, self.posted = engine, posted

    def open(self) -> Case:
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        return self.engine.services.cases.open(OTHER, new).case

    def act(self, case_id: str, action: Action, **more: object) -> Case:
        command = Command(action, **more)  # type: ignore[arg-type]
        return self.engine.services.cases.act(OTHER, case_id, command).case

    def heard(self) -> set[str]:
        """Kinds of things that others changed."""
        return {k for one in self.posted if isinstance(one, Change) and not one.here for k in one.kinds}


@contextmanager
def second(shared: Places, folder: Path) -> Iterator[Second]:
    """Another workstation: its own data folder, the same database."""
    posted: list[object] = []
    engine = Engine(Places(shared.db_url, folder, folder / "cache"), posted.append, seat="WS-2")
    engine.start()
    try:
        yield Second(engine, posted)
    finally:
        engine.stop()


def card(here: Seat, case_id: str) -> Callable[[], State | None]:
    """The state of a case's card on the board."""

    def state() -> State | None:
        found = here.desk.parts.board.models.card(case_id)
        return None if found is None else found.state

    return state


def show(here: Seat, case_id: str) -> None:
    """Bring a case up by its number: digits and Enter on the board."""
    here.take(here.desk, here.desk.parts.board.columns["deciding"].view)
    here.desk.parts.board.take_focus()
    typed(case_id[-4:])
    press(Qt.Key.Key_Return)
    until(lambda: here.desk.parts.detail.case_id == case_id, "the case")


def told(detail: CaseDetail, *words: str) -> bool:
    """The sentence beside the button names the other officer and these words."""
    said = detail.message.text()
    return ("赵磊" in said or "zhao.lei" in said) and all(word in said for word in words)


def test_what_one_does_the_other_shows(shared: Places, tmp_path: Path) -> None:
    with seat(shared) as here, second(shared, tmp_path / "two") as there:
        here.sign_in()
        case = there.open()
        state = card(here, case.id)
        until(lambda: state() is State.REGISTERING, "the other's case on this board")
        there.act(case.id, Action.FILE)
        until(lambda: state() is State.FILED, "filed there, seen here")
        # The case that is open follows too.
        show(here, case.id)
        there.act(case.id, Action.DISPATCH, teams=("appearance",))
        detail = here.desk.parts.detail
        until(lambda: detail.view is not None and detail.view.case.state is State.DISPATCHED, "in the case")
        assert detail.view is not None
        assert detail.view.next_action is Action.ACCEPT
        # And the other way round.
        there.posted.clear()
        press(Qt.Key.Key_A)
        until(lambda: "case" in there.heard(), "heard in the other room")
        until(lambda: here.case(case.id).state is State.ENROUTE, "accepted")
        assert [e.actor for e in here.events(case.id)] == ["zhao.lei"] * 3 + ["li.na"]


def test_who_comes_second_is_told_and_loses_no_word(shared: Places, tmp_path: Path) -> None:
    with seat(shared) as here, second(shared, tmp_path / "two") as there:
        here.sign_in()
        case = there.open()
        there.act(case.id, Action.FILE)
        until(lambda: card(here, case.id)() is State.FILED, "filed")
        show(here, case.id)
        detail = here.desk.parts.detail
        until(lambda: "市容劝导队" in detail.action_bar.primary.text(), "a team")
        here.take(here.desk, detail.note)
        typed("stall has a gas bottle")
        here.take(here.desk, detail)
        # Nothing is processed in between: the screen still shows the case as filed.
        there.act(case.id, Action.DISPATCH, teams=("patrol",))
        press(Qt.Key.Key_A)
        until(lambda: told(detail, "派遣", "巡消队"), "told who did what")
        assert detail.note.text() == "stall has a gas bottle"
        assert detail.view is not None
        assert (detail.view.case.state, detail.view.case.teams) == (State.DISPATCHED, ("patrol",))
        assert "接单" in detail.action_bar.primary.text()
        assert detail.action_bar.primary.isEnabled()
        dispatches = [e for e in here.events(case.id) if e.action is Action.DISPATCH]
        assert [e.actor for e in dispatches] == ["zhao.lei"]
        # The words are still good: Enter makes them a note of the case.
        here.take(here.desk, detail.note)
        press(Qt.Key.Key_Return)
        until(lambda: here.events(case.id)[-1].action is Action.NOTE, "the note")
        assert here.events(case.id)[-1].data["text"] == "stall has a gas bottle"


def test_a_form_overtaken_by_another_keeps_its_words(shared: Places, tmp_path: Path) -> None:
    with seat(shared) as here, second(shared, tmp_path / "two") as there:
        here.sign_in()
        case = there.open()
        until(lambda: card(here, case.id)() is State.REGISTERING, "the case")
        show(here, case.id)
        detail = here.desk.parts.detail
        here.take(here.desk, detail)
        press(Qt.Key.Key_R)
        # At once, without a look at the screen: no letter may act as a key of the desk.
        typed("only a delivery")
        there.act(case.id, Action.FILE)
        press(Qt.Key.Key_Return)
        until(lambda: told(detail, "立案"), "told who did what")
        assert here.case(case.id).state is State.FILED
        kept = here.desk.parts.drafts.get(f"{case.id}/reject/reason")
        assert kept == "only a delivery"


def test_of_two_at_once_one_goes_through(shared: Places, tmp_path: Path) -> None:
    """Both look at the same version and press; the database decides."""
    with second(shared, tmp_path / "two") as one, second(shared, tmp_path / "three") as two:
        for _ in range(5):
            case = one.open()
            filed = one.act(case.id, Action.FILE)
            for room, actor, team in ((one, OFFICER, "appearance"), (two, OTHER, "patrol")):
                wish = Command(Action.DISPATCH, teams=(team,))
                room.engine.submit(Act(actor, case.id, wish, filed.version))
            until(lambda: _answers(one) + _answers(two) == 2, "two answers")
            refused = [r for room in (one, two) for r in room.posted if isinstance(r, Refused)]
            assert [r.refusal.code for r in refused] == ["conflict"]
            _names_the_winner(refused[0].refusal, one.engine, case.id)
            one.posted.clear()
            two.posted.clear()


def _answers(room: Second) -> int:
    return sum(isinstance(getattr(one, "request", None), Act) for one in room.posted)


def _names_the_winner(refusal: Refusal, engine: Engine, case_id: str) -> None:
    with engine.store.uows.read() as uow:
        (sent,) = [e for e in uow.events.of_case(case_id) if e.action is Action.DISPATCH]
    assert refusal.facts["who"] == sent.actor
    assert f"{refusal.facts['what']}" in ("派遣", t("actions.verb.dispatch"))
