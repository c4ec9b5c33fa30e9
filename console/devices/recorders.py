"""Addresses of recordings, by maker. Pure text; nothing is asked of anybody.

Sources: the makers' published URL forms. Hikvision takes ``starttime`` and
``endtime`` as ``20240101T060000Z`` on track ``<channel>01``; Dahua takes
``2024_01_01_14_00_00`` in the recorder's local time. What a maker does not
publish is refused in plain words rather than guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from console.domain.errors import Refusal
from console.domain.recorders import address, channel_number, maker


def playback_url(vendor: str, host: str, channel: str, start: datetime, end: datetime, local: tzinfo) -> str:
    """RTSP address of what was recorded from ``start`` to ``end`` (aware). No
    credentials are in it. Raises ``Refusal('no_camera', 'recorder_…')`` with
    what is missing: ``vendor``, ``unknown``, ``host``, ``channel``, ``time``."""
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise Refusal("no_camera", "recorder_time")
    place, number = address(host), channel_number(channel)
    if maker(vendor) == "hikvision":
        first, last = (f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (start, end))
        return f"rtsp://{place}/Streaming/tracks/{number}01?starttime={first}&endtime={last}"
    first, last = (f"{at.astimezone(local):%Y_%m_%d_%H_%M_%S}" for at in (start, end))
    return f"rtsp://{place}/cam/playback?channel={number}&starttime={first}&endtime={last}"
