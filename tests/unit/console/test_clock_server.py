"""The local clock follows the database server's, and says when it cannot."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from console.clock import SystemClock, machine_now
from console.clock_server import demand_true_clock, follow_server
from console.domain.errors import Refusal


class Server:
    """A database server whose clock is ``ahead_s`` ahead of ours."""

    def __init__(self, ahead_s: float | None) -> None:
        self.ahead_s = ahead_s

    def server_time(self) -> datetime | None:
        return None if self.ahead_s is None else machine_now() + timedelta(seconds=self.ahead_s)


def test_a_database_without_a_clock_changes_nothing() -> None:
    clock = SystemClock()
    assert follow_server(Server(None), clock) == 0.0
    assert clock.offset_s == 0.0


@pytest.mark.logs("from the database server")
def test_stamps_follow_the_server() -> None:
    clock = SystemClock()
    follow_server(Server(3.0), clock)
    assert (clock.now() - machine_now()).total_seconds() == pytest.approx(3.0, abs=0.2)
    demand_true_clock(clock)


@pytest.mark.logs("from the database server")
@pytest.mark.parametrize("ahead", [7.0, -7.0])
def test_a_clock_far_off_stamps_nothing(ahead: float) -> None:
    clock = SystemClock()
    follow_server(Server(ahead), clock)
    with pytest.raises(Refusal) as caught:
        demand_true_clock(clock)
    assert (caught.value.code, caught.value.detail) == ("conflict", "clock")
    assert str(caught.value.facts["seconds"]) == f"{-ahead:+.0f}"
