"""Streams of a device, asked of ``ipycam``; searching the network for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from console.clock import SystemClock
from console.devices import discovery
from console.devices.onvif_device import DeviceAddress
from console.devices.onvif_media import OnvifMedia
from console.domain.errors import Refusal
from tests.feeds.ipycam_device import IpycamDevice, ipycam_device


@pytest.fixture(scope="module")
def device() -> Iterator[IpycamDevice]:
    with ipycam_device("operator", "st&<reet", found=True) as made:
        yield made


def media(device: IpycamDevice, password: str = "st&<reet") -> OnvifMedia:
    return OnvifMedia(DeviceAddress("cam001", device.host, "operator", password), SystemClock())


def test_what_it_is_and_where_its_streams_are(device: IpycamDevice) -> None:
    found = media(device).read()
    assert found.maker
    assert found.model
    assert found.clock_offset_s == pytest.approx(0, abs=3)
    main, sub = found.main, found.sub
    assert sub is not None
    assert main.url.startswith("rtsp://127.0.0.1:")
    assert main.url != sub.url
    assert main.width * main.height > sub.width * sub.height > 0
    assert "operator" not in main.url


def test_a_wrong_password_is_said_in_words_of_its_own(device: IpycamDevice) -> None:
    with pytest.raises(Refusal) as said:
        media(device, "wrong").read()
    # It tells its time only to those it knows: the words name both causes.
    assert (said.value.code, said.value.detail) == ("auth_failed", "onvif_clock")
    assert "wrong" not in str(said.value)


def test_it_is_found_in_the_network_once(device: IpycamDevice) -> None:
    told: list[discovery.Found] = []
    ready = threading.Event()

    def found(one: discovery.Found) -> None:
        told.append(one)
        if one.host == device.host:
            ready.set()

    rows = discovery.discover(20.0, found, ready.is_set, addresses=["127.0.0.1"])
    mine = [one for one in rows if one.host == device.host]
    assert len(mine) == 1
    assert mine[0].address == f"http://{device.host}/onvif/device_service"
    assert mine[0].name
    assert [one for one in told if one.host == device.host] == mine


def test_no_network_to_search_in_is_an_error() -> None:
    with pytest.raises(OSError, match="no network"):
        discovery.discover(1.0, addresses=["203.0.113.77"])
