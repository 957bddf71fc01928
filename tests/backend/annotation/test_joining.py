"""Videos in parts: which frames each has, tracks cut to them, and the parts' tracks joined again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.joining import parts_joined
from backend.annotation.domain.parts import Span, regions_cut, spans_of, track_cut
from backend.annotation.domain.seams import Link, PartLabels, pairs_at
from backend.annotation.enums import LinkKind
from backend.core.tracks import track_at

FRAMES = 120


@given(st.integers(1, 3_000), st.integers(40, 700), st.data())
def test_parts_cover_the_video_and_neighbours_share_the_overlap(
    frame_count: int, longest: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(2, longest // 4))
    spans = spans_of(frame_count, longest, overlap)
    if frame_count <= longest:
        assert spans == []
        return
    assert (spans[0].start, spans[-1].end) == (0, frame_count)
    assert all(one.end - other.start == overlap for one, other in pairwise(spans))
    lengths = [span.end - span.start for span in spans]
    assert max(lengths) <= longest and max(lengths) - min(lengths) <= 1
    assert all(one.end <= third.start for one, third in zip(spans, spans[2:], strict=False))


def test_a_length_of_none_makes_no_parts() -> None:
    assert spans_of(1_000, 0, 50) == []


def key(frame: int, x: float = 10.0, **fields: Any) -> dict[str, Any]:
    return {"frame": frame, "outside": False, "occluded": False, "box": [x, 10.0, x + 60.0, 90.0], **fields}


def track(*keyframes: dict[str, Any], name: str = "a", **fields: Any) -> RegionData:
    geometry = {"of": fields.pop("of", "box"), "keyframes": list(keyframes)}
    return RegionData(f"00000000-0000-4000-8000-{name:0>12}", "person", "track", geometry, **fields)


def said(regions: list[RegionData], frame: int) -> list[Any]:
    """What is there on a frame, with all attributes, in a fixed order."""
    found = []
    for region in regions:
        state = track_at(region.geometry, frame)
        if state is not None and not state.outside:
            told = {k: v for k, v in {**region.attributes, **state.attributes}.items() if v is not None}
            place = [round(value, 6) for value in state.geometry.get("box", [])]
            found.append((region.label_id, state.shape, place, state.occluded, sorted(told.items())))
    return sorted(found)


def split(regions: list[RegionData], spans: list[Span]) -> list[PartLabels]:
    return [PartLabels(span, Labels(regions_cut(regions, span)), is_last=span is spans[-1]) for span in spans]


@st.composite
def objects(draw: st.DrawFn) -> list[RegionData]:
    """Objects far enough apart not to be taken for one another, there from some frame to another."""
    rows = []
    for number in range(draw(st.integers(1, 4))):
        frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=7)))
        keyframes = []
        for frame in frames:
            moved = draw(st.floats(-15.0, 15.0))
            one = key(frame, 200.0 * number + 20.0 + moved, occluded=draw(st.booleans()))
            if draw(st.booleans()):
                one["attributes"] = {"pose": draw(st.sampled_from(["up", "down", None]))}
            keyframes.append(one)
        if len(keyframes) > 1 and draw(st.booleans()):
            keyframes[-1]["outside"] = True
        attributes = {"pose": "up", "load": "box"} if draw(st.booleans()) else {}
        rows.append(track(*keyframes, name=str(number), attributes=attributes))
    return rows


@settings(max_examples=300, deadline=None)
@given(objects(), st.integers(40, 90), st.integers(2, 10))
def test_split_and_joined_again_tracks_are_the_same(
    regions: list[RegionData], longest: int, overlap: int
) -> None:
    joined = parts_joined(split(regions, spans_of(FRAMES, longest, overlap))).regions
    assert len(joined) == len(regions)
    for frame in range(FRAMES):
        assert said(joined, frame) == said(regions, frame), frame
    # No keyframe is lost, and none made up: where a line goes on, the seam leaves no trace.
    assert sorted([k["frame"] for k in r.geometry["keyframes"]] for r in joined) == sorted(
        [k["frame"] for k in r.geometry["keyframes"]] for r in regions
    )


def test_a_cut_track_says_the_same_of_its_frames_and_nothing_of_others() -> None:
    whole = track(key(0, 0.0, attributes={"pose": "up"}), key(40, 80.0), key(80, 80.0, outside=True))
    cut = track_cut(whole.geometry, Span(10, 30))
    assert cut is not None
    assert [(k["frame"], k["box"][0], k.get("by")) for k in cut["keyframes"]] == [
        (10, 20.0, "interpolation"),
        (29, 58.0, "interpolation"),
    ]
    assert cut["keyframes"][0]["attributes"] == {"pose": "up"}
    assert track_cut(whole.geometry, Span(85, 100)) is None


ONE, TWO = Span(0, 60), Span(50, 110)


def joined(one: list[RegionData], two: list[RegionData], *links: Link, **fields: Any) -> Labels:
    parts = [PartLabels(ONE, Labels(one, fields.get("tags", [[], []])[0]), is_last=False)]
    parts.append(PartLabels(TWO, Labels(two, fields.get("tags", [[], []])[1]), is_last=True, links=links))
    return parts_joined(parts)


def test_two_peoples_tracks_of_one_object_are_one_that_changes_over_at_the_seam() -> None:
    [region] = joined(
        [track(key(0, 10.0), key(59, 69.0))], [track(key(50, 64.0), key(100, 114.0), name="b")]
    ).regions
    assert region.region_id.endswith("a")
    for frame, x in ((0, 10.0), (54, 64.0), (55, 69.0), (100, 114.0)):
        state = track_at(region.geometry, frame)
        assert state is not None and state.geometry["box"][0] == pytest.approx(x)
    assert [k["frame"] for k in region.geometry["keyframes"]] == [0, 54, 55, 100]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (track(key(50, 64.0 + 40.0), key(100, 114.0), name="b"), "too far away"),
        (RegionData("b", "hard_hat", "track", track(key(50, 60.0)).geometry), "another label"),
        (track(key(50, 60.0), name="b", of="ellipse"), "another shape"),
        (track(key(70, 80.0), name="b"), "not there before the seam"),
    ],
)
def test_what_is_not_the_same_object_stays_apart_and_ends_with_its_part(other: RegionData, why: str) -> None:
    if other.geometry["of"] == "ellipse":
        other.geometry["keyframes"] = [
            {"frame": 50, "outside": False, "occluded": False, "center": [90.0, 50.0], "radii": [30.0, 40.0]}
        ]
    first, second = joined([track(key(0, 10.0), key(59, 69.0))], [other]).regions
    assert second == other, why
    last = first.geometry["keyframes"][-1]
    assert (last["frame"], last["outside"], last["by"]) == (60, True, "interpolation")


def test_the_best_pairs_win_where_two_objects_cross() -> None:
    one = [track(key(0, 10.0), name="1"), track(key(0, 30.0), name="2")]
    two = [track(key(50, 29.0), name="3"), track(key(50, 9.0), name="4")]
    regions = joined(one, two).regions
    assert [r.region_id[-1] for r in regions] == ["1", "2"]
    assert [r.geometry["keyframes"][-1]["box"][0] for r in regions] == [9.0, 29.0]


def test_an_attribute_that_the_two_say_differently_changes_at_the_seam() -> None:
    [region] = joined(
        [track(key(0), attributes={"pose": "up", "load": "box"})],
        [track(key(50), name="b", attributes={"pose": "down"})],
    ).regions
    assert said([region], 54)[0][-1] == [("load", "box"), ("pose", "up")]
    assert said([region], 55)[0][-1] == [("pose", "down")]


def test_groups_of_two_parts_become_one_where_an_object_of_both_is_joined() -> None:
    one = [track(key(0, 10.0), name="1", group_id="g1")]
    two = [track(key(50, 10.0), name="2", group_id="g2"), track(key(50, 300.0), name="3", group_id="g2")]
    assert [r.group_id for r in joined(one, two).regions] == ["g1", "g1"]


def test_groups_whose_objects_were_joined_crosswise_are_one() -> None:
    # Imports give the parts of one object one group: taken for one another, the two groups name each other.
    one = [track(key(0, 10.0), name="1", group_id="g1"), track(key(0, 300.0), name="2", group_id="g2")]
    two = [track(key(50, 10.0), name="3", group_id="g2"), track(key(50, 300.0), name="4", group_id="g1")]
    assert [r.group_id for r in joined(one, two).regions] == ["g1", "g1"]


def test_a_tag_of_all_parts_is_the_videos_and_one_of_some_holds_over_their_frames() -> None:
    labels = joined([], [], tags=[["night", "rain"], ["night"]])
    assert labels.tags == ["night"]
    [rain] = labels.regions
    assert (rain.label_id, rain.geometry["of"]) == ("rain", "tag")
    assert [(k["frame"], k["outside"]) for k in rain.geometry["keyframes"]] == [(0, False), (55, True)]
    [fog] = joined([], [], tags=[[], ["fog"]]).regions
    assert [(k["frame"], k["outside"]) for k in fog.geometry["keyframes"]] == [(55, False)]


def test_a_part_that_is_missing_leaves_a_gap_that_nothing_reaches_into() -> None:
    third = PartLabels(Span(100, 160), Labels([track(key(100, 10.0), name="c")], ["night"]), is_last=True)
    first = PartLabels(ONE, Labels([track(key(0, 10.0))], ["rain"]), is_last=False)
    labels = parts_joined([first, third])
    tracks = [r for r in labels.regions if r.geometry["of"] == "box"]
    assert [said(tracks, frame) != [] for frame in (59, 60, 99, 100, 159)] == [True, False, False, True, True]
    rain = next(r for r in labels.regions if r.label_id == "rain")
    assert [(k["frame"], k["outside"]) for k in rain.geometry["keyframes"]] == [(0, False), (60, True)]


def test_lines_and_points_are_joined_though_they_have_no_area() -> None:
    def line(frame: int, y: float, name: str) -> RegionData:
        points = {"points": [[10.0, y], [90.0, y]]}
        return track(
            {"frame": frame, "outside": False, "occluded": False, **points}, of="polyline", name=name
        )

    assert len(joined([line(0, 20.0, "a")], [line(50, 21.0, "b")]).regions) == 1
    assert len(joined([line(0, 20.0, "a")], [line(50, 80.0, "b")]).regions) == 2


def test_nothing_joins_to_nothing() -> None:
    assert joined([], []) == Labels([], [])


# ---- by hand


def link(kind: LinkKind, one: RegionData, other: RegionData) -> Link:
    return Link(one.region_id, other.region_id, kind)


def renamed(parts: list[PartLabels]) -> list[PartLabels]:
    """As if each part were another person's: an object has another id in each."""
    found = []
    for number, part in enumerate(parts):
        rows = [replace(r, region_id=f"{number}-{r.region_id}") for r in part.labels.regions]
        found.append(replace(part, labels=Labels(rows)))
    return found


