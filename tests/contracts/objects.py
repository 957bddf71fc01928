"""One object of every kind that has an address, all of one owner."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from backend.accounts.models import User
from backend.annotation.models import Assignment, Comment, Revision, Suggestion, Task, WorkPlan
from backend.core.enums import Queue, Role
from backend.core.models import JobRun
from backend.datasets.models import DatasetVersion, Slice
from backend.feeds.models import CalibrationStill, CalibrationVersion, Feed, Incident, Marking, Rule
from backend.learning.finding_models import LabelFinding, LabelLook
from backend.learning.follow_models import Follow
from backend.learning.models import ApprovalPolicy, ModelBinding, ModelVersion, TrainingRun
from backend.media.models import Asset, Upload
from backend.notify.models import AlertChannel
from backend.projects.models import Project
from backend.sites.models import Camera, Site
from tests.support.factories import label_id, make_image_asset, make_member, make_org, make_project

OWN_ASSIST_SHA256 = "a5" * 32


@dataclass
class ObjectIds:
    owner: User
    project: uuid.UUID
    by_parameter: dict[str, object] = field(default_factory=dict)

    def for_parameter(self, path: str, name: str) -> object:
        """The id for `{name}` in `path`. A KeyError means: add the new kind of object here."""
        return self.by_parameter[name]


def make_objects() -> ObjectIds:
    organisation = make_org()
    owner = make_member(organisation, Role.ADMIN, "Owner")
    site = Site.objects.create(organisation=organisation, name="Dock")
    camera = Camera.objects.create(site=site, name="Dock 3")
    project: Project = make_project(owner, organisation=organisation, site=site)
    asset = make_image_asset(project)
    job = JobRun.objects.create(
        kind="test", queue=Queue.DEFAULT, project_id=project.pk, organisation_id=organisation.pk
    )
    upload = Upload.objects.create(project=project, created_by=owner, filename="a.zip", size_bytes=1)
    ids = ObjectIds(owner, project.pk)
    ids.by_parameter = {
        "organisation_id": organisation.pk,
        "user_id": make_member(organisation, Role.VIEWER, "Colleague").pk,
        "site_id": site.pk,
        "camera_id": camera.pk,
        "project_id": project.pk,
        "asset_id": asset.pk,
        "upload_id": upload.pk,
        "number": 1,
        "job_id": job.pk,
        "token_id": uuid.uuid4(),
        "token": "not-a-token",
        "index": 0,
        "level": 0,
        "column": 0,
        "row": 0,
        "key": "0" * 64,
        "kind": "detect",
        "sha256": OWN_ASSIST_SHA256,
        **_work(project, owner, asset),
        **_models(project, owner),
        **_calibration(camera),
    }
    return ids


def _work(project: Project, owner: User, asset: Asset) -> dict[str, Any]:
    task = Task.objects.filter(project=project, asset=asset).first() or Task.objects.create(
        project=project, asset=asset
    )
    ontology = project.ontology_versions.get()
    revision = Revision.objects.create(task=task, number=1, author=owner, ontology_version=ontology)
    suggestion = Suggestion.objects.create(
        task=task,
        model_version_id=uuid.uuid4(),
        model_name="m",
        label_id=label_id(project, "person"),
        shape="box",
        geometry={"box": [0, 0, 9, 9]},
        score=0.5,
    )
    day = timezone.now().date()
    plan = WorkPlan.objects.create(
        project=project, first_day=day, last_day=day, again=False, method="greedy", people=[], undone=[]
    )
    return {
        "plan_id": plan.pk,
        "task_id": task.pk,
        "revision_id": revision.pk,
        "assignment_id": Assignment.objects.create(task=task, user=owner).pk,
        "comment_id": Comment.objects.create(task=task, author=owner, text="look").pk,
        "suggestion_id": suggestion.pk,
        "follow_id": Follow.objects.create(task=task, person=owner, region_id=uuid.uuid4(), asked={}).pk,
        "finding_id": LabelFinding.objects.create(
            project=project,
            look=LabelLook.objects.create(project=project, way="production"),
            task=task,
            kind="overlooked",
            label_id=suggestion.label_id,
            box=[0, 0, 9, 9],
            proposed_label_id=suggestion.label_id,
            proposed_box=[0, 0, 9, 9],
            sure=0.5,
            score=0.5,
            rank=1,
            revision_id=revision.pk,
            standing_revision_id=revision.pk,
        ).pk,
    }


def _models(project: Project, owner: User) -> dict[str, Any]:
    ontology = project.ontology_versions.get()
    first, second = (
        DatasetVersion.objects.create(project=project, number=n, ontology_version=ontology) for n in (1, 2)
    )
    model = ModelVersion.objects.create(project=project, number=900, name="m", kind="detect")
    ModelBinding.objects.create(model_version=model)
    ModelVersion.objects.create(
        project=project, number=901, name="a", kind="assist", artifact_sha256=OWN_ASSIST_SHA256
    )
    training = TrainingRun.objects.create(
        project=project, dataset_version=first, kind="detect", created_by=owner
    )
    feed = Feed.objects.create(project=project, name="f", source_kind="file", source="x.mp4")
    return {
        "version_id": first.pk,
        "dataset_id": first.pk,
        "first_id": first.pk,
        "second_id": second.pk,
        "other_id": second.pk,
        "slice_id": Slice.objects.create(project=project, name="s").pk,
        "model_id": model.pk,
        "training_id": training.pk,
        "policy_id": ApprovalPolicy.objects.create(
            project=project,
            model_version=model,
            scope="pictures",
            alpha=0.05,
            missed_alpha=0.05,
            delta=0.05,
            audit_rate=0.05,
            binding_version=1,
        ).pk,
        "feed_id": feed.pk,
        **_incident(project, feed),
        "marking_id": Marking.objects.create(feed=feed, kind="line", name="l", points=[[0, 0], [1, 1]]).pk,
    }


def _calibration(camera: Camera) -> dict[str, Any]:
    still = CalibrationStill.objects.create(camera=camera, storage_key="none.jpg", width=960, height=540)
    version = CalibrationVersion.objects.create(
        camera=camera,
        number=1,
        still=still,
        reference=still,
        given={},
        solved={},
        k1=0.0,
        reprojection_cm=0.0,
        valid_from=still.created_at,
    )
    return {"still_id": still.pk, "calibration_id": version.pk}


def _incident(project: Project, feed: Feed) -> dict[str, Any]:
    rule = Rule.objects.create(feed=feed, name="r", condition={"labels": []})
    now = timezone.now()
    incident = Incident.objects.create(
        feed=feed, rule=rule, name="r", severity="high", asked={}, opened_at=now, seen_at=now
    )
    channel = AlertChannel.objects.create(
        organisation=project.organisation, project_id=project.pk, kind="webhook", name="w", target="https://x"
    )
    return {"rule_id": rule.pk, "incident_id": incident.pk, "channel_id": channel.pk}
