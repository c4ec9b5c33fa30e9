"""Cameras as tables and lists show them, and what a change answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from console.domain.alarm_priorities import Maintenance
from console.domain.gb28181 import Hint
from console.domain.model import Camera
from console.domain.vocabulary import SourceKind
from console.services import camera_rows
from console.services.camera_records import CameraChange
from console.services.camera_rows import Known

#: Fields by which cameras are put together.
GROUPINGS: Final = ("groups", "segment", "community", "grid", "road", "owner")


@dataclass(frozen=True, slots=True)
class CameraCard:
    """A camera as a table shows it: its password never, its login only to those
    who may change it. ``aside``: what is being worked on there, now or to come."""

    camera: Camera
    has_password: bool = False
    hints: tuple[Hint, ...] = ()
    aside: tuple[Maintenance, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraTable:
    """Everything configured, by id. ``changes`` are the newest first; one whose
    ``undone_at`` is empty can be taken back."""

    rows: tuple[CameraCard, ...]
    changes: tuple[CameraChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: its number for taking it back (0: nothing was
    different), the cameras that are different now, and what is odd about them."""

    number: int
    cameras: tuple[str, ...]
    hints: Mapping[str, tuple[Hint, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A name that puts cameras together; ``kind`` is one of :data:`GROUPINGS`."""

    kind: str
    name: str
    cameras: tuple[str, ...]


def card(camera: Camera, known: Known, aside: Sequence[Maintenance], edits: bool) -> CameraCard:
    """A camera without what must not be shown; ``edits``: whoever asks may change it."""
    bare = replace(camera, secret="", username=camera.username if edits else "")
    mine = tuple(
        row
        for row in aside
        if (row.kind is SourceKind.CAMERA and row.id in (camera.id, "*"))
        or (row.kind is SourceKind.NETWORK and camera.segment and row.id in (camera.segment, "*"))
    )
    return CameraCard(bare, bool(camera.secret), camera_rows.hints(camera, known), mine)


def grouped(cameras: Iterable[Camera]) -> tuple[Group, ...]:
    """Every name that puts cameras together, by kind and name."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in cameras:
        for kind in GROUPINGS:
            for name in names_of(one, kind):
                found.setdefault((kind, name), []).append(one.id)
    return tuple(Group(kind, name, tuple(found[kind, name])) for kind, name in sorted(found, key=_order))


def names_of(camera: Camera, kind: str) -> tuple[str, ...]:
    """What a camera belongs to; ``kind`` is one of :data:`GROUPINGS`."""
    value = getattr(camera, kind)
    names = value if isinstance(value, tuple) else (value,)
    return tuple(name for name in names if name)


def _order(key: tuple[str, str]) -> tuple[int, str]:
    return GROUPINGS.index(key[0]), key[1]
