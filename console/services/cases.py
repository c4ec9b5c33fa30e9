"""Use cases on cases: open, act, approve, deny, list, show.

Each is one unit of work: the case row compared-and-set on its version, its
deadlines and alarm with it, its events appended last. Whoever asks is checked
here (the rights table), never in a widget.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import approvals, corrections, ids, life
from console.domain.approvals import Word
from console.domain.errors import Refusal
from console.domain.model import (
    Actor,
    Approval,
    Case,
    Command,
    Event,
    EventDraft,
    Evidence,
)
from console.domain.terms import Rules
from console.domain.transitions import TABLE, rows
from console.domain.vocabulary import TERMINAL, Action, Channel, EvidenceKind, Source, State
from console.services import case_context, lookup, merging, permissions, ringing, sop, words
from console.services.evidence import media_type
from console.services.ports import CaseQuery, Clock, EvidenceStore, Page, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules
from console.services.views import CaseAnswer

log = logging.getLogger(__name__)

SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")
#: How often a use case is tried again when somebody else was faster and the
#: person had not looked at the older state.
TRIES: Final = 5
_SILENT: Final = Word()


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a case when it is opened; empty fields are unknown.
    ``category`` is ``[STD:]KIND:CODE`` or a bare code; a ``condition`` brings
    its class along. ``at`` is when it was taken in, by a leader's word."""

    source: Source
    category: str = ""
    condition: str = ""
    camera: str = ""
    place: str = ""
    community: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    found_at: datetime | None = None
    reported_at: datetime | None = None
    note: str = ""
    at: datetime | None = None
    on_behalf_of: str = ""
    channel: Channel = Channel.DESK
    person_id: str = ""
    untaken: bool = False
    """From a list: it waits as ``reported`` until somebody takes it in."""


