"""Where recordings lie: host, maker and channel of a recorder, as people write
them. Pure text; nothing is asked of anybody."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from console.domain.errors import Refusal

#: RTSP port of recorders when the host names none.
PORT: Final = 554
#: Channels of the largest recorders; a slip of the keyboard is longer.
MOST_CHANNELS: Final = 1024
#: Makers that publish how a recording is asked for, and what people call them.
MAKERS: Final = {
    "hikvision": ("hikvision", "hik", "海康", "海康威视"),
    "dahua": ("dahua", "大华"),
}
#: Makers people have whose recordings cannot be asked for by an address.
UNPUBLISHED: Final = ("uniview", "宇视", "onvif")
_HOST = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class RecorderPlace:
    """A recorder's address (``host`` or ``host:port``), maker and, for one
    camera, its channel there; ``""`` is what nobody said."""

    address: str = ""
    vendor: str = ""
    channel: str = ""


def plain(text: str) -> str:
    """Without blanks at the ends, full-width digits and colons as plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def address(host: str) -> str:
    """``host:port`` as it may stand in a URL. Raises ``Refusal('no_camera',
    'recorder_host')`` for anything else, such as a path, a login or a line break."""
    match = _HOST.fullmatch(plain(host))
    port = int(match["port"] or PORT) if match else 0
    if match is None or not 0 < port < 65_536:
        raise Refusal("no_camera", "recorder_host")
    return f"{match['host']}:{port}"


def channel_number(channel: str) -> int:
    """The number of a channel from 1. Raises ``Refusal('no_camera',
    'recorder_channel')``."""
    text = plain(channel)
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_CHANNELS or len(text) > 4:
        raise Refusal("no_camera", "recorder_channel")
    return int(text)


def maker(vendor: str) -> str:
    """``hikvision`` or ``dahua``, whatever people call them. Raises
    ``Refusal('no_camera')`` with ``recorder_unknown`` for makers that publish
    no address, ``recorder_vendor`` for what is no maker."""
    called = plain(vendor).casefold()
    for known, names in MAKERS.items():
        if called in names:
            return known
    raise Refusal("no_camera", "recorder_unknown" if called in UNPUBLISHED else "recorder_vendor")
