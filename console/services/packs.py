"""The evidence pack of a case: what goes in, who may take it, and its log.

Nothing leaves the house unlogged: the event that names the pack's manifest is
committed before the file gets its name. The pack itself is written by
``console.reports``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Actor, Approval, Camera, Case, Condition, Event, EventDraft, Evidence
from console.domain.vocabulary import Action
from console.services import lookup, permissions
from console.services.ports import Clock, EvidenceStore, UnitOfWorkFactory
from console.services.requests import Heavy
from console.services.rules import load_rules
from console.services.views import Names

#: A reason this short says nothing, characters.
REASON_LEAST: Final = 2
#: What stands in a log line stays readable, characters.
WORDS_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class PackCase(Heavy):
    """Pack a case into ``file`` (``.zip``) → ``Packed``. ``marked_only`` leaves
    the originals out: only copies with the watermark leave."""

    case_id: str
    file: str
    reason: str
    recipient: str = ""
    marked_only: bool = False
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written: the file, how many files are in it, its manifest's
    SHA-256 (which the case's log names), evidence that is not on this machine."""

    file: str
    files: int
    manifest_sha256: str
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackContent:
    """Everything a pack is made of, as of ``packed_at``."""

    case: Case
    events: tuple[Event, ...]
    condition: Condition | None
    requests: tuple[Approval, ...]
    paths: Mapping[str, Path]
    """Evidence that is here: SHA-256 → file."""
    cameras: Mapping[str, Camera]
    teams: Mapping[str, tuple[str, str]]
    names: Names
    chain_head: tuple[int, str]
    calendar: WorkingCalendar
    packed_at: datetime
    packed_by: str
    reason: str
    recipient: str

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Pieces of evidence in the order they were taken."""
        return tuple(sorted(self.case.evidence, key=lambda one: (one.captured_at, one.id)))


class PackService:
    """Gathers and logs."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore) -> None:
        self._uows = uows
        self._clock = clock
        self._store = store

    def gather(self, actor: Actor, case_id: str, reason: str, recipient: str = "") -> PackContent:
        """What the pack of a case holds. Raises ``forbidden`` without the right
        ``evidence.pack``, ``missing_reason`` without one, ``unknown_case``."""
        permissions.demand(actor, "evidence.pack")
        reason, recipient = reason.strip(), recipient.strip()
        if len(reason) < REASON_LEAST:
            raise Refusal("missing_reason", "", action="pack")
        for words in (reason, recipient):
            if len(words) > WORDS_MOST:
                raise Refusal("bad_value", "too_long", most=WORDS_MOST, length=len(words))
        now = self._clock.now()
        with self._uows.read() as uow:
            case = lookup.case(uow, case_id)
            condition = None
            if case.condition_id:
                condition = uow.reference.condition(case.condition_id, case.condition_version)
            seen = {one.camera for one in case.evidence} | {case.camera}
            places, users = uow.reference.places(), uow.users.all()
            content = PackContent(
                case=case,
                events=uow.events.of_case(case.id),
                condition=condition,
                requests=uow.users.waiting(case.id),
                paths=self._here(case),
                cameras={camera.id: camera for camera in uow.cameras.all() if camera.id in seen},
                teams={one.id: (one.name_zh, one.name_en) for one in uow.reference.teams()},
                names=Names(
                    communities={p.id: (p.name_zh, p.name_en) for p in places if p.kind == "community"},
                    people={u.name: (u.display_zh, u.display_en) for u in users},
                    places={p.name_zh: (p.name_zh, p.name_en) for p in places},
                ),
                chain_head=uow.events.head(),
                calendar=load_rules(uow, now).calendar,
                packed_at=now,
                packed_by=actor.name,
                reason=reason,
                recipient=recipient,
            )
        return content

    def _here(self, case: Case) -> dict[str, Path]:
        found = {one.sha256: self._store.path(one.sha256) for one in case.evidence}
        return {sha256: path for sha256, path in found.items() if path is not None}

    def log(
        self, actor: Actor, content: PackContent, manifest_sha256: str, files: int, marked_only: bool
    ) -> Event:
        """Append the event that tells of the pack: who, why, for whom, and the
        hash of its manifest."""
        permissions.demand(actor, "evidence.pack")
        data: dict[str, object] = {
            "reason": content.reason,
            "manifest": manifest_sha256,
            "count": files,
            "marked_only": marked_only,
        }
        if content.recipient:
            data["recipient"] = content.recipient
        now = self._clock.now()
        draft = EventDraft(content.case.id, content.packed_at, now, actor.name, Action.PACK, data)
        with self._uows.write() as uow:
            (event,) = uow.events.append([draft])
            uow.touch("case")
            uow.commit()
        return event