def linked(parts: list[PartLabels], kind: LinkKind) -> list[PartLabels]:
    """One link for each object that two neighbours have."""
    found = parts[:1]
    for before, part in pairwise(parts):
        ids = {r.region_id.split("-", 1)[1]: r.region_id for r in before.labels.regions}
        later = [(r.region_id, r.region_id.split("-", 1)[1]) for r in part.labels.regions]
        links = [Link(ids[name], region_id, kind) for region_id, name in later if name in ids]
        found.append(replace(part, links=links))
    return found


@settings(max_examples=150, deadline=None)
@given(objects(), st.integers(40, 90), st.integers(2, 10))
def test_joining_by_hand_what_joins_by_itself_changes_nothing(
    regions: list[RegionData], longest: int, overlap: int
) -> None:
    parts = renamed(split(regions, spans_of(FRAMES, longest, overlap)))
    by_hand = parts_joined(linked(parts, LinkKind.TOGETHER)).regions
    for frame in range(FRAMES):
        assert said(by_hand, frame) == said(parts_joined(parts).regions, frame) == said(regions, frame)


@settings(max_examples=150, deadline=None)
@given(objects(), st.integers(40, 90), st.integers(2, 10))
def test_parted_everywhere_each_piece_is_a_track_and_no_frame_of_any_is_lost(
    regions: list[RegionData], longest: int, overlap: int
) -> None:
    parts = renamed(split(regions, spans_of(FRAMES, longest, overlap)))
    apart = parts_joined(linked(parts, LinkKind.APART)).regions
    pieces = [(part.span, region) for part in parts for region in part.labels.regions]
    assert [r.region_id for r in apart] == [r.region_id for _, r in pieces]
    for frame in range(FRAMES):
        here = [region for span, region in pieces if span.start <= frame < span.end]
        assert said(apart, frame) == said(here, frame)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.booleans(), min_size=110, max_size=110), st.data())
