"""Months of cases at once: in little room, and as sound as those that grew."""

from __future__ import annotations

import functools
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

import db
from console.domain import replay
from console.domain.model import Case
from console.domain.records import replace
from console.domain.vocabulary import OPEN, Action, State
from console.services.people import Argon2Hasher
from console.services.ports import CaseMatch, CaseQuery
from console.services.vault import Vault
from console.simulation import district, history
from console.simulation.replay_clock import ReplayClock
from db import admin
from db.squeeze import squeeze, text_of
from tests import postgres
from tests.db.building import NOW

#: What an office's year holds; every one has its effect on the figures.
BRANCHES = frozenset(
    {
        Action.VERIFIED, Action.REJECT, Action.REFUSE, Action.MERGE, Action.SUSPEND, Action.RESUME,
        Action.EXTEND, Action.VOID, Action.FORCE_CLOSE, Action.CORRECT, Action.APPEAL, Action.DENY,
        Action.REOPEN, Action.URGE, Action.NOTE, Action.ADD_TEAM, Action.SUPERVISE, Action.REPLY,
    }
)  # fmt: skip


@given(st.text())
def test_squeezed_text_comes_back(told: str) -> None:
    assert text_of(squeeze(told)) == told


def test_an_ordinary_event_takes_a_fifth() -> None:
    told = (
        '{"by":["sanitation"],"channel":"app","clocks":[{"in_time":true,"kind":"handling","limit_s":14400,'
        '"met_at":"2026-03-09T07:12:53.171000+00:00","op":"meet","start_at":"2026-03-09T05:01:06.422000+00:00"}'
        ',{"due_at":"2026-03-09T07:42:53.171000+00:00","kind":"check","limit":{"unit":"urgent_minute","value":30,'
        '"version":"minghu-1"},"limit_s":1800,"op":"start","start_at":"2026-03-09T07:12:53.171000+00:00",'
        '"warn_at":"2026-03-09T07:36:53.171000+00:00"}],"from":"handling","to":"feedback"}'
    )
    assert len(squeeze(told)) < len(told) / 5


@pytest.mark.parametrize("blob", [b"", b"\x00", b"\x07abc", b"\x01", b"\x01not deflate", squeeze("{}")[:-1]])
def test_what_is_no_squeezed_text_is_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="no squeezed text"):
        text_of(blob)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """A district with a history made the way of many cases, once a database."""

    @functools.cache
    def made(kind: str) -> str:
        folder = tmp_path_factory.mktemp("years")
        url = postgres.fresh_url("test") if kind == "postgresql" else f"sqlite:///{folder / 'years.db'}"
        if kind == "sqlite":
            admin.init(url, "test")
        clock = ReplayClock(NOW)
        hasher = Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1)
        cameras = district.camera_rows(12, username="operator")
        with db.open_store(url) as store, pytest.MonkeyPatch.context() as patch:
            patch.setattr(history, "_MANY", 10)
            district.load(store.uows, clock, hasher, Vault(folder / "key"), cameras, "secret")
            begin = NOW - timedelta(days=30)
            told = history.make(store.uows, clock, start=begin, end=NOW, count=1500, seed=7)
        assert told["cases"] == 1500
        return url

    return made


@pytest.fixture
def years_url(kind: str, invented: Callable[[str], str], tmp_path: Path) -> Iterator[str]:
    """A copy of it."""
    made = invented(kind)
    if kind == "sqlite":
        shutil.copy(made.removeprefix("sqlite:///"), tmp_path / "years.db")
        yield f"sqlite:///{tmp_path / 'years.db'}"
        return
    url = postgres.copy(made)
    yield url
    postgres.drop(url)


@pytest.fixture
def years(years_url: str) -> Iterator[db.Store]:
    """The copy, open."""
    with db.open_store(years_url) as opened:
        yield opened


