"""The site's plan of shifts: one text in the settings, the office's default without it."""

from __future__ import annotations

import json
import logging
from datetime import time
from functools import lru_cache
from typing import Final

from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.shifts import DEFAULT, ShiftKind, ShiftPlan
from console.services.ports import UnitOfWork

log = logging.getLogger(__name__)

#: Key of the text among the settings, and the form it has.
KEY: Final = "shift.plan"
FORM: Final = 1


def load(uow: UnitOfWork) -> ShiftPlan:
    """The plan in force, read in the caller's unit of work."""
    return decoded(uow.settings.get(KEY))


@lru_cache(maxsize=8)
def decoded(text: str) -> ShiftPlan:
    """The plan behind a stored text; the default for none, and for one that
    cannot be read (which is logged: nobody may be left without a shift)."""
    if not text:
        return DEFAULT
    try:
        kinds = [
            ShiftKind(
                str(one["id"]),
                str(one["zh"]),
                str(one["en"]),
                time.fromisoformat(one["start"]),
                time.fromisoformat(one["end"]),
            )
            for one in json.loads(text)["kinds"]
        ]
        return shifts.checked(kinds)
    except (Refusal, ValueError, KeyError, TypeError):
        log.warning("the stored plan of shifts cannot be read; the default holds")
        return DEFAULT


def encoded(plan: ShiftPlan) -> str:
    """The text to store."""
    kinds = [
        {"id": one.id, "zh": one.zh, "en": one.en, "start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}"}
        for one in plan.kinds
    ]
    return json.dumps({"form": FORM, "kinds": kinds}, ensure_ascii=False)
