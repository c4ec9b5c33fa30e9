"""Who comes in at a desk: the card's wishes carried to the services, and back.

A desk nobody works at signs in, a locked one is unlocked by whoever locked it and
changes its officer for anybody else. No password is kept here longer than its
question takes.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from console.domain.model import Actor
from console.services.people_requests import (
    LockDesk,
    Recover,
    ShownCode,
    SwitchOfficer,
    UnlockDesk,
)
from console.services.requests import Answer, Broke, Refused, SignIn
from console.widgets.login_card import LoginCard
from console.windows.desk_link import DeskLink

#: What the door asks; its answers are nobody else's.
DOOR: Final = (SignIn, SwitchOfficer, UnlockDesk, Recover, LockDesk)
#: Refusals of a right password that has to be another one from now on.
STALE: Final = frozenset({"must_change", "password_old"})


class DeskDoor(QObject):
    """``signed_in(Actor)`` when somebody was let in."""

    signed_in = Signal(object)

    def __init__(self, card: LoginCard, link: DeskLink, parent: QObject) -> None:
        super().__init__(parent)
        self._card, self._link = card, link
        self._came: Actor | None = None
        #: The name of this workstation in the record.
        self.seat = ""
        #: Who locked the desk; ``None`` while nobody did.
        self.locker: Actor | None = None
        card.sign_in.connect(self._sign_in)
        card.change.connect(self._change)
        card.recover.connect(self._recover)
        card.noted.connect(self._noted)
        link.answered.connect(self._on_answered)
        link.refused.connect(self._on_refused)
        link.broke.connect(self._on_broke)

    def lock(self, who: Actor, why: str) -> None:
        """Write down that the desk was locked, by ``key`` or ``idle``."""
        self._link.submit(LockDesk(who, why))

    @Slot(str, str)
    def _sign_in(self, name: str, password: str) -> None:
        if self.locker is not None and name == self.locker.name:
            self._link.submit(UnlockDesk(self.locker, password))
        else:
            self._enter(name, password)

    @Slot(str, str, str)
    def _change(self, name: str, old: str, new: str) -> None:
        self._enter(name, old, new)

    def _enter(self, name: str, password: str, new: str = "") -> None:
        if self.locker is not None:
            self._link.submit(SwitchOfficer(self.locker, name, password, new))
        else:
            self._link.submit(SignIn(name, password, self.seat, new))

    @Slot(str, str, str)
    def _recover(self, name: str, code: str, password: str) -> None:
        self._link.submit(Recover(name, code, password, self.seat))

    @Slot()
    def _noted(self) -> None:
        came, self._came = self._came, None
        if came is not None:
            self.signed_in.emit(came)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if not isinstance(answer.request, DOOR):
            return
        if isinstance(answer.value, ShownCode):
            self._came = answer.value.actor
            self._card.show_code(answer.value.code)
        elif isinstance(answer.value, Actor):
            self.signed_in.emit(answer.value)

    @Slot(object)
    def _on_refused(self, refused: Refused) -> None:
        if not isinstance(refused.request, DOOR) or isinstance(refused.request, LockDesk):
            return
        refusal = refused.refusal
        if refusal.code == "auth_failed" and refusal.detail in STALE:
            self._card.demand_change(f"people.card.{refusal.detail}", refusal.facts)
        else:
            self._card.refused(refusal)

    @Slot(object)
    def _on_broke(self, broke: Broke) -> None:
        if isinstance(broke.request, DOOR) and not isinstance(broke.request, LockDesk):
            self._card.broke()
