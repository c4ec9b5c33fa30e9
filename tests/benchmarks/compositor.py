"""The mosaic a user could build instead: GStreamer's ``compositor``.

Runs where GStreamer's Python binding and its H.264 decoder are installed
(Debian: ``python3-gi gir1.2-gstreamer-1.0 gstreamer1.0-plugins-good
gstreamer1.0-libav gstreamer1.0-x``) with the system's own interpreter, since
the binding lives there. Elsewhere :func:`measure` answers ``None``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: The interpreter that has Debian's ``gi``.
PYTHON: Final = "/usr/bin/python3"
WIDTH: Final = 1920
HEIGHT: Final = 1080
#: Connecting thirty-six sources and the first mosaic, in seconds.
OPEN_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Mosaic:
    """``cpu`` in cores, ``per_s`` mosaics a second that reached the screen."""

    cpu: float
    per_s: float


_CHILD: Final = """
import json, math, os, sys, threading, time
import gi
gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst
Gst.init(None)
job = json.load(sys.stdin)
urls, seconds, settle, fps = job["urls"], job["seconds"], job["settle"], job["fps"]
names = ("avdec_h264", "openh264dec")
decoder = next((n for n in names if Gst.ElementFactory.find(n)), "")
needed = ("compositor", "rtspsrc", "ximagesink", "rtph264depay", "h264parse")
if not decoder or not all(Gst.ElementFactory.find(n) for n in needed):
    print("null")
    sys.exit(0)
columns = math.ceil(math.sqrt(len(urls)))
w, h = job["width"] // columns, job["height"] // columns
pads = " ".join(
    f"sink_{i}::xpos={i % columns * w} sink_{i}::ypos={i // columns * h} "
    f"sink_{i}::width={w} sink_{i}::height={h}" for i in range(len(urls)))
mixer = (f"compositor name=m background=black {pads} ! "
         f"video/x-raw,width={job['width']},height={job['height']},framerate={fps}/1 ! "
         "videoconvert ! ximagesink name=out sync=false")
sources = " ".join(
    f"rtspsrc location={url} protocols=tcp latency=100 ! rtph264depay ! h264parse ! {decoder} ! "
    f"queue max-size-buffers=2 leaky=downstream ! m.sink_{i}" for i, url in enumerate(urls))
line = Gst.parse_launch(f"{mixer} {sources}")
shown = 0
def count(pad, info):
    global shown
    shown += 1
    return Gst.PadProbeReturn.OK
line.get_by_name("out").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
line.set_state(Gst.State.PLAYING)
loop = GLib.MainLoop()
threading.Thread(target=loop.run, daemon=True).start()
time.sleep(settle)
def cpu():
    t = os.times()
    return t.user + t.system
c0, n0, t0 = cpu(), shown, time.monotonic()
time.sleep(seconds)
passed = time.monotonic() - t0
print(json.dumps([(cpu() - c0) / passed, (shown - n0) / passed]), flush=True)
os._exit(0)
"""


def measure(urls: Sequence[str], seconds: float, fps: int) -> Mosaic | None:
    """CPU of a mosaic of ``urls`` (without credentials) on the display in
    force; ``None`` where GStreamer or a part of it is missing."""
    job = {"urls": list(urls), "seconds": seconds, "settle": OPEN_S, "fps": fps,
           "width": WIDTH, "height": HEIGHT}  # fmt: skip
    try:
        done = subprocess.run(
            [PYTHON, "-c", _CHILD], input=json.dumps(job), capture_output=True, text=True,
            timeout=OPEN_S + seconds + 30.0, check=False,
        )  # fmt: skip
        answer = json.loads(done.stdout.strip() or "null")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return None if answer is None or answer[1] <= 0 else Mosaic(answer[0], answer[1])
