"""Who is steering a camera: one person at one seat, seen by every workstation.

The hold lies in the site's settings and ends by itself after :data:`HOLD_S`
unless it is renewed, so that a console that died blocks nobody for long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import permissions
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: A hold that nobody renews ends after this, in seconds.
HOLD_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Hold:
    """``officer`` at ``seat`` steers ``camera`` until ``until`` (aware UTC)."""

    camera: str
    officer: str
    seat: str
    until: datetime


class SteeringService:
    """Takes, renews and gives back the hold on a camera."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def take(self, actor: Actor, seat: str, camera: str, *, over: bool = False) -> Hold:
        """Take the hold, or renew one's own. ``over`` takes it from whoever has it.

        Raises ``Refusal``: ``forbidden`` (right ``camera.steer``, or
        ``camera.seize`` for ``over``), ``unknown_camera``, ``conflict.steering``
        with ``officer`` and ``seat`` of whoever steers.
        """
        permissions.demand(actor, "camera.steer")
        if over:
            permissions.demand(actor, "camera.seize")
        with self._uows.write() as uow:
            if uow.cameras.get(camera) is None:
                raise Refusal("unknown_camera", camera=camera)
            now = self._clock.now()
            held = _read(uow, camera, now)
            if held is not None and (held.officer, held.seat) != (actor.name, seat) and not over:
                raise Refusal(
                    "conflict", "steering", camera=camera, officer=_person(uow, held.officer), seat=held.seat
                )
            hold = Hold(camera, actor.name, seat, now + timedelta(seconds=HOLD_S))
            kept = {"officer": hold.officer, "seat": hold.seat, "until": hold.until.isoformat()}
            uow.settings.put(_key(camera), json.dumps(kept, ensure_ascii=False))
            uow.commit()
        return hold

    def leave(self, actor: Actor, seat: str, camera: str) -> None:
        """Give one's own hold back; nothing happens when it is somebody else's."""
        permissions.demand(actor, "camera.steer")
        with self._uows.write() as uow:
            held = _read(uow, camera, self._clock.now())
            if held is not None and (held.officer, held.seat) == (actor.name, seat):
                uow.settings.put(_key(camera), "")
                uow.commit()

    def holder(self, camera: str) -> Hold | None:
        """Who steers the camera now."""
        with self._uows.read() as uow:
            return _read(uow, camera, self._clock.now())


def _key(camera: str) -> str:
    return f"steering.{camera}"


def _read(uow: UnitOfWork, camera: str, now: datetime) -> Hold | None:
    text = uow.settings.get(_key(camera))
    if not text:
        return None
    try:
        kept = json.loads(text)
        until = datetime.fromisoformat(kept["until"])
        hold = Hold(camera, str(kept["officer"]), str(kept["seat"]), until)
    except (ValueError, KeyError, TypeError):
        return None
    # A clock that was set back must not leave a hold that lasts for hours.
    return hold if now < until <= now + timedelta(seconds=2 * HOLD_S) else None


def _person(uow: UnitOfWork, name: str) -> str:
    user = uow.users.get(name)
    return (user.display_zh or user.name) if user is not None else name
