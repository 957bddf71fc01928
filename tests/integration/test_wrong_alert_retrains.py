"""What a rule got wrong is labelled and learnt: the same clip no longer fires, and somebody who is there still does.

With the shipped detector, its real training and its gate. Warehouse clips are generated; in some of them a lilac
shop-window dummy stands in a person's place, which the detector takes for one.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import cv2
import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.core.enums import Role
from backend.datasets.models import DatasetItem
from backend.feeds.models import Capture, Feed, Incident, Rule
from backend.feeds.services import rules as rule_services
from backend.learning.models import ModelVersion
from backend.media import services as media
from backend.projects.models import Project
from ml.simulation.scene import render_clip, render_image
from ml.simulation.truth import PERSON, RenderedFrame, SceneConfig, View
from tests.support import factories
from tests.support.annotation import Editor
from tests.support.datasets import box, label_asset
from tests.support.feeds import feed_root, make_feed, run_leased
from tests.support.learning import run_waiting, take_step

API = "/api/v1"
SIZE_PX = (480, 270)
SECONDS, FPS = 5.0, 2.0
# Scenes in which a dummy stands, and two of them with the person in its place.
DUMMIES = (500, 501, 502, 505, 507, 509, 511, 513, 515, 517)
TRUE = (505, 507)
PEOPLE = range(700, 748)
# Drawn at random for the gate's figures, as the site is: with its dummies. Nobody learns from them. With half as many the gate
# sometimes, rightly, says that it cannot tell: which frame of an alert is learnt from depends on its moment.
BLIND_PEOPLE, BLIND_DUMMIES = range(900, 1000), range(1000, 1040)
TRAINING = {"kind": "detect", "max_steps": 80, "minutes": 5.0, "input_size": 320, "init": "production"}


def scene(seed: int) -> SceneConfig:
    width, height = SIZE_PX
    return SceneConfig(
        seed=seed, width=width, height=height, people=1, forklifts=0, pallets=2, view=View.EYE, k1=0.0
    )


def as_dummy(frame: RenderedFrame) -> RenderedFrame:
    """The person and all they wear in lilac, and no object any more."""
    worn = [item.track_id for item in frame.objects if item.label == PERSON or item.parent_id is not None]
    where = np.isin(frame.ids, worn)
    image = frame.image_rgb.copy()
    grey = image[where].mean(axis=1)
    image[where] = np.clip(np.stack([grey * 1.3 + 40, grey * 0.25, grey + 20], axis=1), 0, 255)
    return dataclasses.replace(frame, image_rgb=image, objects=())


def jpeg(frame: RenderedFrame) -> bytes:
    done, data = cv2.imencode(".jpg", frame.image_rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    assert done
    return data.tobytes()


def camera(project: Project, actor: Any, seed: int, *, dummy: bool) -> Feed:
    """A feed on a generated clip, with the rule that nobody may be seen."""
    name = f"{'dummy' if dummy else 'person'}-{seed}"
    folder = feed_root() / name
    folder.mkdir()
    for number, frame in enumerate(render_clip(scene(seed), SECONDS, FPS)):
        (folder / f"{number:02d}.jpg").write_bytes(jpeg(as_dummy(frame) if dummy else frame))
    feed = make_feed(project, actor, name, capture_random_per_hour=0, capture_unsure_per_hour=0)
    condition = {"labels": [str(factories.label_id(project, PERSON))], "lasts_s": 1.0}
    rule_services.rule_create(actor=actor, feed=feed, given={"name": "Nobody here", "condition": condition})
    return feed


def pictures_label(project: Project) -> None:
    """Pictures as they are, labelled and approved."""
    for seed in (*PEOPLE, *BLIND_PEOPLE, *BLIND_DUMMIES):
        frame = render_image(scene(seed))
        if seed in BLIND_DUMMIES:
            frame = as_dummy(frame)
        asset = media.asset_register(
            project=project, content=jpeg(frame), name=f"{seed}.jpg", actor=None, group_key=f"scene:{seed}"
        )
        seen = [item.box_px for item in frame.objects if item.label == PERSON and not item.ignore]
        regions = [box(project, PERSON, (b.x1, b.y1, b.x2, b.y2)) for b in seen]
        label_asset(project, asset, regions, blind=seed not in PEOPLE)


def watched(project: Project, feeds: list[Feed], manager: APIClient) -> dict[str, int]:
    """Play each feed's clip from its start; how many incidents opened, by feed."""
    before = set(Incident.objects.values_list("pk", flat=True))
    for feed in feeds:
        assert manager.post(f"{API}/feeds/{feed.pk}/restart").status_code == 200
    while run_leased():
        pass
    run_waiting(project)
    opened = list(Incident.objects.exclude(pk__in=before).values_list("feed__source", flat=True))
    return {feed.source: opened.count(feed.source) for feed in feeds}


