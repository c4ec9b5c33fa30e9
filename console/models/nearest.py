"""Cameras nearest to a place, and which of them can show it. No Qt."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.domain.geo import Point, bearing_deg, distance_m
from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.models.map_marks import DOWN, stand_of, state_of
from console.services.ports import FeedHealth


@dataclass(frozen=True, slots=True)
class Near:
    """A camera, how far it stands from the place in metres, how its stream is,
    and whether it looks that way (``None``: its bearing is not known)."""

    camera: Camera
    metres: float
    state: FeedState | None
    faces: bool | None


def nearest(
    cameras: Iterable[Camera],
    health: Mapping[str, FeedHealth],
    place: Point,
    count: int,
    *,
    showing: bool = False,
) -> tuple[Near, ...]:
    """The ``count`` nearest enabled cameras with a place, nearest first;
    ``showing``: only those that are not known to be without a picture."""
    found = (
        Near(
            camera,
            distance_m((camera.lon, camera.lat), place),
            state_of(camera, health),
            _faces(camera, place),
        )
        for camera in cameras
        if camera.enabled and camera.lon is not None and camera.lat is not None
    )
    fit = (one for one in found if not showing or stand_of(one.state) != DOWN)
    return tuple(heapq.nsmallest(count, fit, key=_order))


def _order(near: Near) -> tuple[float, str]:
    return near.metres, near.camera.id


def _faces(camera: Camera, place: Point) -> bool | None:
    """Within 60° of where it looks; a place at its foot is not judged."""
    if camera.bearing is None or camera.lon is None or camera.lat is None:
        return None
    here = (camera.lon, camera.lat)
    if distance_m(here, place) < 5.0:
        return None
    off = abs((bearing_deg(here, place) - camera.bearing + 180.0) % 360.0 - 180.0)
    return off <= 60.0
