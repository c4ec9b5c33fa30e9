"""What people type, understood: times, numbers, texts pasted from anywhere."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from console.domain.errors import Refusal
from console.models.wording import SITE_ZONE, local

_CLOCK = re.compile(r"^(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?$")
_SPAN = re.compile(r"^\+(\d{1,4})\s*([mhd])$")
_STEPS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def plain(text: str) -> str:
    """Full-width digits and signs become plain ones; ends are trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def parse_time(text: str, now: datetime) -> datetime:
    """``14:30``, ``14:30:05``, ``10-01 14:30``, ``2026-10-01 14:30`` or
    ``+2h``/``+30m``/``+3d`` from ``now``, in the site's time. A bare clock time
    is today's. Raises ``Refusal('bad_value', 'time')``."""
    clean = plain(text)
    later = _SPAN.match(clean)
    if later is not None:
        return now + int(later.group(1)) * _STEPS[later.group(2)]
    found = _CLOCK.match(clean)
    today = local(now)
    if found is not None:
        year, month, day, hour, minute, second = found.groups()
        try:
            return datetime(
                int(year or today.year),
                int(month or today.month),
                int(day or today.day),
                int(hour),
                int(minute),
                int(second or 0),
                tzinfo=SITE_ZONE,
            )
        except ValueError:
            pass  # 31 February: refused below, with the rest
    raise Refusal("bad_value", "time", value=text)
