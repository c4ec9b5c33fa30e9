"""Addresses of recordings, by maker. Pure text; nothing is asked of anybody.

Sources: the makers' published URL forms. Hikvision takes ``starttime`` and
``endtime`` as ``20240101T060000Z`` on track ``<channel>01``; Dahua takes
``2024_01_01_14_00_00`` in the recorder's local time. What a maker does not
publish is refused in plain words rather than guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from console.domain.errors import Refusal

#: RTSP port of recorders when the host names none.
PORT: Final = 554
#: Channels of the largest recorders; a slip of the keyboard is longer.
MOST_CHANNELS: Final = 1024
_HOST = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?"
)
_HIKVISION: Final = ("hikvision", "hik", "海康", "海康威视")
_DAHUA: Final = ("dahua", "大华")
_UNKNOWN: Final = ("uniview", "宇视", "onvif")


def playback_url(vendor: str, host: str, channel: str, start: datetime, end: datetime, local: tzinfo) -> str:
    """RTSP address of what was recorded from ``start`` to ``end`` (aware). No
    credentials are in it. Raises ``Refusal('no_camera', 'recorder_…')`` with
    what is missing: ``vendor``, ``unknown``, ``host``, ``channel``, ``time``."""
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise Refusal("no_camera", "recorder_time")
    maker = vendor.strip().casefold()
    place, number = address(host), channel_number(channel)
    if maker in _HIKVISION:
        first, last = (f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (start, end))
        return f"rtsp://{place}/Streaming/tracks/{number}01?starttime={first}&endtime={last}"
    if maker in _DAHUA:
        first, last = (f"{at.astimezone(local):%Y_%m_%d_%H_%M_%S}" for at in (start, end))
        return f"rtsp://{place}/cam/playback?channel={number}&starttime={first}&endtime={last}"
    raise Refusal("no_camera", "recorder_unknown" if maker in _UNKNOWN else "recorder_vendor")


def address(host: str) -> str:
    """``host:port`` as it may stand in a URL. Raises ``Refusal('no_camera',
    'recorder_host')`` for anything else, such as a path, a login or a line break."""
    match = _HOST.fullmatch(host.strip())
    port = int(match["port"] or PORT) if match else 0
    if match is None or not 0 < port < 65_536:
        raise Refusal("no_camera", "recorder_host")
    return f"{match['host']}:{port}"


def channel_number(channel: str) -> int:
    """The number of a channel from 1. Raises ``Refusal('no_camera',
    'recorder_channel')``."""
    text = channel.strip()
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_CHANNELS or len(text) > 4:
        raise Refusal("no_camera", "recorder_channel")
    return int(text)
