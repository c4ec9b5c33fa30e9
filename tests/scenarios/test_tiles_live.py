"""An officer looks closer, on the real program: zoom, a part beside the whole,
the streams in numbers, and a snapshot that says what it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from console.settings import Places
from tests.scenarios.console_kit import OFFICER, Seat, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]


def snapshots(site: Places) -> list[Path]:
    """Records of snapshots that are complete."""
    return sorted((site.data / "snapshots").glob("*.json"))


def closer(here: Seat) -> None:
    """Z, pan, a tile of its own."""
    pane = here.walls["wall-1"]
    wall = pane.wall
    wall.use_layout("9")
    camera = wall.tiles[0].camera
    until(lambda: (truth := wall.truth(camera)) and truth.current, "the first tile live")
    here.take(here.console.windows["wall-1"], wall)
    wall.select(0)
    whole = wall.wishes()[camera].height
    press(Qt.Key.Key_Z)
    assert wall.wishes()[camera].height == min(2 * whole, 1088)

    def sharp() -> bool:
        """A picture with more pixels than the tile needed before has come."""
        feeds = here.console.engine.feeds
        assert feeds is not None
        picture = feeds.read(camera, 0)
        return picture is not None and picture.height > whole

    until(sharp, "pixels for the part")
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    both = [tile for tile in wall.tiles if tile.camera == camera]
    assert [tile.crop is None for tile in both] == [True, False]
    before = wall.painted[camera]
    until(lambda: wall.painted[camera] >= before + 10, "both tiles move")


def test_zoom_part_details_and_a_snapshot_with_its_truth(site: Places) -> None:
    with seat(site) as here:
        here.sign_in()
        closer(here)
        wall = here.walls["wall-1"].wall
        press(Qt.Key.Key_I)
        until(lambda: any("H264" in line for line in wall.tiles[0].details), "details of the stream")
        wall.select(1)
        beside = wall.selected_camera
        until(lambda: (truth := wall.truth(beside)) and truth.current, "the tile beside live")
        camera = wall.selected_camera
        press(Qt.Key.Key_S)
        until(lambda: snapshots(site), "a snapshot with its record", 8.0)
        record = json.loads(snapshots(site)[0].read_text(encoding="utf-8"))
        folder = site.data / "snapshots"
        assert (record["camera"], record["officer"]) == (camera, OFFICER.name)
        for file, digest in (("file", "sha256"), ("strip_file", "strip_sha256")):
            kept = (folder / record[file]).read_bytes()
            assert hashlib.sha256(kept).hexdigest() == record[digest]
