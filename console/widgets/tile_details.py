"""The lines of a tile's details (key I): what its stream is, in numbers. No Qt."""

from __future__ import annotations

from typing import Final

from console.i18n import t
from console.services.ports import FeedHealth
from console.widgets.tile_paint import Tile

#: An age is told in milliseconds below this, in seconds above it.
IN_MS_BELOW_S: Final = 2.0


def age_words(seconds: float | None) -> str:
    """``80 ms``, ``3.4 s``, ``–`` for none."""
    if seconds is None:
        return "–"
    if seconds < IN_MS_BELOW_S:
        return f"{round(seconds * 1000)} ms"
    return f"{seconds:.1f} s"


def detail_lines(tile: Tile, health: FeedHealth | None, now: float) -> tuple[str, ...]:
    """Age of the picture shown, pace, codec and size, bit rate and stream, key
    frames. ``now`` in monotonic seconds."""
    if not tile.camera:
        return ()
    age = None if tile.captured_monotonic is None else max(0.0, now - tile.captured_monotonic)
    lines = [t("tiles.detail.age", id=tile.camera, age=age_words(age))]
    if health is None or (health.width == 0 and health.kbit_s == 0):
        return (*lines, t("tiles.detail.nothing"))
    size = f"{health.width}×{health.height}" if health.width else "–"
    codec = health.codec.upper().replace("HEVC", "H265") or "–"
    lines.append(t("tiles.detail.pace", fps=f"{health.fps:.1f}", codec=codec, size=size))
    stream = t(f"tiles.stream.{health.stream}")
    lines.append(t("tiles.detail.rate", kbit=round(health.kbit_s), stream=stream))
    if health.key_gap_s > 0:
        lines.append(t("tiles.detail.keys", seconds=f"{health.key_gap_s:.1f}", falls=health.falls))
    return tuple(lines)
