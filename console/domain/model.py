"""The records of the domain: frozen, without behaviour, without I/O.

All instants are aware UTC datetimes; all durations are seconds unless a name
says otherwise. A record is replaced, never changed (``dataclasses.replace``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.camera import Camera as Camera
from console.domain.vocabulary import (
    Action,
    AlarmState,
    Channel,
    DeadlineKind,
    EvidenceKind,
    Role,
    Severity,
    Source,
    SourceKind,
    State,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a stage may take: ``value`` of ``unit``, under ``version``."""

    value: int
    unit: Unit
    version: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant of a clock at which it rings, with which severity.

    ``threshold`` is the per cent of the limit used up by then (beyond 100 for
    one that rings when it is long overdue). ``left_s`` is set for a mark that
    was asked for as seconds before the end, so that it stays there when the
    limit grows."""

    threshold: int
    at: datetime
    severity: Severity
    left_s: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a case.

    ``due_at``/``warn_at`` are 100 % and 80 % of the limit walked on the limit's
    own calendar, pauses included; a clock that comes back running beyond 80 %
    (after a pause, in rework) has ``warn_at`` at its return, since it warns
    anew then. ``paused_s`` counts seconds of that calendar. ``due_version``
    grows whenever the due time is set anew (extension, a corrected start, a new
    round) or a threshold is to ring again, so that an alarm of the old due time
    is not mistaken for one of the new. ``times`` is how many limits are granted
    (1 + extensions). A case has one deadline of a kind: a second dispatch after
    a refusal, or a second check after rework, is a new round in the same place,
    and ``missed_before`` keeps that an earlier round ended late. ``marks`` are
    the instants at which it rings, earliest first, where the site has set its
    own; ``None``: at ``warn_at`` and ``due_at`` as the office's default says.
    """

    kind: DeadlineKind
    start_at: datetime
    limit: Limit
    due_at: datetime
    warn_at: datetime
    met_at: datetime | None = None
    cancelled: bool = False
    paused_since: datetime | None = None
    paused_s: int = 0
    due_version: int = 1
    times: int = 1
    missed_before: bool = False
    marks: tuple[Mark, ...] | None = None

    @property
    def running(self) -> bool:
        """True while somebody still has to do something (a pause counts)."""
        return self.met_at is None and not self.cancelled


@dataclass(frozen=True, slots=True)
class CategoryKey:
    """A class of the catalogue; components and events share the code space."""

    standard: str
    kind: str  # "component" | "event"
    code: str


