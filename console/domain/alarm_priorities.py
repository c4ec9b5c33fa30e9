"""What each thing that can be wrong is worth, and when it counts: the table of
priorities that the office edits, and what is set aside while it is mended.

Defaults follow the practice of the field (facts 5.4): a camera counts as lost
after half a minute and as back after half a minute; three losses in ten minutes
are one "unstable"; low for a camera, medium or high for what takes the whole
office down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.vocabulary import Severity, SourceKind

#: What a severity is called that never rings.
OFF: Final = "off"
#: The code of a source that comes and goes.
UNSTABLE: Final = "unstable"
#: The code of a segment whose members are lost together.
FOLDED: Final = "folded"
#: Longest delay, seconds, and longest window of the flap filter.
LONGEST_S: Final = 86_400
MOST_FLAPS: Final = 20
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Priority:
    """One row: how a code of a kind of source rings.

    ``severity`` ``None``: never. ``on_s``: how long it must have been wrong,
    ``off_s``: how long right again, in seconds. ``flaps`` onsets within
    ``within_s`` make it unstable (0: never). ``folds``: it may be one of many
    of its segment."""

    kind: SourceKind
    code: str
    severity: Severity | None
    on_s: int = 0
    off_s: int = 0
    flaps: int = 0
    within_s: int = 600
    folds: bool = False

    @property
    def name(self) -> str:
        """``camera.lost``."""
        return f"{self.kind.value}.{self.code}"

    @property
    def steady_s(self) -> float:
        """So long something unstable must keep still to be steady again."""
        return max(self.off_s, self.within_s / 2)


@dataclass(frozen=True, slots=True)
class Folding:
    """``members`` of one segment lost within ``within_s`` seconds are one alarm."""

    members: int = 4
    within_s: int = 60


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A source that is being worked on: ``id`` ``*`` for all of its kind; a
    segment takes the cameras behind it along. Always with an end."""

    number: int
    kind: SourceKind
    id: str
    start: datetime
    end: datetime
    reason: str
    by: str = ""

    def covers(self, kind: SourceKind, source: str, segment: str, now: datetime) -> bool:
        """True when a source is being worked on at ``now``."""
        if not self.start <= now < self.end:
            return False
        if self.kind is kind and self.id in (source, "*"):
            return True
        return self.kind is SourceKind.NETWORK and bool(segment) and self.id in (segment, "*")


_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_K = SourceKind

#: The table until the office changes it.
DEFAULTS: Final[tuple[Priority, ...]] = (
    Priority(_K.CAMERA, "lost", _LOW, 30, 30, 3, 600, folds=True),
    Priority(_K.CAMERA, "frozen", _LOW, 30, 30, 3, 600, folds=True),
    Priority(_K.CAMERA, "covered", _MEDIUM, 20, 20, 3, 600),
    Priority(_K.CAMERA, "corrupt", _LOW, 30, 30, 3, 600),
    Priority(_K.CAMERA, "clock_off", _LOW, 60, 60, 3, 3600),
    Priority(_K.CAMERA, UNSTABLE, _LOW),
    Priority(_K.NETWORK, FOLDED, _MEDIUM, 0, 60, 3, 1800),
    Priority(_K.NETWORK, "down", _MEDIUM, 30, 30, 3, 1800),
    Priority(_K.NETWORK, UNSTABLE, _MEDIUM),
    Priority(_K.DISK, "disk_low", _MEDIUM, 0, 60, 3, 3600),
    Priority(_K.DISK, "disk_full", _HIGH, 0, 60, 3, 3600),
    Priority(_K.DISK, "unreachable", _HIGH, 30, 60, 3, 3600),
    Priority(_K.DATABASE, "slow", _LOW, 10, 30, 3, 600),
    Priority(_K.DATABASE, "down", _HIGH, 0, 10, 3, 600),
    Priority(_K.SCHEDULER, "late", _HIGH, 0, 10, 3, 600),
    Priority(_K.SCHEDULER, "silent", _MEDIUM, 0, 10, 3, 3600),
    Priority(_K.BACKUP, "overdue", _LOW),
    Priority(_K.BACKUP, "failed", _MEDIUM),
    Priority(_K.EMERGENCY, "first_report_due", _MEDIUM),
    Priority(_K.EMERGENCY, "first_report_overdue", _HIGH),
    Priority(_K.EMERGENCY, "written_report_due", _MEDIUM),
    Priority(_K.EMERGENCY, "written_report_overdue", _HIGH),
    Priority(_K.SUPERVISION, "reply_due", _LOW),
    Priority(_K.SUPERVISION, "reply_overdue", _MEDIUM),
    Priority(_K.SUPERVISION, "handover_late", _MEDIUM),
    Priority(_K.SUPERVISION, "shift_missing", _MEDIUM),
)

#: What a code rings like that has no row: at once, medium.
_UNKNOWN: Final = Priority(_K.SYSTEM, "", _MEDIUM, 0, 10, 3, 600)


class Priorities:
    """The table in force: the defaults with the office's rows in their place."""

    def __init__(self, rows: Sequence[Priority] = (), folding: Folding | None = None) -> None:
        self._rows = {row.name: row for row in (*DEFAULTS, *rows)}
        self.folding = folding or Folding()

    def of(self, kind: SourceKind, code: str) -> Priority:
        """The row of a code; one nobody has thought of rings at once, medium,
        and an unstable source as loud as it would be when it is steady."""
        found = self._rows.get(f"{kind.value}.{code}")
        return found if found is not None else replace(_UNKNOWN, kind=kind, code=code)

    def severity(self, kind: SourceKind, code: str, unstable: bool) -> Severity | None:
        """How loud; the row ``unstable`` of a kind speaks for all its codes."""
        if unstable and f"{kind.value}.{UNSTABLE}" in self._rows:
            return self._rows[f"{kind.value}.{UNSTABLE}"].severity
        return self.of(kind, code).severity

    def rows(self) -> tuple[Priority, ...]:
        """Every row, in the order of kinds and as they were set."""
        order = {kind: at for at, kind in enumerate(SourceKind)}
        return tuple(sorted(self._rows.values(), key=lambda row: order[row.kind]))


def known(name: str) -> tuple[SourceKind, str]:
    """Kind and code of ``camera.lost``. Raises ``Refusal('bad_value')``."""
    kind, dot, code = name.strip().lower().partition(".")
    kinds = {one.value: one for one in SourceKind if one is not SourceKind.CASE} | {"segment": _K.NETWORK}
    if not dot or kind not in kinds or not _CODE.fullmatch(code):
        raise Refusal("bad_value", "priority_name", name=name[:60], kinds=", ".join(kinds))
    return kinds[kind], code


def read(document: Mapping[str, Any]) -> Priority:
    """A stored row. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for
    one this program has not written."""
    severity = str(document["severity"])
    numbers = {name: int(document[name]) for name in ("on_s", "off_s", "flaps", "within_s")}
    return Priority(
        SourceKind(str(document["kind"])),
        str(document["code"]),
        None if severity == OFF else Severity(severity),
        folds=bool(document["folds"]),
        **numbers,
    )


def write(row: Priority) -> dict[str, object]:
    """A row as it is stored and listed."""
    plain: dict[str, object] = {field.name: getattr(row, field.name) for field in fields(row)}
    plain["kind"] = row.kind.value
    plain["severity"] = row.severity.value if row.severity is not None else OFF
    return plain
