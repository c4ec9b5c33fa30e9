"""Places where the same thing comes back."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain import geo, repeats

LAT, LON = 34.72, 113.71
#: Degrees of one metre here.
NORTH = 1 / 111_195
EAST = NORTH / math.cos(math.radians(LAT))


@dataclass(frozen=True)
class Case:
    """Somewhere, so many metres east and north of the corner."""

    id: str
    lon: float
    lat: float


def case(name: str, east: float, north: float = 0.0) -> Case:
    return Case(name, LON + east * EAST, LAT + north * NORTH)


def test_within_fifty_metres_of_the_middle_is_one_place() -> None:
    row = [case("a", 0), case("b", 49), case("c", -49), case("d", 98), case("e", 300)]
    (found,) = repeats.places(row)
    assert (found.middle, found.ids) == ("a", ("a", "b", "c")), "b is near d too, but a has it already"
    assert 48 < found.metres < 50
    assert repeats.places([case("a", 0), case("b", 51), case("c", 102)]) == ()
    assert repeats.places([]) == ()


def test_a_long_street_is_several_places() -> None:
    street = [case(f"{n:03d}", 20.0 * n) for n in range(60)]
    found = repeats.places(street)
    assert len(found) > 8
    assert sum(len(one.ids) for one in found) <= 60
    assert max(one.metres for one in found) <= 50


def test_two_are_enough_where_two_are_asked_for() -> None:
    pair = [case("a", 0), case("b", 10)]
    assert repeats.places(pair) == ()
    assert [one.ids for one in repeats.places(pair, least=2)] == [("a", "b")]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-80, 80))
def test_places_hold_together_wherever_they_are(seed: int, lat: float) -> None:
    """Nobody is in two places, all lie within the distance of their middle, and
    what is left over has no full neighbourhood of its own."""
    dice = random.Random(seed)
    wide = NORTH / math.cos(math.radians(lat))
    cases = [
        Case(f"{n:03d}", LON + dice.uniform(0, 400) * wide, lat + dice.uniform(0, 400) * NORTH)
        for n in range(60)
    ]
    at = {one.id: (one.lon, one.lat) for one in cases}
    found = repeats.places(cases)
    inside = [name for one in found for name in one.ids]
    assert len(inside) == len(set(inside))
    assert [len(one.ids) for one in found] == sorted((len(one.ids) for one in found), reverse=True)
    for one in found:
        assert len(one.ids) >= repeats.LEAST
        assert max(geo.distance_m(at[one.middle], at[name]) for name in one.ids) == one.metres <= 50
    left = set(at) - set(inside)
    for name in left:
        near = [other for other in left if geo.distance_m(at[name], at[other]) <= 50]
        assert len(near) < repeats.LEAST
