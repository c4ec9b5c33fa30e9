"""One simulator and one site for all scenarios; each works on its own copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.settings import Places
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from tests.scenarios.console_kit import Story, at, build_site, copied

CAMERAS = 8


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpawnedCameras]:
    """Eight street cameras in a process of their own, with digest auth."""
    plan = CameraPlan(CAMERAS, tmp_path_factory.mktemp("footage"), auth=("operator", "street"))
    with SpawnedCameras(plan) as cameras:
        yield cameras


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, street: SpawnedCameras) -> Places:
    """The district with those cameras, purpose ``test``."""
    folder = tmp_path_factory.mktemp("built")
    return build_site(folder, f"sqlite:///{folder / 'site.sqlite'}", street)


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The district with its people, without a camera."""
    folder = tmp_path_factory.mktemp("quiet")
    return build_site(folder, f"sqlite:///{folder / 'site.sqlite'}", None)


@pytest.fixture
def site(built: Places, tmp_path: Path, qapp: QApplication) -> Places:
    """A copy of it to work on."""
    return copied(built, tmp_path / "data")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A clock that stands at 08:00 of a Monday until it is moved."""
    made = Story(tmp_path)
    made.stand(at("08:00:00"))
    return made


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """How full the disk of this machine is has no part in a story: it would ring
    beside the alarms that are counted."""
    for limit in ("LOW_SHARE", "LOW", "FULL"):
        monkeypatch.setattr(f"console.services.source_conditions.{limit}", 0)
