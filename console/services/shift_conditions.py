"""Weather, warning signal and response level in force: one text in the settings."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Final

from console.domain import shift_log
from console.domain.errors import Refusal
from console.domain.shift_log import Conditions
from console.services import clean
from console.services.ports import UnitOfWork

log = logging.getLogger(__name__)

#: Key of the text among the settings.
KEY: Final = "shift.conditions"
WEATHER_MOST: Final = 40
ORDER_MOST: Final = 80


def load(uow: UnitOfWork) -> Conditions:
    """What was set last; nothing for none."""
    text = uow.settings.get(KEY)
    if not text:
        return Conditions()
    try:
        kept = json.loads(text)
        return shift_log.conditions_from(kept, str(kept["by"]), datetime.fromisoformat(kept["at"]))
    except (ValueError, KeyError, TypeError):
        log.warning("the stored conditions cannot be read")
        return Conditions()


def store(uow: UnitOfWork, one: Conditions) -> None:
    """Keep them."""
    at = one.at.isoformat() if one.at is not None else ""
    kept = {**shift_log.conditions_data(one), "by": one.by, "at": at}
    uow.settings.put(KEY, json.dumps(kept, ensure_ascii=False), quiet=True)


def checked(wish: Conditions) -> Conditions:
    """Conditions fit to be kept. Raises ``Refusal('bad_value', …)``: a signal has
    a colour, a colour a signal, and both are words of the lists."""
    signal, colour, level = wish.signal, wish.colour, wish.level
    for value, words in ((signal, shift_log.SIGNALS), (colour, shift_log.COLOURS), (level, shift_log.LEVELS)):
        if value and value not in words:
            raise Refusal("bad_value", "shift_entry", value=value[:40], allowed=", ".join(words))
    if bool(signal) != bool(colour):
        raise Refusal("bad_value", "shift_signal")
    weather = clean.line(wish.weather, "weather", WEATHER_MOST)
    return Conditions(weather, signal, colour, level, clean.line(wish.order, "order", ORDER_MOST))