def test_two_pieces_that_share_no_frame_are_one_track_by_hand_and_nothing_is_lost(
    there: list[bool], data: st.DataObject
) -> None:
    # The first is there up to some shared frame, the second from there on: in between both may be away.
    last = data.draw(st.integers(50, 60))
    there[0] = there[109] = True
    frames = [frame for frame, is_seen in enumerate(there) if is_seen]
    one = piece([frame for frame in frames if frame < last], "a", 60)
    two = piece([frame for frame in frames if frame >= last], "b", 110)
    [region] = joined([one], [two], link(LinkKind.TOGETHER, one, two)).regions
    assert region.region_id == one.region_id
    assert [frame for frame in range(110) if said([region], frame)] == frames
    assert len(joined([one], [two]).regions) == 2


def piece(frames: list[int], name: str, end: int) -> RegionData:
    """A track that is there on exactly these frames."""
    keyframes = []
    for frame in frames:
        keyframes.append(key(frame, float(frame)))
        if frame + 1 not in frames and frame + 1 < end:
            keyframes.append(key(frame + 1, float(frame), outside=True))
    return track(*keyframes, name=name)


def test_of_what_comes_before_the_other_goes_no_piece_is_lost_whole() -> None:
    one, two = piece([57, 58], "a", 60), piece([51], "b", 110)
    [region] = joined([one], [two], link(LinkKind.TOGETHER, one, two)).regions
    assert [frame for frame in range(110) if said([region], frame)] == [57, 58]


