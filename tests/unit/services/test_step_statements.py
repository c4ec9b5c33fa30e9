"""What a step and the view after it ask the database: nothing twice. Each query gives the
interpreter away and waits for it again behind whoever draws up a board."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from console.domain.model import Case, Team
from console.domain.vocabulary import Action
from console.services.office import Office
from console.services.requests import LoadBoard, LoadCase
from console.services.views import CaseView
from tests.unit.services.conftest import LEADER, Site

#: Queries of a step, of a view, and of one from which teams are chosen.
MOST_STEP, MOST_VIEW, MOST_CHOOSING = 28, 26, 32
_STEPS = (
    (Action.FILE, {"condition": "E09006-1"}),
    (Action.DISPATCH, {}),
    (Action.ACCEPT, {}),
    (Action.ARRIVE, {}),
    (Action.HANDLED, {}),
    (Action.CHECK, {}),
)


@contextmanager
def asked(site: Site) -> Iterator[list[str]]:
    """Statements with their values, as they are sent."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, values: object, *rest: object) -> None:
        said.append(f"{statement} {values}")

    engines = (site.store._engines.read, site.store._engines.write)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def twice(said: list[str]) -> list[str]:
    """Queries that were asked more than once."""
    return [one for one, many in Counter(said).items() if many > 1 and one.startswith("SELECT")]


def read(site: Site, case: Case) -> Case | None:
    """The case as it is stored."""
    with site.store.uows.read() as uow:
        return uow.cases.get(case.id)


def test_a_step_and_its_view_ask_nothing_twice(each_site: Site) -> None:
    office = Office(each_site.services)
    case = each_site.open()
    office.handle(LoadBoard(LEADER))
    for action, wish in _STEPS:
        each_site.clock.on(seconds=20)
        with asked(each_site) as of_step:
            case = each_site.do(case, action, **wish)
        assert len(of_step) <= MOST_STEP, (action, of_step)
        assert not twice(of_step), action
        # What the step answers was not read again, and is what is stored.
        assert case == read(each_site, case), action
        with asked(each_site) as of_view:
            view = office.handle(LoadCase(LEADER, case.id))
        assert isinstance(view, CaseView)
        assert view.case.version == case.version
        most = MOST_CHOOSING if action is Action.FILE else MOST_VIEW
        assert len(of_view) <= most, (action, of_view)
        assert not twice(of_view), action


def test_a_reading_unit_asks_once_and_a_writing_one_sees_what_it_wrote(each_site: Site) -> None:
    case = each_site.open()
    with asked(each_site) as said, each_site.store.uows.read() as uow:
        first = (uow.cases.load((case.id, "20200101-0001")), uow.settings.all(), uow.events.head())
        again = (uow.cases.load((case.id, "20200101-0001")), uow.settings.all(), uow.events.head())
        assert uow.reference.teams() == uow.reference.teams() != ()
        assert uow.settings.get("nobody", "x") == "x"
    assert first == again
    assert len(first[0]) == 1
    assert [one for one in twice(said) if "20200101-0001" not in one] == []
    with each_site.store.uows.write() as uow:
        before = (uow.settings.all(), uow.reference.teams())
        uow.settings.put("similar_time", "12")
        uow.reference.put_teams([Team("new", "新", "New", True)])
        assert uow.settings.all()["similar_time"] == uow.settings.get("similar_time") == "12"
        assert len(uow.reference.teams()) == len(before[1]) + 1
        saved = uow.cases.save(case, case.version)
        assert uow.cases.get(case.id) == saved != case


def test_a_unit_that_has_ended_waits_for_no_collector(each_site: Site) -> None:
    case = each_site.open()
    ended = []
    gc.disable()
    try:
        for make in (each_site.store.uows.read, each_site.store.uows.write):
            with make() as uow:
                assert uow.cases.get(case.id) is not None
                ended.append(weakref.ref(uow))
            del uow
        assert [one() for one in ended] == [None, None]
    finally:
        gc.enable()


def test_a_case_is_found_by_every_form_of_its_number(each_site: Site) -> None:
    case = each_site.open()
    day, number = case.id.split("-")
    for text in (case.id, f"{day}-00{number}", f"#{int(number)}", number, f" {case.id} "):
        with each_site.store.uows.read() as uow:
            found = uow.cases.resolve(text)
        assert found == case.id, text
        assert each_site.services.cases.show(LEADER, text)[0].id == case.id
