"""What a camera says of its streams: SDP (RFC 4566) as cameras write it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from console.feeds.rtp import Codec

_CODECS: Final[Mapping[str, Codec]] = {"H264": "h264", "H265": "hevc", "HEVC": "hevc", "JPEG": "mjpeg"}
#: Payload types that need no ``rtpmap`` (RFC 3551).
_STATIC: Final[Mapping[int, str]] = {0: "PCMU/8000", 8: "PCMA/8000", 26: "JPEG/90000"}


@dataclass(frozen=True, slots=True)
class Media:
    """One ``m=`` section. ``codec`` is ``None`` for what we cannot read and
    ``encoding`` then says what it was. ``control`` is an absolute URL."""

    kind: str
    payload_type: int
    encoding: str
    codec: Codec | None
    clock_hz: int
    control: str
    parameter_sets: tuple[bytes, ...] = ()
    fmtp: Mapping[str, str] = field(default_factory=dict)
    channels: int = 1
    """Of sound."""


@dataclass(frozen=True, slots=True)
class Description:
    """A whole description; ``control`` is what PLAY is sent to."""

    control: str
    media: tuple[Media, ...]

    @property
    def video(self) -> Media | None:
        """The first video section we can read, else the first of any codec."""
        videos = [m for m in self.media if m.kind == "video"]
        return next((m for m in videos if m.codec), videos[0] if videos else None)

    @property
    def audio(self) -> Media | None:
        """The first sound section."""
        return next((m for m in self.media if m.kind == "audio"), None)


def parse(text: str, base: str) -> Description:
    """Read a description that was fetched from ``base``. Raises
    ``ValueError`` when it is none."""
    session: dict[str, str] = {}
    sections: list[dict[str, str]] = []
    current = session
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if not lines or not any(line.startswith(("v=", "m=")) for line in lines):
        raise ValueError("no session description")
    for line in lines:
        key, equals, value = line.partition("=")
        if not equals or len(key) != 1:
            continue
        if key == "m":
            current = {"m": value}
            sections.append(current)
        elif key == "a":
            name, _, argument = value.partition(":")
            _attribute(current, name.strip().lower(), argument.strip())
    aggregate = resolve(base, session.get("control", ""))
    media = tuple(_media(section, base, aggregate) for section in sections)
    return Description(aggregate, media)


def _attribute(into: dict[str, str], name: str, argument: str) -> None:
    if name in ("rtpmap", "fmtp"):
        number, _, rest = argument.partition(" ")
        into[f"{name} {number}"] = rest.strip()
    else:
        into.setdefault(name, argument)


def _media(section: Mapping[str, str], base: str, aggregate: str) -> Media:
    words = section["m"].split()
    number = int(words[3]) if len(words) > 3 and words[3].isdigit() else -1
    encoding, _, rest = section.get(f"rtpmap {number}", _STATIC.get(number, "")).partition("/")
    clock, _, channels = rest.partition("/")
    fmtp = _fmtp(section.get(f"fmtp {number}", ""))
    codec = _CODECS.get(encoding.upper())
    control = section.get("control", "")
    return Media(
        kind=words[0] if words else "",
        payload_type=number,
        encoding=encoding or f"payload {number}",
        codec=codec,
        clock_hz=int(clock) if clock.isdigit() else 90_000,
        control=resolve(aggregate if control else base, control),
        parameter_sets=_parameter_sets(fmtp),
        fmtp=fmtp,
        channels=int(channels) if channels.isdigit() else 1,
    )


def _fmtp(text: str) -> dict[str, str]:
    fields = {}
    for part in text.split(";"):
        key, equals, value = part.strip().partition("=")
        if equals:
            fields[key.strip().lower()] = value.strip()
    return fields


def _parameter_sets(fmtp: Mapping[str, str]) -> tuple[bytes, ...]:
    """Raw NAL units of ``sprop-…``; broken base64 is left out, since cameras
    send the sets in the stream as well."""
    found: list[bytes] = []
    for key in ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets"):
        for word in fmtp.get(key, "").split(","):
            try:
                unit = base64.b64decode(word.strip() + "=" * (-len(word.strip()) % 4))
            except (binascii.Error, ValueError):
                continue
            if unit:
                found.append(unit.removeprefix(b"\x00\x00\x00\x01"))
    return tuple(found)


def resolve(base: str, control: str) -> str:
    """A control attribute as an absolute URL. Cameras mean "below the base"
    even when the base does not end in a slash or carries a query."""
    if not control or control == "*":
        return base
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return control
    if control.startswith("/"):
        parts = urlsplit(base)
        return f"{parts.scheme}://{parts.netloc}{control}"
    if base.endswith("/") and "?" not in base:
        # urljoin knows no relative references of rtsp:// before it is told.
        return urljoin("http" + base[base.index(":") :], control).replace("http", base.split(":")[0], 1)
    return f"{base.rstrip('/')}/{control}"
