"""What a step of a case is judged by and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console.domain.calendars import WorkingCalendar
from console.domain.causes import CAUSES, Cause
from console.domain.limits import PROMISES
from console.domain.model import Actor, Approval, Case, Category, Condition, EventDraft, Limit
from console.domain.promises import Promise
from console.domain.thresholds import Threshold
from console.domain.vocabulary import DeadlineKind, Role

#: What the sweep and the feeds act as; never a second person.
SYSTEM: Final = Actor("system", Role.SYSTEM, may_approve=False)


@dataclass(frozen=True, slots=True)
class Rules:
    """The site's settings at one instant. ``arrival_origin`` is ``filed`` or
    ``dispatched``; ``separate_filing`` restores the five traditional posts;
    ``thresholds`` are the office's own rows in force; ``causes`` the codes a
    broken promise may be closed with; ``narrowed`` the promises in force that hold
    for a class, a community or hours only."""

    promises: Mapping[DeadlineKind, Limit] = field(default_factory=lambda: dict(PROMISES))
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar.default)
    arrival_origin: str = "filed"
    separate_filing: bool = False
    thresholds: tuple[Threshold, ...] = ()
    causes: tuple[Cause, ...] = CAUSES
    narrowed: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a step needs from outside the case: the filing condition (``file``,
    ``dispatch`` for its handling limit, ``correct`` for the right one), the
    other case (``merge``, ``link``) and the right class of a case that is not
    filed yet (``correct``). ``grade`` is that of the area it is in (``file``, and
    ``correct`` where the place or the class is set right)."""

    condition: Condition | None = None
    other: Case | None = None
    category: Category | None = None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of a step: the new case, its event drafts in order, other
    cases that changed (``also``), and, where a second person must agree, the
    request (the case is then unchanged)."""

    case: Case
    drafts: tuple[EventDraft, ...]
    also: tuple[Case, ...] = ()
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did it, when it happened and when it was entered."""

    actor: Actor
    at: datetime
    now: datetime
