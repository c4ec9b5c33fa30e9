"""The tiles of one wall and what is known of each: geometry, newest picture,
state, case. No widget: it says what has to be painted, somebody else paints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from console.domain.calendars import WorkingCalendar
from console.domain.model import Camera
from console.i18n import t
from console.models.alarm_tiles import Loan
from console.models.wall_tiles import TileRow
from console.models.wording import clock_name
from console.services.ports import Budget, Clock, FeedHealth, Picture, Pictures
from console.services.views import BoardView
from console.widgets import layouts
from console.widgets.budgets import MOVING, SLOW
from console.widgets.hangings import Crop, camera_of, crop_of
from console.widgets.layouts import ASPECT, Rect
from console.widgets.tile_details import detail_lines
from console.widgets.tile_paint import Tile, box_of
from console.widgets.tile_state import (
    PAST,
    STALE_S,
    TRUST_S,
    Badge,
    Truth,
    Witness,
    badges,
    face,
    judge,
    words,
)
from console.widgets.wall_plan import WallPlan

#: What has to be painted anew of a tile.
TILE: Final = "tile"
PICTURE: Final = "picture"
BADGE: Final = "badge"

#: No slot takes a larger picture (``feeds.slots``).
LARGEST: Final = (1920, 1088)
#: Ages are judged at every eighth look, about four times a second.
JUDGE_EVERY: Final = 8


class TileBoard:
    """``mark(tile, part)`` is called for whatever changed, in any method."""

    def __init__(self, pictures: Pictures, clock: Clock, mark: Callable[[Tile, str], None]) -> None:
        self._pictures, self._clock, self._mark = pictures, clock, mark
        self._cameras: dict[str, Camera] = {}
        self._health: Mapping[str, FeedHealth] = {}
        self._health_at = float("-inf")
        self._badges: dict[str, Badge] = {}
        self._view: BoardView | None = None
        self._calendar: WorkingCalendar | None = None
        self._beat = 0
        self._sources: dict[str, tuple[str, str]] = {}
        self._zooms: dict[str, Crop] = {}
        self._past: set[str] = set()
        #: What alarms asked to show, by tile, and the tiles they may have.
        self.loans: Mapping[int, Loan] = {}
        self.lending: tuple[int, ...] = ()
        self.tiles: list[Tile] = []

    @property
    def cameras(self) -> Mapping[str, Camera]:
        """All cameras there are, by id."""
        return self._cameras

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Take the configuration; :meth:`lay` shows it."""
        self._cameras = {c.id: c for c in cameras}

    def tile_of(self, camera: str) -> Tile | None:
        """The tile of a camera on this page."""
        return next((tile for tile in self.tiles if tile.camera == camera), None)

    # Geometry -----------------------------------------------------------

    def lay(self, plan: WallPlan, width: int, height: int, unit: float) -> None:
        """Divide ``width`` × ``height`` device px (``unit`` of them a logical
        one) anew; what is known of a camera moves with it."""
        layout = plan.arranged(width, height)
        known = {(tile.token, tile.loan is not None): tile for tile in self.tiles if tile.camera}
        now = self._clock.monotonic()
        pins = dict(plan.pins)
        self.tiles, self.lending = [], plan.lending(layout)
        rects = layouts.tiles(layout, width, height)
        for index, (rect, hung) in enumerate(zip(rects, plan.shown(), strict=True)):
            loan = self.loans.get(index) if index not in pins else None
            token = hung if loan is None else loan.camera
            camera = camera_of(token)
            aspect = self._aspect(camera)
            crop, zoomed = self._part(token)
            box = box_of(rect, aspect if crop is None else aspect * crop[2] / crop[3], unit)
            # Taken out: the same part hung twice is two tiles all the same.
            tile = known.pop((token, loan is not None), None) if camera else None
            if tile is None:
                tile = Tile(index, camera, camera, True, box, asked_monotonic=now, token=token, slot=camera)
            tile.index, tile.box, tile.aspect = index, box, aspect
            tile.crop, tile.zoomed = crop, zoomed
            tile.pinned, tile.loan = index in pins, loan
            tile.read_from(*self._source(tile))
            tile.still = tile.face = tile.badge_rect = None
            configured = self._cameras.get(camera)
            if configured is not None:
                tile.name, tile.enabled = configured.name, configured.enabled
                tile.masks = configured.masks
            self.tiles.append(tile)

    def lend(self, loans: Mapping[int, Loan]) -> bool:
        """Show cameras of alarms on some tiles instead of what hangs there;
        True when :meth:`lay` must follow, False when only words differ. A
        camera that is being replayed elsewhere is shown here as it is now."""
        before = {index: loan.camera for index, loan in self.loans.items()}
        after = {index: loan.camera for index, loan in loans.items()}
        new = set(after.values()) - set(before.values())
        self._past = {one for one in self._past if one in after.values()} | (new & self._sources.keys())
        self.loans = dict(loans)
        if before != after:
            return True
        for tile in self.tiles:
            loan = self.loans.get(tile.index)
            if tile.loan is not None and loan is not None and tile.loan != loan:
                tile.loan = loan
                self._mark(tile, TILE)
        return False

    def _source(self, tile: Tile) -> tuple[str, str]:
        if tile.loan is not None and tile.camera in self._past:
            return "", ""
        return self._sources.get(tile.camera, ("", ""))

    def _part(self, token: str) -> tuple[Crop | None, bool]:
        """The part of the picture a tile shows, and whether it is zoomed here."""
        zoom = self._zooms.get(token)
        return (crop_of(token), False) if zoom is None else (zoom, True)

    def zoom(self, token: str, crop: Crop | None) -> None:
        """Show another part in the tile of ``token``; ``None`` what it shows
        by itself. :meth:`lay` must follow."""
        if crop is None:
            self._zooms.pop(token, None)
        else:
            self._zooms[token] = crop

    def set_source(self, camera: str, key: str, words: str) -> None:
        """Let the tiles of a camera read another slot; ``""`` their own."""
        if key:
            self._sources[camera] = (key, words)
        else:
            self._sources.pop(camera, None)
            self._past.discard(camera)
        for tile in self.tiles:
            if tile.camera != camera or (tile.source, tile.source_words) == self._source(tile):
                continue
            if tile.read_from(*self._source(tile)):
                tile.asked_monotonic = self._clock.monotonic()
                self._judge(tile, self._clock.monotonic())
            self._mark(tile, TILE)

    def _aspect(self, camera: str) -> float:
        report = self._health.get(camera)
        if report is None or report.width <= 0 or report.height <= 0:
            return ASPECT
        return report.width / report.height

    def at(self, x: float, y: float) -> int | None:
        """Index of the tile under a point in device px."""
        return next((tile.index for tile in self.tiles if tile.box.tile.contains(x, y)), None)

    def rects(self) -> tuple[Rect, ...]:
        """The tiles' rectangles, device px."""
        return tuple(tile.box.tile for tile in self.tiles)

    # Truth --------------------------------------------------------------

    def set_health(self, health: Mapping[str, FeedHealth]) -> bool:
        """The feeds' latest reports; True when a stream turned out to have
        other proportions, so that the boxes must be laid anew."""
        self._health, self._health_at = health, self._clock.monotonic()
        return any(abs(self._aspect(x.camera) - x.aspect) > 0.01 for x in self.tiles if x.camera)

    def look(self) -> bool:
        """Ask the slots for what is newer; True when ages were judged too."""
        now = self._clock.monotonic()
        self._beat += 1
        judging = self._beat % JUDGE_EVERY == 0
        read = self._pictures.read
        for tile in self.tiles:
            picture = read(tile.slot, tile.seq) if tile.camera else None
            if picture is not None:
                tile.take(picture)
                if tile.source:
                    self._mark(tile, PICTURE)
                    continue
                if tile.truth.current and now - picture.captured_monotonic <= STALE_S:
                    self._mark(tile, PICTURE)
                    continue
                self._judge(tile, now)
            elif judging:
                self._judge(tile, now)
        return judging

    def witness(self, picture: Picture) -> None:
        """A picture of the only camera shown came by another way (the focus
        player): it too says how young what is seen is."""
        for tile in self.tiles[:1]:
            tile.captured_at, tile.captured_monotonic = picture.captured_at, picture.captured_monotonic
            self._judge(tile, self._clock.monotonic())

    def wake(self) -> None:
        """The wall is to be seen again: what lies in the slots may be old."""
        now = self._clock.monotonic()
        for tile in self.tiles:
            tile.asked_monotonic, tile.pending = now, None
        self.judge_all()

    def judge_all(self) -> None:
        """Judge every tile by the time it is now."""
        now = self._clock.monotonic()
        for tile in self.tiles:
            self._judge(tile, now)

    def _judge(self, tile: Tile, now: float) -> None:
        if not tile.camera:
            return
        if tile.source:
            self._settle(tile, Truth(PAST, past=True))
            return
        since = tile.captured_monotonic
        health = self._health.get(tile.camera)
        # A tile that has just been put on key frames learns from the feeds,
        # not from a gap that looks like a failure.
        trusted = health is not None and now - self._health_at <= TRUST_S
        told = health.interval_s if health is not None and trusted else 0.0
        witness = Witness(
            health=health,
            report_age_s=now - self._health_at,
            picture_age_s=None if since is None else max(0.0, now - since),
            interval_s=max(tile.interval_s, told),
            asked_s=now - tile.asked_monotonic,
            enabled=tile.enabled,
            now=self._clock.now(),
        )
        self._settle(tile, judge(witness))

    def _settle(self, tile: Tile, truth: Truth) -> None:
        if truth == tile.truth:
            return
        if truth.current != tile.truth.current:
            tile.still = None
        tile.truth = truth
        if not truth.current and not truth.past:
            tile.pending = None
        self._mark(tile, TILE)

    def counts(self) -> tuple[int, int]:
        """Live tiles, tiles with a camera."""
        hung = [tile for tile in self.tiles if tile.camera]
        return sum(tile.truth.current for tile in hung), len(hung)

    # Cases --------------------------------------------------------------

    def set_board(self, view: BoardView) -> None:
        """The cases of the board."""
        self._view, self._calendar = view, view.calendar
        self.second(self._clock.now())

    def second(self, now: datetime) -> None:
        """The digits of the badges at ``now``."""
        if self._view is not None and self.tiles:
            # Not before there are tiles: a closed focus view costs nothing.
            self._badges, self._view = badges(self._view), None
        for tile in self.tiles:
            badge = self._badges.get(tile.camera) if tile.camera else None
            calendar = self._calendar
            fresh = face(badge, now, calendar) if badge is not None and calendar is not None else None
            if fresh == tile.face and badge == tile.badge:
                continue
            before = tile.face
            tile.badge, tile.face = badge, fresh
            same = before is not None and fresh is not None and before.lamp is fresh.lamp
            same = same and before is not None and fresh is not None and len(before.time) == len(fresh.time)
            self._mark(tile, BADGE if same else TILE)

    def tell_details(self, wanted: bool) -> None:
        """The lines of details as they are now, or none at all; once a second,
        so that a picture costs nothing more."""
        now = self._clock.monotonic()
        for tile in self.tiles:
            fresh: tuple[str, ...] = ()
            if wanted:
                fresh = detail_lines(tile, self._health.get(tile.camera), now)
            if fresh != tile.details:
                tile.details = fresh
                self._mark(tile, PICTURE)

    # Wishes and words ---------------------------------------------------

    def wishes(self, covered: bool) -> dict[str, Budget]:
        """What is to be decoded for these tiles: the box each picture is
        painted into, device px; key frames only while ``covered``."""
        mode = SLOW if covered else MOVING
        asked: dict[str, Budget] = {}
        for tile in self.tiles:
            if not tile.camera or not tile.enabled:
                continue
            budget = Budget(mode, *pixels(tile.box.picture, tile.crop))
            before = asked.get(tile.camera)
            if before is None or budget.height > before.height:
                asked[tile.camera] = budget
        return asked

    def rows(self) -> list[TileRow]:
        """The tiles in words."""
        return [TileRow(tile.camera, tile.name if tile.camera else "", spoken(tile)) for tile in self.tiles]

    def truth(self, camera: str) -> Truth | None:
        """What the tile of a camera on this page says about it."""
        tile = self.tile_of(camera)
        return None if tile is None else tile.truth


