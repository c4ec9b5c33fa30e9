"""The reference of ``bench wall``: what decoding alone costs.

One process, one thread a stream: PyAV reads RTSP over TCP, decodes and converts
to BGRA at the source's size; nothing is painted, kept or told.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

#: Every stream has delivered after this long, or never will, in seconds.
OPEN_S = 15.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """``cpu`` in cores, ``per_s`` pictures a second of all streams together,
    ``streams`` how many of them delivered anything."""

    cpu: float
    per_s: float
    streams: int


def measure(urls: Sequence[str], seconds: float, settle_s: float = 3.0) -> Delivered:
    """Run the reference on ``urls`` (without credentials)."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(there, tuple(urls), seconds, settle_s), daemon=True)
    child.start()
    there.close()
    try:
        return Delivered(*here.recv())
    finally:
        here.close()
        child.join(5)
        if child.is_alive():
            child.kill()
            child.join(5)


def _serve(pipe: Connection, urls: tuple[str, ...], seconds: float, settle_s: float) -> None:
    counts = [0] * len(urls)
    for number, url in enumerate(urls):
        threading.Thread(target=_decode, args=(url, counts, number), daemon=True).start()
    end = time.monotonic() + OPEN_S
    while not all(counts) and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(settle_s)
    before, begun, cpu = list(counts), time.monotonic(), _cpu_s()
    time.sleep(seconds)
    passed = time.monotonic() - begun
    each = [now - then for now, then in zip(counts, before, strict=True)]
    pipe.send(((_cpu_s() - cpu) / passed, sum(each) / passed, sum(n > 0 for n in each)))
    # Sixty-four threads inside FFmpeg end with the process.
    os._exit(0)


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


def _decode(url: str, counts: list[int], number: int) -> None:
    import av

    options = {"rtsp_transport": "tcp"}
    while True:
        try:
            with av.open(url, options=options, timeout=10.0) as container:
                stream = container.streams.video[0]
                stream.codec_context.thread_count = 1
                for frame in container.decode(stream):
                    frame.reformat(format="bgra")
                    counts[number] += 1
        except (av.FFmpegError, OSError):
            time.sleep(0.5)
