"""The text side of RTSP: descriptions, digests, addresses, messages."""

from __future__ import annotations

import asyncio
import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.feeds import sdp
from console.feeds.rtsp import RtspError, Wire, parse_url
from console.feeds.rtsp_auth import Authoriser, parse_challenge, strongest

HIKVISION = """v=0\r
o=- 1 1 IN IP4 192.168.1.64\r
s=Media Presentation\r
a=control:rtsp://192.168.1.64:554/Streaming/Channels/102/\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AH5WoFAFuQA==,aO48gA==\r
a=control:rtsp://192.168.1.64:554/Streaming/Channels/102/trackID=1\r
m=audio 0 RTP/AVP 8\r
a=control:trackID=2\r
"""
BARE = (
    "v=0\nm=audio 0 RTP/AVP 0\na=control:a\nm=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\na=control:track2\n"
)


def test_absolute_control_and_parameter_sets() -> None:
    found = sdp.parse(HIKVISION, "rtsp://192.168.1.64:554/Streaming/Channels/102")
    assert found.control == "rtsp://192.168.1.64:554/Streaming/Channels/102/"
    video = found.video
    assert video is not None
    assert (video.codec, video.clock_hz) == ("h264", 90_000)
    assert video.control.endswith("/trackID=1")
    assert video.parameter_sets == (base64.b64decode("Z00AH5WoFAFuQA=="), base64.b64decode("aO48gA=="))


def test_relative_control_without_sprop() -> None:
    video = sdp.parse(BARE, "rtsp://h:8554/cam").video
    assert video is not None
    assert (video.codec, video.control, video.parameter_sets) == ("hevc", "rtsp://h:8554/cam/track2", ())


@pytest.mark.parametrize(
    ("base", "control", "wanted"),
    [
        ("rtsp://h/a/", "trackID=1", "rtsp://h/a/trackID=1"),
        ("rtsp://h/a", "trackID=1", "rtsp://h/a/trackID=1"),
        ("rtsp://h/a?x=1&y=2", "trackID=1", "rtsp://h/a?x=1&y=2/trackID=1"),
        ("rtsp://h:1/a/b", "/c", "rtsp://h:1/c"),
        ("rtsp://h/a", "*", "rtsp://h/a"),
        ("rtsp://h/a", "", "rtsp://h/a"),
        ("rtsp://h/a", "rtsp://o/b", "rtsp://o/b"),
    ],
)
def test_control_is_resolved_as_cameras_mean_it(base: str, control: str, wanted: str) -> None:
    assert sdp.resolve(base, control) == wanted


@pytest.mark.parametrize("text", ["", "<html>404</html>", "\r\n\r\n", "hello world"])
def test_no_description_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sdp.parse(text, "rtsp://h/")


@given(st.text(max_size=300))
def test_any_text_parses_or_is_refused(text: str) -> None:
    # A description that begins as one is read as far as it goes.
    read = sdp.parse("v=0\n" + text, "rtsp://h/")
    assert read.video is None or "m=video" in text


def test_an_unknown_codec_is_named() -> None:
    video = sdp.parse("v=0\nm=video 0 RTP/AVP 31\na=control:x\n", "rtsp://h/").video
    assert video is not None
    assert video.codec is None
    assert video.encoding == "payload 31"


