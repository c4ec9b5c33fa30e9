"""What is compared, over which time: the choices above the rankings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from console.domain import periods
from console.domain.periods import Period
from console.i18n import t
from console.models import rank_words
from console.services.figures import CUTS
from console.services.ranking_math import CASES, FOUND, GROUPS, RATES, SCORES, TIMES
from console.services.rankings import RankWish
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, spaced

PERIODS: Final = ("week", "ten", "month", "quarter", "year")
#: Scores that make sense for a kind of group.
_SCORES: Final = {"team": SCORES[0], "community": SCORES[1]}


def measures(by: str) -> tuple[str, ...]:
    """What groups of this kind can be compared by."""
    more = (_SCORES[by],) if by in _SCORES else ()
    return (*RATES, *TIMES, *more, CASES, *((FOUND,) if by == "camera" else ()))


def choice(theme: Theme) -> QComboBox:
    """A box of choices as wide as its longest one."""
    made = QComboBox()
    made.setFont(theme.font(14))
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made


def fill(box: QComboBox, values: tuple[str, ...], chosen: str) -> None:
    """Offer ``values``; what they are called is said by ``retranslate``."""
    box.clear()
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))


class RankBar(QWidget):
    """``changed()`` when something else is chosen; ``late_wanted(bool)``: the
    share that was late instead of the number."""

    changed = Signal()
    late_wanted = Signal(bool)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._ticker, self._back = ticker, 0
        self.by, self.measure, self.kind, self.cut_box = (choice(theme) for _ in range(4))
        self._earlier, self._later = button(theme, "◀", "quiet"), button(theme, "▶", "quiet")
        self.fair, self.late = button(theme, "", "quiet"), button(theme, "", "quiet")
        row = QHBoxLayout(self)
        spaced(row, 0, 8)
        for one in (self.by, self.measure, self._earlier, self.kind, self._later, self.cut_box):
            row.addWidget(one)
        for made in (self.fair, self.late):
            made.setCheckable(True)
            row.addWidget(made)
        row.addStretch(1)
        fill(self.by, GROUPS, "team")
        fill(self.kind, PERIODS, "month")
        fill(self.cut_box, CUTS, "filed")
        self._fill_measures()
        self.by.activated.connect(self._by_chosen)
        self.kind.activated.connect(self._kind_chosen)
        for box in (self.measure, self.cut_box):
            box.activated.connect(self._chosen)
        self._earlier.clicked.connect(self.go_back)
        self._later.clicked.connect(self.go_on)
        self.fair.clicked.connect(self._chosen)
        self.late.clicked.connect(self.late_wanted)

    def _fill_measures(self) -> None:
        kept = str(self.measure.currentData() or "total_met")
        fill(self.measure, measures(str(self.by.currentData())), kept)
        for at in range(self.measure.count()):
            self.measure.setItemText(at, rank_words.measure(str(self.measure.itemData(at))))

    @property
    def period(self) -> Period:
        """The period that is chosen."""
        found = periods.around(str(self.kind.currentData()), self._ticker.now())
        for _ in range(self._back):
            found = periods.before(found)
        return found

    @property
    def cut(self) -> str:
        """By which instant cases count."""
        return str(self.cut_box.currentData())

    @property
    def wish(self) -> RankWish:
        """The ranking that is chosen."""
        by, measure = str(self.by.currentData()), str(self.measure.currentData())
        return RankWish(by, measure, self.period, self.cut, fair=self.fair.isChecked())

    def arrange(self, tab: str) -> None:
        """Only what belongs to a tab is shown."""
        for widget in (self.by, self.measure, self.fair):
            widget.setVisible(tab == "ranking")
        self.late.setVisible(tab == "heat")

    def step(self, what: str) -> None:
        """The next choice of ``by``, ``measure`` or ``period``, as by hand."""
        box = {"by": self.by, "measure": self.measure, "period": self.kind}[what]
        if box.isVisible():
            box.setCurrentIndex((box.currentIndex() + 1) % box.count())
            box.activated.emit(box.currentIndex())

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for at in range(self.by.count()):
            self.by.setItemText(at, t("ranking.choice_by", by=rank_words.group(str(self.by.itemData(at)))))
        for at in range(self.kind.count()):
            self.kind.setItemText(at, t(f"ranking.period.{self.kind.itemData(at)}"))
        for at in range(self.cut_box.count()):
            words = rank_words.cut(str(self.cut_box.itemData(at)))
            self.cut_box.setItemText(at, t("ranking.choice_cut", cut=words))
        self._fill_measures()
        names = {
            self.by: "choose_by",
            self.measure: "choose_measure",
            self.kind: "choose_period",
            self.cut_box: "choose_cut",
            self._earlier: "earlier",
            self._later: "later",
        }
        for widget, name in names.items():
            widget.setAccessibleName(t(f"ranking.{name}"))
            widget.setToolTip(t(f"ranking.{name}"))
        self.fair.setText(t("ranking.fair"))
        self.late.setText(t("ranking.late"))

    @Slot()
    def _by_chosen(self) -> None:
        self._fill_measures()
        self._chosen()

    @Slot()
    def _kind_chosen(self) -> None:
        self._back = 0
        self._chosen()

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()

    @Slot()
    def go_back(self) -> None:
        """The period before."""
        self._back += 1
        self._chosen()

    @Slot()
    def go_on(self) -> None:
        """The period after."""
        if self._back:
            self._back -= 1
            self._chosen()
