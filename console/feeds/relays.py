"""What a worker sends on to the console, still encoded: the units of a camera's
sub or main stream, and the main stream's sound.

One relay never mixes streams: with ``main`` nothing comes until a key frame of
the main stream, the newest one where all that followed is kept. A camera with
one stream only is relayed from its ring at once, whichever is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from console.feeds.channel import Channel
from console.feeds.rtp import Unit
from console.feeds.rtp_sound import Sound

Post = Callable[[tuple[Any, ...]], None]


def relay(channel: Channel, on: bool, stream: str, post: Post) -> None:
    """Begin or end to relay a camera; begun again replaces what was relayed."""
    own = stream == "main" and channel.has_main
    name = channel.source.id

    def unit_of(codec: Callable[[], str]) -> Callable[[Unit], None]:
        def send(unit: Unit) -> None:
            post(("unit", name, codec(), unit.data, unit.pts, unit.key, unit.at))

        return send

    def from_key(send: Callable[[Unit], None]) -> Callable[[Unit], None]:
        begun = False

        def pass_on(unit: Unit) -> None:
            nonlocal begun
            begun = begun or unit.key
            if begun:
                send(unit)

        return pass_on

    def main_codec() -> str:
        return channel.main.codec if channel.main is not None else ""

    def sub_codec() -> str:
        return channel.codec

    def send_sound(sound: Sound) -> None:
        post(("sound", name, *sound, time.monotonic()))

    channel.relay = unit_of(sub_codec) if on and not own else None
    channel.main_relay = from_key(unit_of(main_codec)) if on and own else None
    channel.sound_relay = send_sound if on and stream == "main" else None
    channel.relayed = stream if on else ""
    before = channel.main.group if channel.main is not None else []
    channel.review_main()
    if channel.relay is not None:
        for unit in channel.ring.latest_group():
            channel.relay(unit)
    elif channel.main_relay is not None:
        for unit in before:
            channel.main_relay(unit)
