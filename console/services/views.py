"""What screens are given: frozen snapshots, made in the database worker.

Nothing in here counts down. A screen keeps the deadline and computes what is
left from its ticker's time (``console.domain.deadlines``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.calendars import WorkingCalendar
from console.domain.causes import CAUSES, Cause
from console.domain.chance import Chance
from console.domain.errors import Refusal
from console.domain.model import (
    Alarm,
    Approval,
    Case,
    CaseLink,
    Condition,
    Deadline,
    Event,
    Team,
)
from console.domain.pace import Pace
from console.domain.vocabulary import Action, Severity, State
from console.services.ports import FeedHealth
from console.services.team_progress import TeamStep


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case on the board. ``headline`` is the clock that counts now (the one
    with the earliest due time among the running ones that raise alarms);
    ``next_action`` the one next step the signed-in officer may take."""

    id: str
    number: str  # "#0042"
    state: State
    name_zh: str
    name_en: str
    place: str
    community: str
    camera: str
    source: str
    teams: tuple[str, ...]
    owner: str
    headline: Deadline | None
    next_action: Action | None
    severity: Severity | None
    has_evidence: bool
    opened_at: datetime | None
    version: int
    pace: Pace | None = None
    """What cases like this usually still need; ``None`` without history."""
    lon: float | None = None
    lat: float | None = None
    grid: str = ""
    suspended_until: datetime | None = None
    suspended_why: str = ""
    reply_by: datetime | None = None
    """A supervision waits for a reply until then."""
    urges: int = 0
    chance: Chance | None = None
    """The chance that the headline clock will be missed; ``None`` where nothing
    is foretold."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm with what the banner says about it."""

    alarm: Alarm
    number: str
    what_zh: str
    what_en: str
    who_zh: str
    who_en: str


@dataclass(frozen=True, slots=True)
class KpiStrip:
    """The strip below the board. Rates are 0–1 or ``None`` for no cases."""

    open: int
    due_soon: int  # a running promise within one minute of due
    overdue: int
    total_met: float | None
    total_n: int
    arrival_p90_s: float | None
    alarms_10min: int


@dataclass(frozen=True, slots=True)
class Names:
    """Chinese and English name by id, for what cases carry only the id of."""

    communities: Mapping[str, tuple[str, str]]
    people: Mapping[str, tuple[str, str]]
    places: Mapping[str, tuple[str, str]]
    """By the Chinese name a case carries: roads, shops, sites, courtyards."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything the desk, the badges and the banner show."""

    taken_at: datetime
    cards: tuple[CaseCard, ...]
    counts: Mapping[State, int]
    alarms: tuple[AlarmRow, ...]
    kpi: KpiStrip
    approvals: tuple[Approval, ...]
    calendar: WorkingCalendar
    purpose: str
    read_s: float  # how long the read took, for the header's "DB 12 ms"
    arrival_origin: str = "filed"
    seq: int = 0
    history: int = 0
    """From how many closed legs the paces come; 0 while nothing is known."""


@dataclass(frozen=True, slots=True)
class TeamProposal:
    """A team for dispatch, with the reason, or why it is not proposed."""

    team: Team
    proposed: bool
    reason_key: str  # text key "teams.reason.<reason_key>"
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IntakeView:
    """How a case came in. ``caller``: ``there``, ``erased`` or empty for none;
    ``may_read`` whether this officer may see the reporter; ``callback`` empty,
    ``wanted``, ``reached`` or ``missed``."""

    caller: str = ""
    may_read: bool = False
    external: str = ""
    callback: str = ""
    called_at: datetime | None = None
    called_by: str = ""
    grade: str = ""
    """Before filing: the grade of the area it is in."""
    may_erase: bool = False
    """Whether this officer may erase the reporter."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case in full."""

    case: Case
    events: tuple[Event, ...]
    condition: Condition | None
    next_action: Action | None
    allowed: tuple[Action, ...]
    proposals: tuple[TeamProposal, ...]
    similar: tuple[CaseCard, ...]
    calendar: WorkingCalendar
    alarm: Alarm | None
    approvals: tuple[Approval, ...] = ()
    evidence_paths: Mapping[str, str] = field(default_factory=dict)  # sha256 → path
    intake: IntakeView = IntakeView()
    likely: Condition | None = None
    """Before filing: the condition named at intake, or the only one of its class."""
    team_steps: tuple[TeamStep, ...] = ()
    """Teams of the present dispatch, with what each has answered."""
    blocked: Mapping[Action, Refusal] = field(default_factory=dict)
    """Branches this officer may not take now, with what would be said."""
    previews: Mapping[int, Case | Refusal] = field(default_factory=dict)
    """Request → the case if it were granted now, or why it cannot be."""
    chance: Chance | None = None
    """The chance that the clock that counts will be missed."""
    causes: tuple[Cause, ...] = CAUSES
    """What a broken promise may be closed with."""


@dataclass(frozen=True, slots=True)
class ConditionHit:
    """A row of the filing search, with look-alikes by name."""

    condition: Condition
    alike_zh: tuple[str, ...] = ()
    alike_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendView:
    """Points for the live chart: one per minute, oldest first. Instants are
    Unix seconds; ``arrivals`` are (arrived at, seconds taken, in time)."""

    minutes: tuple[float, ...]
    open: tuple[int, ...]
    arrivals: tuple[tuple[float, float, bool], ...]
    limit_s: float


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What a use case on a case returns."""

    case: Case
    events: tuple[Event, ...]
    changed: tuple[str, ...]
    approval: Approval | None = None
    links: tuple[CaseLink, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did. ``lateness_s`` has one entry per new crossing;
    ``until``: everything due by then has been looked at."""

    at: datetime
    raised: int
    worsened: int
    notified: int
    cleared: int
    took_s: float
    lateness_s: tuple[float, ...] = ()
    changed: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedsView:
    """State of every camera's stream, by camera id, posted about once a second."""

    health: Mapping[str, FeedHealth]
    notice: str = ""  # what the governor dropped, in words, or empty


@dataclass(frozen=True, slots=True)
class Pulse:
    """Proof that somebody still watches the deadlines: seconds since the
    scheduler's last heartbeat, measured at ``at``. When pulses stay away, a
    screen lets the age grow by its own clock."""

    at: datetime
    age_s: float
    clock_offset_s: float = 0.0
    """How far this machine's clock is from the database server's."""
    database_away: datetime | None = None
    """Since when the database has not answered; ``None``: it does."""
