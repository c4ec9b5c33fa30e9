"""Finding cameras for the overview: by name, initials, number, state, place."""

from __future__ import annotations

import pytest

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.models.names import NameBook
from console.models.overview_index import BAD, BY_AGE, BY_STATE, LIVE, OverviewIndex, Query
from console.services.views import Names

CAMERAS = (
    Camera("cam010", "镜湖大道-10", "rtsp://x/1", community="c1", groups=("城区",)),
    Camera("cam002", "镜湖大道-2", "rtsp://x/2", community="c2", groups=("城区", "学校")),
    Camera("cam003", "文化街口", "rtsp://x/3", community="c1", enabled=False),
    Camera("cam004", "和顺街口", "rtsp://x/4", community="c2"),
)


@pytest.fixture
def index() -> OverviewIndex:
    made = OverviewIndex()
    made.set_cameras(CAMERAS)
    made.set_names(NameBook(Names({"c1": ("亚太社区", "Asia"), "c2": ("朝凤社区", "Phoenix")}, {}, {})))
    made.set_states(
        {
            "cam010": FeedState.LIVE,
            "cam002": FeedState.LOST,
            "cam003": FeedState.LIVE,
            "cam004": FeedState.STALE,
        }
    )
    return made


def ids(index: OverviewIndex, query: Query, **more: object) -> list[str]:
    return [camera.id for camera in index.find(query, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("镜湖", {"cam010", "cam002"}),
        ("jhdd", {"cam010", "cam002"}),
        ("JHDD", {"cam010", "cam002"}),
        ("hsjk", {"cam004"}),
        ("cam003", {"cam003"}),
        ("10", {"cam010"}),
        ("亚太", {"cam010", "cam003"}),
        ("镜湖 学校", {"cam002"}),
        ("xyz", set()),
        ("", {"cam010", "cam002", "cam003", "cam004"}),
    ],
)
def test_every_word_typed_must_be_found(index: OverviewIndex, text: str, found: set[str]) -> None:
    assert set(ids(index, Query(text))) == found


def test_numbers_in_names_count_as_numbers(index: OverviewIndex) -> None:
    assert ids(index, Query("镜湖")) == ["cam002", "cam010"]


def test_states_filter_and_what_is_switched_off_is_not_missing(index: OverviewIndex) -> None:
    assert ids(index, Query(show=LIVE)) == ["cam010"]
    assert set(ids(index, Query(show=BAD))) == {"cam002", "cam004"}
    assert index.counts() == (1, 3)


def test_the_worst_state_comes_first(index: OverviewIndex) -> None:
    assert ids(index, Query(order=BY_STATE)) == ["cam002", "cam004", "cam010", "cam003"]


def test_the_oldest_picture_comes_first(index: OverviewIndex) -> None:
    ages = {"cam010": 1.0, "cam002": None, "cam003": 9.0, "cam004": 3.0}
    assert ids(index, Query(order=BY_AGE), age=ages.get) == ["cam002", "cam003", "cam004", "cam010"]


def test_communities_and_groups_are_places(index: OverviewIndex) -> None:
    places = dict(index.places())
    assert set(places.values()) == {"亚太社区", "朝凤社区", "城区", "学校"}
    assert set(ids(index, Query(place="c:c1"))) == {"cam010", "cam003"}
    assert ids(index, Query(place="g:学校")) == ["cam002"]


def test_initials_are_prepared_a_few_at_a_time_and_once(
    index: OverviewIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr("console.models.overview_index.spelt", lambda text: made.append(text) or "q")
    assert index.prepare(3) is True
    assert index.prepare(3) is False
    count = len(made)
    index.set_cameras(CAMERAS)  # the same list again: nothing is spelt twice
    assert index.prepare(10) is False
    ids(index, Query("q"))
    assert len(made) == count


def test_only_a_change_of_states_is_one(index: OverviewIndex) -> None:
    same = {
        "cam010": FeedState.LIVE,
        "cam002": FeedState.LOST,
        "cam003": FeedState.LIVE,
        "cam004": FeedState.STALE,
    }
    assert index.set_states(same) is False
    assert index.set_states({**same, "cam010": FeedState.LOST}) is True
