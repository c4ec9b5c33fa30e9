"""``ipycam``'s own RTSP server (PyPI), with a grey picture that changes.

Run as a module it serves ``/street`` over RTSP and prints its port; ends with
its standard input. It encodes with the system's ``ffmpeg``.
"""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
from ipycam.rtsp import NativeRTSPServer

WIDTH, HEIGHT, FPS = 320, 192, 15
NAME = "street"


def main() -> None:
    """Serve until standard input ends."""
    server = NativeRTSPServer(0, "127.0.0.1")
    server.add_stream(NAME, WIDTH, HEIGHT, FPS, "500K")
    if not server.start() or server._server_socket is None:
        raise SystemExit(1)
    server.port = server._server_socket.getsockname()[1]
    print(server.port, flush=True)
    ended = threading.Event()
    threading.Thread(target=_wait, args=(ended,), daemon=True).start()
    number = 0
    while not ended.is_set():
        frame = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        frame[:, number % WIDTH : number % WIDTH + 40] = 60
        server.stream_frame(NAME, frame)
        number += 4
        time.sleep(1 / FPS)
    server.stop()


def _wait(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
