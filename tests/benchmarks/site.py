"""A district of its own for a measurement: database, data folder, cameras."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import db
from console.clock import SystemClock
from console.domain.model import Camera
from console.services.assembly import assemble
from console.services.people import Argon2Hasher
from console.settings import Places
from console.simulation import district


@contextlib.contextmanager
def site(rows: Sequence[Camera], cache: Path) -> Iterator[Places]:
    """The demo district with these cameras, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fifteen-bench-") as name:
        folder = Path(name)
        places = Places(f"sqlite:///{folder / 'bench.sqlite'}", folder, cache)
        db.admin.init(places.db_url, "demo")
        with db.open_store(places.db_url) as store:
            clock = SystemClock()
            vault = assemble(store.uows, clock, places.data).vault
            # Cheap parameters: what signs in here keeps no secret.
            hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
            district.load(store.uows, clock, hasher, vault, rows, "")
        yield places
