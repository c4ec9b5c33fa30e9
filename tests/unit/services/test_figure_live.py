"""Rows of a running period are kept up by what changed, and are those that reading gives."""

from __future__ import annotations

from datetime import timedelta

from console.services.figures import today
from tests.unit.services.conftest import DUTY, LEADER, Site


def test_only_changed_cases_are_read_again(site: Site) -> None:
    kpi = site.services.kpi
    first, second = site.open(), site.open()
    day = today(site.clock.at)
    assert kpi.figures(LEADER, *day, cut="reported").rows[0].n == 2
    assert kpi.live.read == 2
    site.through(first, "file")
    found = kpi.figures(LEADER, *day, cut="reported").rows[0].values
    assert (found["filed"].value, kpi.live.read) == (1, 3)
    kpi.figures(DUTY, *day, cut="reported")
    assert kpi.live.read == 3, "nothing happened"
    site.do(second, "reject", reason="不属实")
    assert kpi.figures(LEADER, *day, cut="reported").rows[0].values["rejected"].value == 1
    third = site.open(place="亚太广场")
    rows = kpi.rows(LEADER, *day, "reported")
    assert rows.ids() == (first.id, second.id, third.id)
    groups = rows.groups("road")
    assert groups.words[groups.codes[2]] == "亚太广场", "a word nobody had used is read too"


def test_a_period_that_is_over_is_read(site: Site) -> None:
    kpi = site.services.kpi
    site.open()
    start, end = today(site.clock.at)
    site.clock.on(hours=48)
    assert kpi.figures(LEADER, start, end, cut="reported").rows[0].n == 1
    assert kpi.live.read == 0
    assert kpi.figures(LEADER, start, end + timedelta(days=30), cut="reported").rows[0].n == 1
    assert kpi.live.read == 0, "a month is not kept in memory"
