"""The map under hand and keyboard: pan, zoom, point at, open, menus.

Arrows pan, Tab walks over the marks in view, Ctrl with an arrow goes to the
next mark that way, Enter does what a click does.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from console.models.map_marks import Spot
from console.models.map_viewport import NEAREST, STEP
from console.models.wording import number
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_backdrop import plate
from console.widgets.map_canvas import Placed
from console.widgets.map_menus import MapMenus
from console.widgets.map_tiles import TileStore

#: One arrow key moves the map by so much of its size.
PAN: Final = 0.2
#: So far from each other two marks stand side by side, px.
SIDE_BY_SIDE: Final = 80.0
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PLUS: Final = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_OWN: Final = frozenset(
    {
        *_ARROWS,
        *_PLUS,
        Qt.Key.Key_Minus,
        Qt.Key.Key_Home,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Escape,
        Qt.Key.Key_H,
        Qt.Key.Key_W,
        Qt.Key.Key_Menu,
        Qt.Key.Key_Space,
        *(Qt.Key(int(Qt.Key.Key_1) + digit) for digit in range(6)),
    }
)
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_FOREIGN: Final = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class MapView(MapMenus):
    """What a person does here becomes a signal; nothing is decided."""

    heat_toggled = Signal()
    heat_period = Signal()
    layer_toggled = Signal(int)

    def __init__(self, theme: Theme, ticker: Ticker, tiles: TileStore, parent: QWidget | None = None) -> None:
        super().__init__(theme, ticker, tiles, parent)
        self._pressed: QPointF | None = None
        self._dragged = False
        self._hover: Placed | None = None
        self._mouse: QPointF | None = None
        self._told: QRect = QRect()
        self._card: QRect = QRect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 200)
        self.moved.connect(self._forget_hover)

    # -- what is chosen --------------------------------------------------------

    @property
    def chosen(self) -> Placed | None:
        """The mark that is lit, when it is in view."""
        kind, id = self.lit
        if not kind:
            return None
        return next((one for one in self.marks if one.spot.kind == kind and self._holds(one.spot, id)), None)

    def _holds(self, spot: Spot, id: str) -> bool:
        if spot.kind == "team":
            return any(self.id_of("team", member) == id for member in spot.members)
        return self._lit_row in spot.members

    def show_case(self, case_id: str) -> None:
        """Light a case; one out of view comes into the middle."""
        self.light("case", case_id)
        row = self.cases.row_of(case_id)
        if row is None:
            return
        x, y = self.view.to_screen(float(self.cases.xs[row]), float(self.cases.ys[row]))
        if not QRectF(self.rect()).adjusted(24, 48, -24, -24).contains(x, y):
            self.go(self.view.panned(self.width() / 2 - x, self.height() / 2 - y))

    def activate(self, one: Placed) -> None:
        """What a click or Enter does: a case opens, a camera has its menu,
        several together come apart or are listed."""
        spot = one.spot
        first = self.id_of(spot.kind, spot.members[0])
        if len(spot.members) > 1:
            self._apart(one)
        elif spot.kind == "case":
            self.light("case", first)
            self.case_wanted.emit(first)
        elif spot.kind == "camera":
            self.light("camera", first)
            self.pop_up(self.camera_menu(first), one.at)
        else:
            self.pop_up(self.ground_menu(*self.place_of(spot)), one.at)

    def _apart(self, one: Placed) -> None:
        """Come so near that the members stand side by side; those in one spot
        are listed instead."""
        apart = self._spread(one.spot) * self.view.scale
        most = self.view.metres / NEAREST
        if apart * most <= SIDE_BY_SIDE:
            self.pop_up(self.list_menu(one.spot), one.at)
            return
        factor = min(most, max(STEP**2, SIDE_BY_SIDE / max(apart, 1e-9)))
        # A wide crowd comes apart step by step, or one loses one's way.
        self.go(self.view.zoomed(min(factor, STEP**5), one.at.x(), one.at.y()))

    def _spread(self, spot: Spot) -> float:
        """How far its members lie from each other, on the plane."""
        layer = {"case": self.cases, "camera": self.cameras, "team": self.teams}[spot.kind]
        members = list(spot.members)
        wide = float(layer.xs[members].max() - layer.xs[members].min())
        high = float(layer.ys[members].max() - layer.ys[members].min())
        return max(wide, high)

    # -- painting --------------------------------------------------------------

    def paint_over(self, p: QPainter) -> None:
        """Where the cursor is, and what it points at."""
        self._paint_told(p)
        if self._hover is not None:
            self._paint_card(p, self._hover)
        if self.hasFocus():
            p.setPen(QPen(self._theme.color("accent"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _told_words(self) -> str:
        if self._mouse is None:
            return ""
        lon, lat = self.view.place_at(self._mouse.x(), self._mouse.y())
        return "   ".join(word for word in (self.where(lon, lat), f"{lon:.5f}, {lat:.5f}") if word)

    def _paint_told(self, p: QPainter) -> None:
        words = self._told_words()
        if not words:
            return
        font = self._theme.font(12)
        wide = QFontMetricsF(font).horizontalAdvance(words) + 16
        box = QRectF(self.width() - wide - 8, self.height() - 30, wide, 22)
        plate(p, box, self._theme.color("bg", 0.8))
        p.setPen(self._theme.color("text"))
        p.setFont(font)
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _card_box(self, one: Placed) -> tuple[QRectF, list[str]]:
        lines = self.lines_of(one)
        metrics = QFontMetricsF(self._theme.font(14))
        wide = min(max(metrics.horizontalAdvance(line) for line in lines) + 20, self.width() - 16.0)
        high = len(lines) * 22.0 + 10
        box = QRectF(one.at.x() + 14, one.at.y() + 14, wide, high)
        if box.right() > self.width() - 8:
            box.moveRight(self.width() - 8.0)
        if box.bottom() > self.height() - 36:
            box.moveBottom(one.hit.top() - 8)
        return box, lines

    def _paint_card(self, p: QPainter, one: Placed) -> None:
        box, lines = self._card_box(one)
        p.setPen(QPen(self._theme.color("line"), 1))
        p.setBrush(self._theme.color("raised"))
        p.drawRoundedRect(box, 4, 4)
        font = self._theme.font(14)
        p.setFont(font)
        for at, line in enumerate(lines):
            p.setPen(self._theme.color("muted" if len(lines) > 1 and at == 0 else "text"))
            row = QRectF(box.left() + 10, box.top() + 5 + at * 22, box.width() - 20, 22)
            shown = QFontMetricsF(font).elidedText(line, Qt.TextElideMode.ElideRight, row.width())
            p.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _point_at(self, at: QPointF | None) -> None:
        """The cursor moved: repaint its words and, if it points at something
        else, the card."""
        self._mouse = at
        words = QRect(self.width() // 3, self.height() - 34, self.width(), 34)
        self.update(words)
        self._hover_over(self.placed_at(at.x(), at.y()) if at is not None else None)

    def _hover_over(self, found: Placed | None) -> None:
        if found is self._hover:
            return
        if not self._card.isNull():
            self.update(self._card)
        self._hover = found
        self._card = QRect()
        if found is not None:
            self._card = self._card_box(found)[0].toAlignedRect().adjusted(-2, -2, 2, 2)
            self.update(self._card)
        self.setCursor(Qt.CursorShape.PointingHandCursor if found is not None else Qt.CursorShape.ArrowCursor)

    def _forget_hover(self) -> None:
        self._hover = None
        self._card = QRect()

    # -- mouse -----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press may become a pan."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while held, else point."""
        at = event.position()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(at)
            return
        step = at - self._pressed
        if not self._dragged and step.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragged = True
        self._pressed = at
        self._mouse = None
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.go(self.view.panned(step.x(), step.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that did not pan is a click."""
        pressed, self._pressed = self._pressed, None
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if not self._dragged:
            self._click(event.position())

    def _click(self, at: QPointF) -> None:
        found = self.placed_at(at.x(), at.y())
        if found is not None:
            self.activate(found)
        else:
            self.pop_up(self.ground_menu(*self.view.place_at(at.x(), at.y())), at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of what is under the cursor, or of what is chosen."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._menu_of_chosen()
            return
        at = QPointF(event.pos())
        found = self.placed_at(at.x(), at.y())
        place = self.view.place_at(at.x(), at.y()) if found is None else self.place_of(found.spot)
        if found is not None and found.spot.kind == "camera" and len(found.spot.members) == 1:
            self.pop_up(self.camera_menu(self.id_of("camera", found.spot.members[0])), at)
        else:
            self.pop_up(self.ground_menu(*place), at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer or farther; what is under the cursor stays there."""
        notches = event.angleDelta().y() / 120.0
        at = event.position()
        if notches:
            self.go(self.view.zoomed(STEP**notches, at.x(), at.y()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """No cursor, no words about it."""
        self._point_at(None)
        super().leaveEvent(event)

    # -- keyboard --------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keys of the map go before the desk's letters while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & _FOREIGN
            ctrl = bool(event.modifiers() & _CTRL)
            if plain and event.key() in _OWN and (not ctrl or event.key() in _ARROWS):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pan, zoom, walk, open."""
        key = event.key()
        if key in _ARROWS:
            x, y = _ARROWS[Qt.Key(key)]
            if event.modifiers() & _CTRL:
                self.step_towards(x, y)
            else:
                self.go(self.view.panned(-x * PAN * self.width(), -y * PAN * self.height()))
        elif key in _PLUS or key == Qt.Key.Key_Minus:
            one = self.chosen
            at = (one.at.x(), one.at.y()) if one is not None else (None, None)
            self.go(self.view.zoomed(STEP if key in _PLUS else 1 / STEP, *at))
        elif not self._act(event):
            super().keyPressEvent(event)

    def _act(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Home:
            self.home()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.activate(self.chosen)
        elif key in (Qt.Key.Key_Menu, Qt.Key.Key_Space):
            self._menu_of_chosen()
        elif key == Qt.Key.Key_Escape and self.lit[0]:
            self.light("", "")
            self._hover_over(None)
        elif key == Qt.Key.Key_H:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.heat_period if shift else self.heat_toggled).emit()
        elif key == Qt.Key.Key_W:
            self.cameras_on_wall()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_6:
            self.layer_toggled.emit(key - Qt.Key.Key_1)
        else:
            return False
        return True

    def cameras_on_wall(self) -> None:
        """W: the chosen cameras, or those nearest to the chosen case or to the
        middle of the map, are wanted on the wall."""
        one = self.chosen
        if one is not None and one.spot.kind == "camera":
            ids = tuple(self.id_of("camera", member) for member in one.spot.members[:4])
            self.wall_wanted.emit(ids)
            return
        if self.lit[0] == "case" and self.cases.row_of(self.lit[1]) is None:
            # The open case is meant, and not whatever the map happens to show.
            self.said.emit("map.said.no_place", {"number": number(self.lit[1])})
            return
        place = self.place_of(one.spot) if one is not None else self.view.middle
        self.near_wanted.emit(*place)

    def _menu_of_chosen(self) -> None:
        one = self.chosen
        if one is None:
            self.pop_up(self.ground_menu(*self.view.middle), QPointF(self.width() / 2, self.height() / 2))
        elif one.spot.kind == "camera" and len(one.spot.members) == 1:
            self.pop_up(self.camera_menu(self.id_of("camera", one.spot.members[0])), one.at)
        else:
            self.pop_up(self.ground_menu(*self.place_of(one.spot)), one.at)

    def _walkable(self) -> list[Placed]:
        """Cases, the worst first, then cameras and teams from north to south."""
        room = QRectF(self.rect())
        seen = [one for one in self.marks if room.contains(one.at)]
        return sorted(seen, key=_walk_order)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the next mark; behind the last one it leaves the map."""
        stops = self._walkable()
        now = self.chosen
        at = stops.index(now) if now in stops else (-1 if forward else len(stops))
        at += 1 if forward else -1
        if not 0 <= at < len(stops):
            self.light("", "")
            self._hover_over(None)
            return super().focusNextPrevChild(forward)
        self.choose(stops[at])
        return True

    def step_towards(self, x: int, y: int) -> None:
        """The nearest mark in a direction from the chosen one (or the middle)."""
        now = self.chosen
        start = now.at if now is not None else QPointF(self.width() / 2, self.height() / 2)
        best: tuple[float, Placed] | None = None
        for one in self._walkable():
            off = one.at - start
            ahead, aside = off.x() * x + off.y() * y, abs(off.x() * y) + abs(off.y() * x)
            if one is now or ahead <= 0 or aside > 2 * ahead:
                continue
            far = math.hypot(ahead, 2 * aside)
            if best is None or far < best[0]:
                best = (far, one)
        if best is not None:
            self.choose(best[1])

    def choose(self, one: Placed) -> None:
        """Light a mark and say what it is."""
        kind = one.spot.kind
        self.light(kind, self.id_of(kind, one.spot.members[0]))
        now = self.chosen
        if now is not None:
            self._hover_over(now)
            self.setAccessibleDescription(" ".join(self.lines_of(now)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame shows who has the keyboard."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And goes with it."""
        super().focusOutEvent(event)
        self.update()


def _walk_order(one: Placed) -> tuple[int, int, float, float]:
    kind = {"case": 0, "camera": 1, "team": 2}[one.spot.kind]
    return kind, -one.spot.worst if kind == 0 else 0, one.at.y(), one.at.x()
