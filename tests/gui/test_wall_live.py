"""The wall on real feeds: simulated cameras over RTSP, decoded by the worker,
painted from shared memory; one camera that refuses, one that falls silent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from console.clock import SystemClock
from console.domain.model import Camera
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.simulation.rtsp_server import SimulatedCameras
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.budgets import BudgetDesk
from console.widgets.sight import Sight
from console.windows.wall_window import WallWindow


def until(what, app, seconds):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        app.processEvents()
        time.sleep(0.01)
    return True


def main():
    clock = SystemClock()
    app = QApplication([])
    theme, ticker = Theme(), Ticker(clock)
    with SimulatedCameras(4, clock, Path(sys.argv[1]), faults=["2=auth", "3=missing"]) as cameras:
        sources = [FeedSource(f"c{i}", f"c{i}", url) for i, url in enumerate(cameras.urls, 1)]
        pool = FeedPool(sources, clock)
        pool.start()
        try:
            sight = Sight(pool, BudgetDesk(pool.set_budget), clock, theme, ticker)
            window = WallWindow("wall-1", sight, pool.focus, pool.unfocus)
            pane = window.pane
            pane.set_cameras([Camera(s.id, s.name, s.url) for s in sources])
            pane.wall.use_layout("4")
            window.resize(1280, 760)
            window.show()
            reports = QTimer()
            reports.setInterval(200)
            tell = lambda: pane.set_health(pool.health())
            reports.timeout.connect(tell)
            reports.start()
            state = lambda c: pane.wall.truth(c).state.value
            check = lambda what, seconds, word: print(word, "yes" if until(what, app, seconds) else "NO",
                                                      [state(s.id) for s in sources], flush=True)
            check(lambda: state("c1") == state("c4") == "live", 20, "live")
            check(lambda: state("c2") == "unauthorised" and state("c3") == "not_found", 10, "named")
            tile = pane.wall.tiles[0]
            picture = pool.read("c1", 0)
            box = tile.box.picture
            print("box", "yes" if picture.width <= 640 and box.w > 500 else "NO")
            painted = pane.wall.painted["c1"]
            check(lambda: pane.wall.painted["c1"] > painted + 15, 10, "moving")
            cameras.set_fault(4, "stall")
            check(lambda: state("c4") == "stale", 10, "stale")
            check(lambda: state("c1") == "live", 1, "others")
            cameras.heal(4)
            check(lambda: state("c4") == "live", 20, "healed")
            pane.show_focus("c1")
            check(lambda: pane.focus_view.from_player, 20, "player")
            pane.focus_view.close_camera()
            check(lambda: pane.wall.isVisible() and state("c1") == "live", 10, "back")
            window.close()
        finally:
            pool.stop()


if __name__ == "__main__":
    main()
"""


@pytest.mark.rtsp
@pytest.mark.display
def test_real_cameras_on_a_real_display(tmp_path: Path) -> None:
    script = tmp_path / "wall_live.py"
    script.write_text(SCRIPT, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "footage")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    words = [line.split()[:2] for line in done.stdout.splitlines()]
    assert [w for w, _ in words] == [
        "live", "named", "box", "moving", "stale", "others", "healed", "player", "back"
    ], done.stdout + done.stderr  # fmt: skip
    assert all(answer == "yes" for _, answer in words), done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
