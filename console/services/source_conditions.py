"""What is wrong now, besides cases, as the door of the alarms wants it told.

Each function looks at one thing and answers with the whole list; ``None`` means
that it cannot know just now, which is not the same as nothing. How loud, after
how long, and what folds into what is decided behind the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from console.domain.conditions import Condition
from console.domain.model import Camera
from console.domain.vocabulary import FeedState, SourceKind
from console.services.ports import FeedHealth

#: A camera whose clock is further off than this contradicts the case it proves, s.
CLOCK_OFF_S: Final = 30.0
#: The first pictures of a start are waited for so long, s.
FIRST_S: Final = 30.0
#: A folder with less than this share of its disk free is low, unless it has
#: ``ROOMY`` bytes: at 80 cases a day with clips an office writes 3 GB a day.
LOW_SHARE: Final = 0.10
ROOMY: Final = 60 << 30
#: Below this a disk is low whatever its share, and below ``FULL`` nothing is safe:
#: a clip has 8 MB, a backup some hundred.
LOW: Final = 2 << 30
FULL: Final = 300 << 20
#: Seconds that a sweep or a question to the database may take before it is slow.
SLOW_S: Final = 2.0
#: A heartbeat older than this is late: the red words stand by then.
LATE_S: Final = 5.0

_LOST: Final = frozenset(
    {FeedState.LOST, FeedState.BACKOFF, FeedState.UNAUTHORISED, FeedState.NOT_FOUND, FeedState.BAD_DATA}
)
#: Why a stale camera may only be slow; any other reason is a broken connection.
_HICCUPS: Final = frozenset({"silent", "no_picture", ""})
_GIB: Final = 1 << 30


def behind(cameras: Iterable[Camera]) -> dict[str, str]:
    """What each camera is lost together with: its network segment, else the
    recorder or restreamer, where several come from one address; else nothing."""
    rows = tuple(cameras)
    hosts: dict[str, int] = {}
    for camera in rows:
        host = _host(camera)
        hosts[host] = hosts.get(host, 0) + 1
    return {c.id: c.segment or (h if hosts[h := _host(c)] > 1 else "") for c in rows}


def _host(camera: Camera) -> str:
    try:
        return urlsplit(camera.url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def cameras(
    rows: Mapping[str, Camera],
    segments: Mapping[str, str],
    health: Mapping[str, FeedHealth],
    now: datetime,
    *,
    young: bool = False,
    clocks: bool = True,
) -> list[Condition] | None:
    """What is wrong with the cameras in ``rows``. ``young``: the program has been
    looking for less than :data:`FIRST_S`; ``None`` then while first connections
    are still under way: what was wrong before is not over because nobody has
    looked yet. ``clocks``: this machine's clock is one to compare theirs with."""
    if young and any(_unknown(health.get(name)) for name in rows):
        return None
    found: list[Condition] = []
    for name, camera in rows.items():
        told = health.get(name)
        if told is not None and camera.enabled and told.state is not FeedState.DISABLED:
            found += _of_camera(camera, segments.get(name, ""), told, now, clocks)
    return found


def _unknown(told: FeedHealth | None) -> bool:
    return told is None or (told.state is FeedState.CONNECTING and not told.reason)


