"""ONVIF of one camera, as far as steering needs it.

``GetSystemDateAndTime`` comes first and without a login: the stamps of the
login must follow the *device's* clock, and few street cameras have the right
time. A move always carries a time-out (ONVIF PTZ 5.3.3), so that a camera whose
console died stops by itself; devices exist that ignore it, so a stop is sent
as well (:mod:`console.devices.steering`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from console.devices import soap
from console.devices.soap import Endpoint, Fault, Login, NotAuthorised, first, local, text
from console.domain.errors import Refusal
from console.services.ports import Clock

_DEVICE: Final = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"
_PTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
#: No list of presets is longer on a screen.
MOST_PRESETS: Final = 300


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a camera's device answers: ``host`` or ``host:port`` (80), and its login."""

    camera: str
    host: str
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Preset:
    """A position the camera keeps; ``token`` is its own word for it."""

    token: str
    name: str


class OnvifCamera:
    """A connected device. Not for the GUI thread: every call may take seconds,
    and none is safe from two threads at once."""

    def __init__(self, address: DeviceAddress, clock: Clock, timeout_s: float = soap.ANSWER_S) -> None:
        self._address, self._clock, self._timeout_s = address, clock, timeout_s
        host, port = _host_port(address)
        self._device = Endpoint(host, port)
        self._login = Login(address.username, address.password)
        self._offset: timedelta | None = None
        self._ptz: Endpoint | None = None
        self._media: Endpoint | None = None
        self._profile = ""

    @property
    def clock_offset_s(self) -> float | None:
        """Device clock minus ours in seconds; ``None`` when it does not tell."""
        return None if self._offset is None else self._offset.total_seconds()

    def connect(self) -> None:
        """Learn clock, services and profile.

        Raises ``Refusal``: ``auth_failed.ptz`` (login), ``auth_failed.ptz_clock``
        (login refused and the device does not tell its time),
        ``no_camera.ptz_none`` (no PTZ service or profile), and as :func:`soap.ask`.
        """
        self._read_clock()
        answer = self._ask(
            self._device, _DEVICE, "GetCapabilities", "<tds:Category>All</tds:Category>", prefix="tds"
        )
        self._media = self._service(answer, "Media")
        self._ptz = self._service(answer, "PTZ")
        if self._media is None or self._ptz is None:
            raise self._no_ptz()
        self._profile = self._steered_profile(self._ask(self._media, _MEDIA, "GetProfiles", prefix="trt"))

    def stream_uri(self) -> str:
        """RTSP address of the profile that is steered, as the device gives it."""
        assert self._media is not None, "connect first"
        setup = (
            "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP"
            f"</tt:Protocol></tt:Transport></trt:StreamSetup>{self._token('trt')}"
        )
        return text(self._ask(self._media, _MEDIA, "GetStreamUri", setup, prefix="trt"), "Uri")

    def move(self, pan: float, tilt: float, zoom: float, seconds: float) -> None:
        """Move at −1…1 of full speed (right, up, in) for at most ``seconds``."""
        velocity = (
            f'<tptz:Velocity><tt:PanTilt x="{_unit(pan)}" y="{_unit(tilt)}"/><tt:Zoom x="{_unit(zoom)}"/>'
            f"</tptz:Velocity><tptz:Timeout>PT{seconds:g}S</tptz:Timeout>"
        )
        self._steer("ContinuousMove", self._token() + velocity)

    def stop(self) -> None:
        """Stop every movement."""
        both = "<tptz:PanTilt>true</tptz:PanTilt><tptz:Zoom>true</tptz:Zoom>"
        self._steer("Stop", self._token() + both)

    def presets(self) -> tuple[Preset, ...]:
        """The positions kept in the camera, in its order."""
        answer = self._steer("GetPresets", self._token())
        found = [e for e in answer.iter() if local(e) == "Preset" and e.get("token")]
        return tuple(
            Preset(str(e.get("token")), text(e, "Name") or str(e.get("token"))) for e in found[:MOST_PRESETS]
        )

    def goto(self, token: str) -> None:
        """Go to a preset."""
        self._steer("GotoPreset", f"{self._token()}<tptz:PresetToken>{escape(token)}</tptz:PresetToken>")

    def set_preset(self, name: str, token: str = "") -> None:
        """Keep the position now under ``name``; an existing ``token`` is replaced."""
        kept = f"<tptz:PresetToken>{escape(token)}</tptz:PresetToken>" if token else ""
        body = f"{self._token()}<tptz:PresetName>{escape(name)}</tptz:PresetName>{kept}"
        self._steer("SetPreset", body)

    # -- asking -----------------------------------------------------------------
    def _steer(self, action: str, body: str) -> Element:
        assert self._ptz is not None, "connect first"
        return self._ask(self._ptz, _PTZ, action, body, prefix="tptz")

    def _token(self, prefix: str = "tptz") -> str:
        return f"<{prefix}:ProfileToken>{escape(self._profile)}</{prefix}:ProfileToken>"

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
            detail = "ptz" if self._offset is not None else "ptz_clock"
            raise Refusal("auth_failed", detail, camera=self._address.camera) from None

    def _once(self, end: Endpoint, service: str, action: str, body: str, prefix: str) -> Element:
        header = ""
        if self._login.username:
            header = soap.security(self._login, self._clock.now() + (self._offset or timedelta()))
        question = f"<{prefix}:{action}>{body}</{prefix}:{action}>"
        try:
            return soap.ask(end, f"{service}/{action}", question, header, self._timeout_s)
        except Fault as fault:
            raise Refusal("no_camera", "ptz_fault", camera=self._address.camera, said=str(fault)) from None

    def _read_clock(self) -> None:
        before = self._clock.now()
        try:
            answer = soap.ask(
                self._device,
                f"{_DEVICE}/GetSystemDateAndTime",
                "<tds:GetSystemDateAndTime/>",
                timeout_s=self._timeout_s,
            )
        except (NotAuthorised, Fault):
            self._offset = None
            return
        told = _instant(first(answer, "UTCDateTime"))
        # The time was taken somewhere between question and answer.
        middle = before + (self._clock.now() - before) / 2
        self._offset = None if told is None else told - middle

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

    def _steered_profile(self, answer: Element) -> str:
        """The first profile with a PTZ configuration; the others show but do not move."""
        for profile in answer.iter():
            if local(profile) == "Profiles" and first(profile, "PTZConfiguration") is not None:
                return str(profile.get("token") or "")
        raise self._no_ptz()

    def _no_ptz(self) -> Refusal:
        return Refusal("no_camera", "ptz_none", camera=self._address.camera)


def _host_port(address: DeviceAddress) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address.host.rpartition('//')[2]}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port = None, 80
    if not host:
        raise Refusal("no_camera", "ptz_address", camera=address.camera)
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


def _unit(value: float) -> str:
    return f"{max(-1.0, min(1.0, value)):.3f}"
