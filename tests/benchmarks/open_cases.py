"""A database with thousands of open cases whose deadlines lie ahead.

Built once per size and kept in the cache; a run works on a copy, with a clock
that is shifted so that the deadlines lie ahead again.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import db
from console.clock import SystemClock, machine_now
from console.domain import life
from console.domain.model import Actor, Case
from console.domain.vocabulary import Role, Source, State
from console.services.assembly import assemble
from console.services.people import Argon2Hasher
from console.services.rules import load_rules
from console.simulation import district
from db import admin, schema

#: The instant at which the measurement of a built database begins.
ORIGIN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
#: Seconds from the origin at which the bunch crosses.
BUNCH_AT_S = 20.0
BUNCH = 2000
#: A crossing every so many seconds besides.
EVERY_S = 0.05
_FORMAT = 3
ACTOR = Actor("li.na", Role.DUTY)


@dataclass(frozen=True, slots=True)
class Layout:
    """How many cases there are and when they cross 80 % of their decision."""

    cases: int
    seconds: int

    def crossings(self) -> list[float]:
        """Seconds after the origin, one per case; the rest cross long after."""
        dice = random.Random(15)
        bunch = [BUNCH_AT_S + dice.random() for _ in range(min(BUNCH, self.cases // 2))]
        spread = [3.0 + EVERY_S * n for n in range(int((self.seconds - 6) / EVERY_S))]
        spread = spread[: max(0, self.cases - len(bunch))]
        rest = self.cases - len(bunch) - len(spread)
        return bunch + spread + [self.seconds + 3600.0 + n for n in range(rest)]


def built(cache: Path, layout: Layout, say: Callable[[str], None]) -> Path:
    """The database in the cache, made if it is not there."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"open-{_FORMAT}-{layout.cases}-{layout.seconds}.sqlite"
    if file.exists():
        up_to_date(file)
        return file
    say(f"building {layout.cases} open cases once …")
    half = file.with_suffix(".part")
    for leftover in cache.glob(f"{half.name}*"):
        leftover.unlink()
    url = f"sqlite:///{half}"
    admin.init(url, "test")
    with tempfile.TemporaryDirectory() as data, db.open_store(url) as store:
        services = assemble(store.uows, SystemClock(), Path(data))
        hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
        district.load(store.uows, services.clock, hasher, services.vault, district.camera_rows(36))
        fill(store, layout)
    half.rename(file)
    return file


def up_to_date(file: Path) -> None:
    """Bring a kept database to this program's schema; the backup that goes
    before it is not needed here."""
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    if found == (schema.HEAD,):
        return
    copied = admin.upgrade(f"sqlite:///{file}")["backup"]
    if copied:
        Path(copied).unlink()


def fill(store: db.Store, layout: Layout) -> None:
    """Add the open cases of a layout."""
    cameras = district.camera_rows(36)
    with store.uows.write() as uow:
        rules = load_rules(uow, ORIGIN)
        made, drafts = [], []
        for number, crosses in enumerate(layout.crossings()):
            # 80 % of five minutes is four.
            found = ORIGIN + timedelta(seconds=crosses - 240)
            camera = cameras[number % len(cameras)]
            draft = Case(
                id="",
                state=State.REGISTERING,
                source=Source.CAMERA,
                camera=camera.id,
                place=camera.road,
                community=camera.community,
                lon=camera.lon,
                lat=camera.lat,
                found_at=found,
            )
            step = life.open_case(draft, ACTOR, rules, max(found, ORIGIN - timedelta(hours=1)))
            made.append(step.case)
            drafts.append(step.drafts)
        stored = uow.cases.add_all(made, "20260304")
        flat = [replace(d, case=case.id) for case, own in zip(stored, drafts, strict=True) for d in own]
        uow.events.append(flat)
        uow.touch("case")
        uow.commit()


def fresh_copy(source: Path, folder: Path) -> Path:
    """A copy to work on; the cached file stays as it is."""
    target = folder / "bench.sqlite"
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    new.close()
    old.close()
    return target


def shift_clock(folder: Path, lead_s: float) -> Path:
    """A clock file with which it is ``lead_s`` before the origin now."""
    file = folder / "clock"
    offset = (ORIGIN - machine_now()).total_seconds() - lead_s
    file.write_text(f"{offset:.6f}", encoding="ascii")
    return file


def room(folder: Path) -> Path:
    """A data folder of its own."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    return data