def _of_camera(
    camera: Camera, segment: str, told: FeedHealth, now: datetime, clocks: bool
) -> list[Condition]:
    found: list[Condition] = []

    def wrong(code: str, since: datetime | None, **facts: str) -> None:
        facts = {"name": camera.name or camera.id, **facts}
        began = min(since or now, now)
        found.append(Condition(SourceKind.CAMERA, camera.id, code, began, segment, facts))

    state, reason = told.state, told.reason
    if state in _LOST or (state is FeedState.STALE and reason not in _HICCUPS):
        silent = timedelta(seconds=told.packet_age_s) if told.packet_age_s is not None else None
        undecodable = state is FeedState.BAD_DATA and reason == "undecodable"
        since = now - silent if silent is not None and not undecodable else told.since
        wrong("corrupt" if undecodable else "lost", since, reason=reason or state.value)
    elif state is FeedState.FROZEN and told.covered_since is None:
        # What hangs before a lens does not move either.
        wrong("frozen", told.since)
    if told.covered_since is not None:
        wrong("covered", told.covered_since)
    if told.torn_since is not None and not any(one.code == "corrupt" for one in found):
        wrong("corrupt", told.torn_since, reason="torn")
    offset = told.clock_offset_s
    if clocks and offset is not None and abs(offset) > CLOCK_OFF_S and state is not FeedState.LOST:
        wrong("clock_off", None, offset=f"{round(offset):+d}")
    return found


@dataclass(frozen=True, slots=True)
class Room:
    """A folder's disk. ``seat`` is empty for one that all workstations share.
    ``since``: when this was found first; ``free``, ``total`` bytes, ``None``
    when the disk does not answer or the folder is not there."""

    name: str
    path: str
    seat: str
    since: datetime
    free: int | None
    total: int | None


def disks(rooms: Sequence[Room]) -> list[Condition]:
    """Folders on disks that are low, full or away."""
    found: list[Condition] = []
    for room in rooms:
        code = _room_code(room)
        if code:
            facts = {"folder": room.name, "path": room.path, "seat": room.seat}
            if room.free is not None and room.total:
                facts["free"] = size(room.free)
                facts["percent"] = str(100 * room.free // room.total)
            name = f"{room.name}@{room.seat}" if room.seat else room.name
            found.append(Condition(SourceKind.DISK, name, code, room.since, "", facts))
    return found


def _room_code(room: Room) -> str:
    if room.free is None or room.total is None:
        return "unreachable"
    if room.free < FULL:
        return "disk_full"
    low = room.free < LOW or (room.free < LOW_SHARE * room.total and room.free < ROOMY)
    return "disk_low" if low else ""


def size(count: int) -> str:
    """``3.1 GB``; below one ``412 MB``."""
    return f"{count / _GIB:.1f} GB" if count >= _GIB else f"{count >> 20} MB"


def database(took_s: float, since: datetime) -> list[Condition]:
    """The database answered after ``took_s``, as slowly since ``since``."""
    if took_s < SLOW_S:
        return []
    facts = {"took": f"{took_s:.0f}"}
    return [Condition(SourceKind.DATABASE, "database", "slow", since, "", facts)]


def outage(since: datetime, until: datetime, detail: str) -> Condition:
    """The database was away from ``since`` to ``until``: told once it is there
    again, since nobody could be told before."""
    facts = {"seconds": str(round((until - since).total_seconds())), "reason": detail}
    return Condition(SourceKind.DATABASE, "database", "down", since, "", facts)


def scheduler(seat: str, role: str, heartbeat_s: float, now: datetime) -> list[Condition]:
    """This program's own scheduler has not proved to be alive for too long."""
    if heartbeat_s < LATE_S:
        return []
    since = now - timedelta(seconds=heartbeat_s)
    facts = {"seat": seat, "role": role}
    return [Condition(SourceKind.SCHEDULER, f"{seat}/{role}", "late", since, "", facts)]


def backup(
    overdue_s: float | None, failed: str, failed_at: datetime | None, now: datetime
) -> list[Condition]:
    """A backup that should be there and is not, or one that went wrong."""
    found: list[Condition] = []
    if overdue_s is not None:
        hours = {"hours": str(int(overdue_s // 3600))}
        since = now - timedelta(seconds=overdue_s)
        found.append(Condition(SourceKind.BACKUP, "backup", "overdue", since, "", hours))
    if failed:
        why = {"reason": failed[:200]}
        found.append(Condition(SourceKind.BACKUP, "backup", "failed", failed_at or now, "", why))
    return found
