"""The section of rankings: who keeps the promises, when and where, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.domain.periods import Period
from console.i18n import t
from console.models import rank_rows, rank_words
from console.services.rankings import CauseList, HeatMap, Ranking, RankWish
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.bar_table import BarTable
from console.widgets.heat_table import HeatTable
from console.widgets.parts import DataLabel, button, label, set_tone, spaced
from console.widgets.rank_bar import RankBar, choice, fill

TABS: Final = ("ranking", "heat", "causes")
#: Letters that are keys in every list of this section.
KEYS: Final[Mapping[Qt.Key, str]] = {
    Qt.Key.Key_1: "tab_0",
    Qt.Key.Key_2: "tab_1",
    Qt.Key.Key_3: "tab_2",
    Qt.Key.Key_BracketLeft: "earlier",
    Qt.Key.Key_BracketRight: "later",
    Qt.Key.Key_P: "period",
    Qt.Key.Key_G: "by",
    Qt.Key.Key_M: "measure",
    Qt.Key.Key_F: "fair",
    Qt.Key.Key_L: "late",
    Qt.Key.Key_E: "export",
    Qt.Key.Key_R: "circular",
    Qt.Key.Key_Return: "cases",
    Qt.Key.Key_Enter: "cases",
}


class _Table(BarTable):
    keys = KEYS


class _Heat(HeatTable):
    keys = KEYS


class RankingsView(QWidget):
    """``wanted(tab)`` when another answer is needed (:attr:`wish`,
    :attr:`period`, :attr:`cut`); ``cases_wanted(what, key, late, title)``;
    ``export_wanted(kind, file)`` with kind ``ranking circular heat causes``."""

    wanted = Signal(str)
    cases_wanted = Signal(str, str, bool, str)
    export_wanted = Signal(str, str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self.tab, self._folder = TABS[0], ""
        self._exports = ""
        self._found: Ranking | None = None
        self._heat: HeatMap | None = None
        self._causes: CauseList | None = None
        self._tabs = {name: button(theme, "", "quiet") for name in TABS}
        self._choice = QButtonGroup(self)
        self.bar = RankBar(theme, ticker)
        self.circular, self.export = button(theme), button(theme)
        self.head = DataLabel(theme, 16, bold=True)
        self._state = label(theme, "", 14, tone="muted")
        self.target = QLineEdit()
        self.target.setFont(theme.font(14))
        self.target.hide()
        self._rules = label(theme, "", 12, tone="muted", wrap=True)
        self.table, self.places, self.causes = (_Table(theme) for _ in range(3))
        self.grid = _Heat(theme)
        self._cell = label(theme, "", 14)
        self.place_by = choice(theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.table)
        self.retranslate()

    # -- building ------------------------------------------------------------------

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        spaced(bar, 0, 8)
        for at, (name, made) in enumerate(self._tabs.items()):
            made.setCheckable(True)
            made.setChecked(name == self.tab)
            self._choice.addButton(made, at)
            bar.addWidget(made)
        bar.addStretch(1)
        bar.addWidget(self.circular)
        bar.addWidget(self.export)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._heat_page())
        self._stack.addWidget(self.causes)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(bar)
        column.addWidget(self.bar)
        column.addWidget(self.target)
        column.addWidget(self.head)
        column.addWidget(self._state)
        column.addWidget(self._stack, 1)
        column.addWidget(self._rules)

    def _heat_page(self) -> QWidget:
        page = QWidget()
        column, head = QVBoxLayout(page), QHBoxLayout()
        spaced(column, 0, 8)
        head.addWidget(self.place_by)
        head.addStretch(1)
        column.addWidget(self.grid)
        column.addWidget(self._cell)
        column.addLayout(head)
        column.addWidget(self.places, 1)
        return page

    def _connect(self) -> None:
        fill(self.place_by, rank_rows.PLACES, "community")
        self._choice.idClicked.connect(self._tab_clicked)
        self.bar.changed.connect(self._chosen)
        self.bar.late_wanted.connect(self._late)
        self.place_by.activated.connect(self._show_places)
        self.circular.clicked.connect(self._ask_circular)
        self.export.clicked.connect(self._ask_export)
        self.target.returnPressed.connect(self._export)
        self.target.installEventFilter(self)
        self.grid.walked.connect(self._say_cell)
        for part in (self.table, self.places, self.causes, self.grid):
            part.asked.connect(self._asked)

    # -- what is wished --------------------------------------------------------------

    @property
    def period(self) -> Period:
        """The period that is chosen."""
        return self.bar.period

    @property
    def cut(self) -> str:
        """By which instant cases count."""
        return self.bar.cut

    @property
    def wish(self) -> RankWish:
        """The ranking that is chosen."""
        return self.bar.wish

    def set_folder(self, folder: str) -> None:
        """Where files are offered to be written."""
        self._folder = folder

    def busy(self) -> None:
        """The question is under way."""
        self.say(t("ranking.busy"))

    def note(self, sentence: str = "") -> None:
        """What an answer has to say; a refusal that came meanwhile stays."""
        if self._state.property("tone") != "red":
            self.say(sentence)

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence below the head; empty for none."""
        self._state.setText(sentence)
        set_tone(self._state, tone)
        self._state.setVisible(bool(sentence))

    # -- what comes in ------------------------------------------------------------

    def apply(self, found: Ranking) -> None:
        """A ranking."""
        self._found = found
        self._show()

    def apply_heat(self, found: HeatMap) -> None:
        """When and where."""
        self._heat = found
        self._show()

    def apply_causes(self, found: CauseList) -> None:
        """Why."""
        self._causes = found
        self._show()

    def _show(self) -> None:
        """Say what is known of the tab that is shown."""
        self.note()
        if self.tab == "ranking" and self._found is not None:
            found = self._found
            self.table.apply(*rank_rows.of_ranking(found))
            self.head.setText(rank_words.head(found))
            self._rules.setText(" ".join(rank_words.rules(found)))
            if not found.rows:
                self.note(t("ranking.empty"))
            self.circular.setEnabled(bool(found.direction))
        elif self.tab == "heat" and self._heat is not None:
            self.grid.apply(self._heat.heat)
            facts = {"period": rank_words.period(self._heat.period), "cut": rank_words.cut(self._heat.cut)}
            self.head.setText(t("ranking.heat.head", n=self._heat.n, **facts))
            self._rules.setText(t("ranking.heat.rule_late" if self.grid.late else "ranking.heat.rule"))
            self._show_places()
            self._say_cell(self.grid.cell)
        elif self.tab == "causes" and self._causes is not None:
            self.causes.apply(*rank_rows.of_causes(self._causes))
            self.head.setText(rank_words.cause_line(self._causes))
            self._rules.setText(t("ranking.causes.rule"))
            self.note(rank_words.pareto_line(self._causes.rows, self._causes))

    @Slot()
    def _show_places(self) -> None:
        if self._heat is not None:
            self.places.apply(*rank_rows.of_places(self._heat, str(self.place_by.currentData())))

    @Slot(int)
    def _say_cell(self, cell: int) -> None:
        self._cell.setText(self.grid.words(cell))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, made in self._tabs.items():
            made.setText(t(f"ranking.tab.{name}"))
        self.bar.retranslate()
        for at in range(self.place_by.count()):
            words = rank_words.group(str(self.place_by.itemData(at)))
            self.place_by.setItemText(at, t("ranking.choice_by", by=words))
        self.place_by.setAccessibleName(t("ranking.choose_by"))
        self.circular.setText(t("ranking.circular_key"))
        self.export.setText(t("ranking.export_key"))
        self.target.setPlaceholderText(t("ranking.file"))
        self.target.setAccessibleName(t("ranking.file"))
        for table, name in ((self.table, "ranking"), (self.causes, "causes"), (self.grid, "heat")):
            table.setAccessibleName(t(f"ranking.tab.{name}"))
        self._arrange()
        self._show()

    # -- choosing ------------------------------------------------------------------

    def turn(self, tab: str) -> None:
        """Another tab comes up and asks for what it shows."""
        self.tab = tab
        self._choice.button(TABS.index(tab)).setChecked(True)
        self._stack.setCurrentIndex(TABS.index(tab))
        self._arrange()
        self.head.setText("")
        self._rules.setText("")
        self._show()
        self.setFocusProxy(self._main())
        self._main().setFocus(Qt.FocusReason.OtherFocusReason)
        self.wanted.emit(tab)

    def _main(self) -> QWidget:
        return {"ranking": self.table, "heat": self.grid, "causes": self.causes}[self.tab]

    def _arrange(self) -> None:
        self.bar.arrange(self.tab)
        self.circular.setVisible(self.tab == "ranking")

    @Slot(int)
    def _tab_clicked(self, at: int) -> None:
        self.turn(TABS[at])

    @Slot()
    def _chosen(self) -> None:
        self.wanted.emit(self.tab)

    @Slot(bool)
    def _late(self, late: bool) -> None:
        self.grid.show_late(late)
        self._show()

    @Slot(str)
    def _asked(self, what: str) -> None:
        """A key of a list."""
        if what.startswith("tab_"):
            self.turn(TABS[int(what[-1])])
        elif what in ("cases", "late"):
            self._behind(late=what == "late")
        elif what in ("earlier", "later"):
            (self.bar.go_back if what == "earlier" else self.bar.go_on)()
        elif what in ("by", "measure", "period"):
            self.bar.step(what)
        elif what == "fair" and self.tab == "ranking":
            self.bar.fair.click()
        elif what == "export":
            self._ask_export()
        elif what == "circular" and self.tab == "ranking":
            self._ask_circular()

    def _behind(self, *, late: bool) -> None:
        """The cases behind what is chosen."""
        if self.tab == "heat" and self.grid.hasFocus():
            if late:
                self.bar.late.click()
                return
            self.cases_wanted.emit("cell", str(self.grid.cell), False, self.grid.words(self.grid.cell))
            return
        table = {"ranking": self.table, "heat": self.places, "causes": self.causes}[self.tab]
        row = table.current
        if row is None:
            return
        what = {"ranking": "group", "heat": "place", "causes": "cause"}[self.tab]
        name = row.cells[0 if self.tab != "ranking" else next(iter(self._name_at()))]
        key = "ranking.behind_late" if late else "ranking.behind"
        title = t(key, name=name, measure=rank_words.measure(self.wish.measure))
        if self.tab != "ranking":
            title = t("ranking.behind_plain", name=name)
        self.cases_wanted.emit(what, row.key, late, title)

    def _name_at(self) -> list[int]:
        """Where the name of a group stands among the columns."""
        by = rank_words.heading(self.wish.by)
        return [at for at, column in enumerate(self.table.source.columns) if column.title == by]

    # -- files ---------------------------------------------------------------------

    @Slot()
    def _ask_export(self) -> None:
        self._offer(self.tab)

    @Slot()
    def _ask_circular(self) -> None:
        self._offer("circular")

    def _offer(self, kind: str) -> None:
        self._exports = kind
        day = rank_words.period(self.period)[:10].replace("-", "")
        self.target.setText(f"{self._folder}/{kind}-{day}.pdf")
        self.target.show()
        self.target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _export(self) -> None:
        file = self.target.text().strip()
        self._leave_target()
        if file:
            self.export_wanted.emit(self._exports, file)

    def _leave_target(self) -> None:
        self.target.hide()
        self._main().setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves the line of the file."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.target and pressed and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self._leave_target()
            return True
        return False
