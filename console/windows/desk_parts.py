"""The widgets of a desk, made once, laid out by the window that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.models.drafts import Drafts
from console.services.assembly import KEY_FILE
from console.services.vault import Vault
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.alarm_banner import AlarmBanner
from console.widgets.board import Board
from console.widgets.camera_list import CameraList
from console.widgets.case_detail import CaseDetail
from console.widgets.command_bar import CommandBar
from console.widgets.demo_bar import DemoBar
from console.widgets.desk_pages import DeskPages
from console.widgets.evidence_view import EvidenceView
from console.widgets.header_bar import HeaderBar
from console.widgets.intake_panel import IntakePanel
from console.widgets.key_help import KeyHelp
from console.widgets.kpi_strip import KpiStrip
from console.widgets.lock_veil import LockBar, LockVeil
from console.widgets.login_card import LoginCard
from console.widgets.login_page import LoginPage
from console.widgets.parts import EDGE, spaced
from console.widgets.pulse_line import PulseLine
from console.widgets.toasts import Toast
from console.widgets.trend_chart import TrendChart


class DeskParts:
    """Everything a desk shows. ``work`` holds the case detail or the intake."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        ticker: Ticker,
        data_dir: Path | None,
        suggested: Sequence[tuple[str, str]],
        *,
        wide_detail: bool,
    ) -> None:
        box = Vault(data_dir / KEY_FILE) if data_dir is not None else None
        self.drafts = Drafts(data_dir, window, box)
        self.login = LoginCard(theme, suggested)
        self.login_page = LoginPage(self.login)
        self.demo = DemoBar(theme)
        self.header = HeaderBar(theme, ticker)
        self.pulse = PulseLine(theme, ticker)
        self.lock_bar = LockBar(theme)
        self.banner = AlarmBanner(theme, ticker)
        self.board = Board(theme, ticker)
        self.pages = DeskPages(theme, self.board)
        self.detail = CaseDetail(theme, ticker, self.drafts, wide=wide_detail)
        self.intake = IntakePanel(theme, self.drafts, ticker)
        self.cameras = CameraList(theme)
        self.kpi = KpiStrip(theme)
        self.chart = TrendChart(theme)
        self.work = QStackedWidget()
        self.work.addWidget(self.detail)
        self.work.addWidget(self.intake)
        self.page = QWidget()
        self.page.setObjectName("page")
        self.toast = Toast(theme, self.page)
        self.help = KeyHelp(theme, self.page)
        self.evidence = EvidenceView(theme, self.page)
        self.command = CommandBar(theme, self.page, self.drafts)
        self.veil = LockVeil(self.page, self.login)

    def lay_out(self, body: QWidget) -> None:
        """Bars above, ``body`` in the middle, figures below."""
        bottom = QHBoxLayout()
        spaced(bottom, 0, 32)
        bottom.setContentsMargins(EDGE, 8, EDGE, 8)
        bottom.addWidget(self.kpi)
        bottom.addWidget(self.chart, 1)
        column = QVBoxLayout(self.page)
        spaced(column, 0, 0)
        for one in (self.demo, self.header, self.pulse, self.lock_bar, self.banner):
            column.addWidget(one)
        column.addWidget(body, 1)
        column.addLayout(bottom)

    def close(self) -> None:
        """End the threads of drafts and thumbnails."""
        self.detail.evidence.close_reader()
        self.detail.pair.close_reader()
        self.evidence.reader.close()
        self.drafts.close()
