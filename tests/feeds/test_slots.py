"""Frame slots: what is read is whole, or it is known to be torn."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.feeds import slots
from console.feeds.slots import PREFIX, FrameSlots, SlotWriter, sweep_leftovers

WIDTH, HEIGHT = 320, 180
SIZE = WIDTH * HEIGHT * 4


@pytest.fixture
def table() -> Iterator[FrameSlots]:
    made = FrameSlots()
    yield made
    made.close()
    assert not [n for n in os.listdir("/dev/shm") if n.startswith(f"{PREFIX}{os.getpid()}-")]


def _write(writer: SlotWriter, value: int, at: float = 5.0) -> None:
    writer.begin(SIZE)[:] = bytes([value]) * SIZE
    writer.publish(WIDTH, HEIGHT, WIDTH * 4, at, 1_700_000_000_000_000)


def test_the_newest_wins_and_the_sequence_grows(table: FrameSlots) -> None:
    writer = SlotWriter(table.ensure("a"))
    assert table.read("a", 0) is None
    assert table.read("b", 0) is None
    for value in (1, 2, 3):
        _write(writer, value)
    picture = table.read("a", 0)
    assert picture is not None
    assert (picture.seq, picture.width, picture.height, picture.stride) == (3, WIDTH, HEIGHT, WIDTH * 4)
    assert picture.captured_monotonic == 5.0
    assert picture.captured_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert bytes(picture.buffer) == b"\x03" * SIZE
    assert picture.buffer.readonly
    assert table.read("a", 3) is None
    writer.close()


def test_a_picture_knows_when_its_pixels_are_reused(table: FrameSlots) -> None:
    writer = SlotWriter(table.ensure("a"))
    _write(writer, 1)
    picture = table.read("a")
    assert picture is not None
    _write(writer, 2)
    assert picture.whole()
    writer.begin(SIZE)
    assert not picture.whole()
    # The newest is still the second one, whole, while the third is written.
    second = table.read("a")
    assert second is not None
    assert second.seq == 2
    writer.close()


def test_a_writer_that_comes_back_goes_on_counting(table: FrameSlots) -> None:
    name = table.ensure("a")
    first = SlotWriter(name)
    _write(first, 1)
    first.begin(SIZE)  # dies in the middle of a picture
    first.close()
    second = SlotWriter(name)
    _write(second, 9)
    picture = table.read("a")
    assert picture is not None
    assert picture.seq == 2
    assert bytes(picture.buffer[:8]) == b"\x09" * 8
    second.close()


def test_too_large_a_picture_is_refused(table: FrameSlots) -> None:
    writer = SlotWriter(table.ensure("a", 64, 64))
    with pytest.raises(ValueError):
        writer.begin(1 << 20)
    writer.close()
    with pytest.raises(FileNotFoundError):
        SlotWriter(f"{PREFIX}{os.getpid()}-nothere")


def test_full_shared_memory_is_an_error_and_not_a_crash(
    table: FrameSlots, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SlotWriter(table.ensure("a"))

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        writer.begin(SIZE)
    writer.close()


def test_a_picture_on_screen_outlives_its_slot(table: FrameSlots) -> None:
    writer = SlotWriter(table.ensure("a"))
    _write(writer, 7)
    picture = table.read("a")
    assert picture is not None
    writer.close()
    table.drop("a")
    assert picture.buffer[0] == 7
    assert not picture.whole()


def test_leftovers_of_the_dead_are_swept_and_of_the_living_kept(table: FrameSlots, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f"{PREFIX}{gone.pid}-1", f"{PREFIX}{os.getpid()}-1", f"{PREFIX}notes.txt", "other-1"):
        (tmp_path / name).write_bytes(b"x")
    assert sweep_leftovers(tmp_path) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f"{PREFIX}{os.getpid()}-1", f"{PREFIX}notes.txt", "other-1"]
    )


def _storm(name: str, stop: object, rounds: int) -> None:
    """Child: writes pictures of one value each as fast as it can."""
    writer = SlotWriter(name)
    for number in range(1, rounds):
        value = bytes([number % 251]) * 4096
        view = writer.begin(SIZE)
        for start in range(0, SIZE - 4095, 4096):
            view[start : start + 4096] = value
        writer.publish(WIDTH, HEIGHT, WIDTH * 4, float(number), number)
        if number > 500 and stop.is_set():  # type: ignore[attr-defined]
            break
    writer.close()


def test_under_a_storm_of_writes_no_torn_picture_passes_for_whole(table: FrameSlots) -> None:
    name = table.ensure("a")
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    child = context.Process(target=_storm, args=(name, stop, 2_000_000))
    child.start()
    whole = torn = last = 0
    try:
        while whole < 200:
            picture = table.read("a", last)
            if picture is None:
                assert child.is_alive()
                continue
            assert picture.seq > last
            last = picture.seq
            copy = bytes(picture.buffer[: SIZE // 4096 * 4096])
            if not picture.whole():
                torn += 1
                continue
            whole += 1
            assert copy == bytes([picture.seq % 251]) * len(copy)
            assert picture.captured_monotonic == picture.seq
    finally:
        stop.set()
        child.join(20)
        if child.is_alive():
            child.kill()
            child.join()
    assert child.exitcode == 0
    # The child attached and ended: the segment is still ours.
    assert Path("/dev/shm", name).exists()


def test_the_sizes_of_segments_hold_two_pictures() -> None:
    assert slots.segment_bytes(WIDTH, HEIGHT) >= 2 * SIZE + 4096


def test_a_slot_made_anew_goes_on_counting(table: FrameSlots) -> None:
    writer = SlotWriter(table.ensure("a"))
    for value in (1, 2, 3):
        _write(writer, value)
    writer.close()
    table.drop("a")
    writer = SlotWriter(table.ensure("a"))
    assert table.read("a", 3) is None
    _write(writer, 4)
    picture = table.read("a", 3)
    assert picture is not None
    assert (picture.seq, picture.buffer[0]) == (4, 4)
    writer.close()


def test_two_tables_in_one_process_do_not_meet(table: FrameSlots) -> None:
    other = FrameSlots()
    assert other.ensure("a") != table.ensure("a")
    other.close()
