"""Frozen versions: approved only, same content same hash, groups whole and sticky, never changing."""

from __future__ import annotations

import json
import uuid

import pytest
from django.utils import timezone
from PIL import Image

from backend.annotation.contracts import RegionData
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.datasets import selectors, services
from backend.datasets.domain.hashing import content_hash, labels_hash
from backend.datasets.domain.splits import share, split_of
from backend.datasets.domain.tracks import frames_chosen
from backend.datasets.errors import NotFrozen
from backend.datasets.materialise import version_materialise
from backend.datasets.models import DatasetVersion
from backend.media import services as media_services
from backend.media.models import Asset, ProjectAsset
from ml.geometry.rle import counts_encode
from tests.support import clips, datasets, factories, media

SHARE_OF_PHOTO_1 = 0.5919301760779657


@pytest.fixture
def project(transactional_db):
    return factories.make_project()


def approved(project, count: int, **fields) -> list[Asset]:
    assets = [factories.make_image_asset(project, **fields) for _ in range(count)]
    for asset in assets:
        datasets.label_asset(project, asset)
    return assets


def test_only_approved_labels_of_usable_pictures_get_in(project):
    good, excluded, deleted, waiting, _unlabelled = (factories.make_image_asset(project) for _ in range(5))
    for asset in (good, excluded, deleted):
        datasets.label_asset(project, asset)
    datasets.label_asset(project, waiting, approved=False)
    ProjectAsset.objects.filter(asset=excluded).update(excluded_at=timezone.now())
    Asset.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    version = datasets.freeze(project, name="first")
    assert version.state == "frozen"
    assert [row.asset_id for row in selectors.manifest_rows(version)] == [good.pk]
    assert (version.counts["items"], version.counts["regions"]) == (1, 1)


def test_the_same_content_has_the_same_hash_and_another_label_another(project):
    assets = approved(project, 4)
    first, second = datasets.freeze(project), datasets.freeze(project)
    assert (first.number, second.number) == (1, 2)
    assert first.content_hash == second.content_hash
    datasets.label_asset(project, assets[0], regions=[datasets.box(project, xyxy=(1, 2, 30, 40))])
    third = datasets.freeze(project)
    assert third.content_hash != first.content_hash
    assert [row.regions[0]["geometry"] for row in selectors.manifest_rows(first)] == [
        {"box": [10, 10, 50, 60]}
    ] * 4
    diff = selectors.version_diff(first, third)
    assert diff.counts == {"added": 0, "removed": 0, "changed": 1, "unchanged": 3}
    assert diff.changed[0]["asset_id"] == assets[0].pk


def test_a_diff_over_the_api_tells_added_and_removed(project):
    kept, gone = approved(project, 2)
    first = datasets.freeze(project)
    ProjectAsset.objects.filter(asset=gone).update(excluded_at=timezone.now())
    [new] = approved(project, 1)
    second = datasets.freeze(project)
    client = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    diff = client.get(f"/api/v1/datasets/{first.pk}/diff/{second.pk}").json()
    assert diff["counts"] == {"added": 1, "removed": 1, "changed": 0, "unchanged": 1}
    assert [row["asset_id"] for row in diff["added"]] == [str(new.pk)]
    assert [row["name"] for row in diff["removed"]] == [gone.name]
    assert kept.name not in json.dumps(diff)


def test_blind_groups_are_the_test_split_and_no_group_is_torn(project):
    for number in range(8):
        pair = [factories.make_image_asset(project, group_key=f"photo-{number}") for _ in range(2)]
        for index, asset in enumerate(pair):
            datasets.label_asset(project, asset, blind=number % 4 == 0 and index == 0)
    version = datasets.freeze(project)
    by_group: dict[str, set[str]] = {}
    for row in selectors.manifest_rows(version):
        by_group.setdefault(row.group_key, set()).add(row.split)
        assert not row.blind or row.split == "test"
    assert all(len(splits) == 1 for splits in by_group.values())
    assert {group for group, splits in by_group.items() if splits == {"test"}} == {"photo-0", "photo-4"}
    assert version.counts["splits"]["test"]["blind"] == 2
    assert sum(side["groups"] for side in version.counts["splits"].values()) == 8


