"""ONVIF of one camera, as far as steering needs it.

A move always carries a time-out (ONVIF PTZ 5.3.3), so that a camera whose
console died stops by itself; devices exist that ignore it, so a stop is sent
as well (:mod:`console.devices.steering`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from console.devices import soap
from console.devices.onvif_device import MEDIA, OnvifDevice
from console.devices.onvif_device import DeviceAddress as DeviceAddress
from console.devices.soap import Endpoint, first, local, text
from console.domain.errors import Refusal
from console.services.ports import Clock

_PTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
#: No list of presets is longer on a screen.
MOST_PRESETS: Final = 300


@dataclass(frozen=True, slots=True)
class Preset:
    """A position the camera keeps; ``token`` is its own word for it."""

    token: str
    name: str


class OnvifCamera(OnvifDevice):
    """A connected device that is steered."""

    def __init__(self, address: DeviceAddress, clock: Clock, timeout_s: float = soap.ANSWER_S) -> None:
        super().__init__(address, clock, timeout_s)
        self._ptz: Endpoint | None = None
        self._media: Endpoint | None = None
        self._profile = ""

    def connect(self) -> None:
        """Learn clock, services and profile.

        Raises ``Refusal``: ``auth_failed.ptz`` (login), ``auth_failed.ptz_clock``
        (login refused and the device does not tell its time),
        ``no_camera.ptz_none`` (no PTZ service or profile), and as :func:`soap.ask`.
        """
        answer = self._capabilities()
        self._media = self._service(answer, "Media")
        self._ptz = self._service(answer, "PTZ")
        if self._media is None or self._ptz is None:
            raise self._no_ptz()
        self._profile = self._steered_profile(self._ask(self._media, MEDIA, "GetProfiles", prefix="trt"))

    def stream_uri(self) -> str:
        """RTSP address of the profile that is steered, as the device gives it."""
        assert self._media is not None, "connect first"
        setup = (
            "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP"
            f"</tt:Protocol></tt:Transport></trt:StreamSetup>{self._token('trt')}"
        )
        return text(self._ask(self._media, MEDIA, "GetStreamUri", setup, prefix="trt"), "Uri")

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

    def _steered_profile(self, answer: Element) -> str:
        """The first profile with a PTZ configuration; the others show but do not move."""
        for profile in answer.iter():
            if local(profile) == "Profiles" and first(profile, "PTZConfiguration") is not None:
                return str(profile.get("token") or "")
        raise self._no_ptz()

    def _no_ptz(self) -> Refusal:
        return Refusal("no_camera", "ptz_none", camera=self._address.camera)


def _unit(value: float) -> str:
    return f"{max(-1.0, min(1.0, value)):.3f}"
