"""The site's own causes of a broken promise, kept in its settings."""

from __future__ import annotations

import json
from collections.abc import Mapping

from console.domain import causes
from console.domain.causes import Cause
from console.domain.model import Actor
from console.services import audit, permissions
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.rules import CAUSES


def put(uows: UnitOfWorkFactory, clock: Clock, actor: Actor, row: Mapping[str, object]) -> tuple[Cause, ...]:
    """Add a cause, or change the one of that code (``active`` False rests it:
    cases that have it keep it). Returns the list in force. Raises
    ``Refusal('bad_value', 'cause_row')`` for a row that cannot be one."""
    permissions.demand(actor, "figures.rules")
    with uows.write() as uow:
        stored = uow.settings.get(CAUSES)
        own = {str(one["code"]): one for one in (json.loads(stored) if stored else [])}
        own[str(row.get("code", ""))] = dict(row)
        made = causes.of_site(own.values())
        uow.settings.put(CAUSES, json.dumps(list(own.values()), ensure_ascii=False))
        audit.changed(uow, clock, actor, "cause", **row)
        uow.commit()
    return made
