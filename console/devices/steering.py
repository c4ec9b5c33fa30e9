"""Steering cameras: one thread a camera that is being steered.

The screens only say what they would like ("right, half speed") and repeat it
while a key is held. This thread sends it, at most five times a second, each
time with a time-out of :data:`MOVE_S`; when nobody has repeated it for that
long (key up, window closed, screen hung) it sends a stop, and tries again until
the camera has answered. A camera that is slow delays no other one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.devices.onvif import DeviceAddress, OnvifCamera, Preset
from console.domain.errors import Refusal
from console.services.ports import Clock

log = logging.getLogger(__name__)

#: A move ends by itself after this long unless it is repeated, in seconds.
MOVE_S: Final = 1.0
#: The camera hears of an unchanged move this often, in seconds.
RENEW_S: Final = 0.4
#: Never more than five commands a second: cameras queue them and lag behind.
LEAST_GAP_S: Final = 0.2
#: Attempts at a stop, and the pause between them in seconds.
STOP_TRIES: Final = 5
STOP_PAUSE_S: Final = 0.3

STILL: Final = (0.0, 0.0, 0.0)
Velocity = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class SteeringReady:
    """Posted when a camera can be steered, with its presets."""

    camera: str
    presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True)
class SteeringFailed:
    """Posted when the device refused or did not answer. ``over`` True: it
    cannot be steered at all; False: one command was lost."""

    camera: str
    refusal: Refusal
    over: bool


class Steering:
    """All cameras this console steers. Every method returns at once.

    ``resolve`` gives the address with the login and is called in the camera's
    own thread; ``post`` receives :class:`SteeringReady` and
    :class:`SteeringFailed` from there.
    """

    def __init__(
        self, resolve: Callable[[str], DeviceAddress], clock: Clock, post: Callable[[object], None]
    ) -> None:
        self._resolve, self._clock, self._post = resolve, clock, post
        self._helms: dict[str, _Helm] = {}

    def open(self, camera: str) -> None:
        """Connect and read the presets; answered by a post."""
        if camera not in self._helms:
            self._helms[camera] = _Helm(camera, self._resolve, self._clock, self._post)

    def move(self, camera: str, pan: float, tilt: float, zoom: float) -> None:
        """Go on moving (−1…1: right, up, in); repeat it well within :data:`MOVE_S`."""
        if camera in self._helms:
            self._helms[camera].want((pan, tilt, zoom))

    def halt(self, camera: str) -> None:
        """Stop now."""
        if camera in self._helms:
            self._helms[camera].want(STILL)

    def goto(self, camera: str, token: str) -> None:
        """Go to a preset."""
        if camera in self._helms:
            self._helms[camera].go(token)

    def close(self, camera: str) -> None:
        """Stop the camera and let go of it."""
        helm = self._helms.pop(camera, None)
        if helm is not None:
            helm.end()

    def stop(self, timeout_s: float = 6.0) -> bool:
        """Let go of every camera; False when one did not answer in time."""
        helms = list(self._helms.values())
        self._helms.clear()
        for helm in helms:
            helm.end()
        late = [helm for helm in helms if not helm.join(timeout_s)]
        return not late


class _Helm:
    """One camera and its thread."""

    def __init__(
        self,
        camera: str,
        resolve: Callable[[str], DeviceAddress],
        clock: Clock,
        post: Callable[[object], None],
    ) -> None:
        self._camera, self._resolve, self._clock, self._post = camera, resolve, clock, post
        self._changed = threading.Condition()
        self._wanted: Velocity = STILL
        self._wanted_at = float("-inf")
        self._preset = ""
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=f"steering-{camera}", daemon=True)
        self._thread.start()

    # -- from any thread ----------------------------------------------------------
    def want(self, velocity: Velocity) -> None:
        with self._changed:
            self._wanted, self._wanted_at = velocity, time.monotonic()
            self._changed.notify()

    def go(self, token: str) -> None:
        with self._changed:
            self._preset, self._wanted = token, STILL
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ended, self._wanted, self._preset = True, STILL, ""
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- in the camera's thread -----------------------------------------------------
    def _run(self) -> None:
        try:
            device = OnvifCamera(self._resolve(self._camera), self._clock)
            device.connect()
            self._post(SteeringReady(self._camera, self._presets(device)))
            self._serve(device)
        except Refusal as refusal:
            self._tell(refusal, over=True)
        except Exception:
            log.exception("steering of camera %s broke", self._camera)
            self._tell(Refusal("internal"), over=True)

    def _presets(self, device: OnvifCamera) -> tuple[Preset, ...]:
        """Presets are a help: a camera without them can still be moved."""
        try:
            return device.presets()
        except Refusal as refusal:
            if refusal.detail != "ptz_fault":
                raise
            return ()

    def _serve(self, device: OnvifCamera) -> None:
        sent, sent_at = STILL, float("-inf")
        while True:
            wanted, preset, ended = self._next(sent, sent_at)
            if wanted == STILL and sent != STILL:
                self._halt(device)
                sent, sent_at = STILL, time.monotonic()
            if ended:
                return
            try:
                if preset:
                    device.goto(preset)
                elif wanted != STILL:
                    # What was sent counts as moving even when the answer is lost.
                    sent, sent_at = wanted, time.monotonic()
                    device.move(*wanted, MOVE_S)
            except Refusal as refusal:
                self._tell(refusal, over=False)

    def _next(self, sent: Velocity, sent_at: float) -> tuple[Velocity, str, bool]:
        """Wait until there is something to do; what that is."""
        with self._changed:
            while True:
                now = time.monotonic()
                if self._wanted != STILL and now - self._wanted_at >= MOVE_S:
                    self._wanted = STILL
                if self._ended or self._preset or (self._wanted == STILL and sent != STILL):
                    preset, self._preset = self._preset, ""
                    return self._wanted, preset, self._ended
                due = float("inf")
                if self._wanted != STILL:
                    due = sent_at + (RENEW_S if self._wanted == sent else LEAST_GAP_S)
                    if now >= due:
                        return self._wanted, "", False
                    due = min(due, self._wanted_at + MOVE_S)
                self._changed.wait(None if due == float("inf") else max(0.001, due - now))

    def _halt(self, device: OnvifCamera) -> None:
        """Stop, again and again until the camera says yes."""
        for attempt in range(1, STOP_TRIES + 1):
            try:
                device.stop()
                return
            except Refusal as refusal:
                if attempt == STOP_TRIES:
                    self._tell(refusal, over=False)
                    return
            time.sleep(STOP_PAUSE_S)

    def _tell(self, refusal: Refusal, *, over: bool) -> None:
        self._post(SteeringFailed(self._camera, refusal, over))
