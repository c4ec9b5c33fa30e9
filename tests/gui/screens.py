"""Every sheet and dialog there is, and how a test brings it up.

``test_screens.py`` finds the classes by itself and fails for one that is not
here, so that a new sheet is looked at in both languages from its first day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from console.domain.errors import Refusal
from console.models.camera_facts import CameraFacts
from console.services.wall_layouts import TourPlan
from console.theme import Theme
from console.widgets import spans
from console.widgets.camera_sheet import CameraSheet
from console.widgets.key_help import KeyHelp
from console.widgets.layout_editor import LayoutEditor
from console.widgets.login_page import LoginPage
from console.widgets.pack_sheet import PackSheet
from console.widgets.recorder_form import RecorderForm
from console.widgets.result_sheet import ResultSheet, Row
from console.widgets.room_sheet import RoomSheet
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


def _login(theme: Theme, page: QWidget) -> QWidget:
    made = LoginPage(theme, (("duty1", "duty1"),))
    made.setParent(page)
    made.resize(page.size())
    made.show()
    return made


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
    "CameraSheet": _camera,
    "KeyHelp": _keys,
    "LayoutEditor": _layout,
    "LoginPage": _login,
    "PackSheet": _pack,
    "RecorderForm": _recorder,
    "ResultSheet": _result,
    "RoomSheet": _room,
    "TourEditor": _tour,
}
#: Pages of the desk: the running program shows them all in
#: ``tests/scenarios/test_every_page.py``; the overview stands on the walls.
PAGES: Final = frozenset(
    {
        "AlarmPage", "MapPage", "SearchPage", "TeamPage", "OverviewPage", "FiguresPage", "ShiftPage",
        "HistoryPage", "ReviewPage", "ReportsPage",
    }
)  # fmt: skip
