"""What crosses the pipe between the console and a feed process.

Commands (console → worker) and events (worker → console) are tuples whose
first word says what they are; the records below travel inside them. Secrets
are in ``("cameras", …)`` alone and nowhere else.

Commands::

    ("cameras", tuple[FeedSource, ...])          the whole share of this worker
    ("budgets", {camera: (Budget, slot name)})   whole; others are idle
    ("clock", utc_us, monotonic)                 the console's time
    ("ask", number, kind, camera, arguments)     snapshot, main_picture, clip
    ("relay", camera, on, stream)                send units of "sub" or "main"
    ("stop",)

Events::

    ("hello", pid, qt_loaded)
    ("report", monotonic, [Report, ...], WorkerFacts)   see feeds.telling
    ("news", monotonic, [Report, ...])           between two reports
    ("done", number, value)  ("failed", number, code, detail)
    ("unit", camera, codec, data, pts, key, at)
    ("sound", camera, codec, rate, channels, data, pts, at)

``sound`` comes with the units of a relayed main stream: ``codec`` is ``aac``
(each piece with its ADTS header), ``pcm_mulaw`` or ``pcm_alaw``; ``pts`` counts
samples from the first one heard.
"""

from __future__ import annotations

from typing import NamedTuple

from console.feeds.states import FeedFacts, Phase

#: Seconds between a worker's reports, which are its heartbeat.
REPORT_S = 0.5
#: What happens to a camera is told so much later at most.
NEWS_S = 0.1
#: A worker silent for this long is taken for dead.
STALLED_S = 3.0


class Report(NamedTuple):
    """One camera in a report; instants are monotonic seconds."""

    camera: str
    phase: Phase
    failure: str
    failures: int
    last_packet: float | None
    quiet_since: float | None
    packet_interval: float
    decoding_since: float | None
    last_picture: float | None
    picture_interval: float
    decode_errors: int
    same_since: float | None
    unit_fps: float
    picture_fps: float
    kbit_s: float
    codec: str
    width: int
    height: int
    lost: int
    damaged: int
    dropped: int
    ring_s: float
    ring_bytes: int
    retry_at: float | None
    note: str = ""
    """What a live picture is, when it is not what was asked for: ``file``
    (recorded, played in a loop) or ``main_failed`` (the sub stream instead)."""
    stream: str = "sub"
    """The stream being decoded."""
    key_gap: float = 0.0
    """Seconds from one key frame to the next; 0 unknown."""
    camera_clock: float | None = None
    """The camera's Unix time minus monotonic time; ``None`` unknown."""
    covered_since: float | None = None
    """Since when the picture has shown nothing at all."""
    torn_since: float | None = None
    """Since when pictures have come damaged again and again."""

    def facts(self) -> FeedFacts:
        """The part the state is judged by."""
        return FeedFacts(
            self.phase,
            self.failure,
            self.failures,
            self.last_packet,
            self.quiet_since,
            self.packet_interval,
            self.decoding_since,
            self.last_picture,
            self.picture_interval,
            self.decode_errors,
            self.same_since,
        )


class WorkerFacts(NamedTuple):
    """How a worker itself is doing. Ages in seconds at publishing, over the
    last report's pictures."""

    pid: int
    decoder_busy_s: float
    ages_s: tuple[float, ...]
    ring_bytes: int
    cpu_s: float
