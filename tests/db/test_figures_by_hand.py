"""The figures against a second calculation that shares no code with them, on
invented months and on random officers' work, on both databases; and what the
command line prints against what the page shows."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import db
from console.cli import main
from console.clock import SystemClock
from console.domain import kpi, life
from console.domain.errors import Refusal
from console.domain.figure_row import fact_of, pack
from console.domain.model import Case, Command
from console.domain.vocabulary import Action, Role, State
from console.services import figure_math
from console.services.assembly import assemble
from console.services.figure_rows import FigureRows
from console.services.figures import figures_in, figures_of, rows_in
from console.services.figures_desk import LoadIndicators, view
from console.services.people import Argon2Hasher
from console.services.ports import CaseQuery
from console.services.rules import load_rules
from console.services.vault import Vault
from console.simulation import district, history
from db.search import row_key
from tests.db.counted_by_hand import OfficeHours, Told, figures, told
from tests.db.test_case_replay import Office
from tests.db.test_past_shift import SEED, Day
from tests.unit.services.conftest import DUTY, LEADER, MORNING, OTHER_LEADER, Hands

CASES = 220
STEPS = 60
#: What happened must be among what is counted.
INVENTED = ("rejected", "suspended_ever", "extended", "rework", "late", "pending_on_time")
DONE = ("voided", "rejected", "rework", "suspended_ever", "called_back")


def agree(found: Mapping[str, float | None], rows: list[Told], now: datetime, hours: OfficeHours) -> None:
    """Each indicator is what the other calculation says."""
    expected = {k: v for k, v in figures(rows, now, hours).items() if not k.startswith("_")}
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-6)), name


def everything(store: db.Store) -> tuple[dict[str, Told], OfficeHours]:
    with store.uows.read() as uow:
        events = uow.events.since(0, 1_000_000)
        hours = OfficeHours(uow.reference.calendar_rows())
    return told(events), hours


def cut_at(case: Told, cut: str) -> datetime | None:
    if cut == "due":
        return case.watches["handling"].due if "handling" in case.watches else None
    return case.reported if cut == "reported" else case.at.get(cut)


def against_events(store: db.Store, start: datetime, end: datetime, now: datetime) -> dict[str, int]:
    """All cuts, all cases and source by source; how many cases were compared."""
    cases, hours = everything(store)
    compared = {}
    for cut in ("reported", "filed", "due", "closed"):
        inside = [c for c in cases.values() if (at := cut_at(c, cut)) is not None and start <= at < end]
        with store.uows.read() as uow:
            rows = rows_in(uow, start, end, cut)
            whole = figures_of(uow, rows, now).rows[0]
            by_source = figures_of(uow, rows, now, "source").rows
        assert whole.n == len(inside)
        agree({name: one.value for name, one in whole.values.items()}, inside, now, hours)
        assert [row.key for row in by_source] == sorted({one.source for one in inside})
        for row in by_source:
            of_it = [one for one in inside if one.source == row.key]
            agree({name: one.value for name, one in row.values.items()}, of_it, now, hours)
        compared[cut] = whole.n
    return compared


def behind_each_number(store: db.Store, start: datetime, end: datetime, now: datetime) -> None:
    """As many cases are listed behind a figure as it was counted from."""
    with store.uows.read() as uow:
        rows = rows_in(uow, start, end, "reported")
        found = figures_of(uow, rows, now).rows[0].values
    for one in kpi.INDICATORS:
        value = found[one.id]
        listed = int(figure_math.members(rows, one.id, now).sum())
        short = int(figure_math.failed(rows, one.id, now).sum())
        if one.kind == "rate":
            num, den = int(value.num or 0), value.den or 0
            assert (one.id, listed, short) == (one.id, den, num if one.direction < 0 else den - num)
        elif one.kind in ("seconds", "multiple"):
            assert (one.id, listed) == (one.id, value.den)
        elif one.kind == "count" and one.id != "rework_times":
            assert (one.id, listed) == (one.id, value.value)


def rows_are_as_cases_say(store: db.Store) -> None:
    """What was written with each case is what would be made of it now."""
    with store.uows.read() as uow:
        cases = uow.cases.find(CaseQuery(limit=10_000)).rows
        kept = uow.figures.of_cases([case.id for case in cases])
    made = b"".join(pack(fact_of(c), row_key(c.id)) for c in sorted(cases, key=lambda one: row_key(one.id)))
    assert kept == made


def test_invented_months_agree(store: db.Store, tmp_path: Path) -> None:
    clock = Hands()
    hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
    district.load(store.uows, clock, hasher, Vault(tmp_path / "key"), district.camera_rows(8))
    start, end = MORNING - timedelta(days=9), MORNING
    history.make(store.uows, clock, start=start, end=end, count=CASES, seed=SEED)
    compared = against_events(store, start, end + timedelta(days=30), end)
    assert compared["reported"] > CASES * 0.9
    rows_are_as_cases_say(store)
    with store.uows.read() as uow:
        found = figures_in(uow, start, end, end, cut="reported").rows[0].values
    assert [name for name in INVENTED if not found[name].value] == []


def ends(day: Day) -> None:
    """Every way a case can end, and what comes after, once for sure."""
    ways = (
        (Action.REJECT, Action.MERGE),
        (Action.VOID, Action.FORCE_CLOSE, Action.REFUSE),
        (Action.SUSPEND, Action.EXTEND),
        (Action.CALL_BACK, Action.APPEAL),
    )
    for reach, actions in zip((0, 2, 4, 9), ways, strict=True):
        for action in actions:
            day.open()
            with day.office.store.uows.read() as uow:
                (case,) = uow.cases.find(CaseQuery(limit=1)).rows
                other = uow.cases.find(CaseQuery(open_only=True, limit=9)).rows[-1].id
            led = _led(day, case, reach)
            until = day.clock.now() + timedelta(hours=2)
            result = "yes" if action is Action.CALL_BACK else ""
            wish = Command(action, reason="等产权单位", other=other, result=result, until=until)
            with contextlib.suppress(Refusal):
                day.act(LEADER, led, replace(wish, cause="no_reason"))
            with day.office.store.uows.read() as uow:
                waiting = uow.users.waiting(case.id)
            for one in waiting:
                day.services.cases.approve(OTHER_LEADER, one.id)
    day.open()
    with day.office.store.uows.read() as uow:
        (case,) = uow.cases.find(CaseQuery(limit=1)).rows
    led = _led(day, case, 5)
    assert led.state is State.FEEDBACK
    day.act(LEADER, led, Command(Action.CHECK, result="rework", reason="未清理干净"))


def _led(day: Day, case: Case, steps: int) -> Case:
    """The case some steps on."""
    for _ in range(steps):
        with day.office.store.uows.read() as uow:
            case = uow.cases.load([case.id])[0]
            action = life.next_action(case, Role.DUTY, load_rules(uow, day.clock.now()))
        if action is None:
            break
        condition = "E09006-1" if action is Action.FILE else ""
        day.act(DUTY, case, Command(action, condition=condition, cause="no_reason"))
        day.clock.on(seconds=30)
    with day.office.store.uows.read() as uow:
        return uow.cases.load([case.id])[0]


def test_random_officers_work_agrees(store: db.Store, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    office = Office(store, tmp_path)
    day = Day(office, rng)
    begun = office.clock.now()
    day.wishes = [day.open, day.forward, day.forward, day.aside, day.correct, day.answer]
    day.look = lambda: None  # type: ignore[method-assign]
    for _ in range(STEPS):
        day.step()
    ends(day)
    now = office.clock.now()
    compared = against_events(store, begun - timedelta(days=2), now + timedelta(days=60), now)
    assert compared["filed"] > 10
    rows_are_as_cases_say(store)
    with store.uows.read() as uow:
        found = figures_in(uow, begun - timedelta(days=2), now, now, cut="reported").rows[0].values
        merged = uow.cases.count_by_state().get(State.DUPLICATE, 0)
    assert merged
    assert [name for name in DONE if not found[name].value] == []
    behind_each_number(store, begun - timedelta(days=2), now, now)
    much_later = now + timedelta(days=3)
    against_events(store, begun - timedelta(days=2), now + timedelta(days=60), much_later)


def test_the_kept_day_is_the_read_day(store: db.Store, tmp_path: Path) -> None:
    """Rows kept up by the chain are those that reading gives, step by step."""
    office = Office(store, tmp_path)
    day = Day(office, random.Random(SEED + 1))
    day.wishes = [day.open, day.forward, day.forward, day.aside, day.correct]
    day.look = lambda: None  # type: ignore[method-assign]
    start, end = office.clock.now() - timedelta(days=1), office.clock.now() + timedelta(hours=20)
    service = office.services.kpi
    for _ in range(40):
        day.step()
        kept: FigureRows = service.rows(LEADER, start, end, "reported")
        with store.uows.read() as uow:
            read = rows_in(uow, start, end, "reported")
        assert kept.raw.tobytes() == read.raw.tobytes()
    assert service.live.read < 40 * len(read) / 2


def test_an_old_database_is_filled_when_it_is_upgraded(store: db.Store, tmp_path: Path) -> None:
    from sqlalchemy import delete, update

    from db.figure_fill import fill
    from db.tables import site
    from db.tables_figures import case_figure

    office = Office(store, tmp_path)
    day = Day(office, random.Random(SEED + 2))
    for _ in range(12):
        day.open()
        day.forward()
    with store._engines.write.connect() as connection, connection.begin():
        connection.execute(delete(case_figure))
        connection.execute(update(site).where(site.c.key == "figure_layout").values(value="0"))
        assert fill(connection) == 12
        assert fill(connection) == 0
    rows_are_as_cases_say(store)
    with store.uows.read() as uow:
        assert uow.cases.count_by_state().get(State.REGISTERING, 0) < 12


def test_page_and_command_line_say_the_same(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.open_store(sqlite_url) as store:
        office = Office(store, tmp_path)
        day = Day(office, random.Random(SEED + 3))
        for _ in range(12):
            day.open()
            day.forward()
        services = assemble(store.uows, SystemClock(), tmp_path / "data", purpose="test")
        now = services.clock.now()
        with store.uows.read() as uow:
            wish = LoadIndicators(LEADER, "year", "reported", "source")
            shown = view(services, uow, wish, now)
    argv = ["--db", sqlite_url, "--data", str(tmp_path / "data"), "--json", "kpi", "--by", "source"]
    span = ["--from", shown.start.isoformat(), "--to", shown.end.isoformat(), "--cut", "reported"]
    assert main([*argv, *span]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["key"] for row in document["rows"]] == sorted(one.key or "" for one in shown.columns[1:])
    for row in document["rows"]:
        column = next(one for one in shown.columns if one.key == row["key"])
        assert row["n"] == column.n
        for name, value in column.values.items():
            # What still runs is longer by the moment between the two.
            told_as = {"value": value.value, "num": value.num, "den": value.den}
            for key, expected in told_as.items():
                same = None if expected is None else pytest.approx(expected, rel=1e-4)
                assert row["indicators"][name][key] == same, name
