"""What the care section asks, and what it is told. They are answered by a thread
of their own (``wiring/care_desk.py``): a backup takes minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.crash import CrashReport
from console.domain.errors import Refusal
from console.domain.retention import Plan, Rules
from console.domain.vocabulary import EvidenceKind
from console.log import LogLine
from console.services.care import CareView
from console.services.requests import Reading, Request
from console.services.retention import Removed, StoreFigures


@dataclass(frozen=True, slots=True)
class LoadCare(Reading):
    """→ ``CareView``."""


@dataclass(frozen=True, slots=True)
class PutBackupPlan(Request):
    """→ ``CareView``."""

    folder: str
    at: str
    keep: str
    evidence: bool


@dataclass(frozen=True, slots=True)
class MakeBackup(Request):
    """A backup now → ``Last``."""


@dataclass(frozen=True, slots=True)
class VerifyBackup(Reading):
    """Read a backup file back, whole → ``Verified``."""

    file: str


@dataclass(frozen=True, slots=True)
class Rehearse(Reading):
    """Put a backup back somewhere else and compare → the document of ``db rehearse``."""

    file: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A backup file that was read: its schema, events, evidence files;
    ``refusal`` says what is wrong with it."""

    file: str
    schema: str = ""
    events: int = 0
    evidence: int | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class LoadStore(Reading):
    """→ ``StoreView``: rules, what they mean now, and the room there is."""


@dataclass(frozen=True, slots=True)
class StoreView:
    """``free`` and ``total`` bytes of the disk evidence lies on; ``None``: away."""

    rules: Rules
    plan: Plan
    figures: StoreFigures
    last: Removed | None
    free: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class PutRetention(Request):
    """→ ``StoreView``."""

    days: Mapping[EvidenceKind, int]
    auto: bool
    seen: int


@dataclass(frozen=True, slots=True)
class ApplyRetention(Request):
    """Remove what the rules say → ``Removed``."""


@dataclass(frozen=True, slots=True)
class RunDoctor(Reading):
    """→ ``DoctorView``; runs in a process of its own."""

    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class DoctorView:
    """The document of ``doctor``: ``ok`` and a row for each check."""

    ok: bool
    checks: tuple[Mapping[str, Any], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LoadLog(Reading):
    """→ ``LogView``."""

    lines: int = 500


@dataclass(frozen=True, slots=True)
class LogView:
    """The last entries of this machine's log, newest first, and how former runs
    ended that did not end well."""

    lines: tuple[LogLine, ...]
    crashes: tuple[CrashReport, ...]


@dataclass(frozen=True, slots=True)
class PutUpdates(Request):
    """Name the folder of new versions → ``ProgramsView``."""

    folder: str


@dataclass(frozen=True, slots=True)
class LoadPrograms(Reading):
    """→ ``ProgramsView``."""


@dataclass(frozen=True, slots=True)
class ProgramsView:
    """``running`` and ``installed`` versions here; the database's revision
    (``stored``) and the program's (``known``); a newer version in the folder, or why
    the folder cannot be read (``trouble``, a sentence)."""

    care: CareView
    running: str
    installed: str
    stored: str
    known: str
    may_write: bool
    found: str = ""
    file: str = ""
    trouble: str = ""
