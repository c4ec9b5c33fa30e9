"""The simulated cameras against an independent client and a raw socket."""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import av
import pytest

from console.clock import SystemClock
from console.domain.errors import Refusal
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from console.simulation.faults import KINDS, Fault, parse_fault
from console.simulation.footage import NAMES, STREET, clip_for
from console.simulation.rtsp_engine import Stream
from console.simulation.rtsp_media import Picture
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rtsp_raw import RawClient

pytestmark = pytest.mark.rtsp

AUTH = ("operator", "p@ss:wörd/1")


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCameras]:
    """Forty cameras behind a login."""
    with SimulatedCameras(40, SystemClock(), tmp_path_factory.mktemp("cache"), auth=AUTH) as server:
        yield server
        assert server.statistics()["dropped"] == 0


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[SimulatedCameras]:
    """Three cameras without a login, to be broken."""
    with SimulatedCameras(3, SystemClock(), tmp_path) as server:
        yield server


def with_login(url: str, password: str = AUTH[1]) -> str:
    return url.replace("rtsp://", f"rtsp://{quote(AUTH[0])}:{quote(password, safe='')}@")


def decoded(url: str, count: int) -> list[av.VideoFrame]:
    frames = []
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=10) as container:
        for frame in container.decode(video=0):
            frames.append(frame)
            if len(frames) == count:
                break
    return frames


def test_pyav_reads_main_and_sub(cameras: SimulatedCameras) -> None:
    main, sub = (decoded(with_login(cameras.url(1, sub)), 20) for sub in (False, True))
    assert (main[0].width, main[0].height) == (1280, 720)
    assert (sub[0].width, sub[0].height) == (640, 360)
    for frames in (main, sub):
        # FFmpeg gives the very first picture of an RTSP stream no time.
        times = [frame.pts for frame in frames[1:]]
        assert times == [times[0] + 6000 * n for n in range(19)]


def test_pyav_is_refused_with_a_wrong_password(cameras: SimulatedCameras) -> None:
    with pytest.raises(av.error.HTTPUnauthorizedError):
        decoded(with_login(cameras.url(1), "wrong"), 1)
    with pytest.raises(av.error.HTTPUnauthorizedError):
        decoded(cameras.url(1), 1)


def test_pyav_finds_no_camera_41(cameras: SimulatedCameras) -> None:
    with pytest.raises(av.error.HTTPNotFoundError):
        decoded(with_login(cameras.url(41)), 1)


def test_neighbours_show_different_pictures(cameras: SimulatedCameras) -> None:
    names = {clip_for(number, True, None, None, Path()).name for number in range(1, 10)}
    assert names == set(NAMES)
    assert sum(path.stat().st_size for path in STREET.glob("*.mp4")) < 16_000_000
    # One scene, another moment: the loops of cameras 2 and 11 are shifted.
    with RawClient(cameras.url(2), AUTH) as one, RawClient(cameras.url(11), AUTH) as other:
        one.play()
        other.play()
        assert [p.payload for p in one.pictures(1)[0]] != [p.payload for p in other.pictures(1)[0]]


def test_forty_clients_at_once_get_their_pictures(cameras: SimulatedCameras) -> None:
    def watch(number: int) -> int:
        with RawClient(cameras.url(number, sub=True), AUTH, timeout=20) as client:
            client.play()
            pictures = client.pictures(45)
        assert pictures[0][0].nal_kind == 7  # parameter sets before the first key picture
        packets = [packet for picture in pictures for packet in picture]
        assert {packet.source for packet in packets} == {packets[0].source}
        numbers = [(packet.seq - packets[0].seq) & 0xFFFF for packet in packets]
        assert numbers == list(range(len(packets)))
        times = [(picture[0].time - pictures[0][0].time) & 0xFFFFFFFF for picture in pictures]
        assert times == [6000 * n for n in range(45)]
        return packets[0].source

    with ThreadPoolExecutor(40) as pool:
        sources = list(pool.map(watch, range(1, 41)))
    assert len(set(sources)) == 40