#: Stores what belongs to a new case in its own transaction.
Beside = Callable[[UnitOfWork, Case], None]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on its way into a case."""

    path: Path
    kind: EvidenceKind
    captured_at: datetime | None = None
    camera: str = ""
    clock_offset_s: float | None = None


#: A file in the store: what it is, its SHA-256 and its size.
StoredFile = tuple[Attachment, str, int]


class CaseService:
    """Everything a person does to a case."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore) -> None:
        self._uows = uows
        self._clock = clock
        self._store = store

    # -- writing -------------------------------------------------------------

    def open(self, actor: Actor, new: NewCase, beside: Beside | None = None) -> CaseAnswer:
        """A new case with its first two clocks running; ``beside`` stores what
        belongs to it before anything is committed."""
        permissions.demand(actor, Action.OPEN)
        if (new.lon is None) != (new.lat is None):
            raise Refusal("bad_value", "one_point")
        with self._uows.write() as uow:
            now = self._clock.now()
            rules = load_rules(uow, now)
            draft = _given_time(_draft(uow, new), new, actor, now)
            step = life.open_case(draft, actor, rules, now)
            local_day = (step.case.opened_at or now).astimezone(SITE_ZONE).strftime("%Y%m%d")
            case = uow.cases.add(step.case, local_day)
            drafts = [_told(replace(d, case=case.id), new) for d in step.drafts]
            if beside is not None:
                beside(uow, case)
            return _commit(uow, case, drafts, ("case",))

    def act(
        self,
        actor: Actor,
        case_id: str,
        command: Command,
        *,
        seen_version: int = 0,
        attachments: Sequence[Attachment] = (),
        stored: Sequence[StoredFile] = (),
    ) -> CaseAnswer:
        """One transition. With ``seen_version`` a case that has moved on since
        is a lost race (``conflict`` with who, when, what); without it the step
        is judged on the case as it is. ``stored`` are files already kept."""
        _demand_step(actor, command.action)
        stored = (*stored, *((a, *self._store.put(a.path, media_type(a.path.name))) for a in attachments))

        def once(uow: UnitOfWork) -> CaseAnswer:
            case = lookup.held(uow, case_id)
            now = self._clock.now()
            rules = load_rules(uow, now)
            if seen_version and case.version != seen_version:
                raise Refusal("conflict", case=case.id)
            kept, drafts = _attach(uow, case, stored, actor, rules, now, command)
            wish = _looked_up(uow, case, command)
            if wish.action is Action.ATTACH:
                return _store_case(uow, case, kept, drafts, False)
            sop.demand_done(uow, kept, wish.action)
            rung = ringing.catch_up(uow, kept, min(wish.at or now, now), now)
            step = life.step(kept, wish, actor, rules, now, case_context.context(uow, kept, wish))
            if step.approval is not None:
                approvals.once(uow.users.waiting(case.id, hold=True), wish)
            if wish.action is Action.MERGE:
                merging.carry_evidence(uow, case, wish.other, actor, now)
            more = bool(drafts) or wish.action is Action.MERGE
            return self._write(uow, case, step, [*rung.drafts, *drafts], rung.changed, now, more)

        return self._tried(once, case_id, seen_version)

    def approve(self, actor: Actor, request_id: int, word: Word = _SILENT) -> CaseAnswer:
        """The second person agrees, and it is done."""
        permissions.demand(actor, Action.APPROVE)

        def once(uow: UnitOfWork) -> CaseAnswer:
            request = case_context.request(uow, request_id)
            case = lookup.held(uow, request.case)
            now = self._clock.now()
            rules = load_rules(uow, now)
            rung = ringing.catch_up(uow, case, min(word.at or now, now), now)
            context = case_context.context(uow, case, approvals.decode(request.command))
            step = life.perform_approved(case, request, actor, rules, now, context, word)
            return self._write(uow, case, step, list(rung.drafts), rung.changed, now)

        return self._tried(once, "", 0)

    def deny(self, actor: Actor, request_id: int, reason: str = "", word: Word = _SILENT) -> CaseAnswer:
        """The second person says no; the case stays as it is."""
        permissions.demand(actor, Action.DENY)
        told = replace(word, reason=reason or word.reason)

        def once(uow: UnitOfWork) -> CaseAnswer:
            now = self._clock.now()
            request = case_context.request(uow, request_id)
            case = lookup.case(uow, request.case)
            step = life.deny(case, request, actor, load_rules(uow, now), now, told)
            return self._write(uow, case, step, [], False, now)

        return self._tried(once, "", 0)

    def withdraw(self, actor: Actor, request_id: int) -> CaseAnswer:
        """Who asked takes it back; the case stays as it is."""
        permissions.demand(actor, "case.read")

        def once(uow: UnitOfWork) -> CaseAnswer:
            now = self._clock.now()
            request = case_context.request(uow, request_id)
            case = lookup.case(uow, request.case)
            return self._write(uow, case, life.withdraw(case, request, actor, now), [], False, now)

        return self._tried(once, "", 0)

    def attach(self, actor: Actor, case_id: str, attachments: Sequence[Attachment]) -> CaseAnswer:
        """Files the cameras or a person wrote for a case."""
        permissions.demand(actor, Action.ATTACH)
        return self.act(actor, case_id, Command(Action.ATTACH), attachments=attachments)

    def attach_stored(self, actor: Actor, case_id: str, files: Sequence[StoredFile]) -> CaseAnswer:
        """Files that stand in the store already: no copy, no wait."""
        permissions.demand(actor, Action.ATTACH)
        return self.act(actor, case_id, Command(Action.ATTACH), stored=files)

    # -- reading -------------------------------------------------------------

    def list(self, actor: Actor, query: CaseQuery) -> Page[Case]:
        """A page of the cases that match."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return uow.cases.find(query)

    def show(self, actor: Actor, case_id: str) -> tuple[Case, tuple[Event, ...], tuple[Approval, ...]]:
        """One case with its events and the requests that wait."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            case = lookup.case(uow, case_id)
            return case, uow.events.of_case(case.id), uow.users.waiting(case.id)

    # -- inside --------------------------------------------------------------

    def _tried(self, once: Callable[[UnitOfWork], CaseAnswer], case_id: str, seen: int) -> CaseAnswer:
        for attempt in range(1, TRIES + 1):
            try:
                with self._uows.write() as uow:
                    return once(uow)
            except Refusal as refusal:
                if refusal.code != "conflict" or refusal.detail == "answered":
                    raise
                if seen or attempt == TRIES:
                    raise self._lost_race(case_id or str(refusal.facts.get("case", "")), refusal) from None
        raise AssertionError("the loop returns or raises")

    def _lost_race(self, case_id: str, refusal: Refusal) -> Refusal:
        """The same refusal, saying who was faster, when, and with what."""
        with self._uows.read() as uow:
            full = uow.cases.resolve(case_id)
            events = uow.events.of_case(full) if full is not None else ()
        theirs = [e for e in events if e.action is not Action.ALARM]
        if full is None or not theirs:
            return refusal
        last = theirs[-1]
        return Refusal(
            "conflict",
            "case",
            case=full,
            number=ids.number(full),
            who=last.actor,
            when=last.recorded_at,
            what=words.what_happened(last),
        )

    def _write(
        self,
        uow: UnitOfWork,
        before: Case,
        step: life.Step,
        drafts: Sequence[EventDraft],
        rung: bool,
        now: datetime,
        more: bool = True,
    ) -> CaseAnswer:
        """Store a step's outcome and commit. ``drafts`` came before it. ``more``:
        rows of the case were written beside it (files, links), so it is read anew."""
        request = step.approval
        if request is not None and request.state == "waiting":
            # Asked, not done: nothing of the case changes, so no lost race either.
            kept = uow.users.ask(request)
            events = uow.events.append([*drafts, *step.drafts])
            changed = (*(("alarm",) if rung else ()), "approval")
            uow.touch(*changed)
            uow.commit()
            return CaseAnswer(before, events, changed, approval=kept)
        if request is not None:
            uow.users.answer(request)
        for other in step.also:
            uow.cases.save(other, other.version)
        drafts = [*drafts, *step.drafts]
        if request is not None and request.state != "approved":
            return replace(_commit(uow, before, drafts, ("approval",)), approval=request)
        case = uow.cases.save(step.case, before.version)
        settled = ringing.settle(uow, case, now)
        rung = rung or settled.changed
        lapsed = _lapse(uow, case, now)
        asked = request is not None or lapsed
        kinds = ("case", *(("alarm",) if rung else ()), *(("approval",) if asked else ()))
        answer = _commit(uow, case, [*drafts, *settled.drafts, *lapsed], kinds, more or bool(step.also))
        return replace(answer, approval=request)


