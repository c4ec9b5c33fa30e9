"""The sections of standards and settings in the running program, by keys alone: an
administrator lands there, changes a number, a promise, tries tables and a whole
configuration, and takes it back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.i18n import LANGUAGES
from console.settings import Places
from console.widgets.admin_page import AdminPage
from console.widgets.config_section import ConfigSection
from tests.gui.cut_text import bare_keys, cut_texts, overlapping
from tests.scenarios.console_kit import Seat, Story, copied, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]
#: Where pictures of the sections go, for who wants to look at them.
SHOTS = os.environ.get("FIFTEEN_TEST_SHOTS", "")


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """A site without cameras, at eight on a Monday."""
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        yield made


def sections(here: Seat) -> tuple[AdminPage, ConfigSection, ConfigSection]:
    page = here.desk.findChild(AdminPage)
    assert isinstance(page, AdminPage)
    standards, settings = page.section("standards"), page.section("settings")
    assert isinstance(standards, ConfigSection)
    assert isinstance(settings, ConfigSection)
    return page, standards, settings


def column(section: ConfigSection, key: str, at: int) -> str:
    """The words of a cell of the row ``key``."""
    row = section.rows.source.row_of(section._keys.index(key))
    return str(section.rows.source.index(row, at).data())


def choose(section: ConfigSection, key: str) -> None:
    """Walk to a row with the arrows."""
    row = section.rows.source.row_of(section._keys.index(key))
    while section.rows.currentIndex().row() != row:
        press(Qt.Key.Key_Down if section.rows.currentIndex().row() < row else Qt.Key.Key_Up)


def look(here: Seat, section: ConfigSection, name: str) -> list[str]:
    """What is wrong on the section as it is, in both languages."""
    found = []
    for lang in LANGUAGES:
        here.desk.use_language(lang)
        QApplication.processEvents()
        found += [
            f"{name} {lang}: {one}"
            for one in (*cut_texts(section), *bare_keys(section), *overlapping(section))
        ]
        for theme in ("dark", "light") if SHOTS else ():
            here.console.theme.use(theme)
            QTest.qWait(400)
            here.desk.grab().save(f"{SHOTS}/{name}-{lang}-{theme}.png")
    here.console.theme.use("dark")
    here.desk.use_language("zh")
    return found


def test_an_administrator_sets_standards_and_settings_by_keys(here: Seat, tmp_path: Path) -> None:
    page, standards, settings = sections(here)
    here.sign_in("admin")
    until(lambda: here.desk.parts.pages.current == "admin", "the administrator lands there")
    assert not here.desk.parts.pages.is_offered("board")
    assert not standards._views, "nothing is read for a section nobody sees"
    page.show_section("settings")
    until(lambda: settings.part == "settings", "the settings")
    assert settings.list.hasFocus()

    press(Qt.Key.Key_Return)
    choose(settings, "similar_distance")
    assert column(settings, "similar_distance", 1) == "50 米"
    press(Qt.Key.Key_Return)
    until(lambda: settings.form.fields["value"].hasFocus(), "the form")
    typed("99999")
    press(Qt.Key.Key_Return)
    until(lambda: settings.form._error.isVisible(), "a number out of its range")
    assert "2000" in settings.form._error.text()
    here.desk.use_language("en")
    assert "similar case" in settings.form._title.text()
    assert settings.form.fields["value"].text() == "99999", "what is typed stays"
    wrong = look(here, settings, "settings-form")
    settings.form.fields["value"].selectAll()
    typed("80")
    press(Qt.Key.Key_Return)
    until(lambda: settings.rows.isVisible() and column(settings, "similar_distance", 1) == "80 米", "saved")

    file = tmp_path / "site.json"
    settings.exported.emit(str(file))
    until(file.exists, "the configuration on the disk")
    given = json.loads(file.read_text(encoding="utf-8"))
    given["parts"]["settings"]["similar_time"]["value"] = "48"
    given["parts"]["shifts"]["night"]["zh"] = "大夜班"
    file.write_text(json.dumps(given), encoding="utf-8")
    here.take(here.desk, settings.rows)
    press(Qt.Key.Key_C)
    until(settings.file_panel.path.hasFocus, "the file's name")
    typed(str(file))
    press(Qt.Key.Key_Return)
    until(lambda: settings.file_panel.rows.rowCount() == 2, "compared")
    wrong += look(here, settings, "settings-diff")
    assert column(settings, "similar_time", 1) == "24 小时", "comparing changes nothing"
    press(Qt.Key.Key_Return)
    until(lambda: column(settings, "similar_time", 1) == "48 小时", "taken")
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_U)
    until(lambda: column(settings, "similar_time", 1) == "24 小时", "taken back")
    assert column(settings, "similar_distance", 1) == "80 米"

    settings.show_part("calendar")
    holidays = tmp_path / "holidays.csv"
    holidays.write_text("type,from,to\nholiday,2027-01-01,2027-01-03\nholiday,never,\n", encoding="gb18030")
    press(Qt.Key.Key_I)
    until(settings.table_panel.path.hasFocus, "the table's name")
    typed(str(holidays))
    press(Qt.Key.Key_Return)
    until(lambda: settings.table_panel.rows.rowCount() == 2, "tried")
    press(Qt.Key.Key_Return)
    until(lambda: "holiday:2027-01-01" in settings._keys, "taken")
    press(Qt.Key.Key_Escape)

    page.show_section("standards")
    until(lambda: standards.part == "standard", "the standard")
    standards.show_part("promises")
    here.take(here.desk, standards.rows)
    press(Qt.Key.Key_N)
    for words in ("arrival", "12 min", "event:09006", "", "22-6"):
        typed(words)
        if words != "22-6":
            press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    until(lambda: "arrival event:09006 22-6" in standards._keys, "a promise for a class at night")
    choose(standards, "arrival event:09006 22-6")
    until(lambda: standards._versions, "its version")
    standards.show_part("standard")
    wrong += look(here, standards, "standards-standard")
    assert wrong == []