def test_udp_is_refused_and_tcp_channels_are_kept(cameras: SimulatedCameras) -> None:
    with RawClient(cameras.url(3), AUTH) as client:
        track = f"{client.url}/trackID=0"
        assert client.ask("OPTIONS")[1]["public"].startswith("OPTIONS, DESCRIBE")
        assert client.ask("SETUP", track, "Transport: RTP/AVP;unicast;client_port=5000-5001")[0] == 461
        code, headers, _ = client.ask("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=4-5")
        assert code == 200
        assert "interleaved=4-5" in headers["transport"]
        client.session = headers["session"].partition(";")[0]
        assert client.ask("PLAY")[0] == 200
        assert client.packet().channel == 4
        assert client.ask("GET_PARAMETER")[0] == 200
        assert client.ask("TEARDOWN")[0] == 200
        assert client.ask("PLAY")[0] == 454


def test_what_is_not_rtsp_is_answered_or_cut(cameras: SimulatedCameras) -> None:
    with RawClient(cameras.url(3)) as client:
        client.socket.sendall(b"HELLO\r\n\r\n")
        assert client.answer()[0] == 400
        client.socket.sendall(b"x" * 70_000)
        with pytest.raises(ConnectionError):
            client.answer()


class Recorder:
    """A client that notes what it is sent."""

    wait_for_key = False

    def __init__(self) -> None:
        self.seen: list[tuple[int, bool]] = []

    def send(self, picture: Picture, ticks: int, corrupt: bool = False) -> None:
        self.seen.append((ticks, picture.key))

    def report(self, *args: object) -> None: ...


def recorded(cache: Path) -> tuple[Stream, Recorder]:
    """A stream without a server, and its one client."""
    stream, recorder = Stream("cam01", clip_for(1, True, None, None, cache), 0, SystemClock()), Recorder()
    stream.join(recorder)  # type: ignore[arg-type]
    return stream, recorder


def test_time_goes_on_across_the_loop(tmp_path: Path) -> None:
    # A loop takes 24 s to pass; the engine is asked for the pictures around its seam instead.
    stream, recorder = recorded(tmp_path)
    length = len(stream.clip.pictures)
    around = range(length - 2, length + 3)
    for index in around:
        stream.send(index, 0.0)
    assert recorder.seen == [(index * 6000, index == length) for index in around]


def test_sender_report_ties_rtp_time_to_the_wall(camera: SimulatedCameras) -> None:
    def offset(number: int) -> float:
        with RawClient(camera.url(number)) as client:
            client.play()
            while True:
                channel, data = client.frame()
                if channel == 1:
                    _, kind, _, _, seconds, fraction, *_ = struct.unpack("!BBHIIIIII", data[:28])
                    assert kind == 200
                    told = seconds - 2_208_988_800 + fraction / 2**32
                    return told - SystemClock().now().timestamp()

    assert abs(offset(1)) < 5
    camera.set_fault(2, "clock")
    assert 85 < offset(2) < 95


def test_a_client_that_does_not_read_is_dropped(camera: SimulatedCameras) -> None:
    with socket.socket() as lazy:
        # A small window, set before the handshake, and a sub stream's SDP asked
        # for again and again: what is not read must not pile up for ever.
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.settimeout(10)
        lazy.connect(("127.0.0.1", camera.port))
        client = RawClient(camera.url(1), sock=lazy)
        client.play()
        describe = f"DESCRIBE {camera.url(1)} RTSP/1.0\r\nCSeq: 9\r\n\r\n".encode() * 100
        for _ in range(1000):
            try:
                lazy.sendall(describe)
            except ConnectionError:
                break
            if camera.statistics()["dropped"]:
                break
        assert camera.statistics()["dropped"] == 1


# -- faults --------------------------------------------------------------------


def silent(client: RawClient, seconds: float = 1.0) -> bool:
    """True if nothing arrives for ``seconds`` (a second is fifteen pictures)."""
    client.socket.settimeout(seconds)
    try:
        while True:
            client.more()
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def test_stall_keeps_the_connection_and_heals_from_a_key_picture(camera: SimulatedCameras) -> None:
    with RawClient(camera.url(1)) as client, RawClient(camera.url(2)) as healthy:
        client.play()
        healthy.play()
        client.pictures(3)
        camera.set_fault(1, "stall")
        client.socket.settimeout(1.0)
        with pytest.raises(TimeoutError):
            client.pictures(60)
        assert client.ask("OPTIONS")[0] == 200
        healthy.pictures(30)
        camera.heal(1)
        client.socket.settimeout(5.0)
        client._buffer = b""
        assert client.packet().nal_kind == 7


