"""What a search asks of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """What :meth:`CaseRepository.matching` looks for: of each group one term
    ``(kind, value)``, kind ``""`` being text and any other the kind of a mark
    (``state source team camera community grid category condition officer``);
    opened in ``[since, until)``; one of ``ids`` unless that is empty."""

    groups: tuple[tuple[tuple[str, str], ...], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[str, ...] = ()
    bound: int = 1001
