"""What FFmpeg reads for us: HTTP, HLS, files; and what goes wrong there."""

from __future__ import annotations

import http.server
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.clip import write_jpeg
from console.feeds.demux import kind_of, options_of, target_of
from console.feeds.pool import FeedPool
from console.feeds.rtsp import RtspError
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from tests.feeds.rig import STREET, until

CLIP = STREET / "plaza-a.mp4"
MOVING = Budget("moving", 640, 360)


def _remux(target: Path, form: str, **options: str) -> Path:
    with av.open(str(CLIP)) as source, av.open(str(target), "w", format=form, options=options) as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    return target


_let_go_hanging = threading.Event()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/hang":
            self.server.stop_hanging.wait(20)  # type: ignore[attr-defined]
        elif self.path == "/secret.flv" and "Authorization" not in self.headers:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.end_headers()
        elif self.path == "/mjpeg":
            self._pictures()
        else:
            super().do_GET()

    def _pictures(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        picture = (Path(self.directory) / "a.jpg").read_bytes()
        head = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        try:
            while not self.server.let_go.wait(0.05):  # type: ignore[attr-defined]
                self.wfile.write(head + picture + b"\r\n")
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("web")
    _remux(folder / "a.flv", "flv")
    (folder / "secret.flv").write_bytes((folder / "a.flv").read_bytes())
    _remux(folder / "a.m3u8", "hls", hls_time="2", hls_list_size="0")
    (folder / "words.flv").write_text("no video at all\n" * 100)
    with av.open(str(CLIP)) as container:
        write_jpeg(next(container.decode(video=0)), folder / "a.jpg")

    def handler(*arguments: object) -> _Handler:
        return _Handler(*arguments, directory=str(folder))  # type: ignore[arg-type]

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.stop_hanging = _let_go_hanging  # type: ignore[attr-defined]
    server.let_go = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.let_go.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def test_flv_hls_pictures_and_files_move_like_any_camera(web: str, tmp_path: Path) -> None:
    sources = [
        FeedSource("flv", "", f"http://{web}/a.flv"),
        FeedSource("secret", "", f"http://{web}/secret.flv", "", "op", "p@ss:wörd/1"),
        FeedSource("hls", "", f"http://{web}/a.m3u8"),
        FeedSource("mjpeg", "", f"http://{web}/mjpeg"),
        FeedSource("file", "", CLIP.as_uri()),
    ]
    names = [source.id for source in sources]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget(dict.fromkeys(names, MOVING))
    pool.start()
    try:
        until(lambda: all(pool.slots.seq(c) >= 5 for c in names), f"pictures of all: {pool.reports()}")
        codecs = {c: h.codec for c, h in pool.health().items()}
        assert codecs == {"flv": "h264", "secret": "h264", "hls": "h264", "mjpeg": "mjpeg", "file": "h264"}
        until(lambda: pool.health()["file"].reason == "file", "a file is told to be one")
        until(lambda: pool.reports()["file"].ring_s > 2, "at its pace")
        assert 10 < pool.reports()["file"].unit_fps < 20
        pool.snapshot("mjpeg", tmp_path / "a.jpg")
        assert (tmp_path / "a.jpg").stat().st_size > 1000
    finally:
        pool.stop()


def test_failures_have_the_same_names_and_one_that_hangs_holds_up_nobody(web: str) -> None:
    sources = [
        FeedSource("hang", "", f"http://{web}/hang"),
        FeedSource("none", "", f"http://{web}/none.flv"),
        FeedSource("login", "", f"http://{web}/secret.flv"),
        FeedSource("words", "", f"http://{web}/words.flv"),
        FeedSource("nofile", "", "file:///nowhere/a.mp4"),
        FeedSource("good", "", CLIP.as_uri()),
    ]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget({"good": MOVING})
    pool.start()
    wanted = {
        "none": FeedState.NOT_FOUND,
        "login": FeedState.UNAUTHORISED,
        "words": FeedState.BAD_DATA,
        "nofile": FeedState.NOT_FOUND,
    }
    try:
        until(lambda: pool.slots.seq("good") >= 20, "the good one moves")
        until(lambda: wanted.items() <= {c: h.state for c, h in pool.health().items()}.items(), str(wanted))
        assert pool.health()["hang"].state in (FeedState.CONNECTING, FeedState.BACKOFF)
        assert pool.restarts == 0
    finally:
        _let_go_hanging.set()
        pool.stop()


def test_the_address_given_to_ffmpeg() -> None:
    assert (
        target_of("http://old:x@h:80/a?b=c@d", "op", "p@s:/ö") == "http://op:p%40s%3A%2F%C3%B6@h:80/a?b=c@d"
    )
    assert target_of("rtmp://h/live", "", "") == "rtmp://h/live"
    assert target_of("/a/b.mp4", "u", "p") == "file:/a/b.mp4"
    assert target_of("file:///a/b.mp4", "", "") == "file:/a/b.mp4"
    for bad in ("gopher://h/", "http://", "concat:a|b://x"):
        with pytest.raises(RtspError) as caught:
            target_of(bad, "", "")
        assert caught.value.kind == "unsupported"
    assert "timeout" not in options_of("rtmp://h/live"), "RTMP would wait for a caller"
    assert options_of("rtsps://h/x")["rtsp_transport"] == "tcp"


def test_no_secret_in_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    caplog.set_level(logging.DEBUG)
    with pytest.raises(av.FFmpegError) as caught:
        av.open(target_of(f"http://127.0.0.1:{port}/x", "op", "geheim"))
    error = RtspError(kind_of(caught.value), type(caught.value).__name__)
    assert error.kind == "refused"
    assert "geheim" not in str(error)
    assert "geheim" not in caplog.text
