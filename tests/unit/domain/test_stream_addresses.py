"""What host and channel become by maker, and that no login stays in an address."""

from __future__ import annotations

import pytest

from console.domain import stream_addresses
from console.domain.errors import Refusal
from console.domain.stream_addresses import build, split_login

GB = "41017100081326000001"


@pytest.mark.parametrize(
    ("vendor", "host", "channel", "place", "main", "sub"),
    [
        ("海康", "10.0.0.1", "1", "10.0.0.1:554", "Streaming/Channels/101", "Streaming/Channels/102"),
        ("hik", "10.0.0.1:8000", "33", "10.0.0.1:554", "Streaming/Channels/3301", "Streaming/Channels/3302"),
        ("hik-old", "nvr-2", "１", "nvr-2:554", "h264/ch1/main/av_stream", "h264/ch1/sub/av_stream"),
        (
            "大华",
            "http://10.0.0.1/",
            "02",
            "10.0.0.1:554",
            "cam/realmonitor?channel=2&subtype=0",
            "cam/realmonitor?channel=2&subtype=1",
        ),
        ("宇视", "[2001:db8::1]", "3", "[2001:db8::1]:554", "unicast/c3/s0/live", "unicast/c3/s1/live"),
        ("国标", "10.0.0.1:10554", GB, "10.0.0.1:10554", f"rtp/{GB}", ""),
        ("GB/T 28181", "zlm.local", f"{GB}-{GB}", "zlm.local:554", f"rtp/{GB}_{GB}", ""),
    ],
)
def test_addresses_by_maker(vendor: str, host: str, channel: str, place: str, main: str, sub: str) -> None:
    made = build(vendor, host, channel)
    assert made.main == f"rtsp://{place}/{main}"
    assert made.sub == (f"rtsp://{place}/{sub}" if sub else "")


@pytest.mark.parametrize(
    ("url", "bare", "login"),
    [
        ("rtsp://h/1", "rtsp://h/1", ("", "")),
        ("RTSP://u:p@h:8554/a?b=1", "rtsp://h:8554/a?b=1", ("u", "p")),
        ("rtsp://u:p%40s%2F%3A@h/1", "rtsp://h/1", ("u", "p@s/:")),
        ("rtsp://u:p@ss/w#rd@h:554/1", "rtsp://h:554/1", ("u", "p@ss/w#rd")),
        ("rtsp://u:a@b@10.0.0.1/1", "rtsp://10.0.0.1/1", ("u", "a@b")),
        ("rtsp://h/live/a@b/1", "rtsp://h/live/a@b/1", ("", "")),
        ("http://h/x?mail=a@b.c", "http://h/x?mail=a@b.c", ("", "")),
        ("rtsp://u@h/1", "rtsp://h/1", ("u", "")),
        ("rtsp://[2001:db8::1]:554/1", "rtsp://[2001:db8::1]:554/1", ("", "")),
    ],
)
def test_a_login_leaves_the_address(url: str, bare: str, login: tuple[str, str]) -> None:
    found, given = split_login(url)
    assert (found, (given.username, given.password)) == (bare, login)
    assert not given.password or given.password not in repr(given)


@pytest.mark.parametrize(
    "url", ["h/1", "rtsp:/h", "rtsp://", "ftp://h/1", "rtsp://h:0/1", "rtsp://h:x/1", "rtsp://h/\n1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Refusal) as said:
        split_login(url)
    assert said.value.detail == "url"
    with pytest.raises(Refusal) as other:
        stream_addresses.host_text("u:secret@h/x")
    assert "secret" not in str(other.value)
