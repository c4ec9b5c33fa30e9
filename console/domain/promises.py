"""Promises of the site (时限承诺) narrowed to a class, a community or hours.

The office's limits hold for the whole site (:mod:`console.domain.limits`); a row
with a scope holds where it speaks: the one for a class before the one for a
community before the one for hours, as with thresholds. Of rows with the same
scope the newest that has begun holds for clocks that start from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.domain import limits, thresholds
from console.domain.errors import Refusal
from console.domain.model import Case, Limit
from console.domain.vocabulary import DeadlineKind, Unit

#: Clocks with a promise of the site; handling has the standard's own limit.
KINDS: Final = tuple(limits.PROMISES)
#: Promises of minutes and hours run round the clock; a longer one than this is
#: a slip of the finger, seconds (31 days).
MOST_S: Final = 31 * 86_400
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Promise:
    """One row. ``category`` is ``kind:code`` or the beginning of one,
    ``community`` an id, ``hours`` ``22-6`` in the site's zone; empty is open."""

    kind: DeadlineKind
    value: int
    unit: Unit
    version: str = ""
    valid_from: datetime = _BEGINNING
    category: str = ""
    community: str = ""
    hours: str = ""
    by: str = ""

    @property
    def scope(self) -> tuple[str, str, str, str]:
        """What makes two rows versions of one."""
        return self.kind.value, self.category, self.community, self.hours

    @property
    def narrow(self) -> bool:
        """True when it does not hold for the whole site."""
        return bool(self.category or self.community or self.hours)

    @property
    def limit(self) -> Limit:
        """As clocks keep it; the version names the scope too."""
        words = ":".join(part for part in self.scope[1:] if part)
        return Limit(self.value, self.unit, f"{self.version}/{words}" if words else self.version)


def checked(row: Promise) -> Promise:
    """The row, if a site may set it. Raises ``Refusal('bad_value', …)``:
    ``promise_kind``, ``promise_long``, ``threshold_category``, ``threshold_hours``."""
    if row.kind not in KINDS:
        raise Refusal("bad_value", "promise_kind", value=row.kind.value, allowed=", ".join(KINDS))
    if limits.seconds(row.limit) > MOST_S or row.value < 1:
        raise Refusal("bad_value", "promise_long", days=MOST_S // 86_400)
    thresholds.checked_scope(row.category, row.hours)
    return row


def in_force(rows: Iterable[Promise], at: datetime) -> tuple[Promise, ...]:
    """Of each scope the newest row that has begun by ``at``; of two that began
    at once the one stored later."""
    newest: dict[tuple[str, str, str, str], Promise] = {}
    for row in rows:
        known = newest.get(row.scope)
        if row.valid_from <= at and (known is None or known.valid_from <= row.valid_from):
            newest[row.scope] = row
    return tuple(newest[scope] for scope in sorted(newest))


def chosen(rows: Sequence[Promise], kind: DeadlineKind, case: Case, at: datetime, tz: str) -> Limit | None:
    """The limit a clock of ``case`` started at ``at`` runs under where a
    narrowed row speaks; ``None`` where the site's own holds."""
    mine = [
        row
        for row in rows
        if row.kind is kind
        and row.narrow
        and thresholds.speaks(row.category, row.community, row.hours, case, at, tz)
    ]
    best = max(mine, key=_narrowness, default=None)
    return best.limit if best is not None else None


def _narrowness(row: Promise) -> tuple[int, bool, bool]:
    return len(row.category), bool(row.community), bool(row.hours)
