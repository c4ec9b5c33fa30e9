"""What the lists of a supervisor hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.services.review_records import LateRow

#: Kinds of steps beside the usual way, as they are filtered.
KINDS: Final = (
    "void", "force-close", "manual", "correct", "extend", "suspend", "appeal", "reopen",
    "shelved", "suppressed", "limit",
)  # fmt: skip
#: Faults of a shift's log.
FAULTS: Final = ("missing", "unsigned", "late")


@dataclass(frozen=True, slots=True)
class Deed:
    """One step beside the usual way. ``who`` did it or asked for it, ``second``
    granted it; ``field``, ``old`` and ``new`` of what was changed; ``ids`` the
    case it is about, ``subject_zh``/``_en`` what else it is about."""

    at: datetime
    recorded_at: datetime
    kind: str
    who: str
    second: str = ""
    case: str = ""
    subject_zh: str = ""
    subject_en: str = ""
    place: str = ""
    words: str = ""
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """What a list covers; ``cut`` True when there were more than it holds."""

    start: datetime
    end: datetime
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Deeds:
    """Steps beside the usual way, newest first."""

    span: Span
    rows: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class LateList:
    """Broken promises, the longest overdue first. ``causes``: code → Chinese
    and English; ``filed``: how many promises of how many cases are told of."""

    span: Span
    rows: tuple[LateRow, ...]
    causes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RepeatPlace:
    """Where one class came back. ``ids`` oldest first; ``metres``: from the
    middle to the farthest of them."""

    ids: tuple[str, ...]
    kind: str
    code: str
    name_zh: str
    name_en: str
    place: str
    community: str
    lon: float
    lat: float
    metres: float
    first_at: datetime
    last_at: datetime
    open: int


@dataclass(frozen=True, slots=True)
class RepeatList:
    """Places, the fullest first, with ``least`` cases or more within ``metres``."""

    span: Span
    rows: tuple[RepeatPlace, ...]
    metres: float
    least: int


@dataclass(frozen=True, slots=True)
class CameraWatch:
    """How a camera was looked after. ``seen_at`` ``None``: never looked at;
    ``unseen`` True for that, or not for :data:`UNSEEN_AFTER`. Seconds are those
    it was watched over by the consoles, and of them not live."""

    camera: str
    name: str
    community: str
    seen_at: datetime | None
    seen_by: str
    unseen: bool
    watched_s: float
    down_s: float
    flaps: int
    last_reason: str


@dataclass(frozen=True, slots=True)
class CameraList:
    """Enabled cameras: never looked at first, then the longest down."""

    span: Span
    rows: tuple[CameraWatch, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One shift's log. ``fault``: ``missing`` (nobody opened it), ``unsigned``
    (ended, not handed over), ``late`` (signed late), or nothing; ``late_s``
    seconds after the planned end, of what is unsigned until now."""

    shift: str
    zh: str
    en: str
    start_at: datetime
    end_at: datetime
    fault: str
    late_s: float
    off_by: str
    on_by: str
    objection: str
    events: int
    addenda: int


@dataclass(frozen=True, slots=True)
class LogList:
    """Shifts that have ended, newest first."""

    span: Span
    rows: tuple[LogRow, ...]
