"""Where recordings lie, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.domain.recorders import RecorderPlace
from console.domain.vocabulary import Role
from console.services.recorders import OWN, RecorderService
from db import Store

LEADER, OFFICER = Actor("wang.lei", Role.LEADER), Actor("li.na", Role.DUTY)
NONE = RecorderPlace()
OWNED = Camera("cam1", "朝凤路-1", "rtsp://camera.invalid/1", vendor="dahua", channel="7", host="10.0.0.7:80")
PLAIN = Camera("cam2", "朝凤路-2", "rtsp://camera.invalid/2")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with db.open_store(url) as made:
        with made.uows.write() as uow:
            uow.cameras.put([OWNED, PLAIN])
            uow.commit()
        yield made


@pytest.fixture
def service(store: Store) -> RecorderService:
    return RecorderService(store.uows, SystemClock())


def refused(service: RecorderService, *how: object) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        service.put(*how)  # type: ignore[arg-type]
    return caught.value.code, caught.value.detail


def test_the_camera_the_site_and_one_of_its_own(service: RecorderService) -> None:
    assert service.book().of(OWNED) == RecorderPlace("10.0.0.7", "dahua", "7")
    assert service.book().of(PLAIN) == NONE
    book = service.put(LEADER, "", RecorderPlace(" １０.1.2.3：８５５４ ", "海康"), NONE)
    assert book.site == RecorderPlace("10.1.2.3:8554", "hikvision")
    assert book.of(OWNED) == RecorderPlace("10.1.2.3:8554", "hikvision", "7")
    book = service.put(LEADER, "cam2", RecorderPlace("nvr-2", "大华", "０３"), NONE)
    assert book.of(PLAIN) == RecorderPlace("nvr-2:554", "dahua", "3")
    assert service.book() == book
    book = service.put(LEADER, "cam2", NONE, book.own["cam2"])
    assert book.own == {}
    assert book.of(PLAIN).address == "10.1.2.3:8554"


def test_who_comes_second_and_who_may_not(service: RecorderService) -> None:
    first = service.put(LEADER, "", RecorderPlace("10.1.2.3"), NONE)
    assert refused(service, LEADER, "", RecorderPlace("10.9.9.9"), NONE) == ("conflict", "recorder")
    assert refused(service, OFFICER, "", NONE, first.site)[0] == "forbidden"
    assert refused(service, LEADER, "cam9", RecorderPlace("10.9.9.9"), NONE)[0] == "unknown_camera"
    assert service.book() == first


@pytest.mark.parametrize(
    ("place", "detail"),
    [
        (RecorderPlace("rtsp://10.1.2.3"), "recorder_host"),
        (RecorderPlace("user:secret@10.1.2.3"), "recorder_host"),
        (RecorderPlace("10.1.2.3:99999"), "recorder_host"),
        (RecorderPlace("📷"), "recorder_host"),
        (RecorderPlace("1" * 10_000), "recorder_host"),
        (RecorderPlace("10.1.2.3", "宇视"), "recorder_unknown"),
        (RecorderPlace("10.1.2.3", "acme"), "recorder_vendor"),
        (RecorderPlace("10.1.2.3", "dahua", "0"), "recorder_channel"),
        (RecorderPlace("10.1.2.3", "dahua", "三"), "recorder_channel"),
        (RecorderPlace("10.1.2.3", "dahua", "1e9"), "recorder_channel"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    service: RecorderService, place: RecorderPlace, detail: str
) -> None:
    assert refused(service, LEADER, "cam1", place, NONE) == ("no_camera", detail)


@pytest.mark.logs("stored recorders cannot be read")
@pytest.mark.parametrize("text", ["{", "[1]", '{"cam1": {"address": "x"}}', '{"cam1": 7}'])
def test_a_broken_text_costs_no_start(store: Store, text: str) -> None:
    with store.uows.write() as uow:
        uow.settings.put(OWN, text)
        uow.commit()
    assert RecorderService(store.uows, SystemClock()).book().own == {}