@dataclass(frozen=True, slots=True)
class Category:
    """One small class of the catalogue (小类)."""

    key: CategoryKey
    code_2013: str
    big_zh: str
    big_en: str
    name_zh: str
    name_en: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class GradeLimit:
    """The limit of a condition in areas of one grade (管理区域等级 A/B/C)."""

    grade: str
    value: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the filing standard (立案条件), one version of it."""

    condition_id: str
    version: int
    category: CategoryKey
    code_2013: str
    name_zh: str
    name_en: str
    condition_zh: str
    condition_en: str
    limit_value: int
    limit_unit: Unit
    closing_zh: str
    closing_en: str
    team: str
    team_also: str
    not_to_file: str
    limit_source: str
    valid_from: datetime
    active: bool = True
    grade_limits: tuple[GradeLimit, ...] = ()
    """Where an area's grade has a limit of its own; elsewhere the base limit."""
    not_to_file_en: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A response team of the office, or an outside body (``own`` False)."""

    id: str
    name_zh: str
    name_en: str
    own: bool
    communities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    leader: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A named place. ``kind``: community grid road shop site courtyard
    segment. Coordinates are WGS-84/CGCS2000 degrees. ``grade`` is that of the
    area, ``A``, ``B``, ``C`` or empty."""

    kind: str
    id: str
    name_zh: str
    name_en: str
    parent: str = ""
    lon: float | None = None
    lat: float | None = None
    wkt: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in. ``password_hash`` is Argon2id, or empty when
    the account cannot sign in with a password."""

    name: str
    display_zh: str
    display_en: str
    role: Role
    password_hash: str = field(default="", repr=False)
    team: str = ""
    disabled: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with which rights. ``may_approve`` is False for identities
    that cannot be the second person (the local shell user)."""

    name: str
    role: Role
    may_approve: bool = True
    team: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file in the evidence store, named by its content."""

    id: str
    case: str
    kind: EvidenceKind
    sha256: str
    bytes: int
    captured_at: datetime
    camera: str = ""
    clock_offset_s: float | None = None
    media_type: str = ""
    added_by: str = ""
    added_at: datetime | None = None
    present_here: bool = True


@dataclass(frozen=True, slots=True)
class CaseLink:
    """``kind``: ``into`` (merged into that one), ``from`` (that one was merged
    into this), ``link``, ``parent`` (that one is this one's parent), ``child``."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its clocks. ``id`` is empty until it is stored."""

    id: str
    state: State
    source: Source
    category: CategoryKey | None = None
    code_2013: str = ""
    name_zh: str = ""
    name_en: str = ""
    condition_id: str = ""
    condition_version: int = 0
    condition_zh: str = ""
    condition_en: str = ""
    limit_grade: str = ""  # the area grade whose own limit was taken at filing
    camera: str = ""
    place: str = ""
    grid: str = ""
    community: str = ""
    lon: float | None = None
    lat: float | None = None
    note: str = ""
    teams: tuple[str, ...] = ()
    owner: str = ""
    person_id: str = ""
    found_at: datetime | None = None
    reported_at: datetime | None = None
    verify_sent_at: datetime | None = None
    verified_at: datetime | None = None
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    handled_at: datetime | None = None
    check_sent_at: datetime | None = None
    checked_at: datetime | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    filed_by: str = ""
    dispatched_by: str = ""
    closed_by: str = ""
    breach_cause: str = ""  # code of console.domain.causes, given at close; empty: not coded
    breach_words: str = ""
    call_back: str = ""  # ``yes`` or ``no``: satisfied when called back; empty: not called back
    manual_time: bool = False
    rework: int = 0
    refusals: int = 0
    extensions: int = 0
    suspensions: int = 0
    urges: int = 0
    exempt: bool = False  # a granted appeal: the overrun stays visible
    mis_key: bool = False
    suspended_until: datetime | None = None
    reply_by: datetime | None = None
    opened_at: datetime | None = None
    links: tuple[CaseLink, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One case as the figures see it (console.domain.kpi): times, outcome and
    keys to group by. ``late`` maps a deadline kind to True when it was missed
    (met after due, or running past due at the moment asked)."""

    id: str
    state: State
    source: str
    community: str
    team: str
    category: str
    camera: str
    officer: str
    found_at: datetime | None
    reported_at: datetime | None
    opened_at: datetime | None
    filed_at: datetime | None
    dispatched_at: datetime | None
    arrived_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    rework: int
    refusals: int
    extensions: int
    suspensions: int
    exempt: bool
    mis_key: bool
    voided: bool
    suspended: bool
    deadlines: Mapping[str, tuple[datetime, datetime, datetime | None, bool]] = field(default_factory=dict)
    """kind → (start_at, due_at, met_at, cancelled)"""
    missed_before: tuple[str, ...] = ()
    """kinds of which an earlier round ended late (``Deadline.missed_before``)"""
    paused: tuple[str, ...] = ()
    """kinds that stand still now (``Deadline.paused_since``): never counted as overdue"""
    paused_s: Mapping[str, int] = field(default_factory=dict)
    """kind → seconds the clock stood still (``Deadline.paused_s``)"""
    check_sent_at: datetime | None = None
    place: str = ""
    cause: str = ""
    call_back: str = ""
    """``yes`` or ``no``: satisfied when called back after the close"""
    limits: Mapping[str, tuple[int, Unit]] = field(default_factory=dict)
    """kind → seconds of all limits granted, on the calendar of the unit"""


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What happened, before the chain gives it a number and a hash. ``data``
    holds only str, int, bool, None, and lists and dicts of them (no floats)."""

    case: str
    at: datetime
    recorded_at: datetime
    actor: str
    action: Action
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the site's chain."""

    seq: int
    case: str
    at: datetime
    recorded_at: datetime
    actor: str
    action: Action
    data: Mapping[str, object]
    v: int
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Command:
    """A person's wish about a case, already parsed.

    ``at`` is when it happened (``None``: now). The other fields belong to
    single actions and are empty elsewhere.
    """

    action: Action
    at: datetime | None = None
    on_behalf_of: str = ""
    channel: Channel = Channel.DESK
    condition: str = ""
    teams: tuple[str, ...] = ()
    reason: str = ""
    result: str = ""  # verified: exists|none|unclear; check: pass|rework; link: parent|child
    until: datetime | None = None  # suspend
    reply_by: datetime | None = None  # supervise
    other: str = ""  # merge --into, link --to
    text: str = ""  # note; verify: to whom it was sent
    field_name: str = ""  # correct
    field_value: str = ""
    files: tuple[str, ...] = ()
    cause: str = ""  # close, force-close: why a promise was broken; ``text`` has the words


@dataclass(frozen=True, slots=True)
class Approval:
    """A request that waits for a second person."""

    id: int
    case: str
    action: Action
    asked_by: str
    asked_at: datetime
    reason: str
    command: Mapping[str, object]
    state: str = "waiting"  # waiting|approved|denied|withdrawn|lapsed
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm object per source, with a rising severity.

    ``deadline`` is the worst deadline of a case's alarm. ``late_s`` is the
    commit time of the latest raise minus its threshold's time, in seconds.
    An alarm of another source says what is wrong by ``code`` (``lost``,
    ``covered``, ``disk_low`` …), since when by ``began_at``, and what its
    sentence needs by ``facts``, pairs of name and text.
    """

    id: int
    source_kind: SourceKind
    source_id: str
    severity: Severity
    state: AlarmState
    raised_at: datetime
    late_s: float
    deadline: DeadlineKind | None = None
    threshold: int = 0  # per cent of the limit; 0 for alarms without one
    due_at: datetime | None = None
    acked_by: str = ""
    acked_at: datetime | None = None
    acked_severity: Severity | None = None
    promise_until: datetime | None = None
    shelved_by: str = ""
    shelved_until: datetime | None = None
    reason: str = ""
    returned_at: datetime | None = None
    cleared_at: datetime | None = None
    louder: int = 0  # how often a promise expired
    members: tuple[str, ...] = ()
    version: int = 0
    code: str = ""
    began_at: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One thing that happened to an alarm. ``(alarm, deadline, due_version,
    threshold)`` is unique for crossings, so that two sweeps cannot double one."""

    alarm: int
    at: datetime
    # raised worsened acknowledged expired shelved unshelved returned cleared escalated handed_over;
    # of sources also: joined suppressed unsuppressed unstable
    what: str
    actor: str
    severity: Severity
    deadline: DeadlineKind | None = None
    due_version: int = 0
    threshold: int = 0
    late_s: float = 0.0
    reason: str = ""
    code: str = ""
    until: datetime | None = None
    """How long it was promised or shelved for; older ones do not tell."""
