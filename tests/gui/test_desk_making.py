"""A desk wanted while people work is made a part a turn."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from console.wiring.desk_making import DeskMaking


class _Part:
    """Writes down whose desk it was given."""

    def __init__(self, name: str, told: list[str]) -> None:
        self._name, self._told = name, told

    def desk(self, window: str) -> None:
        self._told.append(f"{self._name} on {window}")


class _Console(QObject):
    """What the making of desks asks of a console."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.told: list[str] = []
        self.desks: dict[str, str] = {}
        self.parts = tuple(_Part(str(n), self.told) for n in range(parts))

    def new_desk(self, name: str) -> None:
        self.told.append(f"window {name}")
        self.desks[name] = name


def _making(parts: int) -> tuple[_Console, Any]:
    console = _Console(parts)
    return console, DeskMaking(console)  # type: ignore[arg-type]


def test_a_part_a_turn_and_ready_once(qtbot: QtBot) -> None:
    console, making = _making(6)
    ready, seen = [], []
    making.ready.connect(lambda: ready.append(list(console.told)))
    beat = QTimer()
    beat.timeout.connect(lambda: seen.append(len(console.told)))
    beat.start(0)
    making.begin("page")
    assert console.told == ["window page"], "no part in the turn that makes the window"
    assert not making.stands("page")
    qtbot.waitUntil(lambda: bool(ready), timeout=3000)
    beat.stop()
    assert ready == [["window page", *(f"{n} on page" for n in range(6))]]
    assert set(range(1, 8)) <= set(seen), "other timers have their turn after every part"
    assert making.stands("page")
    making.begin("page")
    qtbot.wait(30)
    assert len(ready) == 1, "what stands is not made again"


@pytest.mark.parametrize("turns", [0, 2])
def test_whoever_cannot_wait_gets_the_rest_at_once(qtbot: QtBot, turns: int) -> None:
    console, making = _making(5)
    making.begin("page")
    qtbot.waitUntil(lambda: len(console.told) > turns, timeout=3000)
    making.finish("page")
    whole = ["window page", *(f"{n} on page" for n in range(5))]
    assert console.told == whole
    with qtbot.waitSignal(making.ready, timeout=3000):
        pass
    assert console.told == whole, "nothing twice"
    making.finish("desk")
    assert console.told[6:] == ["window desk", *(f"{n} on desk" for n in range(5))]


def test_a_console_that_ends_makes_nothing_more(qtbot: QtBot) -> None:
    console, making = _making(5)
    making.begin("page")
    making.stop()
    told = list(console.told)
    qtbot.wait(40)
    assert console.told == told
