"""What all talks with an ONVIF device share: where it answers, its clock, the login.

``GetSystemDateAndTime`` comes first and without a login: the stamps of the
login must follow the *device's* clock, and few street cameras have the right
time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from console.devices import soap
from console.devices.soap import Endpoint, Fault, Login, NotAuthorised, first, text
from console.domain.errors import Refusal
from console.services.ports import Clock

DEVICE: Final = "http://www.onvif.org/ver10/device/wsdl"
MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a camera's device answers: ``host`` or ``host:port`` (80), and its login."""

    camera: str
    host: str
    username: str = ""
    password: str = field(default="", repr=False)


class OnvifDevice:
    """A device. Not for the GUI thread: every call may take seconds, and none is
    safe from two threads at once."""

    #: What its refusals are called: ``auth_failed.<room>``, ``no_camera.<room>_silent`` …
    room: ClassVar[str] = "ptz"

    def __init__(self, address: DeviceAddress, clock: Clock, timeout_s: float = soap.ANSWER_S) -> None:
        self._address, self._clock, self._timeout_s = address, clock, timeout_s
        host, port = self._host_port()
        self._device = Endpoint(host, port)
        self._login = Login(address.username, address.password)
        self._offset: timedelta | None = None

    @property
    def clock_offset_s(self) -> float | None:
        """Device clock minus ours in seconds; ``None`` when it does not tell."""
        return None if self._offset is None else self._offset.total_seconds()

    def _capabilities(self) -> Element:
        """Learn the clock, then ask which services there are."""
        self._read_clock()
        return self._ask(
            self._device, DEVICE, "GetCapabilities", "<tds:Category>All</tds:Category>", prefix="tds"
        )

    def _ask(self, end: Endpoint, service: str, action: str, body: str = "", *, prefix: str) -> Element:
        """Ask with the login; once more with a fresh clock when it is refused
        (the device's clock may have been set since)."""
        try:
            return self._once(end, service, action, body, prefix)
        except NotAuthorised:
            self._read_clock()
        try:
            return self._once(end, service, action, body, prefix)
        except NotAuthorised:
            word = "" if self._offset is not None else "clock"
            raise self._no("auth_failed", word, camera=self._address.camera) from None

    def _once(self, end: Endpoint, service: str, action: str, body: str, prefix: str) -> Element:
        header = ""
        if self._login.username:
            header = soap.security(self._login, self._clock.now() + (self._offset or timedelta()))
        question = f"<{prefix}:{action}>{body}</{prefix}:{action}>"
        try:
            return self._said(end, f"{service}/{action}", question, header)
        except Fault as fault:
            raise self._no("no_camera", "fault", camera=self._address.camera, said=str(fault)) from None

    def _said(self, end: Endpoint, action: str, question: str, header: str = "") -> Element:
        try:
            return soap.ask(end, action, question, header, self._timeout_s)
        except Refusal as refusal:
            word = refusal.detail.removeprefix("ptz_")
            raise self._no(refusal.code, word, **refusal.facts) from None

    def _read_clock(self) -> None:
        before = self._clock.now()
        try:
            answer = self._ask_clock()
        except (NotAuthorised, Fault):
            self._offset = None
            return
        told = _instant(first(answer, "UTCDateTime"))
        # The time was taken somewhere between question and answer.
        middle = before + (self._clock.now() - before) / 2
        self._offset = None if told is None else told - middle

    def _ask_clock(self) -> Element:
        """Without a login, as the specification has it; some devices want one
        even for this, and take a stamp by our own clock where theirs is right."""
        action, question = f"{DEVICE}/GetSystemDateAndTime", "<tds:GetSystemDateAndTime/>"
        try:
            return self._said(self._device, action, question)
        except NotAuthorised:
            if not self._login.username:
                raise
        return self._said(self._device, action, question, soap.security(self._login, self._clock.now()))

    def _service(self, answer: Element, name: str) -> Endpoint | None:
        address = text(answer, name, "XAddr")
        if not address:
            return None
        try:
            parts = urlsplit(address)
            port = parts.port or 80
        except ValueError:
            return None
        # Devices behind a router give addresses nobody can reach, and a login
        # goes to no other host than the configured one.
        same = parts.hostname == self._device.host
        return Endpoint(self._device.host, port if same else self._device.port, parts.path or "/")

    def _no(self, code: str, word: str, **facts: object) -> Refusal:
        return Refusal(code, f"{self.room}_{word}" if word else self.room, **facts)

    def _host_port(self) -> tuple[str, int]:
        try:
            parts = urlsplit(f"//{self._address.host.rpartition('//')[2]}")
            host, port = parts.hostname, parts.port or 80
        except ValueError:
            host, port = None, 80
        if not host:
            raise self._no("no_camera", "address", camera=self._address.camera)
        return host, port


def _instant(element: Element | None) -> datetime | None:
    if element is None:
        return None
    names = ("Year", "Month", "Day", "Hour", "Minute", "Second")
    try:
        year, month, day, hour, minute, second = (int(text(element, name)) for name in names)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
