"""What a start puts off, what it spares Qt's binding, what the stall meter leaves out."""

from __future__ import annotations

import inspect
import sys
import time
from types import ModuleType

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console import qt_start
from console.theme import Theme
from console.widgets import later, trend_chart
from console.widgets.later import MODULES, Later
from console.widgets.stall_meter import StallMeter
from console.widgets.trend_chart import TrendChart
from tests.gui import samples


def test_no_source_is_read_for_an_import(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    feature = sys.modules["shibokensupport.feature"]
    monkeypatch.setattr(feature, "_mod_uses_pyside", feature._mod_uses_pyside)
    read: list[object] = []
    source = inspect.getsource

    def counted(what: ModuleType) -> str:
        read.append(what)
        return source(what)

    monkeypatch.setattr(inspect, "getsource", counted)
    feature._mod_uses_pyside(qt_start)
    before = len(read)
    assert qt_start.quicken()
    assert feature._mod_uses_pyside(qt_start)
    assert len(read) == before
    monkeypatch.delattr(feature, "_mod_uses_pyside")
    assert not qt_start.quicken()


def test_what_is_put_off_is_there_in_the_end() -> None:
    one = Later()
    assert not one.busy
    one.expect()
    assert one.busy
    one.begin()
    one.begin()
    one.stop()
    assert not one.busy
    assert set(MODULES) <= set(sys.modules)


@pytest.mark.logs("cannot be read")
def test_a_module_that_is_missing_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "MODULES", ("console.widgets.not_there", "json"))
    one = Later()
    one.expect()
    one.begin()
    one.stop()
    assert not one.busy


def test_the_chart_waits_for_its_plots(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    coming = Later()
    monkeypatch.setattr(trend_chart, "LATER", coming)
    monkeypatch.setattr(trend_chart, "AGAIN_MS", 1)
    coming.expect()
    chart = TrendChart(Theme())
    chart.show()
    chart.apply(samples.trend())
    assert chart.draws == 0
    coming.begin()
    coming.stop()
    for _ in range(500):
        if chart.draws:
            break
        QTest.qWait(10)
    assert chart.draws == 1
    chart.apply(samples.trend())
    assert chart.draws == 2
    chart.close()
    chart.deleteLater()


def test_what_is_left_out_is_no_stall(qapp: QApplication) -> None:
    meter = StallMeter()
    meter.start()
    meter.leave_out()
    time.sleep(0.06)
    meter._beat()
    assert meter.figures()["stall_max_s"] == 0.0
    time.sleep(0.06)
    meter._beat()
    meter.stop()
    assert meter.figures()["stall_max_s"] > 0.0
