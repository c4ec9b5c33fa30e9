"""Every sheet and dialog there is, and how a test brings it up.

``test_screens.py`` finds the classes by itself and fails for one that is not
here, so that a new sheet is looked at in both languages from its first day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QWidget

from console.crash import CrashReport
from console.domain.errors import Refusal
from console.domain.model import User
from console.domain.vocabulary import Role
from console.i18n import explain
from console.models.camera_facts import CameraFacts
from console.services.camera_cards import CameraCard
from console.services.wall_layouts import TourPlan
from console.theme import Theme
from console.widgets import account_form, camera_form, spans
from console.widgets.account_form import AccountForm
from console.widgets.camera_form import CameraForm
from console.widgets.camera_sheet import CameraSheet
from console.widgets.crash_sheet import CrashSheet
from console.widgets.key_help import KeyHelp
from console.widgets.layout_editor import LayoutEditor
from console.widgets.login_card import LoginCard
from console.widgets.login_page import LoginPage
from console.widgets.pack_sheet import PackSheet
from console.widgets.password_sheet import PasswordSheet
from console.widgets.recorder_form import RecorderForm
from console.widgets.result_sheet import ResultSheet, Row
from console.widgets.room_sheet import RoomSheet
from console.widgets.row_form import RowForm
from console.widgets.setup_page import SetupPage
from console.widgets.tour_editor import TourEditor
from tests.gui import samples, samples_room
from tests.gui.test_recorder_form import BOOK, CAMERA
from tests.gui.test_tour_editor import CHOICES, STORED

Open = Callable[[Theme, QWidget], QWidget]


def _camera(theme: Theme, page: QWidget) -> QWidget:
    made = CameraSheet(theme, page)
    made.open(samples.cameras()[0], CameraFacts(None, None, None, samples.NOW))
    return made


def _keys(theme: Theme, page: QWidget) -> QWidget:
    made = KeyHelp(theme, page)
    made.toggle()
    return made


def _layout(theme: Theme, _page: QWidget) -> QWidget:
    made = LayoutEditor(theme, spans.plain(3, 2))
    made.show()
    return made


def _tour(theme: Theme, _page: QWidget) -> QWidget:
    plan: TourPlan = STORED
    made = TourEditor(theme, CHOICES, plan)
    made.show()
    return made


def _filling(page: QWidget, made: QWidget) -> QWidget:
    """What is no sheet has the whole page."""
    made.setParent(page)
    made.resize(page.size())
    made.show()
    return made


def _login(theme: Theme, page: QWidget) -> QWidget:
    card = LoginCard(theme, (("duty1", "duty1"),))
    card.set_offered((("li.na", "李娜"), ("wang.jun", "王军")))
    card.set_waiting(3)
    card.refused(Refusal("auth_failed", "sign_in"))
    return _filling(page, LoginPage(card))


def _account(theme: Theme, page: QWidget) -> QWidget:
    made = AccountForm(theme)
    made.set_teams({"T1": "市容劝导一队"})
    made.open(account_form.ADD, User("", "", "", Role.FIELD))
    made.pair.first.setText("a long password")
    made.pair.again.setText("another long one")
    made.refuse(" ".join(explain(Refusal("bad_value", "password_common", shortest=8))))
    return _filling(page, made)


def _camera_form(theme: Theme, page: QWidget) -> QWidget:
    made = CameraForm(theme)
    camera = replace(samples.cameras()[0], vendor="onvif", host="10.0.0.5", channel="1", username="admin")
    made.open(camera_form.EDIT, (CameraCard(camera, has_password=True),))
    made.refuse("camadmin.form.nothing")
    return _filling(page, made)


def _crash(theme: Theme, page: QWidget) -> QWidget:
    made = CrashSheet(theme, page)
    text = "fifteen 0.7.0\nTraceback (most recent call last):\n  ...\nMemoryError\n"
    made.open(CrashReport("/tmp/logs/crash-20260929-143207-trace.txt", samples.NOW, "trace", text, False))
    return made


def _password(theme: Theme, page: QWidget) -> QWidget:
    made = PasswordSheet(theme, page)
    made.open()
    made.pair.first.setText("short")
    made.refuse(Refusal("bad_value", "password_common", shortest=8))
    return made


def _row(theme: Theme, page: QWidget) -> QWidget:
    made = RowForm(theme)
    fields = {"name": ("班组 Team", "市容劝导一队"), "minutes": ("分钟 Minutes", "15")}
    made.show_row("T1", "1–240", fields)
    made.refuse(Refusal("bad_value", "password_common", shortest=8))
    return _filling(page, made)


def _setup(theme: Theme, page: QWidget) -> QWidget:
    made = SetupPage(theme, "/home/duty/.local/share/fifteen/fifteen.db")
    made.refuse(None)
    return _filling(page, made)


def _pack(theme: Theme, page: QWidget) -> QWidget:
    made = PackSheet(theme, page)
    made.open("20260929-1042", "/tmp/20260929-1042.zip")
    return made


def _recorder(theme: Theme, page: QWidget) -> QWidget:
    made = RecorderForm(theme, CAMERA, BOOK, page)
    made.show()
    return made


def _result(theme: Theme, page: QWidget) -> QWidget:
    made = ResultSheet(theme, page)
    made.open("board.several.urge", [Row("1", "#1042"), Row("2", "#1043"), Row("3", "#1044")])
    made.landed("1", True)
    made.landed("2", False, Refusal("db_locked"))
    return made


def _room(theme: Theme, page: QWidget) -> QWidget:
    made = RoomSheet(theme, page)
    made.open(samples_room.VIEW, "show-map")
    return made


SHEETS: Final[dict[str, Open]] = {
    "AccountForm": _account,
    "CameraForm": _camera_form,
    "CameraSheet": _camera,
    "CrashSheet": _crash,
    "KeyHelp": _keys,
    "LayoutEditor": _layout,
    "LoginPage": _login,
    "PackSheet": _pack,
    "PasswordSheet": _password,
    "RecorderForm": _recorder,
    "ResultSheet": _result,
    "RoomSheet": _room,
    "RowForm": _row,
    "SetupPage": _setup,
    "TourEditor": _tour,
}
#: Pages of the desk: the running program shows them all in
#: ``tests/scenarios/test_every_page.py``; the overview stands on the walls, and
#: each section of the administration has a scenario of its own.
PAGES: Final = frozenset(
    {
        "AlarmPage", "MapPage", "SearchPage", "TeamPage", "OverviewPage", "FiguresPage", "ShiftPage",
        "HistoryPage", "ReviewPage", "ReportsPage", "AdminPage",
    }
)  # fmt: skip
#: Painted without a label in them: ``test_kiosk_pages.py`` looks at their pictures.
PAINTED: Final = frozenset({"BoardPage", "NoticePage", "SubjectPage"})