def _demand_step(actor: Actor, action: Action) -> None:
    """Before a file is copied or a case looked at: whoever may do the step in no
    state is refused. What a state and the site's rules say is asked with the case."""
    wanted = {row.demands for row in TABLE if row.action is action}
    if wanted and not any(permissions.may(actor, right) for right in wanted):
        permissions.demand(actor, min(wanted))


def _store_case(
    uow: UnitOfWork, before: Case, case: Case, drafts: list[EventDraft], rung: bool
) -> CaseAnswer:
    saved = uow.cases.save(case, before.version)
    return _commit(uow, saved, drafts, ("case", *(("alarm",) if rung else ())))


def _commit(
    uow: UnitOfWork, case: Case, drafts: Sequence[EventDraft], kinds: tuple[str, ...], again: bool = True
) -> CaseAnswer:
    """``again``: the case may be more than what was saved of it."""
    stored = (uow.cases.get(case.id) if again else None) or case
    events = uow.events.append(drafts)
    uow.touch(*kinds)
    uow.commit()
    return CaseAnswer(stored, events, kinds, links=stored.links)


def _lapse(uow: UnitOfWork, case: Case, now: datetime) -> Sequence[EventDraft]:
    """An ended case waits for nobody: its open requests end with it, but for
    those an ended case may still be granted."""
    if case.state not in TERMINAL:
        return ()
    idle = [one for one in uow.users.waiting(case.id) if not rows(one.action, case.state)]
    ended = [life.lapse(case, one, now) for one in idle]
    for step in ended:
        if step.approval is not None:
            uow.users.answer(step.approval)
    return [draft for step in ended for draft in step.drafts]


