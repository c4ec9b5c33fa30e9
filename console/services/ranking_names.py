"""What the keys of a ranking are called."""

from __future__ import annotations

from console.services.ports import UnitOfWork


def key_names(uow: UnitOfWork, by: str) -> dict[str, tuple[str, str]]:
    """What the keys are called, Chinese and English; also of the mix."""
    found: dict[str, tuple[str, str]] = {}
    for one in uow.reference.categories():
        key = f"{one.key.kind}:{one.key.code}"
        found[f"{one.key.kind}:{one.key.code[:2]}"] = (one.big_zh, one.big_en)
        if by == "category":
            found[key] = (one.name_zh, one.name_en)
    if by == "category":
        # Classes of the office's own stand in its standard only.
        for row in uow.reference.conditions():
            found.setdefault(f"{row.category.kind}:{row.category.code}", (row.name_zh, row.name_en))
    if by == "team":
        found |= {one.id: (one.name_zh, one.name_en) for one in uow.reference.teams()}
    elif by in ("community", "road"):
        key_of = "id" if by == "community" else "name_zh"
        places = uow.reference.places(by)
        found |= {getattr(one, key_of): (one.name_zh, one.name_en) for one in places}
    elif by == "camera":
        found |= {one.id: (one.name, one.name) for one in uow.cameras.all()}
    elif by == "officer":
        found |= {one.name: (one.display_zh, one.display_en) for one in uow.users.all()}
    return found
