"""The database worker: order, answers, bursts, and bugs that do not end it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from console.domain.errors import Refusal
from console.services.requests import Answer, Broke, Refused
from console.worker import DatabaseWorker, Rank


class Postbox:
    """Collects what is posted."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self._condition = threading.Condition()

    def post(self, item: object) -> None:
        with self._condition:
            self.items.append(item)
            self._condition.notify_all()

    def wait(self, count: int) -> list[object]:
        with self._condition:
            assert self._condition.wait_for(lambda: len(self.items) >= count, 10)
            return list(self.items)


def handle(request: object) -> object:
    if request == "refuse":
        raise Refusal("forbidden")
    if request == "break":
        raise ZeroDivisionError("a bug")
    return f"did {request}"


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def worker(box: Postbox) -> Iterator[DatabaseWorker]:
    made = DatabaseWorker(handle, box.post)
    yield made
    made.start() if not made._thread.ident else None
    assert made.stop()


@pytest.mark.logs("broke")
def test_every_request_is_answered_with_its_token(worker: DatabaseWorker, box: Postbox) -> None:
    worker.start()
    tokens = [worker.submit(r) for r in ("one", "refuse", "break", "two")]
    got = box.wait(4)
    assert [type(g) for g in got] == [Answer, Refused, Broke, Answer]
    assert [g.token for g in got] == tokens  # type: ignore[attr-defined]
    assert got[3] == Answer(tokens[3], "two", "did two")


def test_a_sweep_goes_before_people_and_people_before_refresh(worker: DatabaseWorker, box: Postbox) -> None:
    worker.call(lambda: box.post("refresh"), Rank.REFRESH)
    worker.submit("person")
    worker.call(lambda: box.post("sweep"), Rank.SWEEP)
    worker.start()
    got = box.wait(3)
    assert got[0] == "sweep"
    assert isinstance(got[1], Answer)
    assert got[2] == "refresh"


def test_a_burst_under_one_name_is_one_job_and_later_ones_run_again(
    worker: DatabaseWorker, box: Postbox
) -> None:
    for _ in range(50):
        worker.call(lambda: box.post("swept"), Rank.SWEEP, "sweep")
    worker.start()
    box.wait(1)
    worker.call(lambda: box.post("swept"), Rank.SWEEP, "sweep")
    assert box.wait(2) == ["swept", "swept"]


@pytest.mark.logs("job of the database worker broke")
def test_a_job_that_breaks_does_not_end_the_worker(worker: DatabaseWorker, box: Postbox) -> None:
    def broken() -> None:
        raise RuntimeError("no")

    worker.start()
    worker.call(broken, Rank.SWEEP)
    worker.submit("after")
    assert isinstance(box.wait(1)[0], Answer)


@pytest.mark.logs("was refused: db_unreachable server")
def test_a_database_that_is_away_is_logged_in_a_line(
    worker: DatabaseWorker, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise Refusal("db_unreachable", "server", path="postgresql://somewhere")

    worker.start()
    worker.call(away, Rank.SWEEP)
    worker.submit("after")
    assert isinstance(box.wait(1)[0], Answer)
    (record,) = (r for r in caplog.records if r.levelname == "WARNING")
    assert record.exc_info is None
    assert "somewhere" not in record.getMessage()


def test_stopping_answers_what_people_asked_first(box: Postbox) -> None:
    worker = DatabaseWorker(handle, box.post)
    for n in range(20):
        worker.submit(n)
    worker.start()
    assert worker.stop()
    assert len(box.items) == 20
