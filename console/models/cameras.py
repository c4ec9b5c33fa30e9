"""The camera list: communities and named groups, and under each its cameras
with their state; or all of them in the order in which nobody looked at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.services.ports import FeedHealth

CAMERA_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3
STATE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4
LIVE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 5
SEEN_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 6
#: Camera ids, UTF-8, one a line: what the camera tree and tiles drag.
CAMERA_MIME: Final = "application/x-fifteen-camera"
Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True, eq=False)
class _Group:
    """A community, a group of that name, or (with ``unseen``) everything."""

    community: str
    name: str = ""
    unseen: bool = False
    cameras: list[Camera] = field(default_factory=list)


class CameraTreeModel(QAbstractItemModel):
    """Two levels. ``STATE_ROLE`` of a camera is its :class:`FeedState` or
    ``None`` when nothing is known; ``SEEN_ROLE`` when it was last looked at, in
    words, only in that order; ``LIVE_ROLE`` of a group is ``(live, total)``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Camera, ...] = ()
        self._groups: list[_Group] = []
        self._filter = ""
        self._names = NOBODY
        self._states: dict[str, FeedState] = {}
        self._unseen: dict[str, str] | None = None
        self._counted: tuple[int, int] | None = None

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        """A community (no parent) or a camera below one. The internal id is
        0 for a community and 1 + its row for a camera."""
        if column != 0 or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, 0, 0) if row < len(self._groups) else QModelIndex()
        if parent.internalId() != 0 or row >= len(self._groups[parent.row()].cameras):
            return QModelIndex()
        return self.createIndex(row, 0, parent.row() + 1)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]
        """The community of a camera."""
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Communities, or the cameras of one."""
        if not parent.isValid():
            return len(self._groups)
        return len(self._groups[parent.row()].cameras) if parent.internalId() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """One column; the delegate paints the state."""
        return 1

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Name, camera, state."""
        if not index.isValid():
            return None
        if index.internalId() == 0:
            return self._group_data(self._groups[index.row()], role)
        camera = self._groups[index.internalId() - 1].cameras[index.row()]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return camera.name
        if role == CAMERA_ROLE:
            return camera
        if role == STATE_ROLE:
            return self.state(camera)
        if role == SEEN_ROLE:
            return self._unseen.get(camera.id, "") if self._unseen is not None else ""
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            state = self.state(camera)
            word = state.value if state is not None else "unknown"
            seen = self._unseen.get(camera.id, "") if self._unseen is not None else ""
            return f"{camera.name} {t(f'states.feed.{word}')} {seen}".rstrip()
        return None

    def _group_data(self, group: _Group, role: int) -> object:
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            if group.unseen:
                return t("camera.list.unseen")
            if group.name:
                return t("camera.list.group", name=group.name)
            return self._names.community(group.community) or group.community or t("desk.cameras.elsewhere")
        if role == LIVE_ROLE:
            live = sum(self.state(camera) is FeedState.LIVE for camera in group.cameras)
            return (live, len(group.cameras))
        return None

    def state(self, camera: Camera) -> FeedState | None:
        """What is known of a camera's stream."""
        if not camera.enabled:
            return FeedState.DISABLED
        return self._states.get(camera.id)

    def counts(self) -> tuple[int, int]:
        """Live and all enabled cameras, whatever the filter."""
        if self._counted is None:
            enabled = [camera for camera in self._all if camera.enabled]
            live = sum(self._states.get(camera.id) is FeedState.LIVE for camera in enabled)
            self._counted = live, len(enabled)
        return self._counted

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Take the list as configured."""
        if tuple(cameras) != self._all:
            self._all = tuple(cameras)
            self._counted = None
            self._regroup()

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names
        if self._groups:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._groups) - 1, 0))

    def set_unseen(self, rows: Sequence[tuple[str, str]] | None) -> None:
        """Only the order in which nobody looked: camera ids with words for when
        they were last seen, the longest first; ``None``: by group again."""
        known = None if rows is None else dict(rows)
        before, self._unseen = self._unseen, known
        if known is None or before is None or list(before) != list(known):
            if known is not before:
                self._regroup()
        elif known != before and self._groups:
            top, last = self.index(0, 0), len(self._groups[0].cameras) - 1
            self.dataChanged.emit(self.index(0, 0, top), self.index(last, 0, top), [SEEN_ROLE])

    def set_filter(self, text: str) -> None:
        """Keep cameras with ``text`` in name, id, road or community."""
        if text.strip().casefold() != self._filter:
            self._filter = text.strip().casefold()
            self._regroup()

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """Take the streams' states; tells only rows that changed."""
        old = self._states
        changed = {camera for camera, one in health.items() if old.get(camera) is not one.state}
        changed |= old.keys() - health.keys()
        if not changed:
            return
        self._states = {camera: one.state for camera, one in health.items()}
        self._counted = None
        for row, group in enumerate(self._groups):
            touched = [at for at, camera in enumerate(group.cameras) if camera.id in changed]
            if not touched:
                continue
            top = self.index(row, 0)
            self.dataChanged.emit(top, top, [LIVE_ROLE])
            self.dataChanged.emit(
                self.index(touched[0], 0, top), self.index(touched[-1], 0, top), [STATE_ROLE]
            )

    def cameras_of(self, index: Index) -> tuple[str, ...]:
        """The camera at ``index``, or all of a community (as filtered) that are
        in use."""
        if not index.isValid():
            return ()
        if index.internalId() == 0:
            return tuple(c.id for c in self._groups[index.row()].cameras if c.enabled)
        return (self._groups[index.internalId() - 1].cameras[index.row()].id,)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be chosen and dragged to a wall."""
        kept = super().flags(index)
        return kept | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else kept

    def mimeTypes(self) -> list[str]:
        """What a wall takes."""
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The cameras of all rows, each once, in the order of the list."""
        rows = sorted(indexes, key=_place)
        ids = dict.fromkeys(one for index in rows for one in self.cameras_of(index))
        data = QMimeData()
        data.setData(CAMERA_MIME, QByteArray("\n".join(ids).encode()))
        return data

    def find(self, camera_id: str) -> QModelIndex:
        """Index of a camera, invalid when it is filtered away or unknown."""
        for row, group in enumerate(self._groups):
            for at, camera in enumerate(group.cameras):
                if camera.id == camera_id:
                    return self.index(at, 0, self.index(row, 0))
        return QModelIndex()

    def _passes(self, camera: Camera) -> bool:
        place = self._names.community(camera.community)
        words = (camera.id, camera.name, camera.road, place, camera.grid, *camera.groups)
        return self._filter in " ".join(words).casefold()

    def _regroup(self) -> None:
        self.beginResetModel()
        passed = [camera for camera in self._all if not self._filter or self._passes(camera)]
        self._groups = self._by_place(passed) if self._unseen is None else self._by_sight(passed)
        self.endResetModel()

    def _by_place(self, cameras: Sequence[Camera]) -> list[_Group]:
        """Communities, then those without one, then the named groups."""
        places: dict[str, _Group] = {}
        named: dict[str, _Group] = {}
        for camera in cameras:
            places.setdefault(camera.community, _Group(camera.community)).cameras.append(camera)
            for name in dict.fromkeys(camera.groups):
                named.setdefault(name, _Group("", name)).cameras.append(camera)
        return [*sorted(places.values(), key=_group_order), *(named[name] for name in sorted(named))]

    def _by_sight(self, cameras: Sequence[Camera]) -> list[_Group]:
        assert self._unseen is not None
        found = {camera.id: camera for camera in cameras}
        rows = [found[one] for one in self._unseen if one in found]
        return [_Group("", "", True, rows)] if rows else []


def _group_order(group: _Group) -> tuple[bool, str]:
    return (not group.community, group.community)


def _place(index: QModelIndex) -> tuple[int, int]:
    """Where a row stands: a community before its cameras."""
    group = index.internalId()
    return (index.row(), -1) if group == 0 else (group - 1, index.row())
