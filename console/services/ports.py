"""What the use cases need from the outside world, as protocols.

``db``, ``feeds`` and ``scheduling`` implement these; services call them and
know nothing else of those rooms. Everything that crosses is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from console.domain.model import (
    Alarm,
    AlarmEvent,
    Approval,
    Camera,
    Case,
    CategoryKey,
    Event,
    EventDraft,
    Evidence,
    User,
)
from console.domain.retention import Piece
from console.domain.vocabulary import EvidenceKind, State
from console.services.audit_records import AuditRepository
from console.services.bulk import BulkStore
from console.services.camera_records import CameraChangeRepository, CameraRecordRepository
from console.services.case_match import CaseMatch as CaseMatch
from console.services.feed_ports import FeedHealth as FeedHealth
from console.services.feed_ports import FeedPictures as FeedPictures
from console.services.figure_records import FigureRepository
from console.services.history_records import HistoryRepository
from console.services.intake_records import IntakeRepository
from console.services.notice_records import NoticeRepository
from console.services.person_records import PersonRepository
from console.services.person_records import PersonRow as PersonRow
from console.services.pictures import Budget as Budget
from console.services.pictures import Picture as Picture
from console.services.pictures import Pictures as Pictures
from console.services.reference_records import ReferenceRepository as ReferenceRepository
from console.services.report_records import ReportRunRepository
from console.services.review_records import ReviewRepository
from console.services.sealed_records import SealedRepository
from console.services.shift_records import ShiftRepository
from console.services.source_records import SourceRepository
from console.services.threshold_records import ThresholdRepository

T = TypeVar("T")
Swept = tuple[str, str, int, int] | tuple[str, str, int, int, datetime | None]


class Clock(Protocol):
    """The only way to learn the time."""

    def now(self) -> datetime:
        """Aware UTC wall time."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a longer list: ``total`` counts all that match."""

    rows: tuple[T, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """A filter over cases; empty fields do not filter. ``text`` searches
    number, place, note, names. ``order``: ``id`` newest first, or ``due``."""

    states: frozenset[State] = frozenset()
    open_only: bool = False
    since: datetime | None = None
    until: datetime | None = None
    community: str = ""
    team: str = ""
    camera: str = ""
    text: str = ""
    ids: tuple[str, ...] = ()
    order: str = "id"
    limit: int = 100
    offset: int = 0


class CaseRepository(Protocol):
    """Cases with their deadlines, links and evidence."""

    def add(self, case: Case, local_date: str) -> Case:
        """Store a new case; gives it ``YYYYMMDD-NNNN`` counted per day."""
        ...

    def add_all(self, cases: Sequence[Case], local_date: str) -> tuple[Case, ...]:
        """Many new cases of one day at once, numbered in order."""
        ...

    def load(self, ids: Sequence[str]) -> tuple[Case, ...]:
        """Many cases at once, in the order of ``ids``; unknown ones left out."""
        ...

    def get(self, case_id: str) -> Case | None: ...

    def resolve(self, text: str) -> str | None:
        """Full id of ``YYYYMMDD-NNNN``, ``#NNNN`` or ``NNNN`` (the newest)."""
        ...

    def save(self, case: Case, expected_version: int) -> Case:
        """Compare-and-set on the version (which grows by one). Raises
        ``Refusal('conflict', case=…)`` when somebody was faster."""
        ...

    def find(self, query: CaseQuery) -> Page[Case]: ...

    def matching(self, query: CaseMatch) -> tuple[str, ...]: ...

    def hold(self, case_id: str) -> None:
        """Nobody else changes this case until this unit ends: what is read of
        it from now on, the time too, is later than whatever was done to it."""
        ...

    def crossing(self, now: datetime, limit: int = 5000, hold: bool = False) -> tuple[Case, ...]:
        """Open cases with a running, unpaused deadline whose next threshold
        (80 % or 100 %) is at or before ``now`` and not yet recorded, plus
        suspended cases whose end has come; earliest first. ``hold``: only those
        nobody is at work on, and nobody shall be until this unit ends."""
        ...

    def next_crossing(self, after: datetime | None = None) -> datetime | None:
        """The nearest of those instants over all open cases, or the nearest
        after ``after``."""
        ...

    def mark_swept(self, crossed: Iterable[Swept]) -> None:
        """Remember ``(case id, deadline kind, due version, threshold)`` as
        recorded, so that :meth:`crossing` does not return it again. A fifth
        part says when a clock with marks of its own rings next."""
        ...

    def count_by_state(self) -> Mapping[State, int]: ...

    def replies_due(self, until: datetime, limit: int) -> tuple[str, ...]:
        """Ids of supervised cases that owe a reply by ``until``, the first due
        first, ended ones too."""
        ...

    def near(
        self, key: CategoryKey, lon: float, lat: float, since: datetime, metres: float
    ) -> tuple[Case, ...]:
        """Same small class within ``metres``, opened since, nearest first."""
        ...


class EventLog(Protocol):
    """The site's hash chain. Appending locks the chain head, so it is done
    last in a unit of work (the unit of work sees to that)."""

    def append(self, drafts: Sequence[EventDraft]) -> tuple[Event, ...]:
        """Events that get ``seq`` and ``hash`` when the unit commits (0 and
        empty until then), so that the chain head is a unit's last lock."""
        ...

    def of_case(self, case_id: str) -> tuple[Event, ...]: ...

    def since(self, seq: int, limit: int = 1000) -> tuple[Event, ...]: ...

    def head(self) -> tuple[int, str]:
        """Last seq and hash; ``(0, 64 zeros)`` for an empty chain."""
        ...


class AlarmRepository(Protocol):
    """Alarms and what happened to them."""

    def get(self, alarm_id: int) -> Alarm | None: ...

    def load(self, ids: Sequence[int]) -> tuple[Alarm, ...]:
        """Many alarms at once, by number; unknown ones left out."""
        ...

    def open_of(self, source_kind: str, source_ids: Sequence[str]) -> Mapping[str, Alarm]:
        """Open (not cleared) alarm per source id."""
        ...

    def add(self, alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
        """Insert; a source that already has an open alarm is left out of the
        answer (``ON CONFLICT DO NOTHING``)."""
        ...

    def save(self, alarms: Sequence[Alarm]) -> None:
        """Compare-and-set on version; raises ``Refusal('conflict')``."""
        ...

    def record(self, events: Sequence[AlarmEvent]) -> tuple[AlarmEvent, ...]:
        """Insert; crossings already there are left out of the answer."""
        ...

    def events_of(self, alarm_id: int) -> tuple[AlarmEvent, ...]: ...

    def events_between(self, start: datetime, end: datetime) -> tuple[AlarmEvent, ...]:
        """Everything that happened from ``start`` until before ``end``, in order."""
        ...

    def find(self, active: bool = False, since: datetime | None = None, limit: int = 500) -> Page[Alarm]: ...

    def timed(self, now: datetime) -> tuple[Alarm, ...]:
        """Open alarms whose promise or shelf ends at or before ``now``."""
        ...

    def next_timed(self, after: datetime | None = None) -> datetime | None: ...

    def count_raised(self, since: datetime) -> int: ...

    def count_crossings(self, start: datetime, end: datetime) -> int:
        """How often clocks of cases rang from ``start`` until before ``end``."""
        ...


class CameraRepository(Protocol):
    """Cameras as configured."""

    def all(self) -> tuple[Camera, ...]: ...

    def get(self, camera_id: str) -> Camera | None: ...

    def put(self, cameras: Iterable[Camera]) -> int:
        """Insert or replace by id; returns how many were new or different."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Take rows away: only of cameras that nothing names."""
        ...

    def named(self, ids: Sequence[str]) -> frozenset[str]:
        """Those that a case names."""
        ...

    def save(self, item: Camera, expected_version: int) -> Camera:
        """Compare-and-set on the version; raises ``Refusal('conflict')``."""
        ...


class UserRepository(Protocol):
    """People and approvals they wait for."""

    def all(self) -> tuple[User, ...]: ...

    def get(self, name: str) -> User | None: ...

    def put(self, user: User) -> None: ...

    def ask(self, approval: Approval) -> Approval: ...

    def approval(self, request_id: int) -> Approval | None: ...

    def waiting(self, case_id: str = "", hold: bool = False) -> tuple[Approval, ...]:
        """Requests nobody has answered, oldest first. ``hold``: until this unit
        ends nobody else asks for the same case."""
        ...

    def answer(self, approval: Approval) -> None:
        """Compare-and-set from ``waiting``; raises ``Refusal('conflict')``."""
        ...


class SettingsRepository(Protocol):
    """Site settings: text by key."""

    def get(self, key: str, default: str = "") -> str: ...

    def put(self, key: str, value: str, quiet: bool = False) -> None:
        """Set ``key``; ``quiet``: nobody is told that settings changed."""
        ...

    def all(self) -> Mapping[str, str]: ...


class FactsRepository(Protocol):
    """Read side of the figures."""

    def places_of_cases(self, since: datetime) -> tuple[tuple[str, float | None, float | None, int], ...]:
        """Where the cases opened since then happened: grid id, or ``""`` with
        longitude and latitude, and how many; mis-keys are left out."""
        ...

    def open_at(self, instant: datetime, since: datetime) -> tuple[str, ...]:
        """Ids of the cases opened since ``since`` that were open at ``instant``."""
        ...


class EvidenceRepository(Protocol):
    """Rows about files; the files themselves are the store's."""

    def add(self, evidence: Evidence) -> Evidence: ...

    def of_case(self, case_id: str) -> tuple[Evidence, ...]: ...

    def aged(self, before: Mapping[EvidenceKind, datetime]) -> tuple[Piece, ...]:
        """Files of these kinds taken before their instant, with what speaks for
        keeping them."""
        ...

    def uses(self, digests: Sequence[str]) -> tuple[Piece, ...]:
        """Every use of these contents by any case."""
        ...

    def added_bytes(self, since: datetime) -> int:
        """Size of what was taken since then."""
        ...


class UnitOfWork(Protocol):
    """One use case, one transaction. Leaving the block without
    :meth:`commit` rolls everything back."""

    @property
    def cases(self) -> CaseRepository: ...

    @property
    def bulk(self) -> BulkStore: ...

    @property
    def events(self) -> EventLog: ...

    @property
    def alarms(self) -> AlarmRepository: ...

    @property
    def notices(self) -> NoticeRepository: ...

    @property
    def sources(self) -> SourceRepository: ...

    @property
    def shifts(self) -> ShiftRepository: ...

    @property
    def thresholds(self) -> ThresholdRepository: ...

    @property
    def reference(self) -> ReferenceRepository: ...

    @property
    def cameras(self) -> CameraRepository: ...

    @property
    def camera_records(self) -> CameraRecordRepository: ...

    @property
    def camera_changes(self) -> CameraChangeRepository: ...

    @property
    def users(self) -> UserRepository: ...

    @property
    def intake(self) -> IntakeRepository: ...

    @property
    def persons(self) -> PersonRepository: ...

    @property
    def settings(self) -> SettingsRepository: ...

    @property
    def sealed(self) -> SealedRepository: ...

    @property
    def facts(self) -> FactsRepository: ...

    @property
    def figures(self) -> FigureRepository: ...

    @property
    def evidence(self) -> EvidenceRepository: ...

    @property
    def history(self) -> HistoryRepository: ...

    @property
    def reviews(self) -> ReviewRepository: ...

    @property
    def report_runs(self) -> ReportRunRepository: ...

    @property
    def audit(self) -> AuditRepository: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def touch(self, *kinds: str) -> None:
        """Name what kinds of things this unit changed (``case``, ``alarm``,
        ``camera``, ``standard``, ``user``, ``setting``); the change feed tells
        them to every console after the commit."""
        ...

    def commit(self) -> None: ...


class UnitOfWorkFactory(Protocol):
    """Opens units of work on one database."""

    def write(self, *, cases: bool = True) -> UnitOfWork:
        """A unit that may change things (``BEGIN IMMEDIATE`` on SQLite). Where no
        case is stored (``cases`` false) the dictionaries of the search, a third of
        a second in a program that has just begun, are not loaded before the lock
        is taken."""
        ...

    def read(self) -> UnitOfWork:
        """A unit that only reads; a write in it raises."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """What kinds of things changed, from any workstation."""

    kinds: frozenset[str]
    here: bool = False


class ChangeFeed(Protocol):
    """Tells of commits by other connections within 0.5 s."""

    def start(self, listener: Callable[[Change], None]) -> None:
        """Call ``listener`` from the feed's own thread."""
        ...

    def stop(self) -> None: ...


class EvidenceStore(Protocol):
    """Files addressed by content hash."""

    def put(self, source: Path, media_type: str = "") -> tuple[str, int]:
        """Copy a file in; returns SHA-256 (hex) and size. Raises
        ``Refusal('disk_full')`` or ``Refusal('bad_file')``."""
        ...

    def put_bytes(self, data: bytes, suffix: str) -> tuple[str, int]: ...

    def path(self, sha256: str) -> Path | None:
        """Where the file is, or ``None`` when it is not here."""
        ...


class PasswordHasher(Protocol):
    """Argon2id, or a cheap stand-in's parameters in tests."""

    def hash(self, password: str) -> str: ...

    def verify(self, stored: str, password: str) -> bool: ...


class SecretBox(Protocol):
    """Encrypts camera credentials and personal data; ``context`` is bound
    into the ciphertext so that it cannot be moved to another row."""

    def seal(self, clear: str, context: str) -> str: ...

    def open(self, sealed: str, context: str) -> str: ...


class Waker(Protocol):
    """Wakes the sweep; decides nothing (``scheduling``)."""

    def start(self, wake: Callable[[], None]) -> None: ...

    def move(self, at: datetime | None) -> None:
        """The nearest instant at which something may cross."""
        ...

    def heartbeat(self) -> float:
        """Seconds since the scheduler last proved to be alive."""
        ...

    def stop(self) -> None: ...
