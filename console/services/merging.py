"""What a merge takes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from console.domain.model import Actor, Case
from console.services.ports import UnitOfWork


def carry_evidence(uow: UnitOfWork, case: Case, into: str, actor: Actor, now: datetime) -> None:
    """What a merged case has seen is evidence of the other one too: rows that
    name the same files, which stand in the store once."""
    have = {one.sha256 for one in uow.evidence.of_case(into)}
    for one in case.evidence:
        if one.sha256 not in have:
            uow.evidence.add(replace(one, id="", case=into, added_by=actor.name, added_at=now))