@pytest.mark.parametrize(
    ("one", "two", "changes_at"),
    [
        (range(53), range(52, 110), 53),
        (range(54, 60), range(50, 110), 50),
        (range(60), range(57, 110), 57),
        (range(60), range(50, 57), 60),
        (range(60), range(50, 110), 55),
    ],
)
def test_drawn_at_once_they_change_over_where_no_frame_that_either_has_is_lost(
    one: range, two: range, changes_at: int
) -> None:
    ours, theirs = (
        replace(region, geometry={**region.geometry, "keyframes": [{**k, "box": box} for k in keyframes]})
        for region, box in (
            (piece(list(one), "a", 60), [0.0, 0.0, 40.0, 40.0]),
            (piece(list(two), "b", 110), [2.0, 0.0, 42.0, 40.0]),
        )
        for keyframes in (region.geometry["keyframes"],)
    )
    [region] = joined([ours], [theirs], link(LinkKind.TOGETHER, ours, theirs)).regions
    shown = {frame: said([region], frame)[0][2][0] for frame in range(110) if said([region], frame)}
    assert list(shown) == sorted({*one, *two})
    assert {x: [frame for frame in shown if shown[frame] == x] for x in (0.0, 2.0)} == {
        0.0: [frame for frame in shown if frame < changes_at],
        2.0: [frame for frame in shown if frame >= changes_at],
    }


def test_a_pair_that_joins_by_itself_loses_no_frame_either() -> None:
    one, two = track(key(54)), track(key(50), name="b")
    [region] = joined([one], [two]).regions
    assert [frame for frame in range(110) if said([region], frame)] == list(range(50, 110))


FAR = Span(0, 500)


