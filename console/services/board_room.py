"""What the board's room answers, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from console.services import board_filters, emergency, several, slack, sop
from console.services.assembly import Services


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """A handler by request type."""
    return {
        **slack.handlers(services.slack),
        **board_filters.handlers(services.filters),
        **several.handlers(services.several),
        **sop.handlers(services.sop),
        **emergency.handlers(services.emergencies),
    }
