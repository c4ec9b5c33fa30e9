"""The way to every page of administration, and to those of the large display."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

from console.domain import kiosk
from console.domain.kiosk import Shown
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.tour_stop import ANSWER_MS, Guide, Stop, press
from console.widgets.admin_page import AdminPage
from console.widgets.cameras_section import CamerasSection
from console.widgets.care_section import CareSection
from console.widgets.config_section import ConfigSection
from console.widgets.people_section import PeopleSection
from console.windows.placement import KIOSK, WALL
from console.wiring.kiosk import KioskPart
from console.wiring.kiosk_host import KioskHost

#: A section reads what it shows when it is first seen, in ms.
READ_MS: Final = 1500
#: The doctor asks every device of the machine, in ms.
DOCTOR_MS: Final = 4000
#: A wall on a new window has its pictures by then, in ms.
HUNG_MS: Final = 3000
#: Whose pages these are; reads no board.
ADMIN: Final = Actor("admin", Role.ADMIN, may_approve=False)


class AdminGuide(Guide):
    """The administrator sits down, and leaves at the end."""

    def stops(self) -> list[Stop]:
        """Every section, its forms, every pane of the care, the way in."""
        return [
            Stop("admin-cameras", self._cameras, "desk", READ_MS),
            Stop("admin-cameras-health", self._health, "desk"),
            Stop("admin-cameras-form", self._camera_form, "desk"),
            Stop("admin-cameras-import", self._camera_table, "desk"),
            Stop("admin-cameras-masks", self._masks, "desk", READ_MS),
            Stop("admin-people", self._people, "desk", READ_MS),
            Stop("admin-people-form", self._person, "desk"),
            Stop("admin-audit", self._audit, "desk", READ_MS),
            Stop("admin-standards", self._standards, "desk", READ_MS),
            Stop("admin-settings", self._settings, "desk", READ_MS),
            Stop("admin-settings-form", self._setting, "desk"),
            Stop("admin-care-backup", self._care, "desk", READ_MS),
            Stop("admin-care-store", self._store, "desk", 1000),
            Stop("admin-care-doctor", self._doctor, "desk", DOCTOR_MS),
            Stop("admin-care-log", self._log, "desk", 1000),
            Stop("admin-care-programs", self._programs, "desk", 1000),
            Stop("login", self._leave, "desk"),
            Stop("", self._back, "desk", ANSWER_MS),
        ]

    def _cameras(self) -> None:
        # Nobody sits down at somebody else's open case.
        self._desk.control.close_case()
        self._sit(ADMIN)
        self._desk.show_page("admin")
        self._page.show_section("cameras")

    def _health(self) -> None:
        press(self._camera_section.list.table, Qt.Key.Key_H)

    def _camera_form(self) -> None:
        table = self._camera_section.list.table
        press(table, Qt.Key.Key_H)
        table.selectRow(0)
        press(table, Qt.Key.Key_Return)

    def _camera_table(self) -> None:
        self._camera_section.back()
        press(self._camera_section.list.table, Qt.Key.Key_I)

    def _masks(self) -> None:
        self._camera_section.back()
        press(self._camera_section.list.table, Qt.Key.Key_P)

    def _people(self) -> None:
        self._camera_section.back()
        self._page.show_section("people")

    def _person(self) -> None:
        section = self._page.section("people")
        assert isinstance(section, PeopleSection)
        press(section.table, Qt.Key.Key_N)

    def _audit(self) -> None:
        section = self._page.section("people")
        assert isinstance(section, PeopleSection)
        section.close_form()
        self._page.show_section("audit")

    def _standards(self) -> None:
        self._page.show_section("standards")

    def _settings(self) -> None:
        self._page.show_section("settings")

    def _setting(self) -> None:
        section = self._page.section("settings")
        assert isinstance(section, ConfigSection)
        section.show_part("settings")
        press(section.rows, Qt.Key.Key_Return)

    def _care(self) -> None:
        self._page.show_section("care")

    def _store(self) -> None:
        self._care_section.show_pane("store")

    def _doctor(self) -> None:
        self._care_section.show_pane("doctor")

    def _log(self) -> None:
        self._care_section.show_pane("log")

    def _programs(self) -> None:
        self._care_section.show_pane("programs")

    def _leave(self) -> None:
        """No board stays behind an administrator: the page of the way in."""
        self._desk.lock()

    @property
    def _page(self) -> AdminPage:
        page = self._desk.parts.pages.widget("admin")
        assert isinstance(page, AdminPage)
        return page

    @property
    def _camera_section(self) -> CamerasSection:
        section = self._page.section("cameras")
        assert isinstance(section, CamerasSection)
        return section

    @property
    def _care_section(self) -> CareSection:
        section = self._page.section("care")
        assert isinstance(section, CareSection)
        return section


class KioskGuide(Guide):
    """The large display takes the place of the first wall, and gives it back."""

    def stops(self) -> list[Stop]:
        """Every page, what is put there by hand, and an alarm."""
        return [
            Stop("", self._hang, "desk", HUNG_MS),
            Stop("kiosk-wall", self._wall, KIOSK, HUNG_MS),
            Stop("kiosk-kpi", self._kpi, KIOSK),
            Stop("kiosk-board", self._board, KIOSK),
            Stop("kiosk-map", self._map, KIOSK, READ_MS),
            Stop("kiosk-alarm", self._alarm, KIOSK, READ_MS),
            Stop("kiosk-case", self._case, KIOSK, READ_MS),
            Stop("kiosk-camera", self._camera, KIOSK, READ_MS),
            Stop("", self._take_down, "desk", ANSWER_MS),
        ]

    def _hang(self) -> None:
        monitors = self._console.monitors
        walls = (name for name in monitors.placed.windows if name.startswith(WALL))
        monitors.send(KIOSK, monitors.placed.windows[min(walls)])

    def _wall(self) -> None:
        self._host.hold(Shown(kiosk.WALL))

    def _kpi(self) -> None:
        self._host.hold(Shown(kiosk.KPI))

    def _board(self) -> None:
        self._host.hold(Shown(kiosk.BOARD))

    def _map(self) -> None:
        self._host.hold(Shown(kiosk.MAP))

    def _alarm(self) -> None:
        board = self._host.board
        rows = board.alarms if board is not None else ()
        if rows:
            self._host.hold(Shown(kiosk.ALARM, str(rows[0].alarm.id), len(rows) - 1))

    def _case(self) -> None:
        board = self._host.board
        cards = board.cards if board is not None else ()
        if cards:
            self._host.hold(Shown(kiosk.CASE, cards[0].id))

    def _camera(self) -> None:
        if self._host.cameras:
            self._host.hold(Shown(kiosk.CAMERA, self._host.cameras[0].id))

    def _take_down(self) -> None:
        self._host.hold(None)
        self._console.monitors.put_away(KIOSK)

    @property
    def _host(self) -> KioskHost:
        part = next(one for one in self._console.parts if isinstance(one, KioskPart))
        assert part.content.host is not None
        return part.content.host
