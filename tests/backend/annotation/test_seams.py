"""The seams between a video's parts: tracks joined and parted by hand, who may, and what then leaves."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from backend.annotation import selectors
from backend.annotation.enums import AssignmentKind, AssignmentState
from backend.annotation.models import Assignment, Task, TrackLink
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.annotation import Editor
from tests.support.exchange import exported, unzipped
from tests.support.exchange_videos import take_in_video

API = "/api/v1"
FRAMES = 100

Region = dict[str, Any]


@pytest.fixture
def project(db: None) -> Project:
    labels = [{"name": "person", "shapes": ["box", "ellipse", "track"]}, {"name": "van", "shapes": ["track"]}]
    settings = {"part_frames": 40, "part_overlap": 10, "review": "none"}
    return factories.make_project(labels=labels, settings=settings)


@pytest.fixture
def asset(project: Project) -> Asset:
    return take_in_video(project, frames=FRAMES)


def tasks_of(project: Project) -> list[Task]:
    return list(Task.objects.filter(project=project).select_related("asset").order_by("part_number"))


def client_of(project: Project, role: Role = Role.REVIEWER) -> APIClient:
    return factories.client_for(factories.make_project_member(project, role))


def track(project: Project, first: int, last: int, x: float, label: str = "person") -> Region:
    """There from frame `first` to `last`, and away after it where the part goes on."""
    box = [x, 10.0, x + 40.0, 60.0]
    keyframes = [{"frame": first, "outside": False, "occluded": False, "box": box}]
    if last not in (39, 69, 99):
        keyframes.append({"frame": last + 1, "outside": True, "occluded": False, "box": box})
    return {
        "region_id": str(uuid.uuid4()),
        "label_id": factories.label_id(project, label),
        "shape": "track",
        "geometry": {"of": "box", "keyframes": keyframes},
    }


def drawn(client: APIClient, task: Task, *regions: Region) -> None:
    editor = Editor.open(client, task.pk)
    if regions:
        assert editor.put(*regions).status_code == 200
    response = editor.submit()
    assert response.status_code == 200, response.content


class Drawn:
    """Parts 1 and 2: a pair that joins by itself, and one that is away over the shared frames (30 to 40)."""

    def __init__(self, project: Project) -> None:
        self.first, self.second, self.third = tasks_of(project)
        self.pair = track(project, 0, 39, 0.0), track(project, 30, 69, 2.0)
        self.away = track(project, 5, 20, 80.0), track(project, 50, 69, 60.0)
        client = client_of(project, Role.ANNOTATOR)
        for task, number in ((self.first, 0), (self.second, 1)):
            drawn(client, task, self.pair[number], self.away[number])

    @property
    def url(self) -> str:
        return f"{API}/projects/{self.first.project_id}/videos/{self.first.asset_id}/seams/1"

    def put(self, client: APIClient, two: tuple[Region, Region], kind: str | None) -> Any:
        body = {"earlier": two[0]["region_id"], "later": two[1]["region_id"], "kind": kind}
        return client.put(self.url, body, format="json")


@pytest.fixture
def seam(project: Project, asset: Asset) -> Drawn:
    return Drawn(project)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["region_id"] for row in rows]


def paired(body: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(p["earlier"]["region_id"], p["later"]["region_id"], p["is_by_hand"]) for p in body["pairs"]]


def regions_of(project: Project, asset: Asset) -> dict[str, Any]:
    said = selectors.approved_by_asset(project_id=project.pk, asset_ids=[asset.pk])[asset.pk]
    return {region.region_id: region for region in said.regions}


# ---- looking


def test_a_seam_tells_its_pairs_and_what_is_left_over_on_each_side(project: Project, seam: Drawn) -> None:
    body = client_of(project, Role.VIEWER).get(seam.url).json()
    assert (body["frame_start"], body["frame_end"], body["waits_for"]) == (30, 40, [])
    [pair] = body["pairs"]
    assert (pair["is_by_hand"], pair["overlap"]) == (False, pytest.approx(38 / 42))
    assert pair["earlier"]["boxes"][0] == [0.0, 10.0, 40.0, 60.0]
    assert len(body["frames"]) == len(pair["later"]["boxes"]) == 9
    [one], [other] = body["earlier"], body["later"]
    assert (one["region_id"], one["frame_first"], one["frame_last"]) == (seam.away[0]["region_id"], 5, 20)
    assert (one["nearest_frame"], one["nearest_box"], set(one["boxes"][:1])) == (
        20,
        [80, 10, 120, 60],
        {None},
    )
    assert (other["region_id"], other["nearest_frame"], other["frame_last"]) == (
        seam.away[1]["region_id"],
        50,
        69,
    )


def test_the_list_tells_which_parts_a_seam_waits_for(project: Project, seam: Drawn) -> None:
    client = client_of(project, Role.ANNOTATOR)
    body = client.get(seam.url.removesuffix("/1")).json()
    assert [part["number"] for part in body["parts"]] == [1, 2, 3]
    assert [(row["number"], row["waits_for"]) for row in body["seams"]] == [(1, []), (2, [3])]
    waits = client.get(seam.url.removesuffix("/1") + "/2").json()
    assert (waits["waits_for"], waits["pairs"], waits["earlier"]) == ([3], [], [])


def test_a_video_in_one_task_has_no_seams(db: None) -> None:
    project = factories.make_project(settings={"part_frames": 0})
    asset = take_in_video(project)
    address = f"{API}/projects/{project.pk}/videos/{asset.pk}/seams"
    client = client_of(project)
    body = client.get(address).json()
    assert (body["name"], body["parts"], body["seams"]) == (asset.name, [], [])
    assert client.get(f"{address}/1").status_code == client.get(f"{address}/0").status_code == 404
    link = {"earlier": uuid.uuid4(), "later": uuid.uuid4(), "kind": None}
    assert client.put(f"{address}/0", link, format="json").status_code == 404


def test_who_has_a_part_as_a_hidden_task_is_not_told_what_it_says(project: Project, seam: Drawn) -> None:
    user = factories.make_project_member(project, Role.ANNOTATOR)
    Assignment.objects.create(
        task=seam.second, user=user, kind=AssignmentKind.TRUTH, state=AssignmentState.LEASED
    )
    body = factories.client_for(user).get(seam.url).json()
    assert (body["waits_for"], body["pairs"], body["earlier"], body["later"]) == ([2], [], [], [])


@pytest.mark.parametrize("kind", ["together", "apart", None])
def test_a_reviewer_who_has_a_part_as_a_hidden_task_is_refused_as_by_a_part_not_approved(
    project: Project, seam: Drawn, kind: str | None
) -> None:
    user = factories.make_project_member(project, Role.REVIEWER)
    client = factories.client_for(user)
    unknown = {"region_id": str(uuid.uuid4())}
    body = {"earlier": str(uuid.uuid4()), "later": str(uuid.uuid4()), "kind": kind}
    waits = client.put(seam.url.removesuffix("/1") + "/2", body, format="json")
    Assignment.objects.create(
        task=seam.second, user=user, kind=AssignmentKind.TRUTH, state=AssignmentState.LEASED
    )
    for two in (seam.away, seam.pair, (seam.away[0], unknown)):
        refused = seam.put(client, two, kind)
        assert (refused.status_code, refused.json()["code"]) == (409, "seam_waits")
        assert {**refused.json(), "request_id": ""} == {**waits.json(), "request_id": ""}
    assert waits.status_code == 409
    assert not TrackLink.objects.exists()
    # Others join as ever, and what they said is not taken back by who may not see it.
    assert seam.put(client_of(project), seam.away, "together").status_code == 200
    assert seam.put(client, seam.away, kind).status_code == 409
    assert TrackLink.objects.get().kind == "together"


# ---- joining and parting


def test_two_pieces_away_over_the_shared_frames_leave_as_one_track(
    project: Project, asset: Asset, seam: Drawn, tmp_path: Path
) -> None:
    assert len(regions_of(project, asset)) == 3
    frozen = datasets.freeze(project)
    body = seam.put(client_of(project), seam.away, "together").json()
    assert paired(body)[-1] == (seam.away[0]["region_id"], seam.away[1]["region_id"], True)
    assert (body["pairs"][-1]["overlap"], body["earlier"], body["later"]) == (None, [], [])
    regions = regions_of(project, asset)
    assert set(regions) == {seam.pair[0]["region_id"], seam.away[0]["region_id"]}

    # A version frozen before keeps what it held; one frozen now holds the track that was joined.
    again = datasets.freeze(project)
    assert (frozen.counts["regions"], again.counts["regions"]) == (3, 2)
    assert frozen.content_hash != again.content_hash
    folder = unzipped(exported(project, "mot", with_images=False), tmp_path)
    rows = [line.split(",") for line in next(folder.rglob("gt.txt")).read_text().splitlines()]
    by_track: dict[str, list[int]] = {}
    for row in rows:
        by_track.setdefault(row[1], []).append(int(row[0]))
    # The part behind waits: the second ends with the frames that are approved.
    away = [*range(6, 22), *range(51, 71)]
    assert sorted(map(sorted, by_track.values())) == sorted([[*range(1, 71)], away])


def test_a_pair_that_joined_by_itself_is_parted_and_left_to_itself_again(
    project: Project, asset: Asset, seam: Drawn
) -> None:
    manager = factories.make_project_member(project, Role.MANAGER)
    client = factories.client_for(manager)
    before = datasets.freeze(project).content_hash
    body = seam.put(client, seam.pair, "apart").json()
    assert (paired(body), ids(body["earlier"])[0]) == ([], seam.pair[0]["region_id"])
    [told] = body["links"]
    assert (told["kind"], told["no_effect"], told["made_by"]["id"]) == ("apart", "", str(manager.pk))
    assert len(regions_of(project, asset)) == 4
    assert datasets.freeze(project).content_hash != before

    body = seam.put(client, seam.pair, None).json()
    assert (len(body["pairs"]), body["links"]) == (1, [])
    assert datasets.freeze(project).content_hash == before


def test_the_same_again_changes_nothing_and_each_change_is_audited(project: Project, seam: Drawn) -> None:
    client = client_of(project)
    answers = [seam.put(client, seam.away, "together") for _ in range(2)]
    answers += [seam.put(client, seam.away, None) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[0].json() == answers[1].json()
    told = AuditEvent.objects.filter(action="task.tracks_link").order_by("id")
    assert [(row.before["kind"], row.after["kind"]) for row in told] == [
        (None, "together"),
        ("together", None),
    ]


def test_a_link_stays_without_effect_while_its_track_is_gone_and_makes_room(
    project: Project, asset: Asset, seam: Drawn
) -> None:
    client = client_of(project)
    seam.put(client, seam.away, "together")
    other = track(project, 55, 69, 100.0)
    editor = Editor.open(client, seam.second.pk, **{"as": "review"})
    editor.patch({"op_id": "gone", "op": "delete", "region_id": seam.away[1]["region_id"]})
    assert editor.put(other).status_code == 200
    assert editor.submit().status_code == 200
    body = client.get(seam.url).json()
    [told] = body["links"]
    assert told["no_effect"] == "One of the two is not in the approved labels any more."
    assert (told["earlier"]["region_id"], told["later"]) == (seam.away[0]["region_id"], None)
    assert len(regions_of(project, asset)) == 3

    body = seam.put(client, (seam.away[0], other), "together").json()
    assert [link["later_region"] for link in body["links"]] == [other["region_id"]]
    told = AuditEvent.objects.filter(action="task.tracks_link").order_by("id")
    idle = {"earlier": seam.away[0]["region_id"], "later": seam.away[1]["region_id"]}
    assert [row.after["given_up"] for row in told] == [[], [idle]]
    assert len(regions_of(project, asset)) == 2


# ---- refused


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANNOTATOR])
def test_who_does_not_review_may_look_and_not_join(project: Project, seam: Drawn, role: Role) -> None:
    client = client_of(project, role)
    assert client.get(seam.url).status_code == 200
    assert seam.put(client, seam.away, "together").status_code == 403
    assert not TrackLink.objects.exists()


def test_a_stranger_and_another_project_s_video_find_nothing(project: Project, seam: Drawn) -> None:
    stranger = factories.client_for(factories.make_member(factories.make_org("Elsewhere"), Role.ADMIN))
    assert stranger.get(seam.url).status_code == seam.put(stranger, seam.away, "together").status_code == 404
    other = factories.make_project(organisation=project.organisation)
    client = client_of(other)
    url = seam.url.replace(str(project.pk), str(other.pk))
    body = {"earlier": seam.away[0]["region_id"], "later": seam.away[1]["region_id"], "kind": "together"}
    assert client.get(url).status_code == client.put(url, body, format="json").status_code == 404
    assert not TrackLink.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "sideways"}, 400, "bad_input"),
        ({"earlier": "one"}, 400, "bad_input"),
        ({"later": None}, 400, "bad_input"),
        ({"later": str(uuid.uuid4())}, 422, "foreign_id"),
    ],
)
def test_bad_input_is_told_by_field(
    project: Project, seam: Drawn, change: dict[str, Any], status: int, code: str
) -> None:
    body = {"earlier": seam.away[0]["region_id"], "later": seam.away[1]["region_id"], "kind": "together"}
    response = client_of(project).put(seam.url, body | change, format="json")
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert list(response.json()["fields"]) == list(change)


def test_unlike_tracks_waiting_parts_and_a_track_joined_elsewhere_are_refused(
    project: Project, seam: Drawn
) -> None:
    client = client_of(project)
    van = track(project, 55, 69, 100.0, "van")
    editor = Editor.open(client, seam.second.pk, **{"as": "review"})
    assert editor.put(van).status_code == 200
    assert editor.submit().status_code == 200
    refused = seam.put(client, (seam.away[0], van), "together")
    assert (refused.status_code, refused.json()["code"]) == (422, "tracks_unlike")

    seam.put(client, seam.away, "together")
    refused = seam.put(client, (seam.pair[0], seam.away[1]), "together")
    assert (refused.status_code, refused.json()["code"]) == (409, "joined_elsewhere")

    body = {"earlier": seam.pair[1]["region_id"], "later": str(uuid.uuid4()), "kind": "apart"}
    refused = client.put(seam.url.removesuffix("/1") + "/2", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "seam_waits")


def test_the_database_keeps_a_track_from_going_on_as_two(seam: Drawn) -> None:
    one = {"earlier_task": seam.first, "later_task": seam.second, "kind": "together"}
    first, second, third = (uuid.uuid4() for _ in range(3))
    TrackLink.objects.create(**one, earlier_region=first, later_region=second)
    for earlier, later in ((first, third), (third, second), (first, second)):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrackLink.objects.create(**one, earlier_region=earlier, later_region=later)
