"""Pictures of the screen as small PNG files: 256 colours chosen for each
picture (FFmpeg's ``palettegen``), a third of the size of true colour."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
from av.video.frame import VideoFrame

#: A pattern hides the steps of a sky better than noise does, and packs better.
TICK = Fraction(1, 25)
DITHER = "dither=bayer:bayer_scale=3:diff_mode=rectangle"


def write(pixels: bytes, width: int, height: int, path: Path) -> None:
    """Write ``width`` × ``height`` BGRA pixels without gaps between the rows.
    Nothing half written is left. Raises ``OSError``, ``av.FFmpegError``."""
    array = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(array), format="bgra").reformat(format="rgb24")
    with_palette = _quantised(frame)
    codec: Any = av.CodecContext.create("png", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "pal8"
    codec.options = {"compression_level": "9", "pred": "none"}
    codec.time_base = TICK
    packets = [*codec.encode(with_palette), *codec.encode(None)]
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(b"".join(bytes(packet) for packet in packets))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _quantised(frame: VideoFrame) -> VideoFrame:
    """The picture in the 256 colours that suit it best."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=TICK)
    split, palette = graph.add("split"), graph.add("palettegen", "stats_mode=single:reserve_transparent=0")
    use, sink = graph.add("paletteuse", DITHER), graph.add("buffersink")
    source.link_to(split)
    split.link_to(palette, 0, 0)
    split.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    frame.pts = 0
    source.push(frame)
    source.push(None)
    made = sink.pull()
    assert isinstance(made, VideoFrame)
    return made
