"""What came of a planned report, and who stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReportRun:
    """One report of one plan: one row for a period, however many programs look.

    ``state``: ``making`` (somebody has it until ``lease_until``), ``done``,
    ``again`` (it failed and is tried at ``next_at``), ``failed`` (nobody tries
    any more). ``files`` are those that lie in the folder, ``sent`` the addresses
    it went to; ``error`` says in both languages what went wrong."""

    plan: str
    period: str
    kind: str
    start_at: datetime
    end_at: datetime
    state: str
    attempts: int = 0
    lease_by: str = ""
    lease_until: datetime | None = None
    next_at: datetime | None = None
    made_at: datetime | None = None
    files: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    error: Mapping[str, str] = field(default_factory=dict)
    id: int = 0


class ReportRunRepository(Protocol):
    """Runs of planned reports."""

    def claim(self, run: ReportRun, now: datetime) -> ReportRun | None:
        """Take a period's report for ``run.lease_by`` until ``run.lease_until``:
        one nobody has made, whose lease ran out, or which is to be tried again.
        ``None`` when somebody else has it or it is done."""
        ...

    def settle(self, run: ReportRun) -> bool:
        """Store what came of a claimed run; false when the lease was lost."""
        ...

    def renew(self, run: ReportRun) -> bool:
        """Hold a claimed run until ``run.lease_until``; false when it was lost."""
        ...

    def done(self, plan: str, periods: tuple[str, ...], now: datetime) -> frozenset[str]:
        """Of these periods, those nobody need look at now."""
        ...

    def newest(self, limit: int = 100) -> tuple[ReportRun, ...]:
        """The newest first."""
        ...

    def again(self, run_id: int, now: datetime) -> bool:
        """Let a failed or finished one be made once more; false for none."""
        ...
