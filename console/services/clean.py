"""Text as people paste it, made fit to be kept.

Control characters go (a NUL is refused by PostgreSQL, half a surrogate pair by
any encoder); in a single line tabs and line ends become blanks. Nothing is cut
off: what is too long is refused with its length, so that nobody loses the end
of a sentence without knowing.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from console.domain.errors import Refusal

#: Longest note, place and name, characters.
NOTE_MOST: Final = 20_000
PLACE_MOST: Final = 200
NAME_MOST: Final = 60


def note(text: str, field: str = "note", most: int = NOTE_MOST) -> str:
    """Text of several lines. Raises ``Refusal('bad_value', 'too_long')``."""
    kept = "".join(one for one in text.replace("\r\n", "\n") if one in "\n\t" or _plain(one)).strip()
    return _not_longer(kept, field, most)


def line(text: str, field: str, most: int = PLACE_MOST) -> str:
    """Text of one line. Raises ``Refusal('bad_value', 'too_long')``."""
    kept = " ".join("".join(one if _plain(one) else " " for one in text).split())
    return _not_longer(kept, field, most)


def narrow(text: str) -> str:
    """Full-width letters, digits and signs become plain ones; ends trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def _plain(one: str) -> bool:
    # Cc control, Cs surrogate; joiners of emoji and scripts (Cf) stay.
    return unicodedata.category(one) not in ("Cc", "Cs")


def _not_longer(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise Refusal("bad_value", "too_long", field=field, length=len(text), most=most)
    return text
