"""Removing evidence by the rule of retention: tried first, then done, never silent.

A removed file leaves its row, its hash and an event in its case; the run leaves
an entry in the audit log. What is removed is decided from rows, when it is
removed, once more: between the trial and the deed a case may have been reopened.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from console.domain import retention
from console.domain.errors import Refusal
from console.domain.model import Actor, EventDraft
from console.domain.retention import DAYS, Piece, Plan, Rules
from console.domain.vocabulary import Action, EvidenceKind
from console.services import audit, permissions
from console.services.evidence import FileEvidenceStore
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)

#: Key among the settings.
KEY: Final = "evidence.retention"
#: How the last removal ended.
LAST: Final = "evidence.retention.last"
#: Cases whose files go in one transaction.
BUNDLE: Final = 50
#: The growth of the store is that of so many days.
GROWTH_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Removed:
    """What a run removed: files, their bytes, cases; ``left`` names files that
    could not be deleted. ``at`` is ISO 8601, ``by`` who ran it."""

    files: int
    bytes: int
    cases: int
    left: tuple[str, ...] = ()
    at: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """The store now: files and bytes on the disk, bytes added a day."""

    files: int
    bytes: int
    per_day: int


class RetentionService:
    """Rules, trial and deed. Raises ``Refusal``: ``forbidden`` without ``db.admin``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, store: FileEvidenceStore) -> None:
        self._uows, self._clock, self._store = uows, clock, store

    def rules(self, actor: Actor) -> Rules:
        """The rules in force; without any, everything is kept for good."""
        permissions.demand(actor, "db.admin")
        with self._uows.read() as uow:
            return read(uow)

    def put_rules(self, actor: Actor, days: Mapping[EvidenceKind, int], auto: bool, seen: int) -> Rules:
        """Change the rules. Raises ``bad_value.retention_days`` for a number of
        days that is neither 0 nor in :data:`DAYS`, ``conflict.setting`` when
        somebody else changed them since version ``seen``."""
        permissions.demand(actor, "db.admin")
        low, high = DAYS
        for kind, number in days.items():
            if number and not low <= number <= high:
                raise Refusal("bad_value", "retention_days", kind=kind.value, low=low, high=high, days=number)
        with self._uows.write() as uow:
            before = read(uow)
            if before.version != seen:
                raise Refusal("conflict", "retention")
            rules = Rules({k: n for k, n in days.items() if n}, auto, seen + 1)
            uow.settings.put(KEY, _written(rules))
            facts = {k.value: n for k, n in rules.days.items()}
            audit.write(uow, self._clock, actor, "setting", name=KEY, days=facts, auto=auto)
            uow.commit()
        return rules

    def plan(self, actor: Actor) -> Plan:
        """What the rules would remove now; changes nothing."""
        permissions.demand(actor, "db.admin")
        return self._plan()[0]

    def figures(self, actor: Actor) -> StoreFigures:
        """How large the store is, and how it grows."""
        permissions.demand(actor, "db.admin")
        here = self._store.present()
        since = self._clock.now() - timedelta(days=GROWTH_DAYS)
        with self._uows.read() as uow:
            added = uow.evidence.added_bytes(since)
        return StoreFigures(len(here), sum(here.values()), added // GROWTH_DAYS)

    def last(self, actor: Actor) -> Removed | None:
        """What the last run removed."""
        permissions.demand(actor, "db.admin")
        with self._uows.read() as uow:
            return _last(uow.settings.get(LAST))

    def apply(self, actor: Actor) -> Removed:
        """Remove what the rules say. Each bundle of cases is told in the chain
        before its files go; a file that cannot be deleted is named and tried
        again by the next run. Raises ``forbidden`` without ``evidence.expire``."""
        permissions.demand(actor, "evidence.expire")
        plan, rules = self._plan()
        by_case: dict[str, list[Piece]] = {}
        for one in plan.pieces:
            by_case.setdefault(one.case, []).append(one)
        gone: dict[str, int] = {}
        left: list[str] = []
        cases = sorted(by_case)
        for start in range(0, len(cases), BUNDLE):
            told = self._tell(actor, rules, [by_case[one] for one in cases[start : start + BUNDLE]])
            for one in told:
                if self._store.remove(one.sha256):
                    gone[one.sha256] = one.bytes
                elif one.sha256 not in gone:
                    left.append(one.sha256)
        return self._done(actor, gone, len(cases), tuple(dict.fromkeys(left)))

    def automatic(self, actor: Actor) -> Removed | None:
        """After a good backup: :meth:`apply` where the rules say so, else ``None``."""
        permissions.demand(actor, "evidence.expire")
        with self._uows.read() as uow:
            rules = read(uow)
        return self.apply(actor) if rules.auto and rules.days else None

    def _plan(self) -> tuple[Plan, Rules]:
        now, here = self._clock.now(), self._store.present()
        with self._uows.read() as uow:
            rules = read(uow)
            return _planned(uow, rules, here, now), rules

    def _tell(self, actor: Actor, rules: Rules, cases: Sequence[Sequence[Piece]]) -> list[Piece]:
        """Append the events of some cases; answers what may go then."""
        now = self._clock.now()
        with self._uows.write() as uow:
            # Looked at again where nobody else writes: what was reopened stays.
            digests = sorted({one.sha256 for pieces in cases for one in pieces})
            uses = uow.evidence.uses(digests)
            held = {one.sha256 for one in uses if one.guard or not one.due(rules, now)}
            told: list[Piece] = []
            for pieces in cases:
                going = [one for one in pieces if one.sha256 not in held]
                if going:
                    draft = EventDraft(
                        going[0].case, now, now, actor.name, Action.RETENTION, _data(going, rules)
                    )
                    uow.events.append([draft])
                    told.extend(going)
            if told:
                uow.touch("case")
                uow.commit()
        return told

    def _done(self, actor: Actor, gone: Mapping[str, int], cases: int, left: tuple[str, ...]) -> Removed:
        at = self._clock.now().isoformat()
        done = Removed(len(gone), sum(gone.values()), cases if gone else 0, left, at, actor.name)
        with self._uows.write() as uow:
            uow.settings.put(LAST, json.dumps(asdict(done) | {"left": list(left[:20])}), quiet=True)
            facts = {"files": done.files, "bytes": done.bytes, "cases": done.cases, "left": len(left)}
            audit.write(uow, self._clock, actor, "retention", **facts)
            uow.commit()
        if left:
            log.error("%d files past their retention could not be deleted", len(left))
        return done


def read(uow: UnitOfWork) -> Rules:
    """The rules as they are stored; what cannot be read keeps everything."""
    try:
        raw: dict[str, Any] = json.loads(uow.settings.get(KEY) or "{}")
        known = {kind.value: kind for kind in EvidenceKind}
        days = {known[name]: int(n) for name, n in dict(raw.get("days", {})).items() if name in known}
        low, high = DAYS
        sound = {kind: n for kind, n in days.items() if low <= n <= high}
        return Rules(sound, bool(raw.get("auto", False)), int(raw.get("version", 0)))
    except (ValueError, TypeError, AttributeError):
        log.warning("the rules of retention cannot be read: everything is kept")
        return Rules()


def _written(rules: Rules) -> str:
    days = {kind.value: n for kind, n in rules.days.items()}
    return json.dumps({"days": days, "auto": rules.auto, "version": rules.version})


def _planned(uow: UnitOfWork, rules: Rules, here: Mapping[str, int], now: Any) -> Plan:
    before = {kind: at for kind in EvidenceKind if (at := rules.cutoff(kind, now)) is not None}
    pieces = [one for one in uow.evidence.aged(before) if one.sha256 in here]
    digests = sorted({one.sha256 for one in pieces})
    others = [one for one in uow.evidence.uses(digests) if not one.due(rules, now)]
    return retention.plan(pieces, rules, now, others)


def _data(pieces: Sequence[Piece], rules: Rules) -> dict[str, object]:
    files = [{"sha256": one.sha256, "kind": one.kind.value, "bytes": one.bytes} for one in pieces]
    return {"removed": files, "days": {one.kind.value: rules.days[one.kind] for one in pieces}}


def _last(text: str) -> Removed | None:
    try:
        raw = json.loads(text or "null")
        return Removed(**(raw | {"left": tuple(raw["left"])}))
    except (ValueError, TypeError, KeyError):
        return None