@pytest.mark.parametrize(
    ("one", "two", "are_both", "changes_at"),
    [
        ([(0, 102)], [(101, 102), (400, 500)], True, 250),
        ([(0, 4), (11, 14), (490, 500)], [(4, 11), (14, 19)], False, 500),
        ([(0, 13)], [(13, 500)], False, 13),
        ([(0, 500)], [(0, 500)], True, 250),
        ([(403, 500)], [(0, 403)], False, 0),
    ],
)
def test_of_many_shared_frames_the_few_that_have_both_are_found(
    one: list[tuple[int, int]], two: list[tuple[int, int]], are_both: bool, changes_at: int
) -> None:
    rows = [
        piece([f for start, end in spans for f in range(start, end)], name, 500)
        for name, spans in (("a", one), ("b", two))
    ]
    before = PartLabels(FAR, Labels(rows[:1]), is_last=False)
    part = PartLabels(FAR, Labels(rows[1:]), is_last=True, links=[link(LinkKind.TOGETHER, *rows)])
    [pair] = pairs_at(before, part)
    assert (pair.overlap is not None, pair.changes_at) == (are_both, changes_at)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=10, max_size=10))
def test_changing_over_costs_as_few_frames_as_any_other_place_would(there: list[tuple[bool, bool]]) -> None:
    ours, theirs = ({f for f, two in enumerate(there, 50) if two[side]} for side in (0, 1))
    one, two = piece([0, *sorted(ours)], "a", 60), piece([*sorted(theirs), 109], "b", 110)
    [region] = joined([one], [two], link(LinkKind.TOGETHER, one, two)).regions
    kept = [sum(f in (ours if f < at else theirs) for f in range(50, 60)) for at in range(50, 61)]
    assert sum(bool(said([region], frame)) for frame in range(50, 60)) == max(kept)


def test_drawn_too_differently_they_are_one_by_hand_that_changes_over_in_the_middle() -> None:
    one, two = track(key(0, 10.0)), track(key(50, 200.0), name="b")
    [region] = joined([one], [two], link(LinkKind.TOGETHER, one, two)).regions
    assert [said([region], frame)[0][2][0] for frame in (54, 55)] == [10.0, 200.0]


def test_a_pair_by_hand_comes_first_and_its_former_partner_finds_another() -> None:
    one = [track(key(0, 10.0), name="1"), track(key(0, 20.0), name="2")]
    two = [track(key(50, 10.0), name="3"), track(key(50, 400.0), name="4")]
    regions = joined(one, two, link(LinkKind.TOGETHER, one[0], two[1])).regions
    ends = [r.geometry["keyframes"][-1]["box"][0] for r in regions]
    assert ([r.region_id[-1] for r in regions], ends) == (["1", "2"], [400.0, 10.0])


def test_parted_by_hand_a_track_may_join_the_next_best() -> None:
    one = [track(key(0, 10.0), name="1")]
    two = [track(key(50, 10.0), name="3"), track(key(50, 15.0), name="4")]
    regions = joined(one, two, link(LinkKind.APART, one[0], two[0])).regions
    assert [r.region_id[-1] for r in regions] == ["1", "3"]
    assert regions[0].geometry["keyframes"][-1]["box"][0] == 15.0


@pytest.mark.parametrize("kind", list(LinkKind))
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"region_id": "gone"}, id="not in the labels any more"),
        pytest.param({"label_id": "hard_hat"}, id="another label by now"),
        pytest.param({"geometry": {"of": "ellipse", "keyframes": []}}, id="another shape by now"),
    ],
)
def test_a_link_whose_pieces_are_gone_or_unlike_has_no_effect(
    kind: LinkKind, changed: dict[str, Any]
) -> None:
    one, two = track(key(0, 10.0)), track(key(50, 300.0), name="b")
    said_of = link(kind, one, two)
    assert joined([one], [replace(two, **changed)], said_of) == joined([one], [replace(two, **changed)])


def test_a_link_has_no_effect_over_a_part_that_is_missing() -> None:
    # Imports leave an object the same id in all parts: what was said of parts 2 and 3 is not said of 1 and 3.
    one, three = track(key(0, 10.0)), track(key(100, 10.0))
    parts = [PartLabels(ONE, Labels([one]), is_last=False)]
    links = [link(LinkKind.TOGETHER, one, three)]
    parts.append(PartLabels(Span(100, 160), Labels([three]), is_last=True, links=links))
    assert len(parts_joined(parts).regions) == 2
