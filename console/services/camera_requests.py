"""What windows may ask about the configuration of cameras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.alarm_priorities import Maintenance
from console.domain.masks import Mask
from console.services.camera_cards import CameraTable, Changed, Group
from console.services.camera_records import CameraDay
from console.services.camera_undo import Undone
from console.services.reference import ImportReport
from console.services.requests import HeavyWrite, Reading, Request

if TYPE_CHECKING:
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class LoadCameraTable(Reading):
    """→ ``CameraTable``."""


@dataclass(frozen=True, slots=True)
class LoadCameraGroups(Reading):
    """→ ``tuple[Group, ...]``."""


@dataclass(frozen=True, slots=True)
class LoadCameraDays(Reading):
    """→ ``tuple[CameraDay, ...]`` of today."""


@dataclass(frozen=True, slots=True)
class AddCamera(Request):
    """→ ``Changed``. ``values`` by column of the table."""

    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetCameras(Request):
    """→ ``Changed``. The same values for all; ``seen`` are versions looked at."""

    cameras: tuple[str, ...]
    values: Mapping[str, str] = field(repr=False)
    seen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplaceCamera(Request):
    """→ ``Changed``. Another device in the same place."""

    camera: str
    values: Mapping[str, str] = field(repr=False)
    reason: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class SwitchCameras(Request):
    """→ ``Changed``. Off (taken away) or on again."""

    cameras: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class RenameCameraGroup(Request):
    """→ ``Changed``. ``to`` ``""`` dissolves it."""

    kind: str
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class PutMasks(Request):
    """→ ``Changed``."""

    camera: str
    masks: tuple[Mask, ...]
    seen: int = 0


@dataclass(frozen=True, slots=True)
class SetCamerasAside(Request):
    """→ ``tuple[Maintenance, ...]``. Work at cameras until ``end``."""

    cameras: tuple[str, ...]
    reason: str
    end: datetime
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndCamerasAside(Request):
    """→ ``tuple[Maintenance, ...]``."""

    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UndoCameras(Request):
    """→ ``Undone``. ``number`` 0: the newest change that has not been."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class ImportCameras(HeavyWrite):
    """→ ``ImportReport``."""

    file: Path
    dry_run: bool = False


def handlers(services: Services) -> Mapping[type, Any]:
    """What is answered here."""
    cameras = services.cameras

    def switch(request: SwitchCameras) -> Changed:
        do = cameras.restore if request.on else cameras.remove
        return do(request.actor, request.cameras)

    def load(request: LoadCameraTable) -> CameraTable:
        return cameras.table(request.actor)

    def groups(request: LoadCameraGroups) -> Sequence[Group]:
        return cameras.groups(request.actor)

    def days(request: LoadCameraDays) -> Sequence[CameraDay]:
        return cameras.today(request.actor)

    def add(request: AddCamera) -> Changed:
        return cameras.add(request.actor, request.values)

    def put(request: SetCameras) -> Changed:
        return cameras.set_many(request.actor, request.cameras, request.values, request.seen)

    def renew(request: ReplaceCamera) -> Changed:
        return cameras.replace(request.actor, request.camera, request.values, request.reason, request.seen)

    def rename(request: RenameCameraGroup) -> Changed:
        return cameras.rename_group(request.actor, request.kind, request.name, request.to)

    def masks(request: PutMasks) -> Changed:
        return cameras.put_masks(request.actor, request.camera, request.masks, request.seen)

    def aside(request: SetCamerasAside) -> Sequence[Maintenance]:
        return cameras.set_aside(
            request.actor, request.cameras, request.reason, request.end, request.start
        )  # fmt: skip

    def end(request: EndCamerasAside) -> Sequence[Maintenance]:
        return cameras.end_aside(request.actor, request.cameras)

    def undo(request: UndoCameras) -> Undone:
        return cameras.undo(request.actor, request.number)

    def bring(request: ImportCameras) -> ImportReport:
        return cameras.import_table(request.actor, request.file, dry_run=request.dry_run)

    return {
        LoadCameraTable: load,
        LoadCameraGroups: groups,
        LoadCameraDays: days,
        AddCamera: add,
        SetCameras: put,
        ReplaceCamera: renew,
        SwitchCameras: switch,
        RenameCameraGroup: rename,
        PutMasks: masks,
        SetCamerasAside: aside,
        EndCamerasAside: end,
        UndoCameras: undo,
        ImportCameras: bring,
    }
