"""The office's own case, driven through the windows, right to the second.

A camera sees a stall on the road at 08:15:02; it is filed at 08:17:40 as
E09006-1, sent to the city-appearance team at 08:18:05, the team stands there at
08:26:30, the place is handled, checked and closed. Real cameras, a real
database, the real windows; the clock stands at each step of the story.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.model import Case, Command, Deadline
from console.domain.vocabulary import (
    Action,
    AlarmState,
    DeadlineKind,
    EvidenceKind,
    Lamp,
    Severity,
    Source,
    State,
)
from console.services.cases import NewCase
from console.services.figures import today
from console.settings import Places
from db import admin
from tests.scenarios.console_kit import OFFICER, SITE, Seat, Story, at, press, seat, typed, until

pytestmark = [
    pytest.mark.display,
    pytest.mark.rtsp,
    # The clock of the story stands still and jumps: the waker sees and says so.
    pytest.mark.logs("the clock was stepped"),
]

CAMERA = "cam001"
#: When each step happens, by the site's clock.
SEEN, FILED, SENT, ACCEPTED = "08:15:02", "08:17:40", "08:18:05", "08:18:40"
WARNED, TAKEN_ON, ARRIVED = "08:25:40", "08:25:52", "08:26:30"
HANDLED, CHECKED, CLOSED = "08:52:10", "08:55:00", "08:56:20"


class Officer:
    """Does what an officer does, and counts it."""

    def __init__(self, here: Seat, story: Story) -> None:
        self.here, self.story = here, story
        self.actions = 0
        self.case_id = ""

    def key(self, which: Qt.Key) -> None:
        press(which)
        self.actions += 1

    def letters(self, words: str) -> None:
        typed(words)
        self.actions += len(words)

    def at(self, clock: str) -> None:
        """It is this late now, and the sweep has looked."""
        self.story.stand(at(clock))
        engine = self.here.console.engine
        before = engine.sweeps
        engine.wake()
        until(lambda: engine.sweeps > before, "a sweep")

    def case(self) -> Case:
        return self.here.case(self.case_id)

    def until(self, state: State) -> None:
        """The step is in the database and in the case that is shown."""
        detail = self.here.desk.parts.detail
        until(lambda: self.case().state is state, str(state))
        until(
            lambda: (
                detail.view is not None
                and detail.view.case.version == self.case().version
                and not detail.action_bar._busy
            ),
            f"{state} shown",
        )

    def step(self, clock: str, state: State, words: str) -> None:
        """The A key, once the button says ``words``."""
        self.at(clock)
        bar = self.here.desk.parts.detail.action_bar
        until(lambda: words in bar.primary.text(), f"a button with {words}; it says {bar.primary.text()}")
        press(Qt.Key.Key_A)
        self.until(state)

    def lamps(self) -> Mapping[str, Lamp]:
        """The lights of the case at this instant."""
        now = self.here.console.engine.clock.now()
        return {d.kind.value: deadlines.lamp(d, now) for d in self.case().deadlines}

    def said(self, kind: str) -> str:
        """What the case's own clock says of a promise."""
        return next(line for line in self.here.desk.parts.detail.clocks.words() if line.startswith(kind))

    def badge(self) -> str:
        """What the camera's tile says of its case."""
        wall = self.here.walls["wall-1"].wall
        face = next(tile.face for tile in wall.tiles if tile.camera == CAMERA)
        return "" if face is None else f"{face.number} {face.kind} {face.time} {face.lamp.value}"


