"""A camera changed in the database is read anew by a running console; the
others keep their connections."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.vocabulary import FeedState
from console.settings import Places
from tests.scenarios.console_kit import seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

CAMERA = "cam001"


def test_a_camera_changed_in_the_database_is_read_anew(site: Places) -> None:
    with seat(site, layout="9") as here:
        here.sign_in()
        here.live(CAMERA, "cam002")
        store, feeds = here.console.engine.store, here.console.engine.feeds
        assert feeds is not None
        with store.uows.write() as uow:
            card = uow.cameras.get(CAMERA)
            assert card is not None
            uow.cameras.save(replace(card, url=card.url + "/none", url_sub=""), card.version)
            uow.commit()
        until(lambda: feeds.health()[CAMERA].state is FeedState.NOT_FOUND, "the new address")
        assert feeds.health()["cam002"].state is FeedState.LIVE
        assert feeds.reports()["cam002"].failures == 0, "the other kept its connection"
        with store.uows.write() as uow:
            bad = uow.cameras.get(CAMERA)
            assert bad is not None
            uow.cameras.save(replace(bad, enabled=False), bad.version)
            uow.commit()
        until(lambda: CAMERA not in feeds.health(), "switched off")
