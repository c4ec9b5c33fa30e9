"""PTZ against a device made by others: ``ipycam`` from PyPI, on the loopback."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from console.clock import SystemClock
from console.devices.onvif import DeviceAddress, OnvifCamera
from console.devices.steering import Steering, SteeringFailed, SteeringReady
from console.domain.errors import Refusal
from tests.feeds.ipycam_device import IpycamDevice, ipycam_device

CAMERA = "cam001"
WAIT_S = 20.0


@pytest.fixture(scope="module")
def guarded() -> Iterator[IpycamDevice]:
    """A device with a login."""
    with ipycam_device("operator", "st&<reet") as device:
        yield device


def address(device: IpycamDevice, password: str = "st&<reet") -> DeviceAddress:
    return DeviceAddress(CAMERA, device.host, "operator", password)


@pytest.fixture
def steering(guarded: IpycamDevice) -> Iterator[tuple[Steering, queue.Queue[object]]]:
    """A console's steering, with the camera open."""
    posts: queue.Queue[object] = queue.Queue()

    def resolve(_camera: str) -> DeviceAddress:
        return address(guarded)

    made = Steering(resolve, SystemClock(), posts.put)
    made.open(CAMERA)
    yield made, posts
    assert made.stop()
    while not guarded.motors.empty():
        guarded.motors.get_nowait()


def test_one_after_the_other(guarded: IpycamDevice) -> None:
    camera = OnvifCamera(address(guarded), SystemClock())
    camera.connect()
    assert camera.stream_uri().startswith("rtsp://127.0.0.1:")
    assert {"1", "2"} <= {preset.token for preset in camera.presets()}
    assert {"东路口", "广场"} <= {preset.name for preset in camera.presets()}
    camera.move(0.5, -0.25, 1.0, 1.0)
    assert guarded.next() == ["move", 0.5, -0.25, 1.0]
    camera.stop()
    assert guarded.next() == ["stop"]
    camera.set_preset("银行<门口>")
    kept = [preset for preset in camera.presets() if "银行" in preset.name]
    assert len(kept) == 1
    camera.goto(kept[0].token)
    assert guarded.next() == ["preset", kept[0].token]


def test_a_wrong_password_is_said(guarded: IpycamDevice) -> None:
    with pytest.raises(Refusal) as said:
        OnvifCamera(address(guarded, "wrong"), SystemClock()).connect()
    assert said.value.code == "auth_failed"
    assert "wrong" not in str(said.value)


def test_a_key_that_nobody_holds_any_more_stops_the_camera(
    guarded: IpycamDevice, steering: tuple[Steering, queue.Queue[object]]
) -> None:
    # ipycam ignores the time-out of a move, as some cameras do: the stop must
    # come from us although nobody asks for it.
    hand, posts = steering
    assert isinstance(posts.get(timeout=WAIT_S), SteeringReady)
    hand.move(CAMERA, 0.3, 0.0, 0.0)
    told = guarded.until("stop")
    assert told[0] == ["move", 0.3, 0.0, 0.0]
    # Renewed within the second it was wished for, and never a queue of moves.
    assert 1 <= sum(one[0] == "move" for one in told) <= 5


def test_letting_go_stops_and_closing_stops(
    guarded: IpycamDevice, steering: tuple[Steering, queue.Queue[object]]
) -> None:
    hand, posts = steering
    ready = posts.get(timeout=WAIT_S)
    assert isinstance(ready, SteeringReady)
    assert "广场" in [preset.name for preset in ready.presets]
    hand.move(CAMERA, 0.0, 1.0, 0.0)
    assert guarded.next()[0] == "move"
    hand.halt(CAMERA)
    guarded.until("stop")
    hand.goto(CAMERA, "2")
    assert guarded.until("preset")[-1] == ["preset", "2"]
    hand.move(CAMERA, 0.0, 0.0, -1.0)
    assert guarded.next()[0] == "move"
    hand.close(CAMERA)
    guarded.until("stop")


def test_a_camera_that_is_away_is_told() -> None:
    posts: queue.Queue[object] = queue.Queue()

    def resolve(_camera: str) -> DeviceAddress:
        return DeviceAddress(CAMERA, "127.0.0.1:9")

    made = Steering(resolve, SystemClock(), posts.put)
    made.open(CAMERA)
    answer = posts.get(timeout=WAIT_S)
    assert isinstance(answer, SteeringFailed)
    assert answer.over
    assert answer.refusal.detail == "ptz_silent"
    assert made.stop()