@pytest.mark.parametrize("kind", ["cut", "auth", "missing", "mute"])
def test_dropping_faults_end_the_connection(camera: SimulatedCameras, kind: str) -> None:
    with RawClient(camera.url(1, sub=True)) as client:
        client.play()
        camera.set_fault(1, kind)
        with pytest.raises(ConnectionError):
            client.pictures(100)
    with RawClient(camera.url(1), timeout=1.0) as client:
        if kind == "cut":
            with pytest.raises(ConnectionError):
                client.ask("DESCRIBE")
        elif kind == "mute":
            with pytest.raises(TimeoutError):
                client.ask("DESCRIBE")
        else:
            assert client.ask("DESCRIBE")[0] == {"auth": 401, "missing": 404}[kind]
    with RawClient(camera.url(2)) as client:
        client.play()
    camera.heal(1)
    with RawClient(camera.url(1)) as client:
        client.play()


def test_auth_fault_refuses_the_right_password(cameras: SimulatedCameras) -> None:
    cameras.set_fault(7, "auth")
    with RawClient(cameras.url(7), AUTH) as client:
        assert client.ask("DESCRIBE")[0] == 401
    cameras.heal(7)
    with RawClient(cameras.url(7), AUTH) as client:
        assert client.ask("DESCRIBE")[0] == 200


def test_garbage_is_neither_rtp_nor_rtsp(camera: SimulatedCameras) -> None:
    with RawClient(camera.url(1)) as client:
        client.play()
        client.pictures(2)
        camera.set_fault(1, "garbage")
        with pytest.raises(ValueError, match="interleaved"):
            client.pictures(100)
    with RawClient(camera.url(1)) as client:
        client.send("DESCRIBE")
        client.more()
        assert not client._buffer.startswith(b"RTSP")


def test_freeze_repeats_one_picture(camera: SimulatedCameras) -> None:
    camera.set_fault(1, "freeze")
    frames = decoded(camera.url(1, sub=True), 20)
    shown = [frame.to_ndarray(format="gray").astype(int) for frame in frames]
    moved = [abs(a - b).mean() for a, b in itertools.pairwise(shown[1:])]
    assert max(moved) < 0.7


def test_cover_is_dark(camera: SimulatedCameras) -> None:
    camera.set_fault(1, "cover")
    frames = decoded(camera.url(1, sub=True), 5)
    assert frames[-1].to_ndarray(format="gray").mean() < 40


def test_corrupt_keeps_the_framing_and_damages_slices(camera: SimulatedCameras) -> None:
    clip = clip_for(1, False, None, None, Path())
    wire = b"".join(picture.wire for picture in clip.pictures)

    def damaged() -> bool:
        with RawClient(camera.url(1)) as client:
            client.play()
            return any(packet.payload not in wire for p in client.pictures(10) for packet in p)

    assert not damaged()
    camera.set_fault(1, "corrupt")
    assert damaged()


def test_slow_answers_late_and_sends_few_pictures(camera: SimulatedCameras, tmp_path: Path) -> None:
    with RawClient(camera.url(1)) as client:
        client.play()
        client.pictures(1)
        camera.set_fault(1, "slow")
        client.send("OPTIONS")
        client.socket.settimeout(1.0)
        with pytest.raises(TimeoutError):
            client.answer()
    with RawClient(camera.url(1), timeout=10.0) as client:
        assert client.ask("DESCRIBE")[0] == 200
    stream, recorder = recorded(tmp_path)
    stream.fault = "slow"
    for index in range(len(stream.clip.pictures)):
        stream.send(index, 0.0)
    # One picture in six seconds of the loop's twenty-four, each a key picture.
    assert recorder.seen == [(index * 6000, True) for index in (0, 90, 180, 270)]


