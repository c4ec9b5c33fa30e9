"""``ipycam`` (PyPI), a camera made by others, in a process of its own.

Run as a module it serves ONVIF and nothing else, and reports on its standard
output, one JSON line a command that reached its motors:
``["move", pan, tilt, zoom]``, ``["stop"]``, ``["preset", token]``.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0


@dataclass
class IpycamDevice:
    """A running device; ``host`` is ``127.0.0.1:port``."""

    port: int
    motors: queue.Queue[list[object]] = field(default_factory=queue.Queue)

    @property
    def host(self) -> str:
        """As a camera's ``host``."""
        return f"127.0.0.1:{self.port}"

    def next(self) -> list[object]:
        """The next thing its motors were told."""
        return self.motors.get(timeout=PATIENCE_S)

    def until(self, what: str) -> list[list[object]]:
        """Everything told up to and with the first ``what``."""
        told = [self.next()]
        while told[-1][0] != what:
            told.append(self.next())
        return told


@contextmanager
def ipycam_device(username: str = "", password: str = "", *, found: bool = False) -> Iterator[IpycamDevice]:
    """Start it on a free port of the loopback, with a login if one is given;
    ``found``: it answers searches of the network."""
    words = [username, password, *(["found"] if found else [])]
    command = [sys.executable, "-m", "tests.feeds.ipycam_device", *words]
    # It keeps its presets in a file where it stands.
    folder = TemporaryDirectory(prefix="fifteen-ipycam-")
    child = subprocess.Popen(
        command,
        cwd=folder.name,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        device = IpycamDevice(int(child.stdout.readline()))
        reader = threading.Thread(target=_read, args=(child.stdout, device), daemon=True)
        reader.start()
        yield device
    finally:
        child.stdin.close()  # it ends with its standard input
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)
        folder.cleanup()
    reader.join(5)
    child.stdout.close()


def _read(lines: Iterator[str], device: IpycamDevice) -> None:
    for line in lines:
        device.motors.put(json.loads(line))


class _Motors:
    """What the device drives, by ipycam's own hook."""

    def on_continuous_move(self, pan: float, tilt: float, zoom: float) -> None:
        _say(["move", pan, tilt, zoom])

    def on_stop(self) -> None:
        _say(["stop"])

    def on_goto_preset(self, token: str, pan: float, tilt: float, zoom: float) -> None:
        _say(["preset", token])

    def on_absolute_move(self, *_at: float) -> None: ...

    def on_relative_move(self, *_by: float) -> None: ...

    def on_goto_home(self) -> None: ...


def _say(what: list[object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(username: str, password: str, found: bool) -> None:
    """The child: serve until standard input closes."""
    from socketserver import ThreadingTCPServer

    from ipycam import CameraConfig, IPCamera
    from ipycam.http import IPCameraHTTPHandler

    config = CameraConfig(local_ip="127.0.0.1", username=username, password=password, recording_enabled=False)
    camera = IPCamera(config)
    assert camera.ptz is not None
    camera.ptz.add_hardware_handler(_Motors())
    camera.ptz.set_preset("1", "东路口")
    camera.ptz.set_preset("2", "广场")
    IPCameraHTTPHandler.camera = camera
    ThreadingTCPServer.daemon_threads = True
    server = ThreadingTCPServer(("127.0.0.1", 0), IPCameraHTTPHandler)
    config.onvif_port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if found:
        from ipycam.discovery import WSDiscoveryServer

        WSDiscoveryServer(camera.onvif).start()
    sys.stdout.write(f"{config.onvif_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()
    camera.ptz.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "found" in sys.argv[3:])