def wrong_answered(
    project: Project, manager: APIClient, annotator: APIClient, reviewer: APIClient, feeds: list[Feed]
) -> None:
    """Press "wrong" on each feed's incident, and answer the task it makes: nobody is in the picture."""
    for incident in Incident.objects.filter(feed__in=feeds):
        pressed = manager.post(f"{API}/incidents/{incident.pk}/wrong")
        assert pressed.status_code == 200, pressed.content
        run_waiting(project)
        assert Editor.open(annotator, pressed.json()["task_id"]).submit().status_code == 200
    queue = reviewer.get(f"{API}/projects/{project.pk}/review/queue?page_size=100").json()["results"]
    assert len(queue) == len(feeds)
    for row in queue:
        url = f"{API}/revisions/{row['revision']['id']}/decide"
        assert reviewer.post(url, {"verdict": "approve", "reason": ""}, format="json").status_code == 200


def taught(feeds: list[Feed]) -> list[Feed]:
    """Those whose wrong alert was learnt from: the split keeps a share of all pictures to watch the training by."""
    learnt = DatasetItem.objects.filter(split="train").values("asset_id")
    sources = Capture.objects.filter(feed__in=feeds, asset__in=learnt).values_list("feed_id", flat=True)
    return [feed for feed in feeds if feed.pk in set(sources)]


def threshold(model: ModelVersion) -> float:
    return float(model.binding.mapping[PERSON]["threshold"])


def retrained(project: Project, scientist: APIClient) -> dict[str, Any]:
    made = scientist.post(
        f"{API}/projects/{project.pk}/datasets", {"name": "two", "notes": "", "filters": {}}, format="json"
    )
    run_waiting(project)
    assert made.status_code in (201, 202), made.content
    body = {"dataset_version_id": made.json()["id"], **TRAINING}
    started = scientist.post(f"{API}/projects/{project.pk}/trainings", body, format="json")
    assert started.status_code == 202, started.content
    run_waiting(project)
    run = scientist.get(f"{API}/trainings/{started.json()['id']}").json()
    assert (run["state"], run["error"]) == ("done", "")
    model: dict[str, Any] = scientist.get(f"{API}/models/{run['model_version_id']}").json()
    return model


@pytest.mark.slow
def test_what_a_rule_got_wrong_is_learnt_and_who_is_there_still_opens_an_incident(
    transactional_db: None,
) -> None:
    project = factories.make_project(labels=[{"name": PERSON, "shapes": ["box"]}], settings={"review": "all"})
    people = {role: factories.make_project_member(project, role) for role in Role if role != Role.ADMIN}
    manager, scientist, annotator, reviewer = (
        factories.client_for(people[role])
        for role in (Role.MANAGER, Role.SCIENTIST, Role.ANNOTATOR, Role.REVIEWER)
    )
    shipped = ModelVersion.objects.get(project=project, state="production")
    pictures_label(project)
    dummies = [camera(project, people[Role.MANAGER], seed, dummy=True) for seed in DUMMIES]
    true = [camera(project, people[Role.MANAGER], seed, dummy=False) for seed in TRUE]
    rules = list(Rule.objects.order_by("id").values("condition", "clear_s", "cooldown_s"))
    before = watched(project, [*dummies, *true], manager)
    fired = [feed for feed in dummies if before[feed.source]]
    assert len(fired) >= 4
    assert [before[feed.source] for feed in true] == [1, 1]

    wrong_answered(project, manager, annotator, reviewer, fired)
    made = retrained(project, scientist)
    model = ModelVersion.objects.get(pk=made["id"])
    assert made["gate"]["passed"], made["gate"]["reason"]
    assert made["gate"]["report"]["pictures"] == len(BLIND_PEOPLE) + len(BLIND_DUMMIES)
    figures = made["gate"]["report"]
    assert figures["candidate"]["ap50"] >= figures["production"]["ap50"]
    assert take_step(scientist, model, "all").status_code == 200
    assert ModelVersion.objects.get(project=project, state="production") == model != shipped

    learnt = taught(fired)
    assert len(learnt) >= 2
    after = watched(project, [*fired, *true], manager)
    assert [after[feed.source] for feed in true] == [1, 1]
    # Ids, which are drawn anew each time, decide which pictures are learnt from: now and then one of five still fires.
    still = [feed.source for feed in learnt if after[feed.source]]
    assert len(still) <= len(learnt) // 3, still
    # Neither a rule nor a threshold was touched for it.
    assert list(Rule.objects.order_by("id").values("condition", "clear_s", "cooldown_s")) == rules
    assert threshold(model) == threshold(shipped)
