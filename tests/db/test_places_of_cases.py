"""Where cases happened, counted by the database: alike on both."""

from __future__ import annotations

from datetime import timedelta

import db
from tests.db.building import NOW, case


def test_grids_first_then_places_and_never_a_mis_key(store: db.Store) -> None:
    spot = {"lon": 113.7263, "lat": 34.6993}
    rows = [
        case(grid="g1", **spot),
        case(grid="g1", lon=113.8, lat=34.6),
        case(grid="g2"),
        case(**spot),
        case(**spot),
        case(lon=None, lat=None),
        case(grid="g1", mis_key=True),
        case(NOW - timedelta(days=8), grid="g1"),
    ]
    with store.uows.write() as unit:
        for one in rows:
            unit.cases.add(one, "20260805")
        unit.commit()
    with store.uows.read() as unit:
        found = unit.facts.places_of_cases(NOW - timedelta(days=7))
    assert sorted(found, key=str) == [
        ("", 113.7263, 34.6993, 2),
        ("", None, None, 1),
        ("g1", None, None, 2),
        ("g2", None, None, 1),
    ]


def test_nothing_happened(store: db.Store) -> None:
    with store.uows.read() as unit:
        assert unit.facts.places_of_cases(NOW) == ()
