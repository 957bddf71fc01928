"""Fills an empty Siteloop so that every step of the loop has something in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backend.accounts import selectors as accounts
from backend.accounts.demo import demo_people_create
from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.core.enums import Role
from backend.datasets import services as datasets
from backend.feeds.demo import scenes
from backend.feeds.domain.calibrating import FloorDraft, FloorPoint
from backend.feeds.enums import SourceKind
from backend.feeds.services import calibrations, rules
from backend.feeds.services import registry as feeds
from backend.learning.services import promotion
from backend.media import services as media
from backend.projects import selectors as projects
from backend.projects import services as project_services
from backend.sites import services as sites

if TYPE_CHECKING:
    from backend.accounts.models import Organisation, User
    from backend.feeds.models import Feed
    from backend.projects.models import Project
    from backend.sites.models import Camera

PER_SCENE = 4
# Of the scenes in order: approved by hand, drawn blind and approved, waiting for review; the rest is to label.
APPROVED_SCENES, BLIND_SCENES, REVIEW_SCENES = 5, 2, 1
LIVE_SECONDS, LIVE_FPS = 12.0, 8.0
LABELS = ("person", "hard_hat", "forklift")
# Its people walk past each other at 2.4 m, in each round of the clip.
RULE_CAMERA, RULE_NEAR_M = "Dock 3", 3.0
# The clip goes round every twelve seconds: an incident an hour is enough to look at.
RULE_COOLDOWN_S = 3600.0
_NAMESPACE = uuid.UUID("7c5f1d0a-92ab-5e0e-8f8f-1d2f6c0b9a11")


def demo_fill(say: Callable[[str], None]) -> Project:
    """Make people, a site, a project with pictures in every state, a frozen version and live feeds."""
    people = demo_people_create()
    manager = people[Role.MANAGER]
    organisation = accounts.organisations_of(manager)[0].organisation
    project, cameras = _project(manager, organisation)
    say("  rendering pictures of three cameras…")
    assets = _pictures(project, cameras)
    _labels(project, people, assets)
    datasets.version_freeze(actor=people[Role.SCIENTIST], project=project, filters={}, name="First labels")
    project_services.project_update(actor=manager, project=project, changes={"settings": {"prelabel": True}})
    promotion.prepare_enqueue(project, created_by=manager)
    say("  rendering two live cameras…")
    _feeds(manager, project, cameras)
    return project


def _project(manager: User, organisation: Organisation) -> tuple[Project, dict[str, Camera]]:
    site = sites.site_create(
        actor=manager,
        organisation_id=organisation.pk,
        name="Nashville DC",
        time_zone="America/Chicago",
        region_name="South",
    )
    cameras = {
        name: sites.camera_create(actor=manager, site=site, name=name)
        for name in dict.fromkeys(spec.camera for spec in scenes.STILL_SCENES)
    }
    project = project_services.project_create(
        actor=manager,
        organisation_id=organisation.pk,
        name="Dock safety (demo)",
        template="yard-traffic",
        site=site,
        labels=[{"name": name, "shapes": ["box", "polygon", "track"]} for name in LABELS],
        description="A made-up warehouse. Every picture is rendered by Siteloop; remove the project when you are done.",
        is_demo=True,
    )
    # No batch is drawn while the first labels are being laid out.
    settings = {"batch_size": 12, "prelabel": False}
    project = project_services.project_update(
        actor=manager, project=project, changes={"settings": settings, "guidelines": GUIDELINES}
    )
    return project, cameras


def _pictures(project: Project, cameras: dict[str, Camera]) -> list[tuple[scenes.Still, uuid.UUID]]:
    return [
        (
            still,
            media.asset_register(
                project=project,
                content=still.jpeg,
                name=still.name,
                actor=None,
                camera=cameras[still.camera],
                group_key=still.scene,
                metadata={"shift": "early" if int(still.scene[-1]) % 2 else "late"},
            ).pk,
        )
        for still in scenes.stills(PER_SCENE)
    ]


def _labels(project: Project, people: dict[Role, User], assets: list[tuple[scenes.Still, uuid.UUID]]) -> None:
    """The first scenes are labelled as people would have, by the renderer's truth."""
    ids = {label.name: label.id for label in projects.labels_of(project.pk)}
    order = list(dict.fromkeys(still.scene for still, _ in assets))
    blind = set(order[APPROVED_SCENES : APPROVED_SCENES + BLIND_SCENES])
    review = set(order[APPROVED_SCENES + BLIND_SCENES : APPROVED_SCENES + BLIND_SCENES + REVIEW_SCENES])
    done = set(order[:APPROVED_SCENES]) | blind | review
    for still, asset_id in assets:
        if still.scene not in done:
            continue
        task = annotation.tasks_create(project=project, asset_ids=[asset_id], reason=SelectionReason.TYPICAL)[
            0
        ]
        if still.scene in blind:
            choice = TaskChoice(task.pk, 1.0, SelectionReason.RANDOM, inclusion_probability=0.18, blind=True)
            annotation.tasks_prioritise(project_id=project.pk, choices=[choice])
        annotation.revision_import(
            task_id=task.pk,
            regions=[
                _region(still, index, item, ids)
                for index, item in enumerate(still.objects)
                if _is_clear(item, ids)
            ],
            actor=people[Role.ANNOTATOR],
            import_key="demo",
            approved=still.scene not in review,
        )


