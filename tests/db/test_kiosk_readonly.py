"""The large display's login of PostgreSQL: it reads what is shown and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.kiosk import CASE
from console.domain.model import Actor
from console.domain.vocabulary import Role, Source
from console.kiosk_engine import CamerasRead, KioskEngine
from console.services.assembly import assemble
from console.services.cases import NewCase
from console.services.district_map import LoadMap, MapData
from console.services.kiosk import KioskNames, KioskState, LoadKiosk, LoadKioskNames, TryPin
from console.services.people import Argon2Hasher
from console.services.ports import Change
from console.services.requests import Answer, LoadBoard, LoadLayouts, Refused
from console.services.views import BoardView
from console.services.wall_layouts import Library
from console.settings import Places
from console.simulation import district
from console.wiring.kiosk_host import NOBODY
from tests import postgres
from tests.scenarios.console_kit import until

ROLE = "fifteen_kiosk"
STATEMENT = Path(__file__).parents[2] / "packaging" / "kiosk-readonly.sql"
LEADER = Actor("zhang.wei", Role.LEADER)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[db.Store, Places]]:
    """A district on PostgreSQL, and the places of a display that may only read it."""
    url = postgres.fresh_url("test")
    name = postgres.name_of(url)
    hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
    with db.open_store(url) as store:
        services = assemble(store.uows, SystemClock(), tmp_path, hasher=hasher)
        district.load(store.uows, SystemClock(), hasher, services.vault, (), "")
        host = str(postgres.server().folder)
        words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-U", "fifteen", "-d", name]
        subprocess.run([*words, "-v", f"role={ROLE}", "-f", str(STATEMENT)], check=True, timeout=30)
        yield store, Places(url.replace("fifteen@", f"{ROLE}@", 1), tmp_path, tmp_path / "cache")
    postgres.drop(url)
    with postgres.server().connect() as link:
        link.execute(f"DROP ROLE {ROLE}")  # type: ignore[arg-type]


@pytest.mark.logs("not in the audit log|at the large display")
def test_everything_that_is_shown_can_be_read_and_nothing_else(site: tuple[db.Store, Places]) -> None:
    store, places = site
    services = assemble(
        store.uows,
        SystemClock(),
        places.data,
        hasher=Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1),
    )
    case = services.cases.open(LEADER, NewCase(source=Source.PATROL, place="亚太广场")).case
    services.kiosk.set_pin(Actor("admin", Role.ADMIN), "482913")
    heard: list[object] = []
    engine = KioskEngine(places, heard.append)
    try:
        engine.start()
        assert engine.store.may_write() is False
        assert store.may_write() is True
        asked = [
            engine.submit(kind(NOBODY))
            for kind in (LoadBoard, LoadKiosk, LoadKioskNames, LoadLayouts, LoadMap)
        ]
        asked.append(engine.submit(TryPin(NOBODY, "0000"), slow=True))
        asked.append(engine.submit(TryPin(NOBODY, "482913"), slow=True))
        answers = {}

        def all_here() -> bool:
            answers.update({one.token: one for one in heard if hasattr(one, "token")})
            return answers.keys() >= set(asked)

        until(all_here, "the answers")
        board, state, names, library, ground, wrong, right = (answers[one] for one in asked)
        for answer, kind in zip(
            (board, state, names, library, ground),
            (BoardView, KioskState, KioskNames, Library, MapData),
            strict=True,
        ):
            assert isinstance(answer, Answer), answer
            assert isinstance(answer.value, kind)
        assert [card.id for card in board.value.cards] == [case.id]
        assert isinstance(wrong, Refused)
        assert (wrong.refusal.code, wrong.refusal.detail) == ("auth_failed", "pin")
        assert right.value is True, "left by PIN although nothing can be written"
        until(lambda: any(isinstance(one, CamerasRead) for one in heard), "the cameras")

        # What an officer does elsewhere is here within a moment.
        services.kiosk.push(LEADER, CASE, case.id)
        until(lambda: any(isinstance(one, Change) and "setting" in one.kinds for one in heard), "the news")

        with pytest.raises(Refusal):
            engine.services.kiosk.push(LEADER, CASE, case.id)
        with pytest.raises((Refusal, ProgrammingError)), engine.store.uows.read() as uow:
            uow.users.all()
    finally:
        engine.stop()
