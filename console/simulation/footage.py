"""Which footage a simulated camera shows, in which size.

The clips in ``resources/street`` are 640×360 at 15 pictures a second, one of
them also 1280×720. Any other size or rate is made once with PyAV and kept in
the cache folder (``FIFTEEN_CACHE``), because encoding while serving would cost
more than everything that is to be measured.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import av
import numpy as np

from console.domain.errors import Refusal
from console.shipped import RESOURCES
from console.simulation.rtsp_media import Clip, encode_clip, load_clip

STREET = RESOURCES / "street"
#: In the order in which cameras take them: neighbours look different.
NAMES = (
    "plaza-a",
    "corner-d",
    "plaza-b",
    "dusk-f",
    "plaza-c",
    "infrared-h",
    "corner-e",
    "haze-g",
    "plaza-night",
)
NATIVE_SIZE = (640, 360)
NATIVE_FPS = 15
_CACHE_VERSION = 1
#: Bits per pixel and picture of the street clips (about 450 kbit/s at 640×360, 15 fps).
_BITS_PER_PIXEL = 0.13


def clip_for(camera: int, sub: bool, size: tuple[int, int] | None, fps: int | None, cache: Path) -> Clip:
    """The loop camera number ``camera`` (from 1) replays on one of its streams.

    Without a size and a rate the main stream is 1280×720 where there is such a
    clip, and the sub stream 640×360; with one of them both streams are alike. Raises
    ``Refusal('bad_value')`` for sizes and rates no camera has.
    """
    name = NAMES[(camera - 1) % len(NAMES)]
    if size is None and fps is None:
        main = STREET / f"{name}-main.mp4"
        return _load(main if not sub and main.exists() else STREET / f"{name}.mp4")
    return _load(_made(name, size or NATIVE_SIZE, NATIVE_FPS if fps is None else fps, cache))


@lru_cache(maxsize=64)
def _load(path: Path) -> Clip:
    return load_clip(path)


def _made(name: str, size: tuple[int, int], fps: int, cache: Path) -> Path:
    if size == NATIVE_SIZE and fps == NATIVE_FPS:
        return STREET / f"{name}.mp4"
    width, height = size
    if not (64 <= width <= 3840 and 64 <= height <= 2160 and width % 2 == height % 2 == 0):
        raise Refusal("bad_value", "size", value=f"{width}x{height}")
    if not 1 <= fps <= 30:
        raise Refusal("bad_value", "fps", value=fps)
    target = cache / "street" / f"{name}-{width}x{height}-{fps}-v{_CACHE_VERSION}.mp4"
    if not target.exists():
        _make(name, size, fps, target)
    return target


def _source(name: str, size: tuple[int, int]) -> Path:
    main = STREET / f"{name}-main.mp4"
    return main if size[1] > NATIVE_SIZE[1] and main.exists() else STREET / f"{name}.mp4"


def _make(name: str, size: tuple[int, int], fps: int, target: Path) -> None:
    """Encode one clip in another size; complete or not there at all."""
    bit_rate = max(60_000, int(size[0] * size[1] * fps * _BITS_PER_PIXEL))
    # Slow cameras are set to fewer key pictures, like those measured.
    key_s = 2.0 if fps >= 10 else 4.0
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(suffix=".mp4", dir=target.parent)
    os.close(handle)
    try:
        frames = _resampled(_source(name, size), fps)
        encode_clip(Path(temporary), frames, size, fps, bit_rate, key_s)
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _resampled(path: Path, fps: int) -> Iterator[av.VideoFrame]:
    """The pictures of a clip at another rate, over the same 24 s."""
    with av.open(str(path)) as container:
        shown = 0
        for index, frame in enumerate(container.decode(video=0)):
            wanted = (index + 1) * fps // NATIVE_FPS
            while shown < wanted:
                yield frame
                shown += 1


def frozen(clip: Clip, picture: int) -> Clip:
    """Two seconds of one unmoving picture of ``clip``, for the freeze fault."""
    key = max((index for index in clip.keys if index <= picture), default=0)
    frame = _decoded(clip, key)
    count = clip.fps * 2
    return _still(f"{clip.name}-frozen", (frame for _ in range(count)), clip, 200_000)


def covered(clip: Clip) -> Clip:
    """Two seconds of a dark, slightly noisy picture, for the cover fault."""
    noise = np.random.default_rng(15)

    def pictures() -> Iterator[av.VideoFrame]:
        for _ in range(clip.fps * 2):
            grey = noise.normal(22, 2, (clip.height, clip.width, 1)).clip(0, 255).astype(np.uint8)
            yield av.VideoFrame.from_ndarray(np.repeat(grey, 3, axis=2), format="rgb24")

    return _still(f"{clip.name}-covered", pictures(), clip, 300_000)


def _still(name: str, frames: Iterator[av.VideoFrame], like: Clip, bit_rate: int) -> Clip:
    made = io.BytesIO()
    encode_clip(made, frames, (like.width, like.height), like.fps, bit_rate, 2.0)
    made.seek(0)
    return load_clip(made, name)


def _decoded(clip: Clip, index: int) -> av.VideoFrame:
    if clip.path is None:
        raise Refusal("bad_file", "clip", file=clip.name, why="no file")
    with av.open(str(clip.path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == index:
                return frame
    raise Refusal("bad_file", "clip", file=clip.name, why="too short")
