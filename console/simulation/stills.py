"""Pictures for invented cases: stills of the footage their cameras show."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av

from console.simulation.footage import NAMES, STREET

#: The clips have a key picture every two seconds of their twenty-four.
MOMENTS = 12
_KEY_S = 2


class Stills:
    """Writes JPEG files into ``folder``, one for each call."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def picture(self, camera: str, dice: random.Random) -> Path:
        """A still of what ``camera`` shows (any clip for a case without one).
        The caller removes the file when it has been stored."""
        digits = re.search(r"(\d+)$", camera)
        number = int(digits.group(1)) if digits else dice.randrange(1, len(NAMES) + 1)
        data = _jpeg(NAMES[(number - 1) % len(NAMES)], dice.randrange(MOMENTS))
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        path = self._folder / f"street-{self._count:05d}.jpg"
        path.write_bytes(data)
        return path


@lru_cache(maxsize=256)
def _jpeg(name: str, moment: int) -> bytes:
    with av.open(str(STREET / f"{name}.mp4"), "r") as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        container.seek(int(moment * _KEY_S / stream.time_base), stream=stream)
        frame = next(container.decode(stream))
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    picture = frame.reformat(format="yuvj420p")
    picture.pts, picture.time_base = 0, Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
