"""Care of a site in the running console, by keys: a backup, its check and its
rehearsal, evidence past its age, the doctor, the log, versions, a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.model import Actor, Case, Evidence
from console.domain.vocabulary import Action, EvidenceKind, Role, Source, State
from console.settings import Places
from console.widgets.care_section import CareSection
from console.wiring.care import Care
from tests.db import raw
from tests.scenarios.console_kit import Seat, Story, at, copied, press, seat, typed, until
from tests.scenarios.looking import looked

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]

ADMIN = Actor("admin", Role.ADMIN)
_TWICE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """The last console was killed; an administrator comes in."""
    places = copied(quiet, tmp_path / "data")
    places.logs.mkdir(parents=True)
    (places.logs / "running-999999999.json").write_text('{"version": "0.0.9"}', encoding="utf-8")
    line = "2026-03-02 07:59:00,000 ERROR console.feeds: rtsp://admin:hunter2@10.0.0.8/1 went away\n"
    (places.logs / "fifteen.log").write_text(line, encoding="utf-8")
    with seat(places, story, actor=ADMIN) as made:
        yield made


def care(here: Seat) -> tuple[CareSection, Care]:
    """Shift+F8, the section of care."""
    until(lambda: here.console.actor is not None, "the administrator")
    press(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    part = next(one for one in here.console._parts if isinstance(one, Care))
    part.admin.show(here.desk, "care")
    section = part.admin.page(here.desk).section("care")
    assert isinstance(section, CareSection)
    return section, part


def old_clip(here: Seat) -> str:
    """A closed case of last autumn with a clip; its hash."""
    services = here.console.engine.services
    sha, size = services.store.put_bytes(b"an old clip", ".mp4")
    ended = at("08:00:00") - timedelta(days=120)
    clip = Evidence("", "", EvidenceKind.CLIP, sha, size, ended)
    old = Case("", State.CLOSED, Source.PATROL, opened_at=ended, found_at=ended, closed_at=ended,
               ended_at=ended, evidence=(clip,))  # fmt: skip
    with services.uows.write() as uow:
        uow.cases.add(old, "20251102")
        uow.commit()
    return sha


def test_a_day_of_care_by_keys(here: Seat, tmp_path: Path) -> None:
    wrong: list[str] = []
    sha = old_clip(here)
    section, part = care(here)
    until(lambda: section.backup.view is not None, "how backups stand")
    (place,) = (one for one in part._places.values() if one.section is section)
    strip, sheet = place.strip, place.sheet
    until(lambda: strip.key == "care.strip.crash_killed", "the run before was killed")
    wrong += looked(here, "care-none")

    # A folder, a backup, its check, its rehearsal.
    here.take(here.desk, section.backup.folder)
    section.backup.folder.clear()
    folder = tmp_path / "backups"
    typed(str(folder))
    press(Qt.Key.Key_Return)
    until(lambda: section.backup.view is not None and section.backup.view.plan.folder == str(folder), "kept")
    here.take(here.desk, section.backup.table)
    press(Qt.Key.Key_B)
    until(lambda: section.backup.table.source.rowCount() == 1, "a backup in the list")
    made = section.backup.chosen
    assert made is not None
    assert made.ok, made.error
    assert Path(made.file).is_file()
    press(Qt.Key.Key_V)
    until(lambda: "完好" in section.backup.outcome.text(), "it is sound")
    press(Qt.Key.Key_R)
    until(lambda: "演练通过" in section.backup.outcome.text(), "it can be restored")
    assert "事件链与现用的库一致" in section.backup.outcome.text()
    wrong += looked(here, "care-backup")

    # Evidence past its age: tried, asked twice, gone.
    section.show_pane("store")
    until(lambda: section.store.view is not None, "the store")
    here.take(here.desk, section.store.days[EvidenceKind.CLIP])
    typed("90")
    press(Qt.Key.Key_Return)
    until(lambda: section.store.view is not None and section.store.view.plan.files == 1, "one file may go")
    wrong += looked(here, "care-store")
    here.take(here.desk, section.store.table)
    press(Qt.Key.Key_D)
    assert here.console.engine.services.store.path(sha) is not None, "asked once, nothing is gone"
    press(Qt.Key.Key_D)
    until(lambda: "已删除 1 个文件" in section.store.outcome.text(), "asked twice, it is")
    assert here.console.engine.services.store.path(sha) is None
    with here.console.engine.services.uows.read() as uow:
        told = [one for one in uow.events.since(0, 10_000) if one.action is Action.RETENTION]
        audited = [str(e.data["kind"]) for e in uow.events.since(0, 10_000) if e.action is Action.AUDIT]
    assert [one.data["removed"][0]["sha256"] for one in told] == [sha]  # type: ignore[index]
    assert {"backup", "restore", "retention", "setting"} <= set(audited)

    # The log without its password, and the report of the run that was killed.
    section.show_pane("log")
    until(lambda: section.log.view is not None, "the log")
    assert section.log.view is not None
    words = " ".join(one.text for one in section.log.view.lines)
    assert "10.0.0.8" in words
    assert "hunter2" not in words
    wrong += looked(here, "care-log")
    here.take(here.desk, section.log.table)
    press(Qt.Key.Key_X)
    until(sheet.isVisible, "the report")
    assert "hunter2" not in sheet.text.toPlainText()
    wrong += looked(here, "care-crash")
    press(Qt.Key.Key_Escape)
    until(lambda: strip.key == "", "seen, and not told again")
    assert wrong == []


@pytest.mark.logs("db_newer")
def test_versions_the_fence_and_the_restart(here: Seat, tmp_path: Path) -> None:
    wrong: list[str] = []
    section, part = care(here)
    section.show_pane("programs")
    until(lambda: section.programs.view is not None, "the programs")
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "fifteen-9.1.0-py3-none-any.whl").write_bytes(b"")
    here.take(here.desk, section.programs.folder)
    section.programs.folder.clear()
    typed(str(folder))
    press(Qt.Key.Key_Return)
    until(lambda: "9.1.0" in section.programs.found.text(), "the new version is told")
    wrong += looked(here, "care-programs")
    section.show_pane("doctor")
    here.take(here.desk, section.doctor.table)
    press(Qt.Key.Key_E)
    until(lambda: section.doctor.view is not None, "the doctor has been", 90)
    assert section.doctor.view is not None
    checks = {str(one["id"]): bool(one["ok"]) for one in section.doctor.view.checks}
    assert checks["python"]
    assert checks["database"]
    wrong += looked(here, "care-doctor")
    (place,) = (one for one in part._places.values() if one.section is section)
    strip = place.strip
    shown = here.console.board

    # Somebody upgrades the database: this console must not write any more, and says so.
    raw.run(
        here.console.options.places.db_url,
        "UPDATE alembic_version SET version_num = '9998'",
        "UPDATE site SET value = '9998' WHERE key = 'writers_from'",
    )
    section.show_pane("backup")
    until(lambda: section.backup.view is not None, "the plan is still read")
    section.backup.ask("save_plan")
    until(lambda: strip.key == "care.strip.fenced", "told in the strip")
    assert here.console.board is shown, "nothing fell over"
    assert "9998" in section.backup.outcome.text(), "why it was not saved"
    wrong += looked(here, "care-fenced")
    ended: list[bool] = []
    here.console.closed.connect(lambda: ended.append(here.console.restart))
    press(Qt.Key.Key_R, _TWICE)
    assert strip.key == "care.strip.sure"
    assert ended == []
    press(Qt.Key.Key_R, _TWICE)
    assert ended == [True], "it ends to begin anew"
    assert wrong == []
    raw.run(here.console.options.places.db_url, "UPDATE site SET value = '0001' WHERE key = 'writers_from'")


def test_an_officer_is_told_and_sees_no_section(
    quiet: Places, tmp_path: Path, story: Story, qapp: QApplication
) -> None:
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        made.sign_in()
        part = next(one for one in made.console._parts if isinstance(one, Care))
        until(lambda: part.standing is not None, "looked once")
        assert part.standing is not None
        strip = next(iter(part._places.values())).strip
        assert strip.key == "", "all is well: no strip"
        made.console.bridge.post(replace(part.standing, newest="99.0"))
        until(lambda: strip.key == "care.strip.older", "another workstation is newer")
        assert "care" not in part.admin.page(made.desk).offered
