"""What every view of pictures needs."""

from __future__ import annotations

from dataclasses import dataclass

from console.services.ports import Clock, Pictures
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.budgets import BudgetDesk


@dataclass(frozen=True, slots=True)
class Sight:
    """Where pictures come from, who is told what is to be decoded, what time
    it is, how things look, and the second that ticks."""

    pictures: Pictures
    budgets: BudgetDesk
    clock: Clock
    theme: Theme
    ticker: Ticker