def see(officer: Officer) -> None:
    """A click on the tile, N: the case is there with its three pictures."""
    here = officer.here
    pane = here.walls["wall-1"]
    tile = next(tile for tile in pane.wall.tiles if tile.camera == CAMERA)
    room = tile.box.tile
    pane.window().activateWindow()
    officer.at(SEEN)
    middle = QPoint(room.x + room.w // 2, room.y + room.h // 2)
    QTest.mouseClick(pane.wall, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    officer.actions += 1
    assert pane.wall.selected_camera == CAMERA
    pane.wall.setFocus()
    until(lambda: QApplication.focusWidget() is pane.wall, "the keyboard on the wall")
    officer.key(Qt.Key.Key_N)
    until(here.cases, "the case")
    (case,) = here.cases()
    officer.case_id = case.id
    assert (case.state, case.id[:8], case.community) == (State.REGISTERING, "20260302", "410199001010")
    field = here.desk.parts.detail.filing.field
    until(lambda: QApplication.focusWidget() is field, "the keyboard in the search of the desk")
    until(lambda: len(officer.case().evidence) == 4, "clip, its sidecar and pictures")
    until(lambda: officer.badge() == "#0001 立案 05:00 green", officer.badge())


def file(officer: Officer) -> None:
    """Typed initials and Enter: six actions from seeing to filed."""
    officer.at(FILED)
    panel = officer.here.desk.parts.detail.filing
    officer.letters("zdj")
    until(lambda: panel.chosen() is not None, "something found")
    assert panel.chosen().condition_id == "E09006-1"  # type: ignore[union-attr]
    assert "占道经营" in panel._go.text()
    assert "2紧急工作时" in panel._limit.text().replace(" ", "")
    officer.key(Qt.Key.Key_Return)
    officer.until(State.FILED)
    assert officer.actions <= 6


def watch(officer: Officer) -> None:
    """The arrival's light turns at 80 %, not a second before; the alarm rings
    once and is taken on."""
    here = officer.here
    officer.at("08:25:39")
    assert officer.lamps()["arrival"] is Lamp.GREEN
    assert here.alarms() == []
    officer.at(WARNED)
    assert officer.lamps() == {
        "decision": Lamp.GREEN,
        "dispatch": Lamp.GREEN,
        "arrival": Lamp.YELLOW,
        "total": Lamp.GREEN,
        "handling": Lamp.GREEN,
    }
    banner = here.desk.parts.banner
    until(lambda: banner.model.worst() is not None, "the alarm in the banner")
    assert "02:00" in banner._time.text()
    assert "市容劝导队" in banner._who.text()
    until(lambda: officer.badge() == "#0001 到场 02:00 yellow", officer.badge())
    assert officer.said("到场").startswith("到场 02:00 / 10:00")
    officer.at(TAKEN_ON)
    press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    until(lambda: here.alarms()[0][0].state is AlarmState.ACKNOWLEDGED, "taken on")


def hand_back(officer: Officer, photo: Path) -> None:
    """Handled, by the command bar and the form, with a picture of afterwards."""
    officer.at(HANDLED)
    detail = officer.here.desk.parts.detail
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    command = officer.here.desk.parts.command
    until(lambda: QApplication.focusWidget() is command.field, "the command bar")
    typed("czwb")
    press(Qt.Key.Key_Return)
    files = detail.form._inputs
    until(lambda: "files" in files and QApplication.focusWidget() is files["files"], "the form's first field")
    typed(str(photo))
    press(Qt.Key.Key_Return)
    officer.until(State.FEEDBACK)


def jpeg(path: Path) -> Path:
    """A picture of the place afterwards."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x36", "-frames:v", "1", str(path)],
        check=True,
    )
    return path


def test_a_stall_on_the_road(site: Places, story: Story, tmp_path: Path) -> None:
    story.stand(at("08:14:30"))
    with seat(site, story) as here:
        here.sign_in()
        here.live(CAMERA)
        officer = Officer(here, story)
        see(officer)
        file(officer)
        officer.step(SENT, State.DISPATCHED, "市容劝导队")
        officer.step(ACCEPTED, State.ENROUTE, "接单")
        watch(officer)
        officer.step(ARRIVED, State.HANDLING, "到场")
        hand_back(officer, jpeg(tmp_path / "after.jpg"))
        officer.step(CHECKED, State.CLOSING, "核查通过")
        officer.step(CLOSED, State.CLOSED, "结案")
        stamps_and_promises(officer.case())
        timeline(here, officer.case_id)
        alarm(here)
        figures(officer)
        evidence(here, officer.case())
        assert officer.case().state is State.CLOSED
    chain(site, tmp_path)


def test_letters_typed_right_after_n_move_no_other_case(site: Places, story: Story) -> None:
    """The new case takes a moment to come up; what is typed meanwhile must not
    act on the case that was open before."""
    with seat(site, story) as here:
        here.sign_in()
        here.live("cam003")
        desk = here.desk
        service = here.console.engine.services.cases
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        before = service.open(OFFICER, new).case
        service.act(OFFICER, before.id, Command(Action.FILE))
        desk.open_case(before.id)
        detail = desk.parts.detail
        until(
            lambda: detail.case_id == before.id and detail.action_bar.primary.isVisible(), "the former case"
        )
        desk.parts.cameras.tree.setCurrentIndex(desk.parts.cameras.model.find("cam003"))
        here.take(desk, desk.parts.board.columns["dispatching"].view)
        typed("nadrvpx")
        until(lambda: len(here.cases()) == 2, "the new case")
        newest = here.cases()[-1]
        until(lambda: detail.case_id == newest.id, "the new case shown")
        assert [event.action for event in here.events(before.id)] == [Action.OPEN, Action.FILE]
        until(lambda: QApplication.focusWidget() is detail.filing.field, "the keyboard in the search")
        until(lambda: len(here.case(newest.id).evidence) == 4, "clip, its sidecar and pictures")


def local(instant: datetime | None) -> str:
    """By the site's clock, to the second and not a microsecond beside it."""
    assert instant is not None
    assert instant.microsecond == 0
    return instant.astimezone(SITE).strftime("%H:%M:%S")


def stamps_and_promises(case: Case) -> None:
    stamps = (
        case.found_at,
        case.filed_at,
        case.dispatched_at,
        case.accepted_at,
        case.arrived_at,
        case.handled_at,
        case.checked_at,
        case.closed_at,
    )
    told = [SEEN, FILED, SENT, ACCEPTED, ARRIVED, HANDLED, CHECKED, CLOSED]
    assert [local(stamp) for stamp in stamps] == told
    assert (case.condition_id, case.teams, case.camera) == ("E09006-1", ("appearance",), CAMERA)
    assert (case.filed_by, case.dispatched_by, case.closed_by) == ("li.na",) * 3
    assert {d.kind.value: (local(d.start_at), local(d.warn_at), local(d.due_at), local(d.met_at))
            for d in case.deadlines} == {
        "decision": (SEEN, "08:19:02", "08:20:02", FILED),
        "dispatch": (FILED, "08:18:28", "08:18:40", SENT),
        "arrival": (FILED, WARNED, "08:27:40", ARRIVED),
        "total": (SEEN, "08:27:02", "08:30:02", ARRIVED),
        "handling": (SENT, "09:54:05", "10:18:05", HANDLED),
        "check": (HANDLED, "09:16:10", "09:22:10", CHECKED),
    }  # fmt: skip
    lights = {d.kind.value: deadlines.lamp(d, at(CLOSED)) for d in case.deadlines}
    assert lights.pop("arrival") is Lamp.YELLOW
    assert set(lights.values()) == {Lamp.GREEN}
    assert not any(deadlines.ended_late(d) for d in case.deadlines)
    handling = _of(case, DeadlineKind.HANDLING)
    assert (handling.limit.value, handling.limit.unit.value) == (2, "urgent_hour")
    assert deadlines.remaining_s(handling, at(HANDLED), WorkingCalendar.default()) == 85 * 60 + 55


def _of(case: Case, kind: DeadlineKind) -> Deadline:
    found = deadlines.of(case, kind)
    assert found is not None
    return found


def timeline(here: Seat, case_id: str) -> None:
    events = here.events(case_id)
    told = [(event.action, local(event.at), event.actor) for event in events]
    officer = "li.na"
    assert told == [
        (Action.OPEN, SEEN, officer),
        *[(Action.ATTACH, SEEN, officer)] * 3,
        (Action.FILE, FILED, officer),
        (Action.DISPATCH, SENT, officer),
        (Action.ACCEPT, ACCEPTED, officer),
        (Action.ALARM, WARNED, "system"),
        (Action.ARRIVE, ARRIVED, officer),
        (Action.ATTACH, HANDLED, officer),
        (Action.HANDLED, HANDLED, officer),
        (Action.CHECK, CHECKED, officer),
        (Action.CLOSE, CLOSED, officer),
    ]
    assert all(event.recorded_at == event.at for event in events)
    took = {
        entry["kind"]: (_seconds(entry), entry["limit_s"], entry["in_time"])
        for event in events
        for entry in event.data.get("clocks", ())  # type: ignore[attr-defined]
        if entry["op"] == "meet"
    }
    assert took == {
        "decision": (158, 300, True),
        "dispatch": (25, 60, True),
        "arrival": (530, 600, True),
        "total": (688, 900, True),
        "handling": (2045, 7200, True),
        "check": (170, 1800, True),
    }


def alarm(here: Seat) -> None:
    """One alarm, one crossing: the arrival's 80 %, on the second."""
    ((one, life),) = here.alarms()
    assert (one.source_id[-4:], one.deadline, one.threshold) == ("0001", DeadlineKind.ARRIVAL, 80)
    assert (one.severity, one.state, one.late_s) == (Severity.MEDIUM, AlarmState.CLEARED, 0.0)
    assert [(e.what, local(e.at), e.actor) for e in life] == [
        ("raised", WARNED, "system"),
        ("acknowledged", TAKEN_ON, "li.na"),
        ("cleared", ARRIVED, "system"),
    ]
    assert life[1].at + timedelta(minutes=2) > at(ARRIVED)


def figures(officer: Officer) -> None:
    here = officer.here
    services = here.console.engine.services
    start, end = today(at(CLOSED))
    (row,) = services.kpi.figures(OFFICER, start, end).rows
    values = row.values
    for name in ("decision_met", "dispatch_met", "arrival_met", "total_met", "handling_on_time"):
        assert (values[name].value, values[name].num, values[name].den) == (1.0, 1, 1), name
    seconds = {"decision": 158, "dispatch": 25, "arrival": 530, "total": 688}
    for name, took in seconds.items():
        for what in ("p50", "p90", "p95", "mean"):
            assert values[f"{name}_{what}"].value == took
    counts = {name: values[name].value for name in ("reported", "filed", "dispatched", "handled", "closed")}
    assert set(counts.values()) == {1}
    assert (values["rework"].value, values["late"].value) == (0, 0)
    strip = here.desk.parts.kpi
    wanted = {"open": "0", "overdue": "0", "met": "100 %", "arrival_p90": "08:50"}
    for seconds in range(10, 600, 10):
        # The figures rest for some seconds; a board is never older than five.
        officer.story.stand(at(CLOSED) + timedelta(seconds=seconds))
        QTest.qWait(250)
        shown = {key: strip._values[key].text() for key in wanted}
        if shown == wanted:
            break
    assert shown == wanted


def evidence(here: Seat, case: Case) -> None:
    """Pictures of the camera's own video, a clip that is not encoded again."""
    store = here.console.engine.services.store
    by_kind = {one.kind: one for one in case.evidence}
    truth = by_kind.pop(EvidenceKind.DOCUMENT)
    kinds = {EvidenceKind.SNAPSHOT, EvidenceKind.MAIN_PICTURE, EvidenceKind.CLIP, EvidenceKind.AFTER}
    assert set(by_kind) == kinds
    paper = store.path(truth.sha256)
    assert paper is not None
    assert json.loads(paper.read_text("utf-8"))["sha256"] == by_kind[EvidenceKind.CLIP].sha256
    assert len(case.evidence) == 5
    streams = {}
    for kind, one in by_kind.items():
        path = store.path(one.sha256)
        assert path is not None
        assert path.stat().st_size == one.bytes > 0
        streams[kind] = probe(path)
        if kind is not EvidenceKind.AFTER:
            assert one.camera == CAMERA
            assert at("08:13:30") < one.captured_at <= at("08:15:10")
    clip = streams[EvidenceKind.CLIP]
    assert clip["codec_name"] == "h264"
    assert 0 < float(clip["duration"]) < 62
    assert by_kind[EvidenceKind.CLIP].captured_at < at(SEEN), "it begins before the key"
    # Ring and tiles read the sub stream; one picture is taken of the main one.
    sizes = {kind: (stream["width"], stream["height"]) for kind, stream in streams.items()}
    assert sizes[EvidenceKind.SNAPSHOT] == sizes[EvidenceKind.CLIP] == (640, 360)
    assert sizes[EvidenceKind.MAIN_PICTURE] == (1280, 720)


def probe(path: Path) -> dict[str, str]:
    """What FFmpeg says of the one stream of a file."""
    words = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    (stream,) = json.loads(done.stdout)["streams"]
    return dict(stream)


def chain(site: Places, tmp_path: Path) -> None:
    """Intact, until somebody changes a row with another tool."""
    whole = admin.check(site.db_url)
    assert (whole["ok"], whole["chain_ok"], whole["first_bad_seq"]) == (True, True, None)
    file = site.data / "site.sqlite"
    with sqlite3.connect(file) as raw:
        (seq,) = raw.execute("SELECT seq FROM event WHERE action = 'arrive'").fetchone()
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute("UPDATE event SET actor = 'somebody' WHERE seq = ?", (seq,))
        guards = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        )
        kept = guards.fetchall()
        for name, _sql in kept:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE event SET actor = 'somebody' WHERE seq = ?", (seq,))
        raw.commit()
    raw.close()
    bad = admin.check(site.db_url)
    found = bad["ok"], bad["chain_ok"], bad["first_bad_seq"], bad["triggers_ok"]
    assert found == (False, False, seq, False)
    with sqlite3.connect(file) as raw:
        for _name, sql in kept:
            raw.execute(sql)
    raw.close()
    hidden = admin.check(site.db_url)
    assert (hidden["ok"], hidden["triggers_ok"], hidden["first_bad_seq"]) == (False, True, seq)


def _seconds(entry: dict[str, str]) -> float:
    """What a clock took, from its two instants."""
    begun, ended = (datetime.fromisoformat(entry[key]) for key in ("start_at", "met_at"))
    return (ended - begun).total_seconds()
