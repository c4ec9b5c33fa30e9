"""A camera changed in the database is read anew by a running console; the
others keep their connections."""

from __future__ import annotations

import pytest

from console.domain.model import Actor
from console.domain.vocabulary import FeedState, Role
from console.settings import Places
from tests.scenarios.console_kit import seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

CAMERA = "cam001"
ADMIN = Actor("zhao.min", Role.ADMIN)


def test_a_camera_changed_in_the_database_is_read_anew(site: Places) -> None:
    with seat(site, layout="9") as here:
        here.sign_in()
        here.live(CAMERA, "cam002")
        cameras, feeds = here.console.engine.services.cameras, here.console.engine.feeds
        assert feeds is not None
        where = next(card.camera for card in cameras.table(ADMIN).rows if card.camera.id == CAMERA)
        cameras.set_many(ADMIN, [CAMERA], {"url": where.url + "/none", "url_sub": ""})
        until(lambda: feeds.health()[CAMERA].state is FeedState.NOT_FOUND, "the new address")
        # Another name and another key cut nobody.
        cameras.set_many(ADMIN, ["cam002"], {"name": "改名的点位", "groups+": "夜巡"})
        assert here.console.engine.services.keys.rotate(ADMIN).unreadable == ()
        until(
            lambda: any(one.name == "改名的点位" for one in here.console.cameras), "the new name at the desk"
        )
        assert feeds.health()["cam002"].state is FeedState.LIVE
        assert feeds.reports()["cam002"].failures == 0, "the other kept its connection"
        off = cameras.remove(ADMIN, [CAMERA])
        until(lambda: CAMERA not in feeds.health(), "switched off")
        cameras.undo(ADMIN, off.number)
        cameras.set_many(ADMIN, [CAMERA], {"url": where.url, "url_sub": where.url_sub})
        here.live(CAMERA)
