"""Addresses of recordings: the makers' forms, and nothing hostile gets in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.devices.recorders import playback_url
from console.domain.errors import Refusal
from console.domain.recorders import address, channel_number
from console.simulation.recorder import wanted

SITE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 6, 3, 5, tzinfo=UTC)
END = START + timedelta(minutes=30)


def test_hikvision_takes_utc_on_a_track() -> None:
    url = playback_url("Hikvision", "10.1.2.3", "2", START, END, SITE)
    expected = "rtsp://10.1.2.3:554/Streaming/tracks/201?starttime=20260302T060305Z&endtime=20260302T063305Z"
    assert url == expected


def test_dahua_takes_local_time_with_underscores() -> None:
    url = playback_url("大华", "nvr.local:8554", "12", START, END, SITE)
    expected = (
        "rtsp://nvr.local:8554/cam/playback?channel=12"
        "&starttime=2026_03_02_14_03_05&endtime=2026_03_02_14_33_05"
    )
    assert url == expected


@pytest.mark.parametrize("vendor", ["hikvision", "dahua"])
def test_the_simulated_recorder_understands_them(vendor: str) -> None:
    url = playback_url(vendor, "127.0.0.1:8554", "7", START, END, SITE)
    asked = wanted(url.removeprefix("rtsp://127.0.0.1:8554"))
    assert asked is not None
    assert (asked.channel, asked.start, asked.end) == (7, START, END)


@pytest.mark.parametrize(
    ("vendor", "detail"),
    [("uniview", "recorder_unknown"), ("ONVIF", "recorder_unknown"), ("", "recorder_vendor")],
)
def test_what_is_not_known_is_said_not_guessed(vendor: str, detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        playback_url(vendor, "10.1.2.3", "1", START, END, SITE)
    assert (caught.value.code, caught.value.detail) == ("no_camera", detail)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "u:p@h",
        "h/x",
        "h?x",
        "h#x",
        "h\r\nX: y",
        "h:0",
        "h:65536",
        "h:x",
        "-h",
        "[::1",
        "h%2f",
        "主机",
    ],
)
def test_hostile_hosts_are_refused(host: str) -> None:
    with pytest.raises(Refusal) as caught:
        address(host)
    assert caught.value.detail == "recorder_host"


def test_hosts_that_are_right() -> None:
    assert address(" nvr-1.local ") == "nvr-1.local:554"
    assert address("[fe80::1]:8554") == "[fe80::1]:8554"


@pytest.mark.parametrize("channel", ["", "0", "-1", "1025", "1&x=2", "١", "1.0", "9" * 30, "1\n2"])
def test_hostile_channels_are_refused(channel: str) -> None:
    with pytest.raises(Refusal) as caught:
        channel_number(channel)
    assert caught.value.detail == "recorder_channel"


def test_times_the_wrong_way_round_or_without_a_zone() -> None:
    for start, end in ((END, START), (START, START), (START.replace(tzinfo=None), END)):
        with pytest.raises(Refusal):
            playback_url("dahua", "h", "1", start, end, SITE)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_no_text_ever_gets_a_login_or_a_line_break_in(vendor: str, host: str, channel: str) -> None:
    for maker in (vendor, "dahua", "hikvision"):
        try:
            url = playback_url(maker, host, channel, START, END, SITE)
        except Refusal:
            continue
        assert "@" not in url
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
