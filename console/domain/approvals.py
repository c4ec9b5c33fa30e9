"""Requests that wait for a second person.

A void, a forced close, an extension, a suspension, an appeal and a correction
are asked by one person and granted by a shift leader who is another. The wish
is kept as plain data, so that it can be stored and read back. Who asked may
take it back; what the end of the case has made idle lapses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from console.domain import rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Approval, Command
from console.domain.terms import SYSTEM, Rules
from console.domain.vocabulary import Action, Channel


@dataclass(frozen=True, slots=True)
class Word:
    """The second person's word: why, when it was given (``None``: now), in
    whose name, and by which channel."""

    reason: str = ""
    at: datetime | None = None
    on_behalf_of: str = ""
    channel: Channel = Channel.DESK


def encode(command: Command) -> dict[str, object]:
    """A wish as plain data: strings and lists, empty fields left out."""
    data: dict[str, object] = {"action": command.action.value, "channel": command.channel.value}
    for name in ("on_behalf_of", "reason", "text", "field_name", "field_value", "cause"):
        value: str = getattr(command, name)
        if value:
            data[name] = value
    if command.until is not None:
        data["until"] = command.until.isoformat()
    return data


def decode(data: Mapping[str, object]) -> Command:
    """The wish of :func:`encode`. Raises ``KeyError`` or ``ValueError`` for
    data it did not write."""
    until = data.get("until")
    return Command(
        action=Action(str(data["action"])),
        channel=Channel(str(data.get("channel", Channel.DESK))),
        on_behalf_of=str(data.get("on_behalf_of", "")),
        reason=str(data.get("reason", "")),
        text=str(data.get("text", "")),
        until=datetime.fromisoformat(until) if isinstance(until, str) else None,
        field_name=str(data.get("field_name", "")),
        field_value=str(data.get("field_value", "")),
        cause=str(data.get("cause", "")),
    )


def ask(case_id: str, command: Command, actor: Actor, now: datetime) -> Approval:
    """A request; the store gives it its number."""
    return Approval(
        id=0,
        case=case_id,
        action=command.action,
        asked_by=actor.name,
        asked_at=now,
        reason=command.reason.strip(),
        command=encode(command),
    )


def once(waiting: Iterable[Approval], command: Command) -> None:
    """One request of a kind at a time for a case (of a correction: for a
    field). Raises ``illegal_transition.asked_before``."""
    for other in waiting:
        same = other.action is command.action and other.state == "waiting"
        field = str(other.command.get("field_name", ""))
        if same and (command.action is not Action.CORRECT or field == command.field_name):
            raise Refusal(
                "illegal_transition",
                "asked_before",
                request=other.id,
                who=other.asked_by,
                asked_at=other.asked_at,
                action=other.action.value,
            )


def withdraw(approval: Approval, actor: Actor, now: datetime) -> Approval:
    """Take one's own request back. Raises ``forbidden.not_asker`` and
    ``conflict.answered``."""
    _waits(approval)
    if actor.name != approval.asked_by:
        raise Refusal("forbidden", "not_asker", request=approval.id, who=approval.asked_by)
    return replace(approval, state="withdrawn", answered_by=actor.name, answered_at=now)


def lapse(approval: Approval, now: datetime) -> Approval:
    """The case has ended, and with it what was asked for."""
    return replace(approval, state="lapsed", answered_by=SYSTEM.name, answered_at=now)


def _waits(approval: Approval) -> None:
    if approval.state != "waiting":
        raise Refusal(
            "conflict",
            "answered",
            request=approval.id,
            state=approval.state,
            by=approval.answered_by,
        )


def answer(approval: Approval, actor: Actor, rules: Rules, now: datetime, agree: bool) -> Approval:
    """The request with the second person's word.

    Raises ``forbidden`` (no leader), ``needs_second_person`` (the asker
    himself, or somebody who can never be the second person) and ``conflict``
    (answered already).
    """
    rights.demand(actor, Action.APPROVE if agree else Action.DENY, rules.separate_filing)
    _waits(approval)
    if not actor.may_approve:
        raise Refusal("needs_second_person", "not_signed_in", actor=actor.name)
    if actor.name == approval.asked_by:
        raise Refusal("needs_second_person", "same_person", actor=actor.name)
    state = "approved" if agree else "denied"
    return replace(approval, state=state, answered_by=actor.name, answered_at=now)