def test_a_history_is_sound_and_has_every_branch(years: db.Store, years_url: str, kind: str) -> None:
    """The chain holds, each case is what its events make of it, and all of it
    is found by its words."""
    told = admin.check(years_url)
    assert (told["ok"], told["chain_ok"]) == (True, True)
    with years.uows.read() as uow:
        events = list(_all(uow))
        cases = uow.cases.find(CaseQuery(limit=2000)).rows
        standard = {(c.condition_id, c.version): c for c in uow.reference.conditions()}
        connection = uow._connection  # type: ignore[attr-defined]
        told_by_cases = text("SELECT data FROM event WHERE action <> 'audit' LIMIT 50")
        stored = connection.execute(told_by_cases).scalars().all()
        numbers = connection.execute(text("SELECT id FROM approval ORDER BY id")).scalars().all()
        found = {
            state: set(uow.cases.matching(CaseMatch(((("state", state.value),),), bound=2000)))
            for state in State
        }
    assert {type(data) for data in stored} == ({bytes} if kind == "sqlite" else {str})
    folded = replay.cases(events, standard)
    assert {one.id: folded[one.id] for one in cases} == {one.id: _bare(one) for one in cases}
    assert {event.action for event in events} >= BRANCHES
    assert {one.state for one in cases} >= {State.CLOSED, State.REJECTED, State.VOIDED, State.DUPLICATE}
    assert any(one.state in OPEN for one in cases)
    for state, ids in found.items():
        assert ids == {one.id for one in cases if one.state is state}
    asked = {event.data["request"] for event in events if event.action in (Action.APPROVE, Action.DENY)}
    assert asked
    assert asked <= set(numbers)
    late = [one for one in cases if one.breach_cause]
    assert len({one.breach_cause for one in late}) > 2


def test_a_history_can_be_gone_on_with(years: db.Store, years_url: str) -> None:
    """Steps through the repositories on cases made in bulk: the chain goes on
    and the index forgets the old state."""
    with years.uows.read() as uow:
        some = random.Random(3).sample(uow.cases.find(CaseQuery(open_only=True, limit=200)).rows, 3)
    with years.uows.write() as uow:
        for one in some:
            uow.cases.save(replace(one, state=State.VOIDED, ended_at=NOW), one.version)
        uow.commit()
    with years.uows.read() as uow:
        voided = set(uow.cases.matching(CaseMatch(((("state", "voided"),),), bound=2000)))
        before = [uow.cases.matching(CaseMatch(((("state", one.state.value),),), bound=2000)) for one in some]
    assert voided >= {one.id for one in some}
    assert not any(one.id in ids for one, ids in zip(some, before, strict=True))
    assert admin.check(years_url)["ok"]


def test_what_was_broken_off_is_whole(store: db.Store, url: str, tmp_path: Path) -> None:
    """An interrupt between two bundles: what is stored is a sound history of
    fewer cases, every one with all its events."""
    clock = ReplayClock(NOW)
    hasher = Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1)
    district.load(store.uows, clock, hasher, Vault(tmp_path / "key"), district.camera_rows(4), "secret")

    def stop(done: int, whole: int) -> None:
        if done > whole / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history.make(store.uows, clock, start=NOW - timedelta(days=9), end=NOW, count=200, progress=stop)
    with store.uows.read() as uow:
        events = list(_all(uow))
        cases = uow.cases.find(CaseQuery(limit=2000)).rows
        standard = {(c.condition_id, c.version): c for c in uow.reference.conditions()}
    assert 100 < len(cases) < 200
    folded = replay.cases(events, standard)
    assert {one.id: folded[one.id] for one in cases} == {one.id: _bare(one) for one in cases}
    assert admin.check(url)["ok"]


def _bare(one: Case) -> Case:
    return replace(one, version=0, evidence=())


def _all(uow: object) -> Iterator[object]:
    last = 0
    while events := uow.events.since(last, 5000):  # type: ignore[attr-defined]
        yield from events
        last = events[-1].seq
