"""A console in a process of its own that types something and waits to be
killed. Started by ``test_crash_and_recovery``: ``python -m … DATA URL``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.domain.vocabulary import Source
from console.services.cases import NewCase
from console.settings import Places
from tests.scenarios.console_kit import OFFICER, press, seat, typed, until

NOTE = "gas bottle under the table"


def main() -> None:
    """Open a case, type into its search and its note, say so, go on."""
    data, url = Path(sys.argv[1]), sys.argv[2]
    with seat(Places(url, data, data / "cache"), actor=OFFICER) as here:
        until(lambda: here.board is not None, "the board")
        case = here.console.engine.services.cases.open(OFFICER, NewCase(source=Source.PATROL)).case
        detail = here.desk.parts.detail
        here.desk.open_case(case.id)
        until(lambda: detail.case_id == case.id, "the case")
        here.take(here.desk, detail.filing.field)
        typed("zdj")
        here.take(here.desk, detail.note)
        typed(NOTE)
        press(Qt.Key.Key_Space)
        here.live("cam001")
        feeds = here.console.engine.feeds
        assert feeds is not None
        until(lambda: feeds.read("cam001", 0) is not None, "a picture")
        until(lambda: NOTE in _kept(data), "the draft on the disk")
        print(case.id, *feeds.worker_pids(), flush=True)
        while True:
            QTest.qWait(100)


def _kept(data: Path) -> str:
    file = data / "drafts.json"
    return file.read_text("utf-8") if file.exists() else ""


if __name__ == "__main__":
    main()
