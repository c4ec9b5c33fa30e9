"""The map page of the desk: layers above, the map, what its marks mean below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models.map_viewport import STEP
from console.models.names import NameBook
from console.services.district_map import HeatView
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_backdrop import LAYERS
from console.widgets.map_ground import Ground
from console.widgets.map_legend import MapLegend
from console.widgets.map_tiles import TileStore
from console.widgets.map_view import MapView
from console.widgets.parts import DataLabel, button, spaced

#: Days a heat may look back, in turn.
PERIODS: Final = (7, 30, 90, 365)


class MapPage(QWidget):
    """``heat_wanted(days)`` asks for the counts; ``shown()`` when it comes into
    view. The map itself is :attr:`view`."""

    heat_wanted = Signal(int)
    shown = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, tiles: TileStore) -> None:
        super().__init__()
        self._theme = theme
        self.view = MapView(theme, ticker, tiles)
        self.legend = MapLegend(theme)
        self._note = DataLabel(theme, 12, tone="muted")
        self._heat_on = False
        self._period = 0
        self._heat: HeatView | None = None
        self._broken: tuple[str, ...] = ()
        self._no_tiles: Refusal | None = None
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._group.idClicked.connect(self._toggled)
        self._build()
        self.setFocusProxy(self.view)
        self.view.layer_toggled.connect(self._flip)
        self.view.heat_toggled.connect(self.toggle_heat)
        self.view.heat_period.connect(self.next_period)
        self.retranslate()

    def _build(self) -> None:
        bar = QHBoxLayout()
        spaced(bar, 0, 4)
        for at, layer in enumerate(LAYERS):
            made = button(self._theme, "", "quiet", px=12)
            made.setCheckable(True)
            made.setChecked(True)
            self._group.addButton(made, at)
            self._buttons[layer] = made
            bar.addWidget(made)
        self._heat_button = button(self._theme, "", "quiet", px=12)
        self._heat_button.setCheckable(True)
        self._heat_button.clicked.connect(self.toggle_heat)
        self._days_button = button(self._theme, "", "quiet", px=12)
        self._days_button.clicked.connect(self.next_period)
        bar.addSpacing(8)
        bar.addWidget(self._heat_button)
        bar.addWidget(self._days_button)
        bar.addWidget(self._note, 1)
        self._near = button(self._theme, "", "quiet", px=12)
        self._far = button(self._theme, "", "quiet", px=12)
        self._all = button(self._theme, "", "quiet", px=12)
        self._near.clicked.connect(self._nearer)
        self._far.clicked.connect(self._farther)
        self._all.clicked.connect(self.view.home)
        for one in (self._near, self._far, self._all):
            bar.addWidget(one)
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        column.addWidget(self.legend)

    # -- what it is given ------------------------------------------------------

    def set_ground(self, ground: Ground, broken: Sequence[str] = (), no_tiles: Refusal | None = None) -> None:
        """The map; ``broken``: stored layers that could not be read."""
        self._broken, self._no_tiles = tuple(broken), no_tiles
        self.view.set_ground(ground)
        self._say()

    def set_cards(self, cards: Sequence[CaseCard]) -> None:
        """The open cases."""
        self.view.set_cards(cards)
        self._say()

    def set_names(self, names: NameBook) -> None:
        """What communities and places are called."""
        self.view.set_names(names)

    def set_heat(self, heat: HeatView) -> None:
        """Counts that were asked for; others come too late and are left."""
        if heat.days != self.days:
            return
        self._heat = heat
        self._show_heat()

    # -- layers and heat -------------------------------------------------------

    @property
    def days(self) -> int:
        """How far back the heat looks."""
        return PERIODS[self._period]

    @property
    def heat_on(self) -> bool:
        """Whether the heat is shown."""
        return self._heat_on

    @Slot(int)
    def _flip(self, at: int) -> None:
        made = self._buttons[LAYERS[at]]
        made.setChecked(not made.isChecked())
        self._toggled(at)

    @Slot(int)
    def _toggled(self, _at: int) -> None:
        self.view.show_layers([layer for layer, made in self._buttons.items() if made.isChecked()])

    @Slot()
    def toggle_heat(self) -> None:
        """Heat on or off."""
        self._heat_on = not self._heat_on
        self._show_heat()
        if self._heat_on:
            self.heat_wanted.emit(self.days)

    @Slot()
    def next_period(self) -> None:
        """Look further back, and after the furthest start again."""
        self._period = (self._period + 1) % len(PERIODS)
        self._heat = None
        self._heat_on = True
        self._show_heat()
        self.heat_wanted.emit(self.days)

    def _show_heat(self) -> None:
        counts = self._heat.by_grid if self._heat_on and self._heat is not None else None
        self._heat_button.setChecked(self._heat_on)
        self.view.set_heat(counts)
        self.legend.set_heat(counts)
        self._say_days()
        self._say()

    @Slot()
    def _nearer(self) -> None:
        self.view.go(self.view.view.zoomed(STEP))

    @Slot()
    def _farther(self) -> None:
        self.view.go(self.view.view.zoomed(1 / STEP))

    # -- words -----------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for at, (layer, made) in enumerate(self._buttons.items(), 1):
            made.setText(f"{at} {t(f'map.layer.{layer}')}")
        self._heat_button.setText(t("map.layer.heat"))
        self._say_days()
        self._near.setText(t("map.layer.near"))
        self._far.setText(t("map.layer.far"))
        self._all.setText(t("map.layer.home"))
        self.view.setAccessibleName(t("map.page.name"))
        self.view.repaint_all()
        self.legend.repaint_all()
        self._say()

    def _say_days(self) -> None:
        self._heat_button.setToolTip(t("map.layer.heat_name", days=self.days))
        self._days_button.setText(t("map.layer.days", n=self.days))

    def _say(self) -> None:
        if not self.isVisible():
            return
        words: list[str] = []
        ground = self.view.ground
        if self._broken:
            words.append(t("map.bar.broken", layers=", ".join(self._broken)))
        if self._no_tiles is not None:
            words.append(t("map.bar.no_tiles", why=explain(self._no_tiles)[0]))
        if ground is not None and ground.box is None:
            words.append(t("map.bar.no_ground"))
        words += self._heat_words()
        if self.view.unplaced:
            words.append(t("map.bar.unplaced", n=self.view.unplaced))
        self._note.setText(" · ".join(words))

    def _heat_words(self) -> list[str]:
        if not self._heat_on:
            return []
        heat = self._heat
        if heat is None:
            return [t("map.bar.counting")]
        key = "map.bar.elsewhere" if heat.elsewhere else "map.bar.counted"
        return [t(key, days=heat.days, n=heat.total, m=heat.elsewhere)]

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self.shown.emit()
        self._say()
