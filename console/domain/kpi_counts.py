"""The counts every indicator is made of.

They are counted over packed rows (``console.services.figure_math``); what each
one means is said here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.model import CaseFact


@dataclass(frozen=True, slots=True)
class Stage:
    """One clock over all cases: kept, broken, and how long each took in whole
    microseconds (without pauses), ascending; ``total`` is their sum. Whole
    numbers, so that it is the same in whatever order it is taken."""

    hits: int = 0
    misses: int = 0
    took: Sequence[int] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of cases; the names are those of the indicators, the others feed
    rates. Mis-keys are no cases and in none of them.

    * ``to_handle``: dispatched, neither rejected, voided nor merged;
      ``handed_back``: handled at least once, also when sent back since;
      ``pending_overdue``: to be handled, not handled, past its limit and not
      standing still.
    * ``back``: handed back or closed, neither voided nor merged, and of these
      ``back_suspended`` suspended now: which of them are to be closed is a
      policy (``console.domain.figure_rules``).
    * ``to_dispatch``: filed and dispatched, or waiting past the limit; a
      refused case was dispatched too, though it waits again.
    * ``own_reported``, ``own_filed``: seen by our own cameras or patrols.
    * ``verify_sent``: verifications asked for, in time while the decision was
      not yet due; ``check_sent``: checks, in time while the check was not.
    * ``overrun_sum``: of the ``overrun`` cases handled after their due time,
      how many times its limit each was late, on the limit's own calendar.
    * ``accept_sum``, ``handle_sum``: seconds on the limit's own calendar,
      without pauses, from report to decision of the ``accepted`` cases and of
      handling of the ``handle_n`` handled ones.
    """

    reported: int = 0
    filed: int = 0
    rejected: int = 0
    dispatched: int = 0
    to_handle: int = 0
    handled: int = 0
    on_time: int = 0
    late: int = 0
    back: int = 0
    back_suspended: int = 0
    closed: int = 0
    closed_on_time: int = 0
    rework: int = 0
    rework_times: int = 0
    extended: int = 0
    suspended: int = 0
    suspended_ever: int = 0
    voided: int = 0
    filed_suspended: int = 0
    filed_on_time: int = 0
    filed_voided: int = 0
    filed_public: int = 0
    to_dispatch: int = 0
    dispatched_on_time: int = 0
    dispatched_right: int = 0
    handed_back: int = 0
    pending_overdue: int = 0
    own_reported: int = 0
    own_filed: int = 0
    verify_sent: int = 0
    verify_sent_on_time: int = 0
    check_sent: int = 0
    check_sent_on_time: int = 0
    called_back: int = 0
    satisfied: int = 0
    overrun: int = 0
    overrun_sum: float = 0.0
    accepted: int = 0
    accept_sum: float = 0.0
    handle_n: int = 0
    handle_sum: float = 0.0
    stages: dict[str, Stage] = field(default_factory=dict)

    def attained(self, stage: str) -> tuple[int, int]:
        """Promises kept, and all that were kept or broken: completed cases and
        open ones past their limit. A miss that a granted appeal excuses is out
        of the figure, not out of the case."""
        found = self.stages.get(stage)
        return (found.hits, found.hits + found.misses) if found else (0, 0)

    def stage(self, kind: str) -> Stage:
        """One clock; an empty one where no case had it."""
        return self.stages.get(kind) or Stage()


def kept(fact: CaseFact, kind: str, now: datetime) -> bool | None:
    """Was this promise of one case kept? ``None`` while it is neither kept nor
    broken (running in time, paused, cancelled, never begun). An earlier round
    that ended late breaks it for good."""
    clock = fact.deadlines.get(kind)
    if clock is None:
        return None
    _start, due, met, cancelled = clock
    if kind in fact.missed_before:
        return False
    if cancelled:
        return None
    if met is not None:
        return met <= due
    return False if now > due and kind not in fact.paused else None
