"""A wall under test: real shared-memory slots with street footage, a clock
that is set by hand, records as the services make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import av
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.model import Camera, Limit
from console.domain.vocabulary import DeadlineKind, FeedState, State, Unit
from console.feeds.slots import FrameSlots, Picture, SlotWriter
from console.services.ports import Budget, FeedHealth
from console.services.views import BoardView, CaseCard, KpiStrip
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.budgets import BudgetDesk
from console.widgets.sight import Sight
from console.widgets.wall import WallWidget
from console.widgets.wall_view import WallView

STREET = Path(__file__).resolve().parents[2] / "resources" / "street"
START = datetime(2026, 3, 2, 6, 32, 7, tzinfo=UTC)  # 14:32:07 at the site
CALENDAR = WorkingCalendar.default()


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START, monotonic: float = 1000.0) -> None:
        self._now, self._monotonic = now, monotonic

    def now(self) -> datetime:
        """As set."""
        return self._now

    def monotonic(self) -> float:
        """As set."""
        return self._monotonic

    def go(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


@lru_cache(maxsize=64)
def street(name: str, width: int, height: int, index: int = 20) -> bytes:
    """BGRA pixels of one frame of a clip."""
    with av.open(str(STREET / name)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            if i == index:
                array = frame.reformat(width, height, "bgra").to_ndarray()
                return bytes(array.tobytes())
    raise ValueError(f"{name} has no frame {index}")


def plain(width: int, height: int, bgr: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    return bytes((*bgr, 255)) * (width * height)


@dataclass
class SlotFeeds:
    """Pictures in real slots; counts what is read and remembers budgets."""

    clock: HandClock
    slots: FrameSlots = field(default_factory=FrameSlots)
    writers: dict[str, SlotWriter] = field(default_factory=dict)
    reads: int = 0
    budgets: list[Mapping[str, Budget]] = field(default_factory=list)

    def read(self, camera_id: str, after_seq: int) -> Picture | None:
        """As the feeds do it."""
        self.reads += 1
        return self.slots.read(camera_id, after_seq)

    def set_budget(self, budgets: Mapping[str, Budget]) -> None:
        """Remember what was asked."""
        self.budgets.append(dict(budgets))

    def show(self, camera: str, pixels: bytes, width: int, height: int, age_s: float = 0.0) -> None:
        """Publish a picture captured ``age_s`` ago, as a worker does."""
        writer = self.writers.get(camera)
        if writer is None:
            writer = self.writers[camera] = SlotWriter(self.slots.ensure(camera))
        writer.begin(len(pixels))[:] = pixels
        at = self.clock.now() - timedelta(seconds=age_s)
        micros = round((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
        writer.publish(width, height, width * 4, self.clock.monotonic() - age_s, micros)

    def close(self) -> None:
        """Unlink everything."""
        for writer in self.writers.values():
            writer.close()
        self.slots.close()


@dataclass
class Bench:
    """What a wall is built from."""

    clock: HandClock
    feeds: SlotFeeds
    budgets: BudgetDesk
    theme: Theme
    ticker: Ticker

    @property
    def sight(self) -> Sight:
        """As every view takes it."""
        return Sight(self.feeds, self.budgets, self.clock, self.theme, self.ticker)


@contextmanager
def bench(theme: str = "dark") -> Iterator[Bench]:
    """Slots that are unlinked afterwards."""
    clock = HandClock()
    feeds = SlotFeeds(clock)
    made = Theme(theme)
    try:
        yield Bench(clock, feeds, BudgetDesk(feeds.set_budget), made, Ticker(clock))
    finally:
        feeds.close()


RED, BLUE = (0, 0, 255), (255, 0, 0)


def opened(kit: Bench, qtbot: QtBot, count: int, layout: str) -> WallWidget:
    """A wall of ``count`` cameras on a screen; it looks when the test wants it to."""
    wall = WallWidget(kit.sight)
    qtbot.addWidget(wall)
    wall.set_cameras(cameras(count))
    wall.use_layout(layout)
    wall.resize(960, 540)
    wall.show()
    qtbot.waitExposed(wall)
    wall._timer.stop()
    wall._ask.stop()
    return wall


def publish(
    kit: Bench,
    wall: WallView,
    index: int,
    colour: tuple[int, int, int],
    age: float = 0.0,
    slot: str = "",
) -> None:
    """A picture of one colour (BGR) made for a tile, into its camera's slot or another."""
    tile = wall.tiles[index]
    w, h = tile.box.picture.w, tile.box.picture.h
    kit.feeds.show(slot or tile.camera, plain(w, h, colour), w, h, age)


def look(wall: WallView) -> None:
    """One look at the slots, painted."""
    wall.look()
    QApplication.processEvents()


def fill(kit: Bench, wall: WallWidget) -> None:
    """Every tile with a camera live."""
    for tile in wall.tiles:
        if tile.camera:
            publish(kit, wall, tile.index, RED)
    look(wall)


def colour_at(wall: WallView, index: int, fx: float = 0.85, fy: float = 0.75) -> QColor:
    """What is painted at a place (fractions) of a tile's picture."""
    image = wall.grab().toImage()
    room = wall.tiles[index].box.picture
    return image.pixelColor(room.x + int(room.w * fx), room.y + int(room.h * fy))


def bgr(color: QColor) -> tuple[int, int, int]:
    """In the order of the pixels in a slot."""
    return color.blue(), color.green(), color.red()


ROADS = ("朝凤路", "经北六路", "亚太广场", "中烟路口", "明湖东街", "文化宫前")


def cameras(count: int, enabled: bool = True) -> list[Camera]:
    """Cameras as a site names them."""
    return [
        Camera(f"CAM-{i:03d}", f"{ROADS[i % len(ROADS)]}-{i:02d}", "rtsp://camera.invalid/1", enabled=enabled)
        for i in range(1, count + 1)
    ]


def health(camera: str, state: FeedState, packet_age: float | None = 0.0, **more: object) -> FeedHealth:
    """A report of the feeds."""
    return FeedHealth(
        camera,
        state,
        packet_age,
        None,
        15.0,
        700.0,
        "h264",
        640,
        360,
        since=START,
        **more,  # type: ignore[arg-type]
    )


def card(
    camera: str,
    number: int,
    start: datetime,
    kind: DeadlineKind = DeadlineKind.ARRIVAL,
    minutes: int = 10,
) -> CaseCard:
    """An open case seen by a camera, whose clock started at ``start``."""
    deadline = deadlines.start(kind, Limit(minutes, Unit.URGENT_MINUTE, "v1"), start, CALENDAR)
    return CaseCard(
        id=f"20260302-{number:04d}",
        number=f"#{number:04d}",
        state=State.DISPATCHED,
        name_zh="占道经营",
        name_en="Street stall",
        place="",
        community="",
        camera=camera,
        source="camera",
        teams=(),
        owner="",
        headline=deadline,
        next_action=None,
        severity=None,
        has_evidence=False,
        opened_at=start,
        version=1,
    )


def board(*cards: CaseCard) -> BoardView:
    """A board with these cases."""
    strip = KpiStrip(len(cards), 0, 0, None, 0, None, 0)
    return BoardView(START, cards, {}, (), strip, (), CALENDAR, "test", 0.0)
