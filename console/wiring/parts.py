"""The parts of this console, in the order in which they are wired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


def build(console: ConsoleApp) -> tuple[Part, ...]:
    """Every part; called once, after the engine and its feeds have started.
    Pages stand in the desk's bar in the order of their parts."""
    return (
        *_walls(console),
        *_cases(console),
        *_alarms(console),
        *_supervision(console),
        *_administration(console),
        *_last(console),
    )


def _walls(console: ConsoleApp) -> tuple[Part, ...]:
    """What happens at tiles and walls."""
    from console.wiring.alarm_tiles import AlarmTilesPart
    from console.wiring.coverage import Coverage
    from console.wiring.kiosk import KioskPart
    from console.wiring.layouts import Layouts
    from console.wiring.overview import Overview
    from console.wiring.presets import Presets
    from console.wiring.recorder_settings import RecorderSettings
    from console.wiring.replay import Replay
    from console.wiring.room import RoomPart
    from console.wiring.snapshots import Snapshots
    from console.wiring.steering import SteeringPart
    from console.wiring.tours import Tours
    from console.wiring.wall_commands import WallCommands
    from console.wiring.wall_past import WallPast

    layouts = Layouts(console)
    tours = Tours(console, layouts)
    recorders = RecorderSettings(console)
    presets = Presets(console, layouts)
    return (
        Snapshots(console),
        Overview(console),
        recorders,
        Replay(console, recorders),
        SteeringPart(console),
        AlarmTilesPart(console, tours),
        tours,
        layouts,
        WallCommands(console, layouts),
        Coverage(console, recorders),
        WallPast(console, tours),
        presets,
        RoomPart(console, presets),
        KioskPart(console),
    )


def _cases(console: ConsoleApp) -> tuple[Part, ...]:
    """What the desk does with cases, teams and places."""
    from console.wiring.board import BoardPart
    from console.wiring.branches import Branches
    from console.wiring.checking import Checking
    from console.wiring.checklist import ChecklistPart
    from console.wiring.emergency import UpReports
    from console.wiring.intake import Intake
    from console.wiring.map import DistrictMap
    from console.wiring.packs import Packs
    from console.wiring.photos import Photos
    from console.wiring.search import Search
    from console.wiring.teams import Teams

    return (
        Intake(console),
        BoardPart(console),
        ChecklistPart(console),
        Teams(console),
        Branches(console),
        Photos(console),
        Checking(console),
        Packs(console),
        UpReports(console),
        DistrictMap(console),
        Search(console),
    )


def _alarms(console: ConsoleApp) -> tuple[Part, ...]:
    """What rings, how it is heard, and what may ring beside cases."""
    from console.wiring.alarm_sources import Sources
    from console.wiring.alarms import Alarms
    from console.wiring.speech import Spoken

    alarms = Alarms(console)
    return (alarms, Spoken(console, alarms), Sources(console))


def _supervision(console: ConsoleApp) -> tuple[Part, ...]:
    """Figures, shifts, history, review and reports."""
    from console.wiring.figures import FiguresFrame
    from console.wiring.history import History
    from console.wiring.indicators import Indicators
    from console.wiring.live import LiveCharts
    from console.wiring.rankings import Rankings
    from console.wiring.reports import Reports
    from console.wiring.review import ReviewPart
    from console.wiring.shifts import Shifts

    figures = FiguresFrame(console)
    return (
        Shifts(console),
        figures,
        LiveCharts(console, figures),
        Indicators(console, figures),
        Rankings(console, figures),
        History(console),
        ReviewPart(console),
        Reports(console),
    )


def _administration(console: ConsoleApp) -> tuple[Part, ...]:
    """The page of administration and its sections, a line each, behind it."""
    from console.wiring.admin import AdminFrame
    from console.wiring.cameras_admin import CamerasAdmin
    from console.wiring.care import Care
    from console.wiring.config import ConfigPart
    from console.wiring.people import People

    admin = AdminFrame(console)
    return (
        admin,
        CamerasAdmin(console, admin),
        People(console, admin),
        ConfigPart(console, admin),
        Care(console, admin),
    )


def _last(console: ConsoleApp) -> tuple[Part, ...]:
    """What waits for all the others."""
    from console.wiring.later import LaterPart
    from console.wiring.session import Session
    from console.wiring.site_setup import SiteSetup

    return (Session(console), SiteSetup(console), LaterPart(console))
