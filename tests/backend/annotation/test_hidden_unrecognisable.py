"""A person who has a hidden task is told what they would be told of an ordinary picture, on every address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from backend.annotation import selectors, services
from backend.annotation.contracts import RefinedSuggestion, SuggestionItem, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.models import Comment, Task
from backend.core import events
from backend.core.enums import Role
from backend.media.models import Asset
from backend.projects import services as projects
from backend.projects.models import Project
from tests.support.annotation import API, Editor, box_region, make_tasks
from tests.support.factories import client_for, label_id, make_project, make_project_member

pytestmark = pytest.mark.django_db

BOX = (100.0, 100.0, 200.0, 300.0)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")


class World:
    """A project where Ada's next picture is a hidden task or an ordinary one; all else is the same.

    Both are the newest two pictures; the first of them was suggested, and approved where it is to be hidden.
    """

    def __init__(self, *, hidden: bool, blind: bool, people: int = 1, video: bool = False) -> None:
        self.project: Project = make_project()
        self.mia_user = make_project_member(self.project, Role.MANAGER, "Mia")
        self.mia = client_for(self.mia_user)
        self.rita = client_for(make_project_member(self.project, Role.REVIEWER, "Rita"))
        self.ada_user = make_project_member(self.project, Role.ANNOTATOR, "Ada")
        self.ada = client_for(self.ada_user)
        self.hidden, self.blind, self.video = hidden, blind, video
        self.first, self.second = make_tasks(self.project, 2, blind=blind, inclusion_probability=0.2)
        if video:
            Asset.objects.filter(tasks__project=self.project).update(kind="video", frame_count=50)
        self.version = uuid.uuid4()
        for task in (self.first, self.second):
            choice = TaskChoice(
                task.pk, 5.0, SelectionReason.RANDOM if blind else SelectionReason.UNCERTAIN,
                inclusion_probability=0.2, evidence={"why": "The model is unsure of it."},
            )  # fmt: skip
            services.tasks_prioritise(project_id=self.project.pk, choices=[choice])
            drawn = self.region()
            item = SuggestionItem(drawn["label_id"], drawn["shape"], drawn["geometry"], 0.8)
            services.suggestions_create(
                task_id=task.pk, model_version_id=self.version, model_name="tiny 3", items=[item]
            )
        if hidden:
            self._approve()
        Task.objects.filter(project=self.project, state="ready").update(people=people)
        if hidden:
            share = {"truth_share": 1.0}
            projects.project_update(actor=self.mia_user, project=self.project, changes={"settings": share})

    def region(self) -> dict[str, Any]:
        still = box_region(self.project, BOX)
        track = {
            "of": "box",
            "keyframes": [{"frame": 3, "box": list(BOX), "outside": False, "occluded": False}],
        }
        return {**still, "shape": "track", "geometry": track} if self.video else still

    def _approve(self) -> None:
        editor = Editor.open(self.rita, self.first.pk)
        editor.put(self.region())
        self.rita.post(f"{API}/tasks/{self.first.pk}/comments", {"text": "Mind the ladder."})
        revision = editor.submit().json()["revision"]["id"]
        assert self.mia.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"}).status_code == 200
        body = {"task_ids": [str(self.first.pk)]}
        assert self.rita.post(f"{API}/projects/{self.project.pk}/truth", body).json()["marked"] == 1

    def told(self) -> dict[str, Any]:
        """Everything Ada is told from being handed the picture to its submit, without ids, moments and names."""
        said: dict[str, Any] = {}
        base = f"{API}/projects/{self.project.pk}"
        editor = Editor.next(self.ada, self.project)
        task = editor.body["id"]
        assert task == str(self.first.pk)
        said["next"] = editor.body
        said["saved"] = editor.put(self.region()).json()
        reads: dict[str, Callable[[], Any]] = {
            "task": lambda: self.ada.get(f"{API}/tasks/{task}"),
            "opened": lambda: self.ada.post(f"{API}/tasks/{task}/open", {}),
            "corrected": lambda: self.ada.post(f"{API}/tasks/{task}/open", {"as": "correct"}),
            "renewed": lambda: self.ada.post(f"{API}/assignments/{editor.assignment}/renew"),
            "history": lambda: self.ada.get(f"{API}/tasks/{task}/revisions"),
            "present": lambda: self.ada.put(f"{API}/tasks/{task}/presence", {"tab": str(uuid.uuid4())}),
            "list": lambda: self.ada.get(f"{base}/tasks"),
            "in work": lambda: self.ada.get(f"{base}/tasks", {"state": "in_work"}),
            "approved": lambda: self.ada.get(f"{base}/tasks", {"state": "approved"}),
            "mine": lambda: self.ada.get(f"{base}/tasks", {"assigned_to": "me"}),
            "recent": lambda: self.ada.get(f"{base}/tasks/recent"),
            "grid": lambda: self.ada.get(f"{base}/assets"),
            "grid in work": lambda: self.ada.get(f"{base}/assets", {"state": "in_work"}),
            "grid approved": lambda: self.ada.get(f"{base}/assets", {"state": "approved"}),
            "grid labelled": lambda: self.ada.get(
                f"{base}/assets", {"label": label_id(self.project, "person")}
            ),
            "objects": lambda: self.ada.get(f"{base}/regions"),
        }
        for name, read in reads.items():
            response = read()
            assert response.status_code == 200, (name, response.content)
            said[name] = response.json()
        said["released"] = self.ada.post(f"{API}/assignments/{editor.assignment}/release").json()
        said["after"] = self.ada.get(f"{API}/tasks/{task}").json()
        again = Editor.next(self.ada, self.project)
        said["again"] = again.body
        said["submitted"] = again.submit(active_seconds=3.0).json()
        return {name: plain(body) for name, body in said.items()}


def plain(body: Any, key: str = "") -> Any:
    """Without what differs between any two pictures: ids, moments, addresses and names."""
    if isinstance(body, dict):
        return {name: plain(value, name) for name, value in body.items() if name != "priority"} | (
            {"priority": body["priority"]} if "priority" in body else {}
        )
    if isinstance(body, list):
        return [plain(value, key) for value in body]
    if isinstance(body, str):
        return "name" if key in ("name", "group_key") else MOMENT.sub("moment", UUID.sub("id", body))
    return 0.0 if key == "seconds_left" else body


@pytest.mark.parametrize(
    ("blind", "people", "video"),
    [(False, 1, False), (True, 1, False), (False, 3, False), (False, 1, True), (True, 1, True)],
    ids=["suggested", "blind", "of several people", "video", "blind video"],
)
def test_what_is_told_is_that_of_an_ordinary_picture(blind: bool, people: int, video: bool) -> None:
    ordinary, hidden = (
        World(hidden=each, blind=blind, people=people, video=video).told() for each in (False, True)
    )
    # In the ordinary world one of two pictures has left the queue, in the other none: what is left says the same.
    assert hidden["next"]["progress"]["left"] == 0 and ordinary["next"]["progress"]["left"] == 1
    for name in ("next", "task", "opened", "corrected", "after", "again", "submitted"):
        for said in (hidden, ordinary):
            said[name]["progress"]["left"] = None
    for name in ordinary:
        assert hidden[name] == ordinary[name], name
    assert bool(ordinary["next"]["suggestions"]) is not blind


def test_comments_suggestions_of_another_model_and_others_pages_do_not_tell() -> None:
    world = World(hidden=True, blind=False)
    Task.objects.filter(pk=world.second.pk).update(prelabelled_by_id=uuid.uuid4())
    editor = Editor.next(world.ada, world.project)
    assert editor.body["suggestions"] == [] and editor.body["comments"] == []
    assert Comment.objects.filter(task=world.first).count() == 1
    world.ada.post(f"{API}/tasks/{world.first.pk}/comments", {"text": "Is this one in?"})
    told = world.ada.get(f"{API}/tasks/{world.first.pk}").json()["comments"]
    assert [row["text"] for row in told] == ["Is this one in?"]
    tabs = [str(uuid.uuid4()) for _ in range(2)]
    for client, tab in ((world.rita, tabs[0]), (world.ada, tabs[1])):
        seen = client.put(f"{API}/tasks/{world.first.pk}/presence", {"tab": tab}).json()["present"]
        assert [row["tab"] for row in seen] == [tab]
    events.client().delete(f"presence:{world.first.pk}")


def test_to_everybody_else_the_picture_stays_what_it_is() -> None:
    world = World(hidden=True, blind=False)
    before = world.rita.get(f"{API}/projects/{world.project.pk}/tasks").json()["results"]
    Editor.next(world.ada, world.project).put(box_region(world.project, BOX))
    after = world.rita.get(f"{API}/projects/{world.project.pk}/tasks").json()["results"]
    assert after == before
    opened = world.rita.get(f"{API}/tasks/{world.first.pk}").json()
    assert (opened["state"], opened["mode"], len(opened["labels"]["regions"])) == ("approved", "read", 1)
    # Nor do the truth's own revisions open to the person who is measured by it.
    revision = opened["base_revision"]["id"]
    assert world.ada.get(f"{API}/revisions/{revision}").status_code == 404
    assert world.rita.get(f"{API}/revisions/{revision}").status_code == 200


def test_no_list_of_jobs_shows_that_something_is_measured() -> None:
    world = World(hidden=True, blind=False)
    Editor.next(world.ada, world.project).submit()
    for client in (world.ada, world.mia):
        kinds = {row["kind"] for row in client.get(f"{API}/jobs").json()["results"]}
        assert "annotation.compare" not in kinds


def test_what_an_assist_suggests_on_it_is_shown_to_that_person_alone() -> None:
    world = World(hidden=True, blind=False)
    editor = Editor.next(world.ada, world.project)
    before = Task.objects.get(pk=world.first.pk)
    [box] = editor.body["suggestions"]
    assert selectors.may_suggest(actor=world.ada_user, task=before)
    item = SuggestionItem(label_id(world.project, "person"), "box", {"box": [300.0, 10.0, 340.0, 60.0]}, 0.4)
    for _ in range(2):  # asked again, what was found before is replaced
        made = services.suggestions_add(
            task_id=world.first.pk,
            model_version_id=uuid.UUID(int=7),
            model_name="Everything",
            items=[item],
            person_id=world.ada_user.pk,
        )
        assert made == 1
    boxes, _ = selectors.box_suggestions(before, [uuid.UUID(box["id"])], world.ada_user.pk)
    outline = {"points": [[100.0, 100.0], [200.0, 100.0], [200.0, 300.0]]}
    refined = RefinedSuggestion(boxes[0].suggestion_id, "polygon", outline)
    done, reasons = services.suggestions_refine(
        task_id=world.first.pk, refined=[refined], assist_name="assist", person_id=world.ada_user.pk
    )
    assert (done, reasons) == (1, {})
    shown = world.ada.get(f"{API}/tasks/{world.first.pk}").json()["suggestions"]
    assert [(row["shape"], row["state"]) for row in shown] == [("polygon", "open"), ("box", "open")]
    assert [row["model_name"] for row in shown] == ["tiny 3 + assist", "Everything"]
    after = Task.objects.get(pk=world.first.pk)
    assert (after.open_suggestion_count, after.max_suggestion_score) == (
        before.open_suggestion_count,
        before.max_suggestion_score,
    )
    assert world.rita.get(f"{API}/tasks/{world.first.pk}").json()["suggestions"] == []
    world.ada.post(f"{API}/assignments/{editor.assignment}/skip", {"reason": "Too dark"})
    assert not selectors.may_suggest(actor=world.ada_user, task=after)