def test_a_group_that_models_have_seen_never_becomes_test(project):
    [asset] = approved(project, 1, group_key="photo-1")
    before = next(selectors.manifest_rows(datasets.freeze(project))).split
    late = factories.make_image_asset(project, group_key="photo-1")
    datasets.label_asset(project, late, blind=True)
    splits = {row.asset_id: row.split for row in selectors.manifest_rows(datasets.freeze(project))}
    assert splits == {asset.pk: before, late.pk: before}


def test_the_split_hangs_on_the_group_alone():
    groups = [f"group-{i}" for i in range(4_000)]
    train = sum(split_of(group, blind_groups=set(), earlier={}) == "train" for group in groups)
    assert train == pytest.approx(0.85 * 4_000, abs=80)
    # Pinned: a change here would move every group of every project.
    assert share("photo-1") == pytest.approx(SHARE_OF_PHOTO_1, abs=1e-12)
    assert split_of("photo-1", blind_groups={"photo-1"}, earlier={}) == "test"
    assert split_of("photo-1", blind_groups={"photo-1"}, earlier={"photo-1": "val"}) == "val"


def test_hashes_ignore_ids_and_order_but_not_content():
    a = {
        "region_id": "1",
        "label_id": "x",
        "shape": "box",
        "geometry": {"box": [1, 2, 3, 4]},
        "attributes": {},
    }
    b = {"region_id": "2", "label_id": "y", "shape": "box", "geometry": {"box": [5.0, 2, 3, 4]}}
    assert labels_hash([a, b], ["t", "s"]) == labels_hash([b, {**a, "region_id": "9"}], ["s", "t"])
    assert labels_hash([a], []) != labels_hash([{**a, "geometry": {"box": [1, 2, 3, 4.1]}}], [])
    assert labels_hash([a], []) != labels_hash([{**a, "attributes": {"worn": True}}], [])
    assert labels_hash([], []) != labels_hash([], ["t"])
    items = [("a", "b", "train"), ("c", "d", "val")]
    assert content_hash(items) == content_hash(reversed(items))
    assert content_hash([]) != content_hash(items)


def test_nothing_approved_fails_with_the_reason(project):
    factories.make_image_asset(project)
    version = datasets.freeze(project)
    assert version.state == "failed"
    assert "Nothing approved" in version.error
    assert JobRun.objects.get(kind="datasets.freeze").state == "failed"
    with pytest.raises(NotFrozen):
        next(selectors.manifest_rows(version))


def test_a_frozen_version_is_left_alone_by_a_second_run(project):
    approved(project, 2)
    version = datasets.freeze(project)
    approved(project, 1)
    JobRun.objects.filter(kind="datasets.freeze").update(state="queued")
    jobs.run(str(JobRun.objects.get(kind="datasets.freeze").pk))
    again = services.version_complete(version_id=version.pk, content_hash="x", counts={}, manifest_key="x")
    assert (again.content_hash, again.items.count()) == (version.content_hash, 2)


def test_a_version_is_frozen_and_read_over_the_api(project):
    approved(project, 3)
    scientist = factories.client_for(factories.make_project_member(project, Role.SCIENTIST))
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    base = f"/api/v1/projects/{project.pk}/datasets"
    assert annotator.post(base, {"name": "v1"}).status_code == 403
    assert scientist.post(base, {"filters": {"password": 1}}).status_code == 400
    made = scientist.post(
        base, {"name": "v1", "filters": {"state": "approved"}}, headers={"Idempotency-Key": "k1"}
    )
    assert made.status_code == 202
    assert (
        scientist.post(
            base, {"name": "v1", "filters": {"state": "approved"}}, headers={"Idempotency-Key": "k1"}
        ).json()
        == made.json()
    )
    jobs.run(str(JobRun.objects.get(kind="datasets.freeze").pk))
    url = f"/api/v1/datasets/{made.json()['id']}"
    body = annotator.get(url).json()
    assert (body["state"], body["counts"]["items"], len(body["content_hash"])) == ("frozen", 3, 64)
    assert [label["name"] for label in body["labels"]] == ["person", "hard_hat", "blurred"]
    items = annotator.get(f"{url}/items?page_size=2").json()
    assert len(items["results"]) == 2
    assert len(annotator.get(items["next"]).json()["results"]) == 1
    assert annotator.get(f"{url}/items?split=nonsense").status_code == 400
    stranger = factories.client_for(factories.make_user("Eve"))
    for path in (url, f"{url}/items", f"{url}/diff/{made.json()['id']}"):
        assert stranger.get(path).status_code == 404
    assert annotator.get(base).json()["results"][0]["number"] == 1
    rows = annotator.get(
        f"/api/v1/projects/{project.pk}/assets?dataset_version={made.json()['id']}&split=train"
    )
    assert rows.status_code == 200


