"""``bench startup``: from the command to window, board and first picture, with
ten thousand open cases and simulated cameras. Three starts, medians."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import db
from console.clock import CLOCK_FILE_VARIABLE, SystemClock
from console.domain.errors import Refusal
from console.services.assembly import assemble
from console.simulation import district
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from tests.benchmarks import open_cases

ROOT = Path(__file__).resolve().parents[2]
#: Our own targets on two cores without a GPU; see README.
TARGETS = {"to_window_s": 3.0, "to_board_s": 4.5, "to_first_picture_s": 6.0}
CAMERAS = 16
ROUNDS = 3


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md."""
    layout = open_cases.Layout(args.cases, 60)
    source = open_cases.built(cache, layout, say)
    with (
        tempfile.TemporaryDirectory(prefix="fifteen-bench-") as name,
        SpawnedCameras(CameraPlan(CAMERAS, cache, auth=("operator", "street"))) as cameras,
    ):
        folder = Path(name)
        file = open_cases.fresh_copy(source, folder)
        data = open_cases.room(folder)
        _point_at(file, data, cameras)
        rounds = []
        for number in range(ROUNDS):
            say(f"start {number + 1} of {ROUNDS} …")
            rounds.append(_start(file, data, folder))
    keys = ("to_window_s", "to_board_s", "to_first_picture_s")
    out: dict[str, Any] = {key: statistics.median(r[key] for r in rounds) for key in keys}
    return {**out, "rows": rounds[0]["rows"]}


def _point_at(file: Path, data: Path, cameras: SpawnedCameras) -> None:
    """The database's cameras are the simulated ones."""
    with db.open_store(f"sqlite:///{file}") as store:
        vault = assemble(store.uows, SystemClock(), data).vault
        rows = district.camera_rows(CAMERAS, cameras.urls, cameras.urls_sub, cameras.user)
        kept = {row.id for row in rows}
        with store.uows.write() as uow:
            uow.cameras.put([replace(c, secret=vault.seal(cameras.password, c.id)) for c in rows])
            off = [replace(c, enabled=False) for c in uow.cameras.all() if c.id not in kept]
            uow.cameras.put(off)
            uow.touch("camera")
            uow.commit()


def with_bytecode(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a program that is installed: its modules are compiled
    once (by the first start) and not anew at each start, whatever the shell says
    that runs the measurement."""
    env = dict(os.environ, PYTHONPYCACHEPREFIX=str(folder / "bytecode"), **more)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def _start(file: Path, data: Path, folder: Path) -> dict[str, Any]:
    """One start of the real program, signed in by password."""
    marks = folder / "marks.json"
    marks.unlink(missing_ok=True)
    env = with_bytecode(folder, FIFTEEN_MARKS=str(marks))
    env[CLOCK_FILE_VARIABLE] = str(open_cases.shift_clock(folder, 600.0))
    words = ["run", "--db", f"sqlite:///{file}", "--data", str(data), "--user", "li.na", "--password-stdin"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        input=district.DEMO_PASSWORD + "\n",
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if not marks.exists():
        raise Refusal("bad_value", "bench_start", text=done.stderr[-600:])
    return dict(json.loads(marks.read_text(encoding="utf-8")))