def pixels(room: Rect, crop: Crop | None) -> tuple[int, int]:
    """Width and height the whole picture must have so that the part of it
    which is shown fills ``room`` one to one; at most what a slot takes."""
    if crop is None:
        return room.w, room.h
    width, height = room.w / crop[2], room.h / crop[3]
    shrink = min(1.0, LARGEST[0] / max(1.0, width), LARGEST[1] / max(1.0, height))
    return round(width * shrink), round(height * shrink)


def spoken(tile: Tile) -> str:
    """One tile as a sentence; without seconds, which would never be quiet."""
    index = tile.index + 1
    if not tile.camera:
        return t("wall.tile.spoken_empty", index=index)
    state = words(Truth(tile.truth.state, past=tile.truth.past))
    if tile.pinned:
        state = f"{state} {t('tiles.pin.word')}"
    if tile.loan is not None:
        state = f"{state} {t('alarmtiles.tile.spoken', words=tile.loan.words)}"
    if tile.face is None or tile.badge is None:
        return t("wall.tile.spoken", index=index, name=tile.name, state=state)
    return t(
        "wall.tile.spoken_case",
        index=index,
        name=tile.name,
        state=state,
        number=tile.face.number,
        kind=clock_name(tile.badge.deadline.kind),
        lamp=t(f"states.lamp.{tile.face.lamp.value}"),
    )
