"""The cameras of a site as a table: how they are configured, or how they are.

Six hundred rows are told apart by their id; words are made for what is looked at.
The order changes when somebody asks for it, never under their hands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.camera_facts import CLOCK_NOTICE_S, POOR, when
from console.models.names import NOBODY, NameBook
from console.models.overview_index import OverviewIndex, Query, natural
from console.models.wording import span
from console.services.camera_cards import CameraCard
from console.services.camera_records import CameraDay
from console.services.ports import FeedHealth

Index = QModelIndex | QPersistentModelIndex
#: What a row is, and how a cell stands out (a role of the theme).
ID_ROLE: Final = int(Qt.ItemDataRole.UserRole)
TONE_ROLE: Final = ID_ROLE + 1
STATE_ROLE: Final = ID_ROLE + 2
_DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)
_TOLD: Final = (_DISPLAY, int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.AccessibleTextRole))

#: Two ways to look at the same rows.
SETUP: Final = "setup"
HEALTH: Final = "health"
#: Columns and how wide they are beside each other, from what is needed first.
COLUMNS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    SETUP: (
        ("name", 2.4), ("state", 1.9), ("id", 3.2), ("address", 3.0), ("community", 1.2), ("groups", 1.4),
        ("grid", 1.0), ("segment", 1.0), ("vendor", 1.0), ("owner", 1.0),
    ),
    HEALTH: (
        ("name", 2.4), ("state", 1.9), ("available", 1.0), ("falls", 0.7), ("reason", 2.2), ("rate", 1.7),
        ("clock", 1.1), ("since", 1.0), ("size", 2.7),
    ),
}  # fmt: skip
_RIGHT: Final = frozenset({"available", "falls", "rate", "clock", "since"})
#: What is shown of all rows.
EVERY, BAD, OFF, ASIDE, ODD, MASKED = "every", "bad", "off", "aside", "odd", "masked"
SHOWN: Final = (EVERY, BAD, OFF, ASIDE, ODD, MASKED)
#: How a state counts where the worst comes first.
_WORST: Final = (
    FeedState.UNAUTHORISED, FeedState.NOT_FOUND, FeedState.BAD_DATA, FeedState.LOST, FeedState.FROZEN,
    FeedState.BACKOFF, FeedState.STALE, FeedState.CONNECTING, FeedState.LIVE, FeedState.DISABLED,
)  # fmt: skip
_RANK: Final = {state: rank for rank, state in enumerate(_WORST)}
_WELL: Final = frozenset({FeedState.LIVE, FeedState.CONNECTING, FeedState.DISABLED})
#: Initials of so many names are worked out at a time.
_AT_A_TIME: Final = 40


class CameraAdminModel(QAbstractTableModel):
    """Rows by camera id. ``ID_ROLE`` is the id, ``STATE_ROLE`` the
    :class:`FeedState`, ``TONE_ROLE`` a role of the theme."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, CameraCard] = {}
        self._rows: list[str] = []
        self._place: dict[str, int] = {}
        self._index = OverviewIndex()
        self._names: NameBook = NOBODY
        self._health: Mapping[str, FeedHealth] = {}
        self._days: Mapping[str, CameraDay] = {}
        self.view = SETUP
        self.text, self.show = "", EVERY
        self.worst_first = False
        self.now: datetime | None = None

    # -- what it is given ----------------------------------------------------------
    def set_cards(self, cards: Sequence[CameraCard]) -> None:
        """The cameras as configured now."""
        self._cards = {card.camera.id: card for card in cards}
        self._index.set_cameras([card.camera for card in cards])
        self.arrange()

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names
        self._index.set_names(names)
        self._all_changed()

    def set_days(self, days: Iterable[CameraDay]) -> None:
        """Today's counts of all seats."""
        self._days = {day.camera: day for day in days}
        self._all_changed()

    def set_health(self, health: Mapping[str, FeedHealth], now: datetime) -> None:
        """The streams now; the order stays."""
        self._health, self.now = health, now
        self._all_changed()

    def prepare(self) -> bool:
        """Work out some more initials; False when all are there."""
        return self._index.prepare(_AT_A_TIME)

    def use_view(self, view: str) -> None:
        """Other columns."""
        self.beginResetModel()
        self.view = view
        self.endResetModel()
        self.arrange()

    def arrange(self) -> None:
        """Filter and put in order anew."""
        self.beginResetModel()
        found = self._index.find(Query(text=self.text))
        rows = [camera.id for camera in found if self._passes(self._cards[camera.id])]
        if self.worst_first:
            rows.sort(key=self._badness)
        self._rows = rows
        self._place = {camera: row for row, camera in enumerate(rows)}
        self.endResetModel()

    # -- what it knows -------------------------------------------------------------
    def card(self, camera: str) -> CameraCard | None:
        """One camera, shown or not."""
        return self._cards.get(camera)

    def health(self, camera: str) -> FeedHealth | None:
        """Its stream."""
        return self._health.get(camera)

    def day(self, camera: str) -> CameraDay | None:
        """Its day so far."""
        return self._days.get(camera)

    @property
    def ids(self) -> tuple[str, ...]:
        """The cameras shown, in order."""
        return tuple(self._rows)

    def row_of(self, camera: str) -> int:
        """Where a camera is shown; −1 when it is not."""
        return self._place.get(camera, -1)

    def counts(self) -> Mapping[str, int]:
        """All cameras, those live, switched off, being worked on, odd."""
        cards = self._cards.values()
        return {
            "all": len(self._cards),
            "live": sum(self.state(card.camera) is FeedState.LIVE for card in cards),
            "on": sum(card.camera.enabled for card in cards),
            "off": sum(not card.camera.enabled for card in cards),
            "aside": sum(bool(card.aside) for card in cards),
        }

    def state(self, camera: Camera) -> FeedState | None:
        """What is known of a stream; ``None``: nothing on this console."""
        if not camera.enabled:
            return FeedState.DISABLED
        told = self._health.get(camera.id)
        return told.state if told is not None else None

    def _passes(self, card: CameraCard) -> bool:
        camera = card.camera
        passes: dict[str, Callable[[], bool]] = {
            BAD: lambda: camera.enabled and self.state(camera) not in _WELL,
            OFF: lambda: not camera.enabled,
            ASIDE: lambda: bool(card.aside),
            ODD: lambda: bool(card.hints),
            MASKED: lambda: bool(camera.masks),
        }
        return self.show not in passes or passes[self.show]()

    def _badness(self, camera: str) -> tuple[Any, ...]:
        card, day = self._cards[camera], self._days.get(camera)
        state = self.state(card.camera)
        rank = _RANK.get(state, len(_RANK)) if state is not None else len(_RANK)
        share = day.availability if day is not None else None
        bad = state is not None and state not in _WELL
        return (
            not card.camera.enabled,
            not bad,
            1.0 if share is None else share,
            -(day.flaps if day is not None else 0),
            rank,
            natural(card.camera.name, camera),
        )

    # -- the table -----------------------------------------------------------------
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Cameras shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Columns of the view."""
        return 0 if parent.isValid() else len(COLUMNS[self.view])

    def right(self, column: int) -> bool:
        """Whether a column holds numbers."""
        return COLUMNS[self.view][column][0] in _RIGHT

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """Titles, aligned as their columns."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(COLUMNS[self.view]):
            return None
        if role == _DISPLAY:
            return t(f"camadmin.column.{COLUMNS[self.view][section][0]}")
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            side = Qt.AlignmentFlag.AlignRight if self.right(section) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        """Words of a cell, its tone, its camera."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        camera = self._rows[index.row()]
        if role == ID_ROLE:
            return camera
        if role in _TOLD:
            return self.words(camera, COLUMNS[self.view][index.column()][0])
        if role == STATE_ROLE:
            return self.state(self._cards[camera].camera)
        if role == TONE_ROLE:
            return self._tone(camera, COLUMNS[self.view][index.column()][0])
        return None

    def words(self, camera: str, column: str) -> str:
        """What a column says of a camera."""
        card = self._cards[camera]
        made = getattr(self, f"_{column}", None)
        if made is not None:
            return str(made(card))
        return str(getattr(card.camera, column))

    def _state(self, card: CameraCard) -> str:
        if card.aside:
            return t("camadmin.state.aside")
        state = self.state(card.camera)
        return t(f"states.feed.{state.value if state is not None else 'unknown'}")

    def _address(self, card: CameraCard) -> str:
        return shown_address(card.camera)

    def _community(self, card: CameraCard) -> str:
        return self._names.community(card.camera.community) or card.camera.community

    def _groups(self, card: CameraCard) -> str:
        return " · ".join(card.camera.groups)

    def _vendor(self, card: CameraCard) -> str:
        return vendor_words(card.camera.vendor)

    def _available(self, card: CameraCard) -> str:
        day = self._days.get(card.camera.id)
        share = day.availability if day is not None else None
        # Rounded down: 99.96 % of a day is not a whole day.
        return "—" if share is None else f"{int(share * 1000) / 10:.1f} %"

    def _falls(self, card: CameraCard) -> str:
        day = self._days.get(card.camera.id)
        return "—" if day is None else str(day.flaps)

    def _reason(self, card: CameraCard) -> str:
        told, day = self._health.get(card.camera.id), self._days.get(card.camera.id)
        if told is not None and told.reason:
            return t(f"feeds.reason.{told.reason}")
        if day is None or not day.last_reason or day.last_bad_at is None or self.now is None:
            return ""
        known = day.last_reason in {state.value for state in FeedState}
        words = t(f"states.feed.{day.last_reason}" if known else f"feeds.reason.{day.last_reason}")
        return f"{when(day.last_bad_at, self.now, brief=True)} {words}"

    def _rate(self, card: CameraCard) -> str:
        told = self._health.get(card.camera.id)
        return "—" if told is None or not told.kbit_s else f"{told.kbit_s:.0f} kbit/s"

    def _clock(self, card: CameraCard) -> str:
        told = self._health.get(card.camera.id)
        if told is None or told.clock_offset_s is None:
            return "—"
        offset = told.clock_offset_s
        return f"{offset:+.1f} s" if abs(offset) < 60 else f"{'+' if offset > 0 else '−'}{span(abs(offset))}"

    def _since(self, card: CameraCard) -> str:
        told = self._health.get(card.camera.id)
        if told is None or told.since is None or self.now is None:
            return ""
        return when(told.since, self.now, brief=True)

    def _size(self, card: CameraCard) -> str:
        told = self._health.get(card.camera.id)
        if told is None or not told.codec:
            return ""
        return f"{told.codec.upper()} {told.width}×{told.height} · {told.fps:.0f}"

    def _tone(self, camera: str, column: str) -> str:
        card = self._cards[camera]
        if not card.camera.enabled:
            return "muted"
        if column == "state":
            state = self.state(card.camera)
            return "muted" if card.aside or state is None or state in _WELL else "lamp.red"
        told, day = self._health.get(camera), self._days.get(camera)
        if column == "available" and day is not None and day.availability is not None:
            return "lamp.red" if day.availability < POOR else "text"
        if column == "clock" and told is not None and told.clock_offset_s is not None:
            return "lamp.red" if abs(told.clock_offset_s) > CLOCK_NOTICE_S else "text"
        return "text" if column == "name" else "muted" if self.view == SETUP else "text"

    def _all_changed(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def shown_address(camera: Camera) -> str:
    """Where a camera is read from, without what need not be seen: no login ever
    stands in an address."""
    address = camera.url.partition("://")[2] or camera.host
    return address.rpartition("@")[2]


def vendor_words(vendor: str) -> str:
    """A maker as people call it."""
    known = {"hikvision", "hikvision-old", "dahua", "uniview", "onvif", "gb28181"}
    return t(f"camadmin.vendor.{vendor}") if vendor in known else vendor