def test_flap_goes_down_and_comes_back(camera: SimulatedCameras) -> None:
    camera.set_fault(1, "flap")
    with RawClient(camera.url(1)) as client, pytest.raises(ConnectionError):
        client.ask("DESCRIBE")
    for _ in range(200):
        try:
            with RawClient(camera.url(1)) as client:
                client.play()
                with pytest.raises(ConnectionError):
                    client.pictures(1000)
            break
        except (ConnectionError, AssertionError):
            with RawClient(camera.url(2)) as other:
                other.play()
                other.pictures(2)
    else:
        pytest.fail("never came back")


def test_a_planned_fault_begins_and_ends(tmp_path: Path) -> None:
    with SimulatedCameras(1, SystemClock(), tmp_path, faults=["1=missing:0:1.5"]) as server:
        for attempt in range(100):
            with RawClient(server.url(1)) as client:
                code = client.ask("DESCRIBE")[0]
                assert code == 404 or attempt
                if code == 200:
                    break
                silent(client, 0.1)
        else:
            pytest.fail("never healed")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "x=stall",
        "0=stall",
        "1=explode",
        "1=stall:x",
        "1=stall:1:2:3",
        "1=stall:-1",
        "=stall",
        "1=stall:nan",
    ],
)
def test_bad_fault_words_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_fault(text)
    assert caught.value.code == "bad_usage"


def test_fault_words() -> None:
    assert parse_fault("3=stall") == Fault(3, "stall", 0.0, None)
    assert parse_fault("12=cut:5:2.5") == Fault(12, "cut", 5.0, 2.5)
    assert set("stall cut flap freeze garbage slow auth missing mute cover corrupt clock".split()) == set(
        KINDS
    )


def test_refusals_at_the_start(tmp_path: Path, camera: SimulatedCameras) -> None:
    def refusal(**wrong: object) -> str:
        with pytest.raises(Refusal) as caught:
            SimulatedCameras(**{"count": 1, "clock": SystemClock(), "cache": tmp_path, **wrong}).start()  # type: ignore[arg-type]
        return f"{caught.value.code}.{caught.value.detail}"

    assert refusal(port=camera.port) == "bad_usage.port_taken"
    assert refusal(port=70_000) == "bad_usage.port"
    assert refusal(count=0) == "bad_value.count"
    assert refusal(size=(63, 36)) == "bad_value.size"
    assert refusal(fps=0) == "bad_value.fps"
    assert refusal(faults=["2=stall"]) == "bad_usage.fault_camera"


def test_other_sizes_are_made_once_and_kept(tmp_path: Path) -> None:
    with SimulatedCameras(1, SystemClock(), tmp_path, size=(352, 288), fps=5) as server:
        frames = decoded(server.url(1), 8)
        assert (frames[0].width, frames[0].height) == (352, 288)
        times = [frame.pts for frame in frames[1:]]
        assert times == [times[0] + 18_000 * n for n in range(7)]
    made = list((tmp_path / "street").iterdir())
    assert [path.name for path in made] == ["plaza-a-352x288-5-v1.mp4"]
    stamp = made[0].stat().st_mtime_ns
    clip = clip_for(10, False, (352, 288), 5, tmp_path)
    assert made[0].stat().st_mtime_ns == stamp
    assert len(clip.pictures) == 120
    assert clip.keys == (0, 20, 40, 60, 80, 100)


def test_cameras_in_a_process_of_their_own(tmp_path: Path) -> None:
    with SpawnedCameras(CameraPlan(2, tmp_path, auth=AUTH)) as server:
        assert server.pid
        with RawClient(server.urls[0], AUTH) as client:
            client.play()
            client.pictures(2)
            server.set_fault(1, "cut")
            with pytest.raises(ConnectionError):
                client.pictures(100)
        server.heal(1)
        with RawClient(server.urls_sub[0], AUTH) as client:
            client.play()
        with pytest.raises(Refusal):
            server.set_fault(9, "cut")
        with pytest.raises(Refusal):
            SpawnedCameras(CameraPlan(2, tmp_path, port=server.port)).start()
