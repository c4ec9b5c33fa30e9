"""What a device may answer, and what becomes of it: a script of answers over
real HTTP on the loopback."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from console.devices import discovery, soap
from console.devices.onvif import DeviceAddress, OnvifCamera
from console.devices.onvif_media import OnvifMedia
from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain

NOW = datetime(2026, 3, 2, 6, 0, 0, tzinfo=UTC)
SECRET = "s3cret"
OPEN = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
CLOSE = "</s:Body></s:Envelope>"


class StandingClock:
    """It is always the same time here."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Script:
    """What the device answers to each action, and what it was asked."""

    answers: dict[str, Callable[[str], tuple[int, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def says(self, action: str, body: str, status: int = 200) -> None:
        """Answer with this content, inside an envelope."""
        self.answers[action] = lambda _asked: (status, f"{OPEN}{body}{CLOSE}")

    def raw(self, action: str, text: str, status: int = 200) -> None:
        """Answer with exactly this."""
        self.answers[action] = lambda _asked: (status, text)


@pytest.fixture
def script() -> Iterator[Script]:
    """A device whose clock is an hour ahead and which can be steered."""
    made = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = re.search(r"<s:Body><\w+:(\w+)", asked)
            action = found.group(1) if found else ""
            made.asked.append((action, asked))
            status, text = made.answers[action](asked)
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the client has given up
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.says("GetSystemDateAndTime", time_of(NOW + timedelta(hours=1)))
    address = f"http://10.9.9.9:{made.port + 1}/onvif"
    made.says(
        "GetCapabilities",
        f"<C><Media><XAddr>{address}/media</XAddr></Media><PTZ><XAddr>{address}/ptz</XAddr></PTZ></C>",
    )
    made.says(
        "GetProfiles",
        '<R><Profiles token="fixed"/><Profiles token="p&amp;2"><PTZConfiguration/></Profiles></R>',
    )
    made.says("ContinuousMove", "<ok/>")
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


def time_of(at: datetime) -> str:
    date = f"<Date><Year>{at.year}</Year><Month>{at.month}</Month><Day>{at.day}</Day></Date>"
    time = f"<Time><Hour>{at.hour}</Hour><Minute>{at.minute}</Minute><Second>{at.second}</Second></Time>"
    return f"<R><UTCDateTime>{time}{date}</UTCDateTime></R>"


def camera(script: Script, timeout_s: float = 4.0) -> OnvifCamera:
    return OnvifCamera(DeviceAddress("cam001", script.host, "op", SECRET), StandingClock(), timeout_s)


def refused(script: Script, timeout_s: float = 4.0) -> Refusal:
    with pytest.raises(Refusal) as said:
        camera(script, timeout_s).connect()
    assert SECRET not in str(said.value)
    return said.value


def test_the_login_follows_the_devices_clock_and_the_move_has_a_time_out(script: Script) -> None:
    made = camera(script)
    made.connect()
    assert made.clock_offset_s == 3600.0
    made.move(2.0, -0.5, 0.0, 1.0)
    action, asked = script.asked[-1]
    assert action == "ContinuousMove"
    assert "<tptz:Timeout>PT1S</tptz:Timeout>" in asked
    assert 'x="1.000" y="-0.500"' in asked
    assert "<tptz:ProfileToken>p&amp;2</tptz:ProfileToken>" in asked, "the profile that can move"
    created = re.search(r"Created>([^<]*)<", asked)
    nonce = re.search(r"Nonce[^>]*>([^<]*)<", asked)
    digest = re.search(r"Password Type[^>]*>([^<]*)<", asked)
    assert created is not None
    assert nonce is not None
    assert digest is not None
    assert created.group(1) == "2026-03-02T07:00:00.000Z"
    own = hashlib.sha1(
        base64.b64decode(nonce.group(1)) + created.group(1).encode() + SECRET.encode()
    ).digest()
    assert base64.b64decode(digest.group(1)) == own
    assert all(SECRET not in text for _, text in script.asked)
    assert "UsernameToken" not in script.asked[0][1], "the clock is asked without a login"


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><body>login<br></html>",
        "",
        "<html><body/></html>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        "<a>" + "x" * (soap.LARGEST_ANSWER + 10) + "</a>",
    ],
    ids=["html", "empty", "other xml", "entities", "too large"],
)
def test_what_is_not_onvif_is_said_to_be_none(script: Script, text: str) -> None:
    script.raw("GetCapabilities", text)
    assert refused(script).detail == "ptz_not_onvif"


def test_a_wrong_login_is_tried_once_more_with_a_fresh_clock(script: Script) -> None:
    fault = "<s:Fault><s:Code><s:Value>ter:NotAuthorized</s:Value></s:Code></s:Fault>"
    script.says("GetCapabilities", fault, 400)
    said = refused(script)
    assert (said.code, said.detail) == ("auth_failed", "ptz")
    assert [action for action, _ in script.asked] == ["GetSystemDateAndTime", "GetCapabilities"] * 2


def test_a_device_that_does_not_tell_its_time_is_named(script: Script) -> None:
    script.raw("GetSystemDateAndTime", "", 401)
    script.raw("GetCapabilities", "", 401)
    assert refused(script).detail == "ptz_clock"


def test_no_ptz_service_and_no_profile_that_moves(script: Script) -> None:
    script.says("GetProfiles", '<R><Profiles token="fixed"/></R>')
    assert refused(script).detail == "ptz_none"
    script.says("GetCapabilities", "<C><Media><XAddr>http://x/media</XAddr></Media></C>")
    assert refused(script).detail == "ptz_none"


def test_a_device_that_is_too_slow_is_given_up(script: Script) -> None:
    late = threading.Event()

    def slow(_asked: str) -> tuple[int, str]:
        late.wait(20)
        return 200, ""

    script.answers["GetCapabilities"] = slow
    try:
        assert refused(script, timeout_s=0.2).detail == "ptz_slow"
    finally:
        late.set()


def test_its_own_no_is_handed_on(script: Script) -> None:
    made = camera(script)
    made.connect()
    script.says("ContinuousMove", "<s:Fault><s:Reason><s:Text>Lens busy</s:Text></s:Reason></s:Fault>", 500)
    with pytest.raises(Refusal) as said:
        made.move(1.0, 0.0, 0.0, 1.0)
    assert said.value.detail == "ptz_fault"
    assert "Lens busy" in str(said.value.facts["said"])


def test_prefixes_nobody_declared_are_read_all_the_same(script: Script) -> None:
    script.says("GetPresets", '<ptz:R><ptz:Preset token="7"><tt:Name>东路口</tt:Name></ptz:Preset></ptz:R>')
    made = camera(script)
    made.connect()
    assert [(one.token, one.name) for one in made.presets()] == [("7", "东路口")]


@pytest.mark.parametrize("host", ["", "bad host:port", "[::"])
def test_an_address_that_is_none(host: str) -> None:
    with pytest.raises(Refusal) as said:
        OnvifCamera(DeviceAddress("cam001", host), StandingClock()).connect()
    assert said.value.detail in ("ptz_address", "ptz_silent")


def media(script: Script, timeout_s: float = 4.0) -> OnvifMedia:
    return OnvifMedia(DeviceAddress("cam001", script.host, "op", SECRET), StandingClock(), timeout_s)


def media_refused(script: Script, timeout_s: float = 4.0) -> str:
    """The detail, once both sentences are whole and name no secret."""
    with pytest.raises(Refusal) as said:
        media(script, timeout_s).read()
    for language in LANGUAGES:
        sentences = explain(said.value, language)
        assert all(text and "{" not in text and SECRET not in text for text in sentences)
    return said.value.detail


def test_streams_stay_on_the_host_that_was_asked(script: Script) -> None:
    script.says("GetDeviceInformation", "<R><Manufacturer>Hik</Manufacturer><Model>DS</Model></R>")
    script.says(
        "GetProfiles",
        '<R><Profiles token="1"><Name>main</Name><VideoEncoderConfiguration>'
        "<Encoding>H264</Encoding><Resolution>"
        "<Width>1920</Width><Height>1080</Height></Resolution></VideoEncoderConfiguration></Profiles>"
        '<Profiles token="2"><Name>sub</Name></Profiles><Profiles token="3"/></R>',
    )

    def uri(asked: str) -> tuple[int, str]:
        token = re.search(r"ProfileToken>(\w)<", asked)
        assert token is not None
        urls = {
            "1": "rtsp://u:p@10.9.9.9:8554/main",
            "2": "rtsp://10.9.9.9/sub?a=1",
            "3": "http://10.9.9.9/x",
        }
        return 200, f"{OPEN}<R><Uri>{urls[token.group(1)]}</Uri></R>{CLOSE}"

    script.answers["GetStreamUri"] = uri
    found = media(script).read()
    assert found.clock_offset_s == 3600.0, "a device whose clock is wrong is asked by its own time"
    assert [one.url for one in found.profiles] == ["rtsp://127.0.0.1:8554/main", "rtsp://127.0.0.1/sub?a=1"]
    assert (found.main.width, found.main.codec) == (1920, "H264")
    assert found.sub is not None
    assert found.sub.url.endswith("/sub?a=1")


def test_words_for_what_a_device_may_do_instead(script: Script) -> None:
    script.raw("GetCapabilities", "<!doctype html><html><body>login<br></html>")
    assert media_refused(script) == "onvif_not_onvif"
    fault = "<s:Fault><s:Code><s:Value>ter:NotAuthorized</s:Value></s:Code></s:Fault>"
    script.says("GetCapabilities", fault, 400)
    assert media_refused(script) == "onvif"
    script.raw("GetSystemDateAndTime", "", 401)
    assert media_refused(script) == "onvif_clock"
    script.says("GetCapabilities", "<C><PTZ><XAddr>http://x/ptz</XAddr></PTZ></C>")
    assert media_refused(script) == "onvif_none"
    late = threading.Event()

    def slow(_asked: str) -> tuple[int, str]:
        late.wait(20)
        return 200, ""

    script.answers["GetCapabilities"] = slow
    try:
        assert media_refused(script, timeout_s=0.2) == "onvif_slow"
    finally:
        late.set()
    script.port = 9
    assert media_refused(script) == "onvif_silent"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<x/>",
        b"\xff\xfe",
        b"<e><ProbeMatch/></e>",
        b"<e><ProbeMatch><XAddrs>::/</XAddrs></ProbeMatch></e>",
    ],
)
def test_what_is_no_answer_to_a_search_is_left_out(data: bytes) -> None:
    assert discovery.answers(data, "10.0.0.1") == []


def test_an_answer_is_shown_with_where_it_came_from() -> None:
    data = (
        b"<e><Header><Address>anonymous</Address></Header><ProbeMatch><Address>urn:uuid:7</Address>"
        b"<Scopes>onvif://www.onvif.org/name/%E4%B8%9C%E8%B7%AF onvif://www.onvif.org/hardware/DS-2</Scopes>"
        b"<XAddrs>http://192.168.0.64/onvif/device_service http://10.0.0.1:8000/onvif/device_service</XAddrs>"
        b"</ProbeMatch></e>"
    )
    (found,) = discovery.answers(data, "10.0.0.1")
    assert (found.host, found.name, found.hardware, found.uuid) == (
        "10.0.0.1:8000",
        "东路",
        "DS-2",
        "urn:uuid:7",
    )
