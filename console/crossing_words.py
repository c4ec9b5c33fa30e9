"""What it is called when a clock of a case has passed a threshold: one wording
for the screens, the command line and the notices."""

from __future__ import annotations

from typing import Final

from console.domain.chance import FORESEEN
from console.i18n import catalogue, t_in

#: The thresholds everybody knows, which need not be said.
_USUAL: Final = (0, 80, 100)


def crossed(lang: str, clock: str, threshold: int) -> str:
    """``Decision nearly due``; one the office has set says its per cent too.
    Empty for a clock nobody has words for."""
    if threshold == FORESEEN:
        key = f"alarmtext.{clock}.foreseen"
        return t_in(lang, key) if key in catalogue(lang) else ""
    key = f"alarmtext.{clock}.{80 if 0 < threshold < 100 else 100}"
    if key not in catalogue(lang):
        return ""
    said = t_in(lang, key)
    return said if threshold in _USUAL else f"{said} ({threshold} %)"
