"""A day's alarms against the published figures: figures, sources, stale ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from console.domain.alarm_quality import MARKS, Loud, Mark, Source, Verdict, marks, quantile
from console.domain.vocabulary import Severity
from console.i18n import either, t
from console.models.wording import clock, local, percent, span
from console.services.alarm_log import AlarmHistory
from console.theme import Theme
from console.widgets.parts import label, set_tone, spaced

_TONES = {Verdict.GOOD: "", Verdict.HIGH: "demo", Verdict.OVER: "red"}
_MOST_STALE = 20


class AlarmReport(QWidget):
    """One day in figures; scrolls with the keyboard (``area`` has it)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._history: AlarmHistory | None = None
        inner = QWidget()
        column = QVBoxLayout(inner)
        spaced(column, 0, 12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        self._cells = {
            name: tuple(
                label(theme, "", 14, bold=at == 1, tone="muted" if at != 1 else "") for at in range(4)
            )
            for name in ("", *MARKS)
        }
        for row, cells in enumerate(self._cells.values()):
            for at, one in enumerate(cells):
                side = Qt.AlignmentFlag.AlignRight if at in (1, 2) else Qt.AlignmentFlag.AlignLeft
                grid.addWidget(one, row, at, side)
        column.addLayout(grid)
        self._lists = label(theme, "", 14, wrap=True)
        column.addWidget(self._lists)
        column.addStretch(1)
        self.area = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        spaced(whole, 0, 0)
        whole.addWidget(scroll)
        self.setFocusProxy(scroll)

    def apply(self, history: AlarmHistory) -> None:
        """Take a day."""
        self._history = history
        self.retranslate()

    def words(self) -> str:
        """Everything below the table, as it stands there."""
        return self._lists.text()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self._history is None:
            return
        for at, one in enumerate(self._cells[""][:3]):
            one.setText(t(f"alarms.report.{('figure', 'value', 'target')[at]}"))
        for mark in marks(self._history.quality):
            name, value, target, verdict = self._cells[mark.name]
            name.setText(t(f"alarms.report.{mark.name}"))
            value.setText(figure(mark, mark.value))
            target.setText(f"≤ {figure(mark, mark.target)}")
            verdict.setText(t(f"alarms.report.verdict_{mark.verdict.value}"))
            set_tone(value, _TONES[mark.verdict])
        self._lists.setText("\n".join(report_lines(self._history)))


def figure(mark: Mark, value: float) -> str:
    """A count or a percentage."""
    return percent(value) if mark.unit == "share" else f"{value:.0f}"


def report_lines(history: AlarmHistory) -> list[str]:
    """What the table does not say: severities, busiest time, answers, sources."""
    found = history.quality
    shares = [
        f"{t(f'alarms.severity.{one.value}')} {found.by_severity.get(one, 0)}"
        for one in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
    ]
    lines = [t("alarms.report.mix", mix=" · ".join(shares))]
    if found.busiest_at is not None:
        lines.append(t("alarms.report.busiest_at", n=found.busiest, at=clock(found.busiest_at)))
    half, most = quantile(found.acked_s, 0.5), quantile(found.acked_s, 0.9)
    if half is not None and most is not None:
        facts = {"n": len(found.acked_s), "half": span(half), "most": span(most), "waiting": found.waiting}
        lines.append(t("alarms.report.answers", **facts))
    lines.append(t("alarms.report.broken", broken=found.promises_broken, shelved=found.shelved))
    lines += _listed("alarms.report.top_title", found.top, history.names)
    lines += _listed("alarms.report.chatter_title", found.chattering, history.names)
    if found.stale:
        lines += ["", t("alarms.report.stale_title", n=len(found.stale))]
        for one in found.stale[:_MOST_STALE]:
            named = either(*history.names.get(one.source, (one.source[1],) * 2))
            lines.append(t("alarms.report.since", what=named, at=f"{local(one.since):%m-%d %H:%M}"))
    return lines


def _listed(title: str, rows: Sequence[Loud], names: Mapping[Source, tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    named = [either(*names.get(one.source, (one.source[1],) * 2)) for one in rows]
    return ["", t(title), *(f"{one.count}  {name}" for one, name in zip(rows, named, strict=True))]
