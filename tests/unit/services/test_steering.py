"""One hand a camera: who has it, until when, and who may take it."""

from __future__ import annotations

import pytest

from console.domain.errors import Refusal
from tests.unit.services.conftest import DUTY, KIOSK, LEADER, OTHER_LEADER, Site

SEAT, OTHER_SEAT = "一号台", "二号台"


@pytest.fixture
def camera(site: Site) -> str:
    """Any camera of the site."""
    with site.store.uows.read() as uow:
        return uow.cameras.all()[0].id


def test_one_person_at_one_seat_until_it_is_given_back(site: Site, camera: str) -> None:
    hold = site.services.steering.take(DUTY, SEAT, camera)
    assert (hold.officer, hold.seat) == (DUTY.name, SEAT)
    with pytest.raises(Refusal) as said:
        site.services.steering.take(LEADER, OTHER_SEAT, camera)
    assert (said.value.code, said.value.detail) == ("conflict", "steering")
    assert said.value.facts["seat"] == SEAT
    with pytest.raises(Refusal):
        site.services.steering.take(DUTY, OTHER_SEAT, camera)
    site.services.steering.leave(LEADER, OTHER_SEAT, camera)
    assert site.services.steering.holder(camera) == hold, "only one's own is given back"
    site.services.steering.leave(DUTY, SEAT, camera)
    assert site.services.steering.holder(camera) is None
    assert site.services.steering.take(LEADER, OTHER_SEAT, camera).seat == OTHER_SEAT


def test_it_ends_by_itself_unless_it_is_renewed(site: Site, camera: str) -> None:
    site.services.steering.take(DUTY, SEAT, camera)
    site.clock.on(seconds=9)
    site.services.steering.take(DUTY, SEAT, camera)
    site.clock.on(seconds=9)
    assert site.services.steering.holder(camera) is not None
    site.clock.on(seconds=1)
    assert site.services.steering.holder(camera) is None
    # A clock that was set back leaves no hold of an hour.
    site.services.steering.take(DUTY, SEAT, camera)
    site.clock.on(hours=-1)
    assert site.services.steering.holder(camera) is None


def test_only_a_leader_takes_over(site: Site, camera: str) -> None:
    site.services.steering.take(LEADER, SEAT, camera)
    for actor in (DUTY, KIOSK):
        with pytest.raises(Refusal) as said:
            site.services.steering.take(actor, OTHER_SEAT, camera, over=True)
        assert said.value.code == "forbidden"
    site.services.steering.take(OTHER_LEADER, OTHER_SEAT, camera, over=True)
    with pytest.raises(Refusal) as said:
        site.services.steering.take(LEADER, SEAT, camera)
    assert said.value.code == "conflict"


def test_an_unknown_camera_is_not_steered(site: Site) -> None:
    with pytest.raises(Refusal) as said:
        site.services.steering.take(DUTY, SEAT, "nowhere")
    assert said.value.code == "unknown_camera"
