"""A site on a real database, with a clock the test moves."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import db
from console.domain.model import Actor, Camera, Case, Command, Place, User
from console.domain.vocabulary import Action, Role, Source
from console.services.assembly import Services, assemble
from console.services.cases import NewCase
from console.services.people import Argon2Hasher
from console.services.views import CaseAnswer
from db import admin
from tests import postgres

#: 08:15:02 in the street, a Wednesday.
MORNING = datetime(2026, 8, 5, 0, 15, 2, tzinfo=UTC)

DUTY = Actor("officer01", Role.DUTY)
LEADER = Actor("leader01", Role.LEADER)
OTHER_LEADER = Actor("leader02", Role.LEADER)
ADMIN = Actor("admin", Role.ADMIN)
KIOSK = Actor("wall", Role.KIOSK)


class Hands:
    """A clock that stands where the test puts it."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return time.perf_counter()

    def on(self, **span: float) -> datetime:
        """Move on by a timedelta's words; returns the new time."""
        self.at += timedelta(**span)
        return self.at


@dataclass
class Site:
    """The services, and short words for what tests do all the time."""

    store: db.Store
    services: Services
    clock: Hands
    url: str
    folder: Path
    answers: list[CaseAnswer] = field(default_factory=list)

    def open(self, category: str = "event:09006", **known: object) -> Case:
        new = NewCase(source=Source.PATROL, category=category, **known)  # type: ignore[arg-type]
        return self._kept(self.services.cases.open(DUTY, new))

    def do(self, case: Case | str, action: Action | str, actor: Actor = LEADER, **wish: object) -> Case:
        case_id = case if isinstance(case, str) else case.id
        command = Command(Action(action), **wish)  # type: ignore[arg-type]
        return self._kept(self.services.cases.act(actor, case_id, command))

    def through(self, case: Case, *actions: str) -> Case:
        for action in actions:
            case = self.do(case, action)
        return case

    def _kept(self, answer: CaseAnswer) -> Case:
        self.answers.append(answer)
        return answer.case

    @property
    def last(self) -> CaseAnswer:
        return self.answers[-1]

    def events(self, case: Case) -> list[str]:
        with self.store.uows.read() as uow:
            return [event.action.value for event in uow.events.of_case(case.id)]

    def rung(self, case: Case) -> list[tuple[str, int]]:
        """(clock, threshold) of every alarm event in the chain, in its order."""
        with self.store.uows.read() as uow:
            events = [e for e in uow.events.of_case(case.id) if e.action is Action.ALARM]
        return [(str(e.data["deadline"]), int(str(e.data["threshold"]))) for e in events]

    def size(self) -> tuple[int, int]:
        """Cases and events: what a refusal must not change."""
        from console.services.ports import CaseQuery

        with self.store.uows.read() as uow:
            return uow.cases.find(CaseQuery(limit=1)).total, uow.events.head()[0]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped standard, made once and copied."""
    path = tmp_path_factory.mktemp("shipped") / "fifteen.db"
    admin.init(str(path), "test")
    with db.open_store(str(path)) as store:
        assemble(store.uows, Hands(MORNING - timedelta(days=30)), path.parent).reference.load_shipped()
    return path


def furnish(services: Services) -> None:
    """People, a camera and a community."""
    with services.uows.write() as uow:
        for actor in (DUTY, LEADER, OTHER_LEADER, ADMIN):
            uow.users.put(User(actor.name, actor.name, actor.name, actor.role))
        uow.cameras.put(
            [
                Camera(
                    "cam01",
                    "亚太广场-02",
                    "rtsp://127.0.0.1/cam01",
                    community="yatai",
                    road="朝凤路",
                    grid="410171001001001",
                    lon=113.71,
                    lat=34.72,
                    secret="sealed",
                    username="operator",
                )
            ]
        )
        uow.reference.put_places([Place("community", "yatai", "亚太社区", "Yatai")])
        uow.commit()


@pytest.fixture
def site(tmp_path: Path, shipped: Path) -> Iterator[Site]:
    """A site on SQLite."""
    file = tmp_path / "fifteen.db"
    shutil.copy(shipped, file)
    yield from _site(str(file), tmp_path)


@pytest.fixture(scope="session")
def shipped_there(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same on PostgreSQL: its URL, to be copied."""
    url = postgres.fresh_url("test")
    with db.open_store(url) as store:
        early = Hands(MORNING - timedelta(days=30))
        assemble(store.uows, early, tmp_path_factory.mktemp("there")).reference.load_shipped()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def each_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site on either database."""
    if request.param == "sqlite":
        file = tmp_path / "fifteen.db"
        shutil.copy(request.getfixturevalue("shipped"), file)
        yield from _site(str(file), tmp_path)
        return
    url = postgres.copy(request.getfixturevalue("shipped_there"))
    yield from _site(url, tmp_path)
    postgres.drop(url)


def _site(url: str, folder: Path) -> Iterator[Site]:
    clock = Hands()
    hasher = Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1)
    with db.open_store(url) as store:
        services = assemble(store.uows, clock, folder / "data", hasher=hasher, purpose="test")
        furnish(services)
        yield Site(store, services, clock, url, folder)
