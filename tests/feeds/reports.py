"""Reports made by hand."""

from __future__ import annotations

from console.feeds.messages import Report

_UNKNOWN = ("last_packet", "quiet_since", "decoding_since", "last_picture", "same_since", "retry_at",
            "covered_since", "torn_since")  # fmt: skip


def report_of(camera: str, **changes: object) -> Report:
    """A report that says nothing but ``changes``."""
    told: dict[str, object] = dict.fromkeys(Report._fields, 0)
    told.update(dict.fromkeys(_UNKNOWN))
    told.update(phase="connecting", failure="", codec="", note="", stream="sub", camera_clock=None)
    return Report(**{**told, "camera": camera, **changes})  # type: ignore[arg-type]