def test_digest_vector_of_rfc_2617_and_7616() -> None:
    md5 = Authoriser("Mufasa", "Circle Of Life")
    assert md5.take(
        ['Digest realm="testrealm@host.com", qop="auth,auth-int", '
         'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"']
    )  # fmt: skip
    header = md5.header("GET", "/dir/index.html", cnonce="0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert "nc=00000001" in header
    assert "nc=00000002" in md5.header("GET", "/dir/index.html", cnonce="0a4f113b")
    sha = Authoriser("Mufasa", "Circle of Life")
    sha.take(
        ['Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
         'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
         'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"']
    )  # fmt: skip
    header = sha.header("GET", "/dir/index.html", cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in header


def test_digest_without_qop_as_most_cameras_ask() -> None:
    auth = Authoriser("admin", "12345")
    auth.take(['Digest realm="IP Camera(12345)", nonce="abc", stale="FALSE"'])
    header = auth.header("DESCRIBE", "rtsp://h/a")
    # md5(md5(admin:IP Camera(12345):12345):abc:md5(DESCRIBE:rtsp://h/a))
    assert "qop" not in header
    assert 'response="0e85fc0d56a2b1090a44d538ea679125"' in header


def test_the_strongest_challenge_wins() -> None:
    lines = [
        'Basic realm="x"',
        'Digest realm="x", nonce="1"',
        'Digest realm="x", nonce="2", algorithm=SHA-256',
    ]
    chosen = strongest(lines)
    assert chosen is not None
    assert chosen.fields["nonce"] == "2"
    assert strongest(["Negotiate", 'Digest realm="x", nonce="1", algorithm=MAGIC']) is None
    assert parse_challenge(r'Digest realm="a \"b\" c, d", nonce=e').fields == {
        "realm": 'a "b" c, d',
        "nonce": "e",
    }


def test_basic_and_nobody() -> None:
    auth = Authoriser("操作员", "p:w")
    assert auth.take(['Basic realm="x"'])
    assert auth.header("PLAY", "x") == "Basic " + base64.b64encode("操作员:p:w".encode()).decode()
    assert not Authoriser("", "").take(['Basic realm="x"'])


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "clean"),
    [
        ("rtsp://h/a", "h", 554, "", "", "rtsp://h/a"),
        ("rtsp://u:p%40%2Fw@h:8554/a?b=1", "h", 8554, "u", "p@/w", "rtsp://h:8554/a?b=1"),
        ("rtsp://u:p@w@h/a", "h", 554, "u", "p@w", "rtsp://h/a"),
        ("RTSP://[::1]:99/x", "::1", 99, "", "", "rtsp://[::1]:99/x"),
    ],
)
def test_addresses(url: str, host: str, port: int, user: str, password: str, clean: str) -> None:
    found = parse_url(url)
    assert (found.host, found.port, found.username, found.password, found.url) == (
        host,
        port,
        user,
        password,
        clean,
    )
    assert password == "" or password not in repr(found)


@pytest.mark.parametrize(
    "url", ["", "http://h/a", "rtsp://", "rtsp://h:notaport/", "rtsp://[::1/x", "/dev/video0"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(RtspError) as caught:
        parse_url(url)
    assert caught.value.kind == "unsupported"


class _Line(asyncio.Transport):
    """A transport that only remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted = True


def _deliver(wire: Wire, data: bytes, chunk: int) -> None:
    for start in range(0, len(data), chunk):
        piece = data[start : start + chunk]
        while piece:
            room = wire.get_buffer(-1)
            count = min(len(room), len(piece))
            room[:count] = piece[:count]
            wire.buffer_updated(count)
            piece = piece[count:]


@given(chunk=st.integers(1, 70_000), big=st.integers(0, 60_000))
def test_answers_and_packets_mixed_in_any_pieces(chunk: int, big: int) -> None:
    async def scene() -> None:
        wire = Wire()
        line = _Line()
        wire.connection_made(line)
        answer = wire.send(3, b"")
        seen: list[bytes] = []

        class Sink:
            bad = 0

            def feed(self, view: memoryview, start: int, end: int) -> None:
                seen.append(bytes(view[start:end]))

        wire.sink, wire.sink_channel = Sink(), 2  # type: ignore[assignment]
        packet = b"$\x02" + big.to_bytes(2, "big") + b"x" * big
        other = b"$\x03\x00\x04abcd"
        reply = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nhello"
        asked = b"OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n"
        _deliver(wire, packet + other + reply + asked + packet + b"\r\n" + packet, chunk)
        assert answer.result().body == b"hello"
        assert seen == [b"x" * big] * 3
        assert b"CSeq: 77" in line.written
        assert not line.aborted
        wire.connection_lost(None)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "junk",
    [
        b"\x00\x01\x02\x03\x04",
        b"\xff" * 64,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"RTSP/1.0 abc\r\n\r\n",
        b"A" * 20_000,
    ],
)
def test_garbage_ends_the_connection_with_a_name(junk: bytes) -> None:
    async def scene() -> None:
        wire = Wire()
        line = _Line()
        wire.connection_made(line)
        answer = wire.send(1, b"")
        _deliver(wire, junk, 4096)
        assert line.aborted
        wire.connection_lost(None)
        with pytest.raises(RtspError) as caught:
            answer.result()
        assert caught.value.kind == "bad_data"

    asyncio.run(scene())