def _draft(uow: UnitOfWork, new: NewCase) -> Case:
    """The case as known, with what camera, place and class bring along."""
    camera = lookup.camera(uow, new.camera)
    place = lookup.place(uow, "", new.place)
    community = new.community or (camera.community if camera else "")
    if not community and place is not None and place.kind != "community":
        community = place.parent
    lon, lat = new.lon, new.lat
    if lon is None and place is not None:
        lon, lat = place.lon, place.lat
    if lon is None and camera is not None:
        lon, lat = camera.lon, camera.lat
    case = Case(
        id="",
        state=State.REPORTED if new.untaken else State.REGISTERING,
        source=new.source,
        camera=new.camera,
        place=(place.name_zh if place else new.place) or (camera.road or camera.name if camera else ""),
        grid=new.grid or (camera.grid if camera else ""),
        community=community,
        lon=lon,
        lat=lat,
        note=new.note,
        person_id=new.person_id,
        found_at=new.found_at,
        reported_at=new.reported_at,
    )
    return _classed(uow, case, new)


def _classed(uow: UnitOfWork, case: Case, new: NewCase) -> Case:
    if new.condition:
        condition = lookup.condition(uow, new.condition)
        names = (condition.category, condition.code_2013, condition.name_zh, condition.name_en)
    elif new.category:
        found = lookup.Classes.read(uow).find(new.category)
        names = (found.key, found.code_2013, found.name_zh, found.name_en)
    else:
        return case
    return replace(case, category=names[0], code_2013=names[1], name_zh=names[2], name_en=names[3])


def _told(draft: EventDraft, new: NewCase) -> EventDraft:
    """The opening event with who told it, how, and that its time is by hand."""
    data = {**draft.data, "channel": new.channel.value}
    if new.on_behalf_of:
        data["on_behalf_of"] = new.on_behalf_of
    if new.at is not None:
        data["manual"] = True
    return replace(draft, data=data)


def _given_time(case: Case, new: NewCase, actor: Actor, now: datetime) -> Case:
    """A time of intake given by hand is a leader's right, marked, and no older
    than any other time by hand may be."""
    if new.at is None:
        return case
    permissions.demand(actor, "at")
    if now - new.at > corrections.OLDEST:
        raise Refusal("time_order", "too_old", at=new.at, hours=24)
    if case.source is Source.CAMERA:
        return replace(case, found_at=case.found_at or new.at, manual_time=True)
    return replace(case, reported_at=case.reported_at or new.at, manual_time=True)


def _looked_up(uow: UnitOfWork, case: Case, command: Command) -> Command:
    """The command with full ids for what was named; unknown names refuse."""
    wish = replace(command, teams=lookup.teams(uow, command.teams))
    if wish.action is Action.CORRECT:
        wish = case_context.right_value(uow, case, wish)
    if wish.other:
        wish = replace(wish, other=lookup.case(uow, wish.other).id)
    if (
        wish.action is Action.FILE
        and not wish.condition
        and case.state in (State.REPORTED, State.REGISTERING)
    ):
        wish = replace(wish, condition=_only_condition(uow, case))
    elif wish.condition:
        wish = replace(wish, condition=lookup.condition(uow, wish.condition).condition_id)
    return wish


def _only_condition(uow: UnitOfWork, case: Case) -> str:
    """The one condition of the case's class. Raises ``missing_condition``."""
    if case.category is None:
        raise Refusal("missing_condition")
    return case_context.only_condition(lookup.Classes.read(uow), case.category).condition_id


def _attach(
    uow: UnitOfWork,
    case: Case,
    stored: Sequence[tuple[Attachment, str, int]],
    actor: Actor,
    rules: Rules,
    now: datetime,
    command: Command,
) -> tuple[Case, list[EventDraft]]:
    """Rows for files already in the store, and the event that tells of them."""
    if not stored and command.action is not Action.ATTACH:
        return case, []
    wish = Command(
        Action.ATTACH,
        files=tuple(sha256 for _, sha256, _ in stored),
        on_behalf_of=command.on_behalf_of,
        channel=command.channel,
    )
    step = life.step(case, wish, actor, rules, now)
    for file, sha256, size in stored:
        uow.evidence.add(
            Evidence(
                id="",
                case=case.id,
                kind=file.kind,
                sha256=sha256,
                bytes=size,
                captured_at=file.captured_at or now,
                camera=file.camera,
                clock_offset_s=file.clock_offset_s,
                media_type=media_type(file.path.name),
                added_by=actor.name,
                added_at=now,
            )
        )
    return step.case, list(step.drafts)