def test_a_deleted_picture_leaves_a_tombstone(project):
    asset = approved(project, 1)[0]
    version = datasets.freeze(project)
    admin = factories.make_member(project.organisation, Role.ADMIN)
    media_services.asset_delete(actor=admin, asset=asset)
    row = factories.client_for(admin).get(f"/api/v1/datasets/{version.pk}/items").json()["results"][0]
    assert (row["gone"], row["name"], row["thumbnail_url"]) == (True, "", None)
    assert row["asset_sha256"] == asset.blob.sha256


def test_a_version_becomes_a_coco_folder(project, tmp_path):
    pictures = [
        media_services.asset_register(project=project, content=media.jpeg(i), name=f"{i}.jpg", actor=None)
        for i in range(3)
    ]
    datasets.label_asset(
        project,
        pictures[0],
        regions=[
            datasets.box(project, xyxy=(4, 5, 30, 40)),
            datasets.polygon(project, [[10, 10], [40, 10], [40, 30]]),
        ],
        tags=("blurred",),
    )
    datasets.label_asset(project, pictures[1], regions=[], blind=True)
    datasets.label_asset(project, pictures[2])
    version = datasets.freeze(project)
    Asset.objects.filter(pk=pictures[2].pk).update(deleted_at=timezone.now())
    done = version_materialise(version, tmp_path)
    assert (sum(done.images.values()), done.images["test"], done.gone) == (2, 1, 1)
    found = [json.loads((tmp_path / f"{split}.json").read_text()) for split in ("train", "val")]
    [image] = [image for content in found for image in content["images"]]
    assert (image["tags"], image["width"], image["height"]) == (["blurred"], 96, 64)
    with Image.open(tmp_path / image["file_name"]) as opened:
        assert opened.size == (96, 64)
    boxes = [row for content in found for row in content["annotations"]]
    assert [category["name"] for category in found[0]["categories"]] == ["person", "hard_hat"]
    boxes.sort(key=lambda row: row["bbox"])  # regions come in order of their random ids
    assert [row["bbox"] for row in boxes] == [[4, 5, 26, 35], [10, 10, 30, 20]]
    assert boxes[1]["segmentation"] == [[10, 10, 40, 10, 40, 30]]
    assert boxes[1]["area"] == pytest.approx(300)


def test_a_clip_gives_the_frames_of_its_keyframes(project, tmp_path):
    content = clips.clip([i * 40 for i in range(12)])
    clip = media_services.asset_register(project=project, content=content, name="a.mp4", actor=None)
    track = {"keyframes": [
        {"frame": 2, "box": [0, 0, 10, 10], "outside": False, "occluded": False},
        {"frame": 6, "box": [40, 0, 50, 10], "outside": True, "occluded": False},
    ]}  # fmt: skip
    region = RegionData(str(uuid.uuid4()), factories.label_id(project, "person"), "track", track)
    other = {"keyframes": [{"frame": 4, "box": [0, 0, 8, 8], "outside": False, "occluded": False}]}
    second = RegionData(str(uuid.uuid4()), factories.label_id(project, "person"), "track", other)
    datasets.label_asset(project, clip, regions=[region, second])
    version = datasets.freeze(project)
    done = version_materialise(version, tmp_path, splits=("train", "val"))
    assert sum(done.images.values()) == 3
    content = [json.loads((tmp_path / f"{split}.json").read_text()) for split in ("train", "val")]
    frames = {image["frame"]: image for part in content for image in part["images"]}
    assert sorted(frames) == [2, 4, 6]
    with Image.open(tmp_path / frames[4]["file_name"]) as opened:
        assert clips.frame_number(media.np.asarray(opened)) == 4
    assert sum(done.annotations.values()) == 4


