"""Device numbers of GB/T 28181: twenty digits, ``CCCCCCCC II TTT N SSSSSS``.

Centre (GB/T 2260 division and grass roots), industry, type, network, serial; the
code tables are those of annex D. Devices in the field are sloppily numbered, so
nothing is refused here: what looks wrong is said, and the number is kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LENGTH: Final = 20
#: Industries that have a code of their own; 40 and above are enterprises.
INDUSTRIES: Final = frozenset(range(15))
_ENTERPRISE: Final = 40
#: Types by what may stand behind them: a picture, or something else.
PICTURES: Final = frozenset({121, 122, 131, 132})
RECORDERS: Final = frozenset({111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 130})
OTHERS: Final = frozenset({123, 124, 125, 133, 134, 135, 136, 137, 138, *range(200, 217), *range(300, 502)})
_PLATFORMS: Final = frozenset(range(500, 510))
#: Provinces and regions of GB/T 2260.
_PROVINCES: Final = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
    | {50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82}
)
#: The network of the picture: 0–4 surveillance, 5 police, 6 government,
#: 7 Internet, 8 social access; 9 is reserved.
_RESERVED_NETWORK: Final = 9


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth looking at that nobody is stopped by. ``code`` names the
    sentence (``cameras.hint.<code>``), ``facts`` fill it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceNumber:
    """A number in its parts."""

    centre: str
    industry: int
    type: int
    network: int
    serial: int


def looks_like(text: str) -> bool:
    """True for what was meant as such a number: digits only, and nearly as many."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.isascii() and plain.isdigit() and 16 <= len(plain) <= 24


def read(text: str) -> DeviceNumber:
    """The parts of a number of twenty digits. Raises ``ValueError``."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        raise ValueError("a device number has twenty digits")
    return DeviceNumber(text[:8], int(text[8:10]), int(text[10:13]), int(text[13]), int(text[14:]))


def check(text: str) -> tuple[Hint, ...]:
    """What is odd about a number; nothing for text that was not meant as one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not looks_like(plain):
        return ()
    if len(plain) != LENGTH:
        return (Hint("gb_length", {"value": plain, "digits": len(plain)}),)
    number = read(plain)
    found = []
    if int(number.centre[:2]) not in _PROVINCES:
        found.append(Hint("gb_centre", {"value": plain, "part": number.centre}))
    if number.industry not in INDUSTRIES and number.industry < _ENTERPRISE:
        found.append(Hint("gb_industry", {"value": plain, "part": f"{number.industry:02d}"}))
    kind = number.type
    if kind in RECORDERS or kind in OTHERS or kind in _PLATFORMS:
        found.append(Hint("gb_no_picture", {"value": plain, "part": f"{kind:03d}"}))
    elif kind not in PICTURES:
        found.append(Hint("gb_type", {"value": plain, "part": f"{kind:03d}"}))
    if number.network == _RESERVED_NETWORK:
        found.append(Hint("gb_network", {"value": plain, "part": "9"}))
    return tuple(found)
