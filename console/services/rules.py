"""The rules a step is judged by, read from the site's own rows.

Settings: ``arrival_origin`` (``filed`` or ``dispatched``), ``separate_filing``
(``1`` restores the five traditional posts). Promises are rows with a version
and a valid-from; of a kind's rows the newest that has begun holds, and so it is
with thresholds. What a site has not set is the office's default
(``console.domain.limits``, ``console.domain.thresholds``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from console.domain import causes, limits, promises
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.life import Rules
from console.domain.model import Limit
from console.domain.promises import Promise
from console.domain.records import replace
from console.domain.thresholds import in_force
from console.domain.vocabulary import DeadlineKind, Unit
from console.services.ports import UnitOfWork

#: Setting: the site's own causes of a broken promise, a JSON list of rows.
CAUSES: Final = "breach_causes"
#: Columns of every promise; what else a row has narrows it, or says who set it.
_PLAIN: Final = frozenset({"kind", "value", "unit", "version", "valid_from"})
_NARROW: Final = ("category", "community", "hours")
_SCOPE: Final = frozenset({*_NARROW, "by"})
#: Calendars are laid out once: the last one read, by its rows.
_calendars: dict[tuple[tuple[tuple[str, str], ...], ...], WorkingCalendar] = {}


def load_rules(uow: UnitOfWork, at: datetime) -> Rules:
    """Promises, calendar and settings in force at ``at``."""
    settings = uow.settings.all()
    stored = uow.reference.promises()
    return Rules(
        promises=promises_at(stored, at),
        narrowed=tuple(row for row in promises.in_force(promise_rows(stored), at) if row.narrow),
        calendar=_calendar(uow.reference.calendar_rows()),
        arrival_origin="dispatched" if settings.get("arrival_origin") == "dispatched" else "filed",
        separate_filing=settings.get("separate_filing") == "1",
        thresholds=in_force(uow.thresholds.all(), at),
        causes=causes_of(settings),
    )


def causes_of(settings: Mapping[str, str]) -> tuple[causes.Cause, ...]:
    """The causes of a broken promise this site offers."""
    stored = settings.get(CAUSES, "")
    return causes.of_site(json.loads(stored)) if stored else causes.CAUSES


def promise_rows(rows: Iterable[Mapping[str, object]]) -> tuple[Promise, ...]:
    """The stored rows as promises, in the order they were stored; one narrowed by
    what this program does not know is left out: it would hold where it must not."""
    found = []
    for row in rows:
        scope = {name: row[name] for name in row if name not in _PLAIN}
        if not all(isinstance(value, str) for value in scope.values()) or set(scope) - _SCOPE:
            continue
        since = row.get("valid_from")
        words: dict[str, Any] = {name: str(value) for name, value in scope.items()}
        made = Promise(
            DeadlineKind(str(row["kind"])),
            int(str(row["value"])),
            Unit(str(row["unit"])),
            str(row.get("version", "")),
            **words,
        )
        found.append(replace(made, valid_from=since) if isinstance(since, datetime) else made)
    return tuple(found)


def promises_at(rows: Iterable[Mapping[str, object]], at: datetime) -> Mapping[DeadlineKind, Limit]:
    """Of each kind the newest limit that is in force at ``at``. Raises
    ``Refusal('bad_value')`` for a row nobody could have typed in the program."""
    found = dict(limits.PROMISES)
    begun: dict[DeadlineKind, datetime] = {}
    for row in rows:
        if any(row.get(name) for name in _NARROW):
            continue
        try:
            kind, unit = DeadlineKind(str(row["kind"])), Unit(str(row["unit"]))
            value = int(str(row["value"]))
        except (KeyError, ValueError) as error:
            raise Refusal("bad_value", "promise", value=str(dict(row))) from error
        since = row.get("valid_from")
        if isinstance(since, str):
            since = datetime.fromisoformat(since)
        if not isinstance(since, datetime):
            since = datetime.min.replace(tzinfo=at.tzinfo)
        if since <= at and since >= begun.get(kind, since):
            begun[kind] = since
            found[kind] = Limit(value, unit, str(row.get("version", "")))
    return found


def _calendar(rows: Iterable[Mapping[str, str]]) -> WorkingCalendar:
    plain = [dict(row) for row in rows]
    key = tuple(tuple(sorted((str(k), str(v)) for k, v in row.items())) for row in plain)
    calendar = _calendars.get(key)
    if calendar is None:
        calendar = WorkingCalendar.from_rows(plain) if plain else WorkingCalendar.default()
        _calendars.clear()
        _calendars[key] = calendar
    return calendar
