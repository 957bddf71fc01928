"""Tasks: made once per asset, assigned to people, imported into, and what an ontology change does to them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.annotation import selectors, services
from backend.annotation.contracts import RegionData
from backend.annotation.errors import ForeignId, LabelsRefused
from backend.annotation.models import Assignment, RegionProjection, Revision, Suggestion, Task
from backend.core.enums import Role
from backend.media.enums import AssetState
from backend.media.models import Asset
from backend.media.signals import asset_ready
from backend.notify.models import Notice
from backend.projects import services as projects
from backend.projects.errors import LabelInUse
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks, suggest
from tests.support.factories import (
    client_for,
    label_id,
    make_image_asset,
    make_project,
    make_project_member,
)

pytestmark = pytest.mark.django_db

BOX = [10.0, 20.0, 110.0, 220.0]


@pytest.fixture
def project() -> Any:
    return make_project()


def imported(project: Any, label: str = "person") -> RegionData:
    return RegionData(str(uuid.uuid4()), label_id(project, label), "box", {"box": BOX})


def bring_in(task: Task, *regions: RegionData, key: str = "import-1", approved: bool = True) -> Any:
    return services.revision_import(
        task_id=task.pk, regions=regions, actor=None, import_key=key, approved=approved
    )


def test_tasks_are_made_once_per_asset_of_the_project(project: Any) -> None:
    asset = make_image_asset(project)
    for _ in range(2):
        assert len(services.tasks_create(project=project, asset_ids=[asset.pk], reason="manual")) == 1
    foreign = make_image_asset(make_project())
    with pytest.raises(ForeignId):
        services.tasks_create(project=project, asset_ids=[foreign.pk], reason="manual")


def test_an_asset_that_becomes_ready_gets_its_task(project: Any) -> None:
    early, late = make_image_asset(project, ready=False), make_image_asset(project)
    (waiting,) = services.tasks_create(project=project, asset_ids=[early.pk], reason="manual")
    assert waiting.state == "new"
    Asset.objects.filter(pk=early.pk).update(state=AssetState.READY)
    for asset in (early, late, late):
        asset_ready.send(sender=Asset, project_id=project.pk, asset_id=asset.pk)
    assert list(Task.objects.values_list("state", flat=True)) == ["ready", "ready"]
    # Who asks for it later says why: here a feed's quota.
    (task,) = services.tasks_create(project=project, asset_ids=[late.pk], reason="feed", priority=7)
    assert (task.selection_reason, task.priority) == ("feed", 7)


def test_assigning_tells_the_person_and_hands_out_by_due_date(project: Any) -> None:
    manager = client_for(make_project_member(project, Role.MANAGER, "Mia"))
    ada = make_project_member(project, Role.ANNOTATOR, "Ada")
    first, second, third = make_tasks(project, 3)
    url = f"{API}/projects/{project.pk}/tasks/assign"
    body = {"user_id": str(ada.pk), "task_ids": [str(first.pk)], "due_at": "2030-05-02T00:00:00Z"}
    assert manager.post(url, body).json() == {"assigned": 1}
    body = {"user_id": str(ada.pk), "asset_ids": [str(third.asset_id)], "due_at": "2030-05-01T00:00:00Z"}
    manager.post(url, body)
    assert Notice.objects.filter(user=ada, kind="assigned").count() == 2
    client = client_for(ada)
    listed = client.get(f"{API}/projects/{project.pk}/tasks", {"assigned_to": "me"}).json()["results"]
    assert {row["id"] for row in listed} == {str(first.pk), str(third.pk)}
    order = [Editor.next(client, project)]
    assert order[0].body["id"] == str(third.pk)
    assert datetime.fromisoformat(order[0].body["due_at"]) == datetime(2030, 5, 1, tzinfo=UTC)


def test_assigning_refuses_strangers_foreign_tasks_and_annotators(project: Any) -> None:
    manager = client_for(make_project_member(project, Role.MANAGER))
    ada = make_project_member(project, Role.ANNOTATOR)
    task, foreign = make_task(project), make_task(make_project())
    url = f"{API}/projects/{project.pk}/tasks/assign"
    stranger = make_project_member(make_project(), Role.ANNOTATOR)
    own = [str(task.pk)]
    assert manager.post(url, {"user_id": str(stranger.pk), "task_ids": own}).status_code == 400
    assert manager.post(url, {"user_id": str(ada.pk), "task_ids": [str(foreign.pk)]}).status_code == 422
    foreign_asset = {"user_id": str(ada.pk), "asset_ids": [str(foreign.asset_id)]}
    assert manager.post(url, foreign_asset).status_code == 422
    assert client_for(ada).post(url, {"user_id": str(ada.pk), "task_ids": own}).status_code == 403
    assert Task.objects.filter(assigned_to__isnull=False).count() == 0


def test_lists_filter_by_state_and_reason(project: Any) -> None:
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    make_tasks(project, 2, reason="random")
    make_task(project, reason="feed")
    labelled(ada, project)
    url = f"{API}/projects/{project.pk}/tasks"

    def listed(**query: Any) -> int:
        return len(ada.get(url, query).json()["results"])

    assert (listed(state="ready"), listed(state="ready,in_review"), listed(reason="feed")) == (2, 3, 1)
    assert ada.get(url, {"state": "eaten"}).status_code == 400
    counts = ada.get(f"{API}/projects/{project.pk}/work-summary").json()["counts"]
    assert (counts["ready"], counts["in_review"]) == (2, 1)


def test_an_import_approves_once_and_never_over_a_persons_work(project: Any) -> None:
    fresh, worked = make_tasks(project, 2)
    region = imported(project)
    revision = bring_in(fresh, region)
    assert bring_in(fresh, region).pk == revision.pk
    fresh.refresh_from_db()
    assert fresh.state == "approved" and fresh.region_count == 1
    assert RegionProjection.objects.get().source == "import"
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    labelled(ada, project)
    assert bring_in(worked, imported(project)) is None
    assert Revision.objects.filter(source="import").count() == 1


def test_an_import_for_review_waits_for_a_reviewer(project: Any) -> None:
    task = make_task(project)
    revision = bring_in(task, imported(project), approved=False)
    rita = client_for(make_project_member(project, Role.REVIEWER))
    body = {"verdict": "return", "reason": "Boxes are shifted."}
    answer = rita.post(f"{API}/revisions/{revision.pk}/decide", body).json()
    # An import has no author to return to: it goes to the queue, with its labels to start from.
    assert answer["task_state"] == "ready"
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    editor = Editor.next(ada, project)
    assert len(editor.body["labels"]["regions"]) == 1
    editor.submit()
    assert RegionProjection.objects.get().source == "import"


def test_an_import_names_what_cannot_be_stored(project: Any) -> None:
    task = make_task(project)
    bad = RegionData(str(uuid.uuid4()), label_id(project, "person"), "box", {"box": [0, 0, 9000, 9]})
    with pytest.raises(LabelsRefused) as refused:
        bring_in(task, bad)
    assert list(refused.value.fields or {}) == [f"regions.{bad.region_id}"]


def test_approved_labels_stream_to_other_apps(project: Any) -> None:
    first, second, waiting = make_tasks(project, 3)
    bring_in(first, imported(project))
    bring_in(second, imported(project), imported(project, "hard_hat"))
    bring_in(waiting, imported(project), approved=False)
    found = list(selectors.approved_revisions(project_id=project.pk))
    assert [(labels.task_id, len(labels.regions)) for labels in found] == [(first.pk, 1), (second.pk, 2)]
    project.project_assets.filter(asset_id=second.asset_id).update(excluded_at=datetime.now(UTC))
    assert [row.task_id for row in selectors.approved_revisions(project_id=project.pk)] == [first.pk]
    ids = [labels.revision_id for labels in found]
    labels = selectors.labels_of_revisions(project_id=project.pk, revision_ids=ids)
    assert [len(labels[pk].regions) for pk in ids] == [1, 2]
    assert selectors.labels_of_revisions(project_id=make_project().pk, revision_ids=ids) == {}


def test_home_counts_a_persons_work(project: Any) -> None:
    ada, rita = (make_project_member(project, role) for role in (Role.ANNOTATOR, Role.REVIEWER))
    make_tasks(project, 3)
    revision = labelled(client_for(ada), project)["revision"]["id"]
    labelled(client_for(ada), project)
    services.review_decide(actor=rita, revision_id=uuid.UUID(revision), verdict="return", reason="No.")
    mine, theirs = selectors.work_counts(ada), selectors.work_counts(rita)
    assert (mine.to_label, mine.to_review, mine.returned) == (1, 0, 1)
    assert (theirs.to_label, theirs.to_review, theirs.returned) == (1, 1, 0)


def relabel(project: Any, mapping: dict[str, str | None] | None = None, drop: str = "hard_hat") -> Any:
    current = project.ontology_versions.order_by("-number")[0]
    return projects.ontology_replace(
        actor=project.memberships.get(role=Role.MANAGER).user,
        project=project,
        labels=[label for label in current.labels if label["name"] != drop],
        base_number=current.number,
        mapping=mapping,
    )


def test_a_label_in_use_goes_only_by_a_map_and_its_objects_follow(project: Any) -> None:
    hat, person = label_id(project, "hard_hat"), label_id(project, "person")
    task, open_task = make_tasks(project, 2)
    bring_in(task, imported(project, "hard_hat"), imported(project))
    suggest(open_task, BOX, label="hard_hat")
    editor = Editor.next(client_for(make_project_member(project, Role.ANNOTATOR)), project)
    editor.put(box_region(project, label="hard_hat"))
    with pytest.raises(LabelInUse):
        relabel(project)
    relabel(project, {hat: person})
    task.refresh_from_db()
    assert task.state == "approved"
    assert {str(row.label_id) for row in RegionProjection.objects.filter(task=task)} == {person}
    assert str(Suggestion.objects.get().label_id) == person
    # The open tab is told by its draft's version, and finds its work under the new label.
    stale = editor.put(box_region(project))
    assert stale.status_code == 412
    assert [r["label_id"] for r in stale.json()["current"]["labels"]["regions"]] == [person]
    first = Revision.objects.get(task=task, number=1)
    kept = selectors.labels_of_revisions(project_id=project.pk, revision_ids=[first.pk])[first.pk]
    assert {region.label_id for region in kept.regions} == {hat, person}


def test_a_label_mapped_to_nothing_takes_its_objects_along(project: Any) -> None:
    hat = label_id(project, "hard_hat")
    task = make_task(project)
    bring_in(task, imported(project, "hard_hat"))
    relabel(project, {hat: None})
    task.refresh_from_db()
    assert task.region_count == 0 and task.state == "approved"


def test_an_unused_label_goes_without_a_map(project: Any) -> None:
    bring_in(make_task(project), imported(project))
    assert relabel(project).number == 2


def test_asking_for_work_and_saving_it_take_few_queries(
    project: Any, django_assert_max_num_queries: Any
) -> None:
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    tasks = make_tasks(project, 3)
    suggest(tasks[0], *[[i * 10.0, 10.0, i * 10.0 + 40.0, 80.0] for i in range(20)])
    # Of each, two are the session's, up to three the door's, two the savepoint's.
    with django_assert_max_num_queries(19):
        editor = Editor.next(ada, project)
    regions = [box_region(project, (i * 10, 10, i * 10 + 40, 60)) for i in range(10)]
    with django_assert_max_num_queries(9):
        editor.put(*regions)
    # Two of them count what is left and done, for the answer.
    with django_assert_max_num_queries(27):
        assert editor.submit().status_code == 200
    assert Assignment.objects.get().state == "submitted"
