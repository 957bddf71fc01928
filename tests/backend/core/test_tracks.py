"""Tracks at frames: the same as in the browser, and what follows from them for datasets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.core.between import between, rings_matched
from backend.core.tracks import region_at, tags_at, track_at

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tracks.json").read_text())
SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def alike(one: Any, other: Any) -> bool:
    """Equal, numbers to within 1e-9."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(alike(one[k], other[k]) for k in one)
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float | int) and not isinstance(one, bool):
        return bool(other == pytest.approx(one, abs=1e-9))
    return bool(one == other)


@pytest.mark.parametrize("case", VECTORS["track_at"], ids=lambda case: str(case["name"]))
def test_a_track_is_where_it_is_in_the_browser(case: dict[str, Any]) -> None:
    for wanted in case["at"]:
        state = track_at(case, wanted["frame"])
        if wanted.get("absent"):
            assert state is None
            continue
        assert state is not None
        assert state.shape == case.get("of", "box")
        assert alike(wanted["geometry"], state.geometry), (wanted, state)
        assert state.is_keyframe == wanted["is_keyframe"]
        assert state.outside == wanted.get("outside", False)
        assert state.occluded == wanted.get("occluded", False)
        assert state.attributes == wanted.get("attributes", {})


@pytest.mark.parametrize("case", VECTORS["track_at"], ids=lambda case: str(case["name"]))
def test_a_keyframe_itself_is_told_as_it_is_stored(case: dict[str, Any]) -> None:
    for key in case["keyframes"]:
        state = track_at(case, key["frame"])
        assert state is not None
        assert key.items() >= state.geometry.items()


def test_an_outline_near_a_keyframe_goes_through_all_its_vertices() -> None:
    heptagon = tuple((30.0 + at * at, 7.0 * at if at < 4 else 50.0 - 5 * at) for at in range(7))
    for one, other in ((SQUARE, heptagon), (heptagon, SQUARE)):
        matched = rings_matched(one, other)
        assert {a for a, _ in matched} >= set(one)
        assert {b for _, b in matched} >= set(other)


def test_outlines_of_very_many_vertices_are_matched_too() -> None:
    many = [
        [float(at % 500), float(at // 500) * 400.0] if at < 500 else [999.0 - at, 400.0] for at in range(1000)
    ]
    moved = [[x + 8.0, y + 2.0] for x, y in [*many[300:], *many[:300]]]
    halfway = between("polygon", {"points": many}, {"points": moved}, 0.5)["points"]
    xs, ys = [x for x, _ in halfway], [y for _, y in halfway]
    assert (min(xs), max(xs), min(ys), max(ys)) == pytest.approx((4.0, 503.0, 1.0, 401.0), abs=0.6)


def track(of: str, *keyframes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"shape": "track", "label_id": "l", "geometry": {"of": of, "keyframes": list(keyframes)}, **more}


def test_an_object_of_one_frame_has_the_tracks_attributes_and_what_keyframes_say() -> None:
    walker = track(
        "polygon",
        {"frame": 2, "points": SQUARE, "occluded": True, "attributes": {"pose": "up", "load": None}},
        {"frame": 9, "points": SQUARE, "outside": True},
        attributes={"load": "box", "kind": "adult"},
    )
    assert region_at(walker, 1) is None
    assert region_at(walker, 9) is None
    assert region_at(walker, 5) == {
        "shape": "polygon",
        "label_id": "l",
        "geometry": {"points": SQUARE},
        "occluded": True,
        "attributes": {"kind": "adult", "pose": "up"},
    }


def test_tags_hold_over_their_frames_and_are_no_objects() -> None:
    night = track("tag", {"frame": 3}, {"frame": 6, "outside": True})
    walker = track("box", {"frame": 0, "box": [0, 0, 1, 1]})
    picture = {"shape": "box", "label_id": "p", "geometry": {"box": [0, 0, 1, 1]}}
    assert [tags_at([night, walker, picture], frame) for frame in (2, 3, 5, 6)] == [[], ["l"], ["l"], []]
    assert region_at(night, 4) is None