def _is_clear(item: Any, ids: dict[str, str]) -> bool:
    return not item.ignore and item.label in ids


def _region(still: scenes.Still, index: int, item: Any, ids: dict[str, str]) -> RegionData:
    box = item.box_px
    return RegionData(
        region_id=str(uuid.uuid5(_NAMESPACE, f"{still.name}:{index}")),
        label_id=ids[item.label],
        shape="box",
        geometry={"box": [round(float(v), 2) for v in (box.x1, box.y1, box.x2, box.y2)]},
        source="import",
    )


def _feeds(manager: User, project: Project, cameras: dict[str, Camera]) -> None:
    for spec in scenes.LIVE_SCENES:
        with scenes.live_clip(spec, LIVE_SECONDS, LIVE_FPS) as path:
            clip = media.asset_register(
                project=project, path=path, name=path.name, actor=None, camera=cameras[spec.camera]
            )
        feed = feeds.feed_create(
            actor=manager,
            project=project,
            name=f"{spec.camera} live",
            source_kind=SourceKind.ASSET,
            asset_id=clip.pk,
            camera=cameras[spec.camera],
            given={"capture_per_hour": 12, "capture_random_per_hour": 4, "capture_gap_s": 5.0},
        )
        _calibrate(manager, feed, spec)
        if spec.camera == RULE_CAMERA:
            _rule(manager, feed)


def _calibrate(manager: User, feed: Feed, spec: scenes.SceneSpec) -> None:
    """Measured floor marks, so that the wall shows metres from the first minute."""
    survey = scenes.floor_survey(spec, LIVE_SECONDS)
    still = calibrations.still_store(camera=feed.camera, feed=feed, jpeg=survey.jpeg)
    marks = zip(survey.pixels.tolist(), survey.floor_m.tolist(), strict=True)
    draft = FloorDraft(
        survey.size_px, "points", tuple(FloorPoint(x, y, x_m, y_m) for (x, y), (x_m, y_m) in marks)
    )
    calibrations.calibration_save(actor=manager, still=still, draft=draft, base_number=0)


def _rule(manager: User, feed: Feed) -> None:
    """One rule that is broken soon, so that there is an incident to look at."""
    person = next(label.id for label in projects.labels_of(feed.project_id) if label.name == "person")
    rules.rule_create(
        actor=manager,
        feed=feed,
        given={
            "name": f"People nearer than {RULE_NEAR_M:g} m",
            "condition": {"labels": [person], "near_m": RULE_NEAR_M, "near_labels": [person]},
            "cooldown_s": RULE_COOLDOWN_S,
        },
    )


GUIDELINES = """Draw the visible part of every person, helmet and forklift taller than 15 pixels.

- A helmet counts only when it is worn.
- The driver in a forklift is a person of their own.
- Leave out what you could not name without guessing.
"""
