"""Auto-approval from the first blind review to a breach: nothing is approved before it is proven, nor after it broke."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from backend.annotation.models import Revision, Suggestion, Task
from backend.core.enums import Role
from backend.core.models import AuditEvent, JobRun
from backend.learning.domain.policy_states import STEPS, next_state, refusal
from backend.learning.enums import ModelState, PolicyEvent, PolicyState
from backend.learning.models import (
    ApprovalPolicy,
    BlindDraw,
    GateReport,
    ModelVersion,
    PolicyPicture,
    PolicyUnit,
)
from backend.learning.services import approval_policies
from backend.learning.services.approval_pictures import picture_approve
from backend.learning.services.rollout import rollout_step
from backend.learning.signals import model_promoted
from backend.notify.models import Notice
from backend.projects import services as projects
from backend.projects.models import Project
from backend.sites.models import Camera, Site
from ml.quality.audit import is_audited
from tests.support import factories
from tests.support.approval import (
    ELSEWHERE,
    THERE,
    approved_with,
    assets_make,
    blind_drawn,
    blind_reviews,
    predict,
    waiting,
)
from tests.support.drift import arrive
from tests.support.factories import label_id
from tests.support.learning import gate, make_model, prepare, run_job

API = "/api/v1"
# Lax, so that some 250 pictures are enough: the statistics have tests of their own.
PROMISE = {"alpha": 0.2, "missed_alpha": 0.3, "delta": 0.2, "audit_rate": 0.5}
REVIEWED = 260


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(labels=[{"name": "crate", "shapes": ["box"]}])


@pytest.fixture
def model(project: Project, tmp_path: Path) -> ModelVersion:
    return make_model(project, tmp_path, classes=("crate",))


@pytest.fixture
def manager(project: Project) -> Any:
    return factories.client_for(factories.make_project_member(project, Role.MANAGER))


def url(project: Project) -> str:
    return f"{API}/projects/{project.pk}/approval-policies"


def make(manager: Any, project: Project, model: ModelVersion, scope: str = "pictures", **more: Any) -> Any:
    body = {"model_id": str(model.pk), "scope": scope, **PROMISE, **more}
    if scope == "boxes":
        body["label_id"] = label_id(project, "crate")
    answer = manager.post(url(project), body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def step(manager: Any, policy: Any, event: str, version: int | None = None, **body: Any) -> Any:
    version = ApprovalPolicy.objects.get(pk=policy["id"]).version if version is None else version
    return manager.post(
        f"{API}/approval-policies/{policy['id']}/steps",
        {"event": event, **body},
        format="json",
        headers={"If-Match": f'"{version}"'},
    )


def work(project: Project, kind: str = approval_policies.APPROVAL_JOB) -> dict[str, Any]:
    """Have the job look, as a worker would; what it did."""
    approval_policies.approval_enqueue(project)
    job = run_job(kind)
    assert job.state == "succeeded", job.error
    return job.result


def state(manager: Any, project: Project) -> dict[str, Any]:
    return manager.get(url(project)).json()["policies"][0]


def active(manager: Any, project: Project, model: ModelVersion, scope: str = "pictures") -> Any:
    """A proven policy at work, with nothing in the queue yet."""
    blind_reviews(project, model, REVIEWED)
    policy = make(manager, project, model, scope)
    work(project)
    assert step(manager, policy, "activate").status_code == 200
    return policy


# --- the state machine


@pytest.mark.parametrize(("before", "event"), list(itertools.product(PolicyState, PolicyEvent)))
def test_every_step_is_in_the_table_or_refused_with_a_reason(before: str, event: str) -> None:
    target, why = next_state(before, event)
    assert (target is None) == ((before, event) not in STEPS) == bool(why)


@pytest.mark.parametrize(
    ("before", "cause", "event", "allowed"),
    [
        ("collecting", "", "unlock", False),
        ("collecting", "", "suspend", False),
        ("collecting", "", "activate", False),
        ("shadow", "", "activate", True),
        ("active", "", "suspend", True),
        ("suspended", "person", "resume", True),
        ("suspended", "person", "restart", False),
        ("suspended", "breach", "resume", False),
        ("suspended", "breach", "restart", True),
        ("suspended", "drift", "restart", True),
        ("suspended", "model", "restart", False),
        ("suspended", "labels", "resume", False),
        ("suspended", "model", "retire", True),
        ("retired", "", "activate", False),
    ],
)
def test_what_a_person_may_ask_for(before: str, cause: str, event: str, allowed: bool) -> None:
    assert (refusal(state=before, cause=cause, event=event) == "") == allowed


# --- proof


def test_proof_is_counted_in_the_order_of_the_draw_and_a_group_once(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    twins = assets_make(project, 2, "twin", group_key="one clip")
    predict(model, twins, [0.9, 0.9])
    approved_with(project, blind_drawn(project, twins), [[THERE], [THERE]])
    make(manager, project, model)
    assert work(project)["counted"] == 1
    open_one, *late = assets_make(project, 3, "late")
    tasks = blind_drawn(project, [open_one])
    work(project)  # it has its place now, before the others are drawn
    predict(model, late, [0.9, 0.9])
    approved_with(project, blind_drawn(project, late), [[THERE], [THERE]])
    assert work(project)["counted"] == 0
    answer = manager.get(url(project)).json()
    assert (answer["blind_done"], answer["blind_waiting"]) == (4, 1)
    assert answer["policies"][0]["holds_back"] == 2
    predict(model, [open_one], [0.9])
    approved_with(project, tasks, [[ELSEWHERE]])
    assert work(project)["counted"] == 3
    unit = PolicyUnit.objects.get(task_id=tasks[0].pk)
    assert (unit.scores, unit.correct, unit.missed) == ([0.9], [False], 1)
    # What was counted stays as it was: a later edit is no new proof.
    Revision.objects.filter(task=tasks[0]).delete()
    assert work(project)["counted"] == 0
    assert PolicyUnit.objects.filter(correct=[False]).count() == 1


def test_pictures_that_chose_the_model_shape_the_plan_and_prove_nothing(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    from backend.datasets.models import DatasetItem, DatasetVersion

    tasks = blind_reviews(project, model, REVIEWED)
    version = DatasetVersion.objects.create(
        project=project, number=1, ontology_version=project.ontology_versions.get()
    )
    DatasetItem.objects.bulk_create(
        DatasetItem(
            version=version,
            asset_id=task.asset_id,
            asset_sha256=f"{n:064x}",
            group_key=f"g{n}",
            split="test",
            revision_id=task.resolved_revision_id,
            labels_hash="0" * 64,
            blind=True,
        )
        for n, task in enumerate(tasks)
    )
    GateReport.objects.create(candidate=model, dataset_version=version, passed=True, reason="r")
    make(manager, project, model)
    work(project)
    policy = ApprovalPolicy.objects.get()
    assert (policy.known_units, policy.verdict["tested"], policy.state) == (REVIEWED, 0, "collecting")
    blind_reviews(project, model, 110, seed=5)
    work(project)
    policy.refresh_from_db()
    assert (policy.verdict["tested"], policy.state) == (110, "shadow")


def test_before_there_is_proof_it_says_how_much_is_missing_and_does_nothing(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    blind_reviews(project, model, 30)
    task = waiting(project, model, [0.95])[0]
    make(manager, project, model)
    work(project)
    found = state(manager, project)
    assert (found["state"], found["with_boxes"], found["fit_wanted"]) == ("collecting", 30, 150)
    assert (
        found["words"] == f"Review at least {found['more']} more to unlock auto-approval of whole pictures."
    )
    task.refresh_from_db()
    assert task.state == "ready" and not PolicyPicture.objects.exists()


def test_a_model_that_is_often_wrong_is_never_unlocked(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    blind_reviews(project, model, REVIEWED, wrong=0.5)
    make(manager, project, model)
    work(project)
    found = state(manager, project)
    assert (found["state"], found["threshold"]) == ("collecting", None)


# --- trying out, approving, checking


def test_it_tries_out_first_then_approves_what_is_sure_and_sends_some_to_a_check(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    blind_reviews(project, model, REVIEWED)
    unsure, *sure = waiting(project, model, [0.1] + [0.95] * 20)
    policy = make(manager, project, model)
    assert work(project)["would"] == 20
    found = state(manager, project)
    assert (found["state"], found["would"]["pictures"], found["approved"]["pictures"]) == ("shadow", 20, 0)
    assert found["coverage"] > 0.5 and found["threshold"] in [point["threshold"] for point in found["curve"]]
    assert Task.objects.filter(state="auto_approved").count() == 0
    assert Notice.objects.filter(title="Auto-approval is unlocked").exists()

    assert step(manager, policy, "activate").status_code == 200
    work(project)
    checked = {task.pk for task in sure if is_audited(str(task.pk), policy["id"], PROMISE["audit_rate"])}
    assert 3 <= len(checked) <= 17
    approved = Task.objects.filter(state="auto_approved")
    assert set(approved.values_list("pk", flat=True)) == {task.pk for task in sure} - checked
    assert {str(each) for each in approved.values_list("resolved_revision__policy_id", flat=True)} == {
        policy["id"]
    }
    for task in Task.objects.filter(pk__in=checked):
        assert (task.state, task.selection_reason, task.open_suggestion_count) == ("ready", "audit", 0)
    unsure.refresh_from_db()
    assert (unsure.state, unsure.open_suggestion_count) == ("ready", 1)
    again = work(project)
    assert (again["approved"], again["audit"]) == (0, 0)


def test_single_boxes_are_accepted_and_the_picture_waits_for_a_reviewer(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    policy = active(manager, project, model, "boxes")
    tasks = waiting(project, model, [0.95] * 6 + [0.1, 0.0])
    done = work(project)
    assert done["approved"] + done["audit"] == 6
    assert (
        Task.objects.filter(state="in_review", resolved_revision__policy_id=policy["id"]).count()
        == done["approved"]
    )
    assert {t.state for t in Task.objects.filter(pk__in=[tasks[6].pk, tasks[7].pk])} == {"ready"}


def test_an_empty_picture_passes_only_where_this_model_looked_last(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    active(manager, project, model)
    seen, other = waiting(project, model, [0.0, 0.0])
    Task.objects.filter(pk=other.pk).update(prelabelled_by_id=None)
    done = work(project)
    assert done["approved"] + done["audit"] == 1
    other.refresh_from_db()
    assert other.state == "ready"


def test_a_camera_nothing_was_proven_for_stays_with_people(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    active(manager, project, model)
    site = Site.objects.create(organisation=project.organisation, name="Hall")
    camera = Camera.objects.create(site=site, name="Dock 2")
    waiting(project, model, [0.95] * 3, camera_id=camera.pk)
    assert work(project)["approved"] == 0


# --- ends


def test_checks_that_find_too_much_wrong_stop_it_and_send_back_what_nobody_has_seen(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    policy = active(manager, project, model)
    waiting(project, model, [0.95] * 80)
    done = work(project)
    audited = list(Task.objects.filter(selection_reason="audit"))
    approved_with(project, audited, [[ELSEWHERE]] * len(audited))
    seen = Task.objects.filter(state="auto_approved").first()
    assert seen is not None
    Task.objects.filter(pk=seen.pk).update(state="approved")  # a reviewer edited and approved it
    after = work(project)
    assert (after["suspended"], after["taken_back"]) == (1, done["approved"] - 1)
    found = state(manager, project)
    assert (found["state"], found["cause"], found["taking_back"]) == ("suspended", "breach", False)
    assert found["note"] == f"{len(audited)} of {len(audited)} boxes were wrong in its {len(audited)} checks."
    assert found["audits"]["wrong"] == len(audited) and found["taken_back"] == done["approved"] - 1
    assert not Task.objects.filter(state="auto_approved").exists()
    assert Suggestion.objects.filter(state="open").count() == done["approved"] - 1
    assert Notice.objects.filter(title="Auto-approval has stopped").exists()
    assert AuditEvent.objects.filter(action="policy.suspend", object_id=policy["id"]).exists()

    assert step(manager, policy, "resume").status_code == 409
    assert step(manager, policy, "restart").status_code == 200
    assert work(project)["approved"] == 0
    row = ApprovalPolicy.objects.get()
    assert (row.state, row.known_units, row.threshold) == ("collecting", REVIEWED, None)
    blind_reviews(project, model, 110, seed=9)
    work(project)
    row.refresh_from_db()
    assert row.state == "shadow"


def test_checks_that_find_it_right_leave_it_at_work(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    active(manager, project, model)
    waiting(project, model, [0.95] * 80)
    work(project)
    audited = list(Task.objects.filter(selection_reason="audit"))
    approved_with(project, audited, [[THERE]] * len(audited))
    assert work(project)["suspended"] == 0
    found = state(manager, project)
    assert (found["state"], found["audits"]["wrong"], found["audits"]["settled"]) == (
        "active",
        0,
        len(audited),
    )


def test_another_model_in_production_ends_it_and_what_was_approved_stays(
    project: Project, model: ModelVersion, manager: Any, tmp_path: Path
) -> None:
    policy = active(manager, project, model)
    waiting(project, model, [0.95] * 10)
    approved = work(project)["approved"]
    candidate = make_model(project, tmp_path, ModelState.CANDIDATE, classes=("crate",))
    gate(candidate, model)
    admin = project.organisation.memberships.first().user
    rollout_step(actor=admin, model=candidate, event="all")  # type: ignore[arg-type]
    assert JobRun.objects.filter(kind=approval_policies.APPROVAL_JOB, state="queued").exists()
    # Before the job has looked: a stopped model approves nothing any more.
    [task] = waiting(project, model, [0.95])
    row = ApprovalPolicy.objects.get()
    assert picture_approve(policy=row, task_id=task.pk, chosen=()) is None
    assert work(project)["suspended"] == 1
    found = state(manager, project)
    assert (found["state"], found["cause"]) == ("suspended", "model")
    assert Task.objects.filter(state="auto_approved").count() == approved
    for event in ("resume", "restart"):
        assert step(manager, policy, event).status_code == 409
    assert (
        manager.post(url(project), {"model_id": str(model.pk), "scope": "pictures", "alpha": 0.1}).status_code
        == 409
    )
    assert make(manager, project, candidate)["state"] == "collecting"


def test_a_camera_that_begins_to_drift_ends_it_and_one_that_drifted_before_does_not(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    day = timedelta(days=1)
    ModelVersion.objects.filter(pk=model.pk).update(promoted_at=timezone.now() - 10 * day)
    site = Site.objects.create(organisation=project.organisation, name="Hall")
    before, later = (Camera.objects.create(site=site, name=name) for name in ("Dock 2", "Dock 3"))
    for seed, camera in enumerate((before, later)):
        start = timezone.now() - 9 * day
        arrive(project, model, 150, at=start, camera_id=camera.pk, seed=seed, label="crate")

    def darker(camera: Camera, seed: int) -> None:
        start, over = timezone.now() - day, timedelta(hours=20)
        more = {"brightness": 60.0, "label": "crate", "seed": seed}
        arrive(project, model, 100, at=start, over=over, camera_id=camera.pk, **more)
        answer = manager.post(f"{API}/projects/{project.pk}/drift")
        assert answer.status_code == 202, answer.content
        assert run_job("learning.drift").state == "succeeded"

    darker(before, 11)
    policy = active(manager, project, model)
    waiting(project, model, [0.95] * 10)
    done = work(project)
    assert done["suspended"] == 0 and done["approved"] > 0
    darker(later, 12)
    after = work(project)
    assert (after["suspended"], after["taken_back"]) == (1, done["approved"])
    found = state(manager, project)
    assert (found["state"], found["cause"]) == ("suspended", "drift")
    assert "Dock 3" in found["note"]
    assert not Task.objects.filter(state="auto_approved").exists()
    # Stopped, it looks at nothing any more.
    assert approval_policies.approval_enqueue(project) is None
    # All proof so far shapes the next plan; the drift is known then, and ends it no second time.
    assert step(manager, policy, "restart").json()["state"] == "collecting"
    assert work(project)["suspended"] == 0


@pytest.mark.parametrize("change", ["binding", "labels"])
def test_other_meanings_end_it(project: Project, model: ModelVersion, manager: Any, change: str) -> None:
    active(manager, project, model)
    if change == "binding":
        model.binding.version += 1
        model.binding.save()
    else:
        labels = [*project.ontology_versions.get().labels, {"name": "pallet", "shapes": ["box"]}]
        admin = project.organisation.memberships.first().user
        projects.ontology_replace(actor=admin, project=project, labels=labels, base_number=1)
    assert work(project)["suspended"] == 1
    assert state(manager, project)["cause"] == "labels"


def test_a_stop_by_hand_acts_at_once_takes_back_if_asked_and_can_be_taken_up_again(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    policy = active(manager, project, model)
    tasks = waiting(project, model, [0.95] * 10)
    approved = work(project)["approved"]
    running = ApprovalPolicy.objects.get()
    assert step(manager, policy, "suspend", take_back=True).status_code == 200
    assert picture_approve(policy=running, task_id=tasks[0].pk, chosen=()) is None
    assert work(project)["taken_back"] == approved
    assert step(manager, policy, "resume").json()["state"] == "shadow"
    assert step(manager, policy, "activate").status_code == 200
    assert work(project)["approved"] == approved  # the same are checked as before: it is decided for good
    assert step(manager, policy, "retire").json()["state"] == "retired"
    assert approval_policies.approval_enqueue(project) is None


def test_a_blind_picture_that_is_approved_rings_and_others_do_not(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    from backend.annotation.signals import annotation_approved

    make(manager, project, model)
    drawn = blind_drawn(project, assets_make(project, 1, "drawn"))[0]
    other = waiting(project, model, [0.9])[0]
    work(project)

    def rings(task: Task) -> bool:
        JobRun.objects.all().delete()
        annotation_approved.send(Task, project_id=project.pk, task_id=task.pk, revision_id=None)
        return JobRun.objects.filter(kind=approval_policies.APPROVAL_JOB).exists()

    assert (rings(drawn), rings(other)) == (True, False)
    JobRun.objects.all().delete()
    model_promoted.send(ModelVersion, project_id=project.pk, model_version_id=model.pk, kind="detect")
    assert JobRun.objects.filter(kind=approval_policies.APPROVAL_JOB).exists()


# --- doors


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.SCIENTIST])
def test_everybody_here_reads_and_only_managers_promise(
    project: Project, model: ModelVersion, manager: Any, role: Role
) -> None:
    policy = make(manager, project, model)
    person = factories.client_for(factories.make_project_member(project, role))
    assert person.get(url(project)).json()["policies"][0]["id"] == policy["id"]
    body = {"model_id": str(model.pk), "scope": "pictures", **PROMISE}
    assert person.post(url(project), body, format="json").status_code == 403
    assert step(person, policy, "retire").status_code == 403


def test_a_step_needs_the_version_and_a_stale_one_is_told(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    policy = make(manager, project, model)
    steps = f"{API}/approval-policies/{policy['id']}/steps"
    assert manager.post(steps, {"event": "retire"}, format="json").status_code == 428
    stale = step(manager, policy, "retire", version=9)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 1})
    refused = step(manager, policy, "activate")
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_refused")
    assert step(manager, policy, "unlock").status_code == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"alpha": 0.9}, 400),
        ({"delta": 0.5}, 400),
        ({"scope": "boxes"}, 400),
        ({"scope": "boxes", "label_id": "nonsense"}, 400),
        ({"label_id": "some"}, 400),
        ({"model_id": "00000000-0000-0000-0000-000000000000"}, 400),
    ],
)
def test_what_cannot_be_promised_is_refused(
    project: Project, model: ModelVersion, manager: Any, change: dict[str, Any], status: int
) -> None:
    body = {"model_id": str(model.pk), "scope": "pictures", **PROMISE, **change}
    assert manager.post(url(project), body, format="json").status_code == status


def test_one_policy_of_a_kind_and_the_same_request_twice_makes_one(
    project: Project, model: ModelVersion, manager: Any
) -> None:
    body = {"model_id": str(model.pk), "scope": "pictures", **PROMISE}
    headers = {"Idempotency-Key": "once"}
    first, second = (manager.post(url(project), body, format="json", headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert manager.post(url(project), body, format="json").status_code == 409
    assert ApprovalPolicy.objects.count() == 1


def test_a_batch_gives_its_blind_pictures_their_place_after_those_drawn_before(
    project: Project, model: ModelVersion
) -> None:
    early = {task.pk for task in blind_reviews(project, model, 12)}
    waiting(project, model, [0.5] * 12)
    assert prepare(project, batch=8).state == "succeeded"
    places = list(BlindDraw.objects.order_by("id").values_list("task_id", flat=True))
    drawn = set(Task.objects.filter(blind=True).values_list("pk", flat=True)) - early
    assert drawn and set(places[:12]) == early and set(places[12:]) == drawn
