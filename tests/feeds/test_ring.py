"""Rings: bounded by seconds and by bytes, shared fairly, honest about it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.feeds.ring import Ring, RingStore
from console.feeds.rtp import Unit


def _fill(
    ring: Ring, seconds: float, fps: int = 5, gop: int = 10, size: int = 100, start: float = 0.0
) -> None:
    for number in range(round(seconds * fps)):
        ring.append(Unit(b"x" * size, number, number % gop == 0, start + number / fps))


def test_sixty_seconds_and_the_group_they_begin_in() -> None:
    ring = Ring(RingStore(1 << 30))
    _fill(ring, 200)
    assert 60.0 <= ring.length_s < 62.0
    assert ring.units[0].key
    newest = ring.units[-1].at
    cut = ring.since(newest - 60.0)
    assert cut[0].key
    assert cut[0].at <= newest - 60.0


def test_a_short_ring_says_so_and_gives_what_it_has() -> None:
    ring = Ring(RingStore(1 << 30))
    _fill(ring, 7)
    assert ring.length_s == 6.8
    assert len(ring.since(-1000.0)) == 35


def test_nothing_before_the_first_key_frame() -> None:
    ring = Ring(RingStore(1 << 30))
    ring.append(Unit(b"p", 0, False, 0.0))
    assert not ring.units
    assert ring.latest_group() == []


def test_since_begins_at_the_key_frame_before() -> None:
    ring = Ring(RingStore(1 << 30))
    _fill(ring, 30)
    cut = ring.since(11.1)
    assert cut[0].key
    assert cut[0].at == 10.0
    assert [u.at for u in ring.latest_group()] == [28 + n / 5 for n in range(10)]


def test_a_fat_camera_does_not_eat_the_minute_of_the_thin() -> None:
    store = RingStore(200_000)
    thin, fat = Ring(store), Ring(store)
    _fill(thin, 60, size=100)
    _fill(fat, 60, size=5000)
    assert thin.length_s == 59.8
    assert thin.bytes + fat.bytes == store.used <= 200_000
    assert fat.units[0].key
    assert fat.bytes > 100_000


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4000), st.booleans()), max_size=400),
    st.integers(20_000, 60_000),
)
def test_books_balance_whatever_comes(steps: list[tuple[int, int, bool]], limit: int) -> None:
    store = RingStore(limit)
    rings = [Ring(store) for _ in range(4)]
    for number, (index, size, key) in enumerate(steps):
        rings[index].append(Unit(b"x" * size, number, key, number * 0.1))
        assert store.used == sum(len(u.data) for ring in rings for u in ring.units)
        for ring in rings:
            assert ring.bytes == sum(len(u.data) for u in ring.units)
            assert not ring.units or ring.units[0].key
        # Only a single group of pictures may exceed the room.
        assert store.used <= limit or all(ring.groups <= 1 or ring.bytes <= limit for ring in rings)
    for ring in rings:
        ring.close()
    assert store.used == 0
    assert not store.rings
