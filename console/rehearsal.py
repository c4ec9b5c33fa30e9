"""The rehearsal of a restore: is this backup really a site one could go on with?

A backup is put back in a temporary place, checked as ``db check`` does, its record
compared with the live one up to its last event, its evidence read, and the
figures of the last whole day before it computed on both. The live database is
only read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.domain.kpi import Value
from console.services.assembly import assemble
from console.services.permissions import local_actor
from console.services.ports import Clock
from console.settings import Places
from db import open_store, rehearse

_ZONE: Final = ZoneInfo("Asia/Shanghai")


def run(places: Places, file: Path, clock: Clock, folder: Path | None = None) -> dict[str, Any]:
    """Rehearse ``file``. Answers ``{ok, file, took_s, schema, until, check, record,
    chain_same, evidence, figures, later}``: ``record`` and ``figures`` are rows ``{id, backup, live,
    same}``, ``later`` counts cases something happened to since (their figures
    may differ). Raises ``Refusal`` as ``db.rehearse.tried`` does."""
    begun = clock.monotonic()
    with rehearse.tried(places.db_url, file, folder) as place:
        seq = int(place.manifest["chain_head"]["seq"])
        checked = rehearse.check(place, file)
        record = _rows(rehearse.record(place.url, seq), rehearse.record(places.db_url, seq))
        same = rehearse.head_hash(places.db_url, seq) == (place.manifest["chain_head"]["hash"] if seq else "")
        later = rehearse.touched_since(places.db_url, seq)
        files = rehearse.evidence_of(place, file)
        figures = _figures(places, place, clock)
    sound = files is None or not files["bad"]
    moved = any(not row["same"] for row in figures)
    ok = checked["ok"] and same and sound and all(row["same"] for row in record) and (later > 0 or not moved)
    return {
        "ok": ok,
        "file": str(file),
        "took_s": round(clock.monotonic() - begun, 1),
        "schema": place.manifest["schema"],
        "until": place.until,
        "check": checked,
        "chain_same": same,
        "record": record,
        "evidence": files,
        "figures": figures,
        "later": later,
    }


def _rows(backup: dict[str, int], live: dict[str, int]) -> list[dict[str, Any]]:
    names = sorted(backup.keys() | live.keys())
    pairs = [(name, backup.get(name, 0), live.get(name, 0)) for name in names]
    return [{"id": name, "backup": b, "live": n, "same": b == n} for name, b, n in pairs]


def _figures(places: Places, place: rehearse.Tried, clock: Clock) -> list[dict[str, Any]]:
    """Every figure of the last whole day before the backup's end, on both."""
    if place.until is None:
        return []
    end = datetime.combine(place.until.astimezone(_ZONE).date(), datetime.min.time(), _ZONE)
    start = end - timedelta(days=1)
    tried, live = (_day(url, places, clock, start, end) for url in (place.url, places.db_url))
    names = sorted(tried.keys() | live.keys())
    rows = [(name, tried.get(name), live.get(name)) for name in names]
    return [
        {"id": name, "backup": b and b.value, "live": n and n.value, "same": b == n} for name, b, n in rows
    ]


def _day(url: str, places: Places, clock: Clock, start: datetime, end: datetime) -> dict[str, Value]:
    with open_store(url) as store:
        services = assemble(store.uows, clock, places.data, purpose=str(store.purpose))
        found = services.kpi.figures(local_actor(), start, end, cut="filed")
    return dict(found.rows[0].values) if found.rows else {}
