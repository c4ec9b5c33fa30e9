"""The parts of this console, in the order in which they are wired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


def build(console: ConsoleApp) -> tuple[Part, ...]:
    """Every part; called once, after the engine and its feeds have started."""
    from console.wiring.alarm_sources import Sources
    from console.wiring.alarm_tiles import AlarmTilesPart
    from console.wiring.alarms import Alarms
    from console.wiring.board import BoardPart
    from console.wiring.branches import Branches
    from console.wiring.checking import Checking
    from console.wiring.checklist import ChecklistPart
    from console.wiring.coverage import Coverage
    from console.wiring.emergency import UpReports
    from console.wiring.figures import FiguresFrame
    from console.wiring.intake import Intake
    from console.wiring.later import LaterPart
    from console.wiring.layouts import Layouts
    from console.wiring.map import DistrictMap
    from console.wiring.overview import Overview
    from console.wiring.packs import Packs
    from console.wiring.photos import Photos
    from console.wiring.recorder_settings import RecorderSettings
    from console.wiring.replay import Replay
    from console.wiring.search import Search
    from console.wiring.snapshots import Snapshots
    from console.wiring.speech import Spoken
    from console.wiring.steering import SteeringPart
    from console.wiring.teams import Teams
    from console.wiring.tours import Tours
    from console.wiring.wall_commands import WallCommands

    layouts = Layouts(console)
    tours = Tours(console, layouts)
    recorders = RecorderSettings(console)
    alarms = Alarms(console)
    figures = FiguresFrame(console)
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
        alarms,
        figures,
        Spoken(console, alarms),
        Sources(console),
        LaterPart(console),
    )
