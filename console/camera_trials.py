"""Trying the site's cameras, for windows and the command line: rights, logins, threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from console.devices.onvif import DeviceAddress
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.feeds.sources import FeedSource
from console.feeds.trial import WATCH_S, Trial, Trials
from console.services import permissions
from console.services.assembly import Services

#: The right to try cameras.
TEST: Final = "camera.test"


@dataclass(frozen=True, slots=True)
class CameraTried:
    """Posted for each camera as its trial ends."""

    run: int
    trial: Trial


@dataclass(frozen=True, slots=True)
class TrialsOver:
    """Posted once, also after a stop."""

    run: int
    total: int


def sources(services: Services, cameras: Sequence[Camera]) -> tuple[FeedSource, ...]:
    """What cameras are read from, logins opened; one whose key is another one
    goes without, and will say so itself."""
    return tuple(source(services, one) for one in cameras)


def source(services: Services, camera: Camera) -> FeedSource:
    """One of them."""
    password = ""
    if camera.secret:
        try:
            password = services.vault.open(camera.secret, camera.id)
        except Refusal:
            password = ""
    return FeedSource(camera.id, camera.name, camera.url, camera.url_sub, camera.username, password)


def device(services: Services, camera: Camera) -> DeviceAddress:
    """Where a camera's device answers; the host of its stream when none is given."""
    read = source(services, camera)
    host = camera.host or urlsplit(camera.url).hostname or ""
    return DeviceAddress(camera.id, host, read.username, read.password)


def named(services: Services, cameras: Sequence[str]) -> tuple[Camera, ...]:
    """Cameras by id, in that order; all that are switched on when none is named.
    Raises ``unknown_camera``."""
    with services.uows.read() as uow:
        stored = {one.id: one for one in uow.cameras.all()}
    for name in cameras:
        if name not in stored:
            raise Refusal("unknown_camera", camera=name[:80])
    return tuple(stored[name] for name in cameras) or tuple(c for c in stored.values() if c.enabled)


class CameraTrials:
    """One run of trials at a time. ``post`` takes what the bridge carries."""

    def __init__(self, services: Services, post: Callable[[object], None]) -> None:
        self._services, self._post = services, post
        self._trials: Trials | None = None
        self._run = 0

    def start(self, actor: Actor, cameras: Sequence[str], watch_s: float = WATCH_S) -> int:
        """Try cameras by id; returns the number of the run. A run under way is
        stopped. Never waits; what is no camera any more is left out."""
        permissions.demand(actor, TEST)
        self.stop()
        self._run += 1
        number, total, wanted = self._run, len(cameras), frozenset(cameras)

        def read() -> tuple[FeedSource, ...]:
            with self._services.uows.read() as uow:
                rows = [one for one in uow.cameras.all() if one.id in wanted]
            return sources(self._services, rows)

        def done(trial: Trial) -> None:
            self._post(CameraTried(number, trial))

        def over() -> None:
            self._post(TrialsOver(number, total))

        self._trials = Trials(read, self._services.clock, done, over, watch_s=watch_s)
        self._trials.start()
        return number

    def stop(self) -> None:
        """Hang up; the rest is not tried."""
        if self._trials is not None:
            self._trials.stop()

    def close(self) -> bool:
        """Stop and wait; ``False`` when it did not end in time."""
        self.stop()
        return self._trials is None or self._trials.join(10.0)
