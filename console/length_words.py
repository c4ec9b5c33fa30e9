"""How long a limit is, in words: one wording for screens, command line and messages."""

from __future__ import annotations

from console.i18n import t_in


def length(lang: str, value: int, unit: str) -> str:
    """``10 minutes``, ``1 urgent hour``. ``unit``: the value of a ``Unit``."""
    room = "unit_one" if value == 1 else "unit"
    return f"{value} {t_in(lang, f'states.{room}.{unit}')}"
