"""Invented history: quick, valid, and never into a site's record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import db
from console.domain import chain
from console.domain.errors import Refusal
from console.domain.model import Event
from console.domain.vocabulary import OPEN, Action, Purpose, State
from console.services.alarms import AlarmService
from console.services.ports import CaseMatch, CaseQuery
from console.simulation import history
from console.simulation.replay_clock import ReplayClock
from db import admin, engine, schema, urls
from tests.db import raw
from tests.unit.simulation.conftest import MORNING


def fill(store: db.Store, count: int = 300, days: int = 12, **how: object) -> dict[str, object]:
    made = history.make(
        store.uows,
        ReplayClock(MORNING),
        start=MORNING - timedelta(days=days),
        end=MORNING,
        count=count,
        **how,  # type: ignore[arg-type]
    )
    return dict(made)


def led(events: Sequence[Event]) -> list[Event]:
    """Without what the store's own furnishing left in the audit log."""
    return [event for event in events if event.action != Action.AUDIT]


def test_a_fortnight_of_cases(store: db.Store) -> None:
    made = fill(store)
    with store.uows.read() as uow:
        cases = uow.cases.find(CaseQuery(limit=1000)).rows
        events = uow.events.since(0, 100_000)
    assert made["cases"] == len(cases) == 300
    assert made["events"] == len(led(events))
    assert chain.verify(events, chain.GENESIS) is None
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(led(events)))
    assert events[-1].recorded_at <= MORNING
    states = Counter(case.state for case in cases)
    assert states[State.CLOSED] > 150
    assert states[State.REJECTED] > 3
    by_hand = {event.case for event in events if event.action == "correct" and not event.data.get("asked")}
    assert {case.id for case in cases if case.manual_time} == by_hand
    days = {case.id[:8] for case in cases}
    assert len(days) >= 11
    last = {event.case: event for event in led(events)}
    assert set(last) == {case.id for case in cases}


def test_nothing_is_left_for_the_sweep(store: db.Store) -> None:
    fill(store, 900, 5)
    result = AlarmService(store.uows, ReplayClock(MORNING)).sweep()
    assert (result.raised, result.worsened) == (0, 0)
    with store.uows.read() as uow:
        alarms = uow.alarms.find(active=True).rows
        open_cases = {c.id for c in uow.cases.find(CaseQuery(open_only=True, limit=2000)).rows}
    assert alarms
    assert all(alarm.source_id in open_cases and alarm.late_s == 0 for alarm in alarms)


def test_same_seed_same_history(store: db.Store) -> None:
    fill(store, 60, seed=3)
    with store.uows.read() as uow:
        first = uow.events.since(0, 10_000)
    count = len(first)
    fill(store, 60, seed=3)
    with store.uows.read() as uow:
        second = uow.events.since(count, 10_000)
    assert [(e.at, e.action, e.actor) for e in led(first)] == [(e.at, e.action, e.actor) for e in second]


def test_a_brisk_history_leaves_nothing_open(store: db.Store) -> None:
    made = fill(store, 60, 1, brisk=True)
    with store.uows.read() as uow:
        cases = uow.cases.find(CaseQuery(limit=1000)).rows
    assert 40 < int(str(made["cases"])) == len(cases) <= 60
    assert not [case for case in cases if case.state in OPEN]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_sites_record_takes_no_invented_cases(purpose: Purpose) -> None:
    if purpose is Purpose.SITE:
        with pytest.raises(Refusal) as caught:
            history.demand_purpose(purpose)
        assert caught.value.code == "forbidden"
    else:
        history.demand_purpose(purpose)


def test_bounds(store: db.Store) -> None:
    with pytest.raises(Refusal):
        fill(store, -1)
    with pytest.raises(Refusal):
        history.make(
            store.uows,
            ReplayClock(MORNING - timedelta(hours=1)),
            start=MORNING - timedelta(days=1),
            end=MORNING,
            count=1,
        )
    assert fill(store, 0)["cases"] == 0


def _told(event: Event) -> tuple[object, ...]:
    """An event without the numbers of requests and cases, which go on counting."""
    data = {key: value for key, value in event.data.items() if key not in ("request", "merged", "into")}
    return event.at, event.recorded_at, event.action, event.actor, data


def test_several_processes_make_what_one_makes(store: db.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, 90, 3, seed=4)
    with store.uows.read() as uow:
        alone = uow.events.since(0, 10_000)
    monkeypatch.setattr("console.simulation.lives._ALONE", 10)
    steps: list[tuple[int, int]] = []
    fill(store, 90, 3, seed=4, progress=lambda done, of: steps.append((done, of)))
    with store.uows.read() as uow:
        several = uow.events.since(len(alone), 10_000)
        whole = uow.events.since(0, 100_000)
    assert list(map(_told, several)) == list(map(_told, led(alone)))
    assert chain.verify(whole, chain.GENESIS) is None
    assert steps[-1] == (90, 90)


def test_bulk_rows_are_the_rows_of_the_repositories(store: db.Store) -> None:
    """Storing a made case again in the ordinary way changes nothing of it, its
    clocks and what it is found by."""
    fill(store, 120, 4)
    with store.uows.read() as uow:
        before = uow.cases.find(CaseQuery(limit=1000)).rows
        words = {
            case.id: set(uow.cases.matching(CaseMatch(((("state", case.state.value),),)))) for case in before
        }
    with store.uows.write() as uow:
        for case in uow.cases.load([case.id for case in before]):
            uow.cases.save(case, case.version)
        uow.commit()
    with store.uows.read() as uow:
        after = uow.cases.find(CaseQuery(limit=1000)).rows
        for case in before:
            assert case.id in words[case.id]
    assert [replace(case, version=0) for case in after] == [replace(case, version=0) for case in before]


def test_requests_carry_their_numbers(store: db.Store) -> None:
    fill(store, 900, 20)
    with store.uows.read() as uow:
        events = uow.events.since(0, 100_000)
        granted = [e for e in events if e.action.value == "approve"]
        assert len({e.data["request"] for e in granted}) == len(granted) > 3
        for event in granted:
            request = uow.users.approval(int(str(event.data["request"])))
            assert request is not None
            assert (request.case, request.state) == (event.case, "approved")


def test_the_index_of_the_audit_log_is_made_anew_from_squeezed_events(
    store: db.Store, tmp_path: Path
) -> None:
    fill(store)
    url = f"sqlite:///{tmp_path / 'district.sqlite'}"
    raw.run(url, "DELETE FROM audit_entry", "DELETE FROM site WHERE key = 'audit_layout'")
    missing = admin.check(url)["bad_audit"]
    assert isinstance(missing, list)
    assert len(missing) > 5
    engines = engine.build(urls.parse(url))
    try:
        schema.upgrade(engines)
    finally:
        engines.dispose()
    assert admin.check(url)["ok"]
