"""What an ONVIF device is and where its streams are: asked before a camera is added.

Operations ``GetDeviceInformation``, ``GetProfiles``, ``GetStreamUri`` (ONVIF core and media
specifications). No address that comes back is trusted further than its port and
path: the host stays the one that was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from console.devices.onvif_device import DEVICE, MEDIA, OnvifDevice
from console.devices.soap import Endpoint, local, text
from console.domain.errors import Refusal

#: A device has two or three of them; one with more is a recorder.
MOST_PROFILES: Final = 64
#: Cameras whose clock is off by more than this cannot be trusted with a minute, s.
CLOCK_NOTICE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One stream a device offers. ``url`` holds no login."""

    token: str
    name: str
    url: str
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceStreams:
    """A device as it describes itself. ``profiles`` are in its own order: the
    first is the main stream. ``clock_offset_s``: its clock minus ours."""

    maker: str
    model: str
    firmware: str
    serial: str
    profiles: tuple[Profile, ...]
    clock_offset_s: float | None = None

    @property
    def main(self) -> Profile:
        """The largest picture; the first of equals."""
        return max(self.profiles, key=_pixels)

    @property
    def sub(self) -> Profile | None:
        """The smallest picture, when it is another one."""
        others = [one for one in self.profiles if one.url != self.main.url]
        return min(others, key=_pixels) if others else None


class OnvifMedia(OnvifDevice):
    """A device that is asked for its streams."""

    room: ClassVar[str] = "onvif"

    def read(self) -> DeviceStreams:
        """Everything. Raises ``Refusal``: ``auth_failed.onvif`` (login),
        ``auth_failed.onvif_clock`` (login refused, and the device does not tell its
        time), ``no_camera`` with ``onvif_silent``, ``onvif_slow``, ``onvif_not_onvif``,
        ``onvif_none`` (no streams), ``onvif_fault``."""
        media = self._service(self._capabilities(), "Media")
        if media is None:
            raise self._none()
        about = self._ask(self._device, DEVICE, "GetDeviceInformation", prefix="tds")
        answer = self._ask(media, MEDIA, "GetProfiles", prefix="trt")
        found = [one for one in answer.iter() if local(one) == "Profiles"][:MOST_PROFILES]
        profiles = tuple(filter(None, (self._profile(media, one) for one in found)))
        if not profiles:
            raise self._none()
        words = (text(about, name)[:80] for name in ("Manufacturer", "Model", "FirmwareVersion"))
        maker, model, firmware = words
        return DeviceStreams(
            maker, model, firmware, text(about, "SerialNumber")[:80], profiles, self.clock_offset_s
        )

    def _profile(self, media: Endpoint, element: Element) -> Profile | None:
        token = str(element.get("token") or "")
        coded = next((e for e in element.iter() if local(e) == "VideoEncoderConfiguration"), None)
        setup = (
            "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP"
            "</tt:Protocol></tt:Transport></trt:StreamSetup>"
            f"<trt:ProfileToken>{escape(token)}</trt:ProfileToken>"
        )
        url = self._reachable(text(self._ask(media, MEDIA, "GetStreamUri", setup, prefix="trt"), "Uri"))
        if not url:
            return None
        name = next((e.text or "" for e in element if local(e) == "Name"), "") or token
        if coded is None:
            return Profile(token, name[:80], url)
        return Profile(
            token,
            name[:80],
            url,
            text(coded, "Encoding")[:20],
            _whole(text(coded, "Resolution", "Width")),
            _whole(text(coded, "Resolution", "Height")),
            float(_whole(text(coded, "RateControl", "FrameRateLimit"))) or None,
        )

    def _reachable(self, url: str) -> str:
        """An address on the host that was asked, without a login; ``""`` for none."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            return ""
        if parts.scheme.lower() not in ("rtsp", "rtsps") or not parts.hostname:
            return ""
        host = f"[{self._device.host}]" if ":" in self._device.host else self._device.host
        place = f"{host}:{port}" if port else host
        return urlunsplit((parts.scheme.lower(), place, parts.path, parts.query, ""))

    def _none(self) -> Refusal:
        return self._no("no_camera", "none", camera=self._address.camera)


def _pixels(one: Profile) -> int:
    return one.width * one.height


def _whole(text_: str) -> int:
    return int(text_) if text_.isascii() and text_.isdigit() and len(text_) < 6 else 0
