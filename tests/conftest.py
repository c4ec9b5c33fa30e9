"""What every test run needs: a display, strict texts, and no litter.

A test that leaves a thread, a child process or a window behind, or that makes
the program log a warning nobody asked for, fails (house rule 10). A test that
means to provoke a warning says so with ``@pytest.mark.logs("words")``.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("FIFTEEN_STRICT_TEXTS", "1")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
os.environ["NO_AT_BRIDGE"] = "1"

import pytest
from hypothesis import HealthCheck, settings

from console.simulation import display

settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")

_display: list[display.VirtualDisplay] = []


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a display of three monitors of its own, whatever the desk
    it is started from has. ``FIFTEEN_TEST_DISPLAY=no`` leaves it out."""
    config.addinivalue_line("markers", "logs(words): the test means to provoke log lines with these words")
    config.addinivalue_line("markers", "litter: the test looks after its own threads and processes")
    if os.environ.get("FIFTEEN_TEST_DISPLAY") == "no" or config.option.collectonly:
        return
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return  # this process only hands the tests out
    server = display.start()
    _display.append(server)
    os.environ["DISPLAY"] = server.name
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ.pop("WAYLAND_DISPLAY", None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What collecting made stays to the end of the run: no need to walk over it
    after every test with windows (a fifth of a second each)."""
    _stays()


def _stays() -> None:
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The display goes last: Qt must have let go of it."""
    while _display:
        _display.pop().stop()


@pytest.fixture(scope="session")
def room() -> display.VirtualDisplay:
    """The virtual display of this run, to plug and unplug monitors."""
    if not _display:
        pytest.skip("run without a display")
    return _display[0]


def _threads() -> set[threading.Thread]:
    return {t for t in threading.enumerate() if t.is_alive()}


def _children() -> set[int]:
    """Our child processes, asked of the kernel: psutil would look at every
    process of the machine, twice a test."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in task.read_text().split())
        except OSError:
            continue  # that thread has ended meanwhile
    return {pid for pid in found if _counts(pid)}


def _counts(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False
    return state != "Z" and "resource_tracker" not in words


def _settled(look: Any, before: set[Any]) -> set[Any]:
    """What is there now and was not before, given two seconds to go."""
    left: set[Any] = set()
    for _ in range(40):
        left = look() - before
        if not left:
            return left
        time.sleep(0.05)
    return left


@pytest.fixture(autouse=True)
def no_litter(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test that leaves threads or processes behind."""
    if request.node.get_closest_marker("litter"):
        yield
        return
    windows = {"qtbot", "qapp"} & set(request.fixturenames)
    if windows and not gc.get_freeze_count():
        # A console that ended has put everything back into the collector's walks.
        _stays()
    threads, children = _threads(), _children()
    yield
    if windows:
        # Windows in reference cycles go now, not inside some later event.
        gc.collect()
    left = _settled(_threads, threads)
    assert not left, f"threads left running: {[t.name for t in left]}"
    pids = _settled(_children, children)
    assert not pids, f"processes left running: {pids}"


class _Collect(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_warnings_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test during which the program logs a warning or worse."""
    handler = _Collect()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    expected = [w for m in request.node.iter_markers("logs") for w in m.args]
    bad = [line for line in handler.lines if not any(word in line for word in expected)]
    assert not bad, f"logged: {bad[:5]}"
