"""The bar on the tile the pointer is over: steer, snapshot, replay, pin, tour.
Painted like all the rest of the wall, in words, each with its key."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter

from console.i18n import t
from console.theme import Theme
from console.widgets.tile_marks import under_bands
from console.widgets.tile_paint import Tile, TileBox, Tools
from console.widgets.wall_zoom import WallZoom

#: Words of the bar and their keys.
TOOLS: Final = {"steer": "P", "snapshot": "S", "replay": "Space", "pin": "K", "tour": "T"}
#: How much the bar's ground covers; its words keep 4.5:1 over white.
GROUND: Final = 0.92
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class WallHover(WallZoom):
    """Adds the bar. Every word of it is a key as well."""

    _hovered: int | None = None
    _hot = ""
    _at: QPointF | None = None
    _replay = False
    _touring = ""

    def offer_replay(self, offered: bool) -> None:
        """Let Space replay: only when something really can."""
        self._replay = offered

    def set_touring(self, state: str) -> None:
        """``""``, ``walking`` or ``paused``: what T does next."""
        if state != self._touring:
            self._touring = state
            self._again()

    def use_tool(self, name: str) -> None:
        """Do what a word of the bar says."""

    # The pointer --------------------------------------------------------

    def hover(self, at: QPointF | None) -> None:
        """The pointer is at a point of the widget, or nowhere."""
        self._at = at
        index = self.tile_at(at) if at is not None else None
        if index is not None and not self._board.tiles[index].camera:
            index = None
        hot = self.tool_at(at) if at is not None and index == self._hovered else ""
        if (index, hot) == (self._hovered, self._hot) and not self._stale(index):
            return
        for tile in self._board.tiles:
            if tile.tools is not None:
                tile.tools = None
                self.update(self._logical(tile.box.tile))
        self._hovered, self._hot = index, hot
        if index is not None:
            tile = self._board.tiles[index]
            tile.tools = self._drawn(tile, hot)
            self.update(self._logical(tile.box.tile))

    def _stale(self, index: int | None) -> bool:
        return index is not None and self._board.tiles[index].tools is None

    def _again(self) -> None:
        """What the words say may have changed, or where the tiles are."""
        at, self._hot = self._at, ""
        for tile in self._board.tiles:
            if tile.tools is not None:
                tile.tools = None
                self.update(self._logical(tile.box.tile))
        self._hovered = None
        if at is not None:
            self.hover(at)

    def _lay(self) -> None:
        super()._lay()
        self._again()

    def set_source(self, camera: str, key: str, words: str = "") -> None:
        """See :meth:`WallView.set_source`; Space then means something else."""
        tiles, index = self._board.tiles, self._hovered
        before = tiles[index].source if index is not None else ""
        super().set_source(camera, key, words)
        if index is not None and tiles[index].source != before:
            self._again()

    def repaint_all(self) -> None:
        """After a change of theme or language: everything anew."""
        self._again()
        super().repaint_all()

    def tool_at(self, at: QPointF) -> str:
        """The word of the bar under a point, ``""`` for none."""
        index = self.tile_at(at)
        tools = self._board.tiles[index].tools if index is not None else None
        point = QPoint(int(at.x() * self._unit), int(at.y() * self._unit))
        rooms = tools.rooms if tools is not None else ()
        return next((name for name, room in rooms if room.contains(point)), "")

    def tool_pressed(self, event: QMouseEvent) -> bool:
        """Select the tile and do what the word says; False elsewhere."""
        name = self.tool_at(event.position())
        if not name or event.button() != Qt.MouseButton.LeftButton:
            return False
        index = self.tile_at(event.position())
        if event.type() == QEvent.Type.MouseButtonPress and index is not None:
            self.select(index)
            self.use_tool(name)
        return True

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone, and the bar with it."""
        super().leaveEvent(event)
        self.hover(None)

    # Drawing ------------------------------------------------------------

    def _words(self, tile: Tile) -> dict[str, str]:
        names = {
            "steer": t("tiles.tool.steer"),
            "snapshot": t("tiles.tool.snapshot"),
            "replay": t("tiles.tool.pause" if tile.source else "tiles.tool.replay"),
            "pin": t("tiles.tool.release" if tile.pinned else "tiles.tool.pin"),
            "tour": t(f"tiles.tool.tour_{self._touring or 'start'}"),
        }
        if not self._replay:
            del names["replay"]
        if tile.source:
            del names["snapshot"]  # S keeps the present, which is not seen here
        return names

    def _drawn(self, tile: Tile, hot: str) -> Tools:
        return draw_tools(self._theme, tile.box, self._words(tile), hot, under_bands(tile))


def draw_tools(theme: Theme, box: TileBox, words: dict[str, str], hot: str, top: int) -> Tools:
    """The bar from ``top`` on (under the caption and the bands), in as many
    rows as its words need; what has no room in the picture is left out."""
    font, metrics = theme.font(box.px), QFontMetricsF(theme.font(box.px))
    small = QFontMetricsF(theme.font(max(10, round(box.px * 0.8))))
    pad, tall = round(box.px * 0.5), round(box.px * 1.7)
    room = box.picture
    places: list[tuple[str, str, QRect]] = []
    x = y = 0
    for name, word in words.items():
        key = TOOLS[name]
        wide = round(metrics.horizontalAdvance(word) + small.horizontalAdvance(key) + 3 * pad)
        if wide > room.w:
            wide, key = round(metrics.horizontalAdvance(word) + 2 * pad), ""
        if x and x + wide > room.w:
            x, y = 0, y + tall
        if wide > room.w or top + y + tall > room.bottom:
            continue
        places.append((name, key, QRect(x, y, wide, tall)))
        x += wide
    width = max([1, *(place.right() + 1 for _, _, place in places)])
    height = max([1, *(place.bottom() + 1 for _, _, place in places)])
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.color("panel", GROUND))
    p = QPainter(image)
    for name, key, place in places:
        if name == hot:
            p.fillRect(place, theme.color("accent"))
        inner = QRectF(place).adjusted(pad, 0, -pad, 0)
        p.setFont(font)
        p.setPen(theme.color("on_accent" if name == hot else "text"))
        p.drawText(inner, _LEFT, words[name])
        if key:
            p.setFont(theme.font(max(10, round(box.px * 0.8))))
            p.setPen(theme.color("on_accent" if name == hot else "muted"))
            p.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, key)
    p.end()
    rooms = tuple((name, place.translated(room.x, top)) for name, _, place in places)
    return Tools(image, QPoint(room.x, top), rooms)
