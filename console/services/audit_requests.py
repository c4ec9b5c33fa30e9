"""What the window of the audit log asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.services.audit_records import AuditPage
from console.services.requests import Reading

if TYPE_CHECKING:
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class LoadAudit(Reading):
    """→ ``AuditPage``, newest first."""

    text: str = ""
    kinds: tuple[str, ...] = field(default=())
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200
    offset: int = 0
    who: str = ""


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What a window may ask here."""

    def load(request: LoadAudit) -> AuditPage:
        return services.audit.search(
            request.actor,
            request.text,
            request.kinds,
            request.since,
            request.until,
            request.limit,
            request.offset,
            request.who,
        )

    return {LoadAudit: load}
