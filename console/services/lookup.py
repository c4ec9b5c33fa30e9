"""Finding what people name: cases, classes, conditions, teams, cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.domain import ids
from console.domain.errors import Refusal
from console.domain.model import Camera, Case, Category, CategoryKey, Condition, Place
from console.services.ports import UnitOfWork


def case(uow: UnitOfWork, text: str) -> Case:
    """The case somebody means by ``YYYYMMDD-NNNN``, ``#NNNN`` or ``NNNN``."""
    found = uow.cases.get(text) if ids.full(text) else None
    if found is None:
        full = uow.cases.resolve(text)
        found = uow.cases.get(full) if full is not None else None
    if found is None:
        raise Refusal("unknown_case", case=text)
    return found


def held(uow: UnitOfWork, text: str) -> Case:
    """:func:`case`, and nobody else changes it until this unit ends. Ask the
    clock after it: a step stamped before a sweep of another workstation and
    stored after it would leave an alarm for what was done in time."""
    # Screens ask by the stored id; only what people type has to be looked up.
    if ids.full(text):
        uow.cases.hold(text)
        found = uow.cases.get(text)
        if found is not None:
            return found
    full = uow.cases.resolve(text)
    if full is not None:
        uow.cases.hold(full)
    return case(uow, full or text)


def camera(uow: UnitOfWork, camera_id: str) -> Camera | None:
    """The camera named, ``None`` when none was."""
    if not camera_id:
        return None
    found = uow.cameras.get(camera_id)
    if found is None:
        raise Refusal("unknown_camera", camera=camera_id)
    return found


def condition(uow: UnitOfWork, condition_id: str) -> Condition:
    """The condition in force under this id (letters in either case)."""
    found = uow.reference.condition(condition_id) or uow.reference.condition(condition_id.upper())
    if found is None:
        raise Refusal("unknown_condition", condition=condition_id)
    if not found.active:
        raise Refusal("unknown_condition", "inactive", condition=found.condition_id)
    return found


def teams(uow: UnitOfWork, names: Sequence[str]) -> tuple[str, ...]:
    """Ids of the teams named by id or by Chinese or English name."""
    if not names:
        return ()
    known: dict[str, str] = {}
    for team in uow.reference.teams():
        for name in (team.name_en, team.name_zh, team.id):
            known[name] = team.id
    known.pop("", None)
    for name in names:
        if name not in known:
            raise Refusal("unknown_team", name=name)
    return tuple(dict.fromkeys(known[name] for name in names))


def place(uow: UnitOfWork, kind: str, name: str) -> Place | None:
    """The named place of one kind, by id or name."""
    if not name:
        return None
    for found in uow.reference.places(kind):
        if name in (found.id, found.name_zh, found.name_en):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Classes:
    """The catalogue together with what the site's standard files under it."""

    categories: tuple[Category, ...]
    conditions: tuple[Condition, ...]

    @classmethod
    def read(cls, uow: UnitOfWork) -> Classes:
        """What the database holds now."""
        return cls(uow.reference.categories(), uow.reference.conditions())

    def under(self, key: CategoryKey) -> tuple[Condition, ...]:
        """Conditions in force of one class."""
        return tuple(c for c in self.conditions if c.category == key and c.active)

    def find(self, text: str) -> Category:
        """The class meant by ``[STD:]KIND:CODE`` or by a bare code.

        Both numberings are understood. Component and event share the codes, so
        a bare one is good only where a single kind can be filed, that is, has a
        condition; else ``unknown_category.ambiguous`` names them all. Raises
        ``unknown_category.form`` for what is no category at all.
        """
        standard, kind, code = _parts(text)
        found = [
            c
            for c in self.categories
            if code in (c.key.code, c.code_2013)
            and kind in ("", c.key.kind)
            and standard.casefold() in ("", c.key.standard.casefold())
        ]
        if not found:
            raise Refusal("unknown_category", "code", value=text)
        # The same class in the new numbering comes before one in the old.
        exact = [c for c in found if c.key.code == code] or found
        filed = [c for c in exact if self.under(c.key)]
        choices = filed or exact
        if len(choices) == 1:
            return choices[0]
        if kind and not filed and not standard:
            # Several standards know it and none of them can be filed yet.
            return choices[0]
        raise Refusal("unknown_category", "ambiguous", value=text, choices=", ".join(map(_told, choices)))


def _parts(text: str) -> tuple[str, str, str]:
    pieces = [piece.strip() for piece in text.rsplit(":", 2)]
    standard = pieces[0] if len(pieces) == 3 else ""
    kind = pieces[-2].casefold() if len(pieces) > 1 else ""
    code = pieces[-1]
    plain = code.replace("-", "")
    if kind not in ("", "event", "component") or not plain.isdigit() or not 2 <= len(plain) <= 6:
        raise Refusal("unknown_category", "form", value=text)
    return standard, kind, code


def _told(category: Category) -> str:
    key = category.key
    return f"{key.standard}:{key.kind}:{key.code} {category.name_zh}"
