"""What a leader needs to know of a request before he answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from console.domain import approvals, life
from console.domain.errors import Refusal
from console.domain.model import Approval, Case
from console.domain.terms import Rules
from console.services import case_context
from console.services.ports import UnitOfWork


def previews(
    uow: UnitOfWork, case: Case, waiting: Sequence[Approval], rules: Rules, now: datetime
) -> Mapping[int, Case | Refusal]:
    """By request: the case if it were granted now, or why it cannot be."""
    found: dict[int, Case | Refusal] = {}
    for request in waiting:
        try:
            context = case_context.context(uow, case, approvals.decode(request.command))
            found[request.id] = life.preview(case, request, rules, now, context)
        except Refusal as refusal:
            found[request.id] = refusal
    return found