def test_a_clips_frames_show_polygons_masks_and_tags_where_they_are(transactional_db, tmp_path):
    labels = [("person", "polygon", "track"), ("hard_hat", "mask", "track"), ("blurred", "tag")]
    project = factories.make_project(labels=[{"name": n, "shapes": shapes} for n, *shapes in labels])
    content = clips.clip([i * 40 for i in range(12)])
    clip = media_services.asset_register(project=project, content=content, name="a.mp4", actor=None)
    said = {"outside": False, "occluded": False}
    square = [[10, 10], [30, 10], [30, 30], [10, 30]]
    mask = {"x": 4, "y": 5, "width": 6, "height": 4, "counts": counts_encode([0, 24])}
    tracks = {
        "person": {"of": "polygon", "keyframes": [
            {"frame": 0, "points": square, **said},
            {"frame": 8, "points": [[x + 16, y] for x, y in square], **said},
        ]},
        "hard_hat": {"of": "mask", "keyframes": [
            {"frame": 4, "mask": mask, **said},
            {"frame": 6, "mask": mask, "by": "segmenter", **said},
        ]},
        "blurred": {"of": "tag", "keyframes": [{"frame": 4, **said}, {"frame": 5, **said, "outside": True}]},
    }  # fmt: skip
    datasets.label_asset(
        project,
        clip,
        regions=[
            RegionData(str(uuid.uuid4()), factories.label_id(project, name), "track", track)
            for name, track in tracks.items()
        ],
    )
    version_materialise(datasets.freeze(project), tmp_path)
    images, drawn = {}, []
    for split in ("train", "val", "test"):
        part = json.loads((tmp_path / f"{split}.json").read_text())
        images |= {image["id"]: image for image in part["images"]}
        drawn += part["annotations"]
    # Frame 6 was set by a machine between frames that a person set.
    assert [(image["frame"], image["tags"]) for image in images.values()] == [
        (0, []), (4, ["blurred"]), (5, []), (8, []),
    ]  # fmt: skip
    at_4 = [each for each in drawn if images[each["image_id"]]["frame"] == 4]
    assert [each["segmentation"] for each in at_4 if isinstance(each["segmentation"], list)] == [
        [[18, 10, 38, 10, 38, 30, 18, 30]]
    ]
    assert [each["area"] for each in at_4 if isinstance(each["segmentation"], dict)] == [24]
    assert len(drawn) == 7


def test_frames_set_by_people_are_chosen_and_too_many_thinned_over_the_whole_clip():
    def keys(*frames: int, **more):
        return {"keyframes": [{"frame": frame, **more} for frame in frames]}

    assert frames_chosen([], 5) == []
    assert frames_chosen([keys(3, 1), keys(3), keys(2, by="tracker")], 5) == [1, 3]
    assert frames_chosen([keys(4, 2, by="tracker")], 5) == [2, 4]
    # What ended with its part says nothing of the frame behind, which nobody may have labelled.
    ended = keys(40, by="interpolation", outside=True)
    assert frames_chosen([keys(4, 2, by="tracker"), ended], 5) == [2, 4]
    assert frames_chosen([keys(0, by="interpolation"), ended], 5) == [0]
    assert frames_chosen([keys(*range(100))], 4) == [0, 25, 50, 75]


def test_versions_number_on_within_a_project(project):
    approved(project, 1)
    assert [datasets.freeze(project).number for _ in range(2)] == [1, 2]
    assert DatasetVersion.objects.filter(project=project).count() == 2


def test_a_removed_project_takes_its_versions_and_its_own_pictures_along(project):
    from django.core.files.storage import default_storage

    from backend.projects import services as projects

    own, shared = (
        media_services.asset_register(project=project, content=media.jpeg(i), name=f"{i}.jpg", actor=None)
        for i in range(2)
    )
    other = factories.make_project(organisation=project.organisation)
    media_services.asset_register(project=other, content=media.jpeg(1), name="1.jpg", actor=None)
    version = datasets.freeze_labelled(project, [own, shared])
    admin = factories.make_member(project.organisation, Role.ADMIN)
    project = projects.project_update(actor=admin, project=project, changes={"archived": True})
    projects.project_delete(actor=admin, project=project)
    assert not DatasetVersion.objects.exists()
    assert [asset.pk for asset in Asset.objects.all()] == [shared.pk]
    assert not default_storage.exists(version.manifest_key)
    assert not default_storage.exists(own.display_key)
    assert default_storage.exists(shared.display_key)
