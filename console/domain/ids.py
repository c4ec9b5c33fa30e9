"""Case ids as they are stored and as they are said.

A case id is ``YYYYMMDD-NNNN`` (local date, counted per site and day); on screen
and over the radio it is ``#NNNN``. Which of the stored cases an ``NNNN`` means
(the newest) only the store can say.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from console.domain.errors import Refusal

_FULL: Final = re.compile(r"(\d{4})(\d{2})(\d{2})-(\d{4,6})")
_STORED: Final = re.compile(r"\d{8}-\d{4,6}", re.ASCII)
_SHORT: Final = re.compile(r"[#＃]?(\d{1,6})")


def make(day: str, count: int) -> str:
    """The id of the ``count``-th case (from 1) of the local day ``YYYYMMDD``."""
    if count < 1:
        raise ValueError("cases are counted from 1")
    return f"{day}-{count:04d}"


def full(text: str) -> bool:
    """Whether ``text`` has the form ids are stored in: there may be such a case."""
    return _STORED.fullmatch(text) is not None


def number(case_id: str) -> str:
    """``#0042`` for ``20260805-0042``; an id without a number gives ``#----``."""
    return f"#{case_id.rpartition('-')[2]}" if "-" in case_id else "#----"


def parse(text: str) -> tuple[str, str]:
    """``(day, count)`` of what somebody typed: ``20260805-0042`` gives
    ``("20260805", "0042")``; ``#42``, ``42`` and ``0042`` give ``("", "0042")``.

    Raises ``Refusal('unknown_case', 'form', case=text)``.
    """
    clean = text.strip()
    full = _FULL.fullmatch(clean)
    if full:
        try:
            date(int(full[1]), int(full[2]), int(full[3]))
        except ValueError as error:
            raise Refusal("unknown_case", "form", case=clean) from error
        return f"{full[1]}{full[2]}{full[3]}", full[4]
    short = _SHORT.fullmatch(clean)
    if short:
        return "", f"{int(short[1]):04d}"
    raise Refusal("unknown_case", "form", case=clean)
