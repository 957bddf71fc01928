"""Label errors: found by a model that has not learned from them, put right at a press, and taken back."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.models import Revision, Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.jobs import JobContext
from backend.core.models import AuditEvent, JobRun
from backend.datasets.models import DatasetItem, DatasetVersion
from backend.learning.domain.label_errors import halves
from backend.learning.enums import ModelState
from backend.learning.finding_models import LabelFinding, LabelLook
from backend.learning.jobs import child, label_error_folds
from backend.learning.models import ModelVersion
from backend.projects import services as projects
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.annotation import Editor, box_region
from tests.support.factories import client_for, label_id
from tests.support.judges import colour_judge
from tests.support.label_errors import LABELS, Planted, plant
from tests.support.learning import brightness_run

API = "/api/v1"


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(labels=LABELS)


@pytest.fixture
def planted(project: Project, tmp_path: Path) -> Planted:
    return plant(project, tmp_path)


@pytest.fixture
def rita(project: Project) -> Any:
    return client_for(factories.make_project_member(project, Role.REVIEWER, "Rita"))


def look(client: Any, project: Project) -> JobRun:
    """Look as a worker would; the job, ended."""
    answer = client.post(f"{API}/projects/{project.pk}/label-errors")
    assert answer.status_code == 202, answer.content
    jobs.run(answer.json()["id"])
    return JobRun.objects.get(pk=answer.json()["id"])


def state(client: Any, project: Project) -> dict[str, Any]:
    answer = client.get(f"{API}/projects/{project.pk}/label-errors")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def findings(client: Any, project: Project, **filters: str) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/projects/{project.pk}/label-errors/findings", filters)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def found(client: Any, project: Project, kind: str) -> dict[str, Any]:
    """The strongest finding of that kind."""
    return findings(client, project, kind=kind)[0]


def press(client: Any, finding: dict[str, Any], verdict: str) -> Any:
    return client.post(
        f"{API}/label-errors/{finding['id']}/decide",
        {"verdict": verdict},
        headers={"If-Match": f'"{finding["version"]}"'},
    )


def undo(client: Any, finding: dict[str, Any]) -> Any:
    return client.post(
        f"{API}/label-errors/{finding['id']}/undo", headers={"If-Match": f'"{finding["version"]}"'}
    )


def regions(task: Task) -> dict[str, Any]:
    """The task's labels now, by object."""
    task.refresh_from_db()
    assert task.resolved_revision is not None
    return {str(row.region_id): row for row in task.resolved_revision.regions.all()}


# --- what is found


def test_each_planted_error_is_the_first_of_its_kind_and_nothing_is_said_of_right_labels(
    rita: Any, planted: Planted
) -> None:
    job = look(rita, planted.project)
    assert job.state == "succeeded", job.error
    assert {(row["kind"], row["asset"]["name"]) for row in findings(rita, planted.project)} == {
        ("swapped", "yard-03.png"),
        ("overlooked", "yard-05.png"),
        ("bad_box", "yard-07.png"),
    }
    crate, barrel = (label_id(planted.project, name) for name in ("crate", "barrel"))
    swapped = found(rita, planted.project, "swapped")
    assert (swapped["label_id"], swapped["proposed_label_id"]) == (barrel, crate)
    assert swapped["region_id"] == planted.region_id(3, 0)
    assert found(rita, planted.project, "overlooked")["region_id"] is None
    told = state(rita, planted.project)
    assert told["counts"] == {"overlooked": 1, "bad_box": 1, "swapped": 1}
    assert told["look"]["facts"]["pictures"] == 24
    assert (told["look"]["facts"]["objects"], told["look"]["way"]) == (47, "production")
    ranks = [row["rank"] for row in findings(rita, planted.project)]
    assert ranks == [1, 2, 3]


def test_findings_are_narrowed_by_kind_label_and_state_and_by_nothing_else(
    rita: Any, planted: Planted
) -> None:
    look(rita, planted.project)
    crate, barrel = (label_id(planted.project, name) for name in ("crate", "barrel"))
    assert {row["kind"] for row in findings(rita, planted.project, label=crate)} == {"swapped", "bad_box"}
    assert {row["kind"] for row in findings(rita, planted.project, label=barrel)} == {"swapped", "overlooked"}
    assert findings(rita, planted.project, state="fixed") == []
    url = f"{API}/projects/{planted.project.pk}/label-errors/findings"
    assert rita.get(url, {"kind": "task__project__name"}).status_code == 400
    first = rita.get(url, {"page_size": 2}).json()
    assert len(first["results"]) == 2
    assert [row["rank"] for row in rita.get(first["next"]).json()["results"]] == [3]


def test_pictures_the_model_learned_from_and_what_shows_the_same_are_left_out(
    rita: Any, project: Project, tmp_path: Path
) -> None:
    planted = plant(project, tmp_path, pictures=26)
    version = DatasetVersion.objects.create(
        project=project, number=1, state="frozen", ontology_version=project.ontology_versions.get()
    )
    for n, split in ((3, "train"), (5, "val")):
        DatasetItem.objects.create(
            version=version,
            asset=planted.tasks[n].asset,
            asset_sha256=f"{n:064x}",
            labels_hash="",
            group_key=planted.tasks[n].asset.group_key,
            split=split,
        )
    ModelVersion.objects.filter(pk=planted.model.pk).update(dataset_version=version)
    # A picture of the same clip as one that was learned from.
    twin = planted.tasks[7].asset
    twin.group_key = planted.tasks[3].asset.group_key
    twin.save()
    Task.objects.filter(pk=planted.tasks[9].pk).update(blind=True)
    look(rita, project)
    assert [row["kind"] for row in findings(rita, project)] == ["overlooked"]
    facts = state(rita, project)["look"]["facts"]
    assert (facts["learned"], facts["blind"], facts["pictures"]) == (2, 1, 23)


def test_without_a_detector_or_with_few_pictures_it_says_what_is_missing(
    rita: Any, project: Project, tmp_path: Path
) -> None:
    url = f"{API}/projects/{project.pk}/label-errors"
    assert rita.post(url).json()["code"] == "no_production_model"
    assert state(rita, project)["model_id"] is None
    plant(project, tmp_path, pictures=17, swapped=None, overlooked=None, bad_box=None)
    answer = rita.post(url)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_few_pictures")
    assert "3 more" in answer.json()["message"]
    assert state(rita, project)["by_production"] == {"pictures": 17, "learned": 0, "blind": 0, "needed": 3}


def test_only_what_a_press_can_put_right_is_told(rita: Any, project: Project, tmp_path: Path) -> None:
    """A polygon gets no box, and no object is added whose label may not be drawn as a box."""
    planted = plant(project, tmp_path)
    barrel = label_id(project, "barrel")
    labels = [
        {**label, "shapes": ["polygon"]} if label["id"] == barrel else label
        for label in project.ontology_versions.order_by("-number")[0].labels
    ]
    row = project.ontology_versions.order_by("-number")[0]
    row.labels = labels
    row.save()
    look(rita, project)
    assert {row["kind"] for row in findings(rita, project)} == {"swapped", "bad_box"}
    assert planted.model.state == ModelState.PRODUCTION


# --- putting right


def test_a_swapped_label_is_put_right_in_a_revision_of_who_pressed(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    finding, task = found(rita, planted.project, "swapped"), planted.tasks[3]
    answer = press(rita, finding, "fix")
    assert (answer.status_code, answer.json()["state"]) == (200, "fixed"), answer.content
    now = regions(task)
    region = now[planted.region_id(3, 0)]
    assert str(region.label_id) == label_id(planted.project, "crate")
    assert (region.source, region.geometry["box"]) == ("person", list(planted.things[3][0].said_box))
    # The other object is the very same row as before.
    assert now[planted.region_id(3, 1)].source == "import"
    assert (task.state, task.resolved_revision.number, task.resolved_revision.base.number) == (
        "approved",
        2,
        1,
    )
    assert task.resolved_revision.author.name.startswith("Rita")
    decision = task.resolved_revision.decisions.get()
    assert (decision.verdict, decision.reviewer) == ("approve", task.resolved_revision.author)
    assert AuditEvent.objects.filter(action="revision.correct", object_id=str(task.pk)).exists()
    assert state(rita, planted.project)["states"] == {"open": 2, "fixed": 1, "fine": 0, "stale": 0}


def test_a_bad_box_becomes_the_model_s_and_an_overlooked_object_is_added(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    bad, missing = found(rita, planted.project, "bad_box"), found(rita, planted.project, "overlooked")
    assert press(rita, bad, "fix").status_code == press(rita, missing, "fix").status_code == 200
    box = regions(planted.tasks[7])[planted.region_id(7, 0)]
    assert box.geometry["box"] == bad["proposed_box"]
    added = [row for key, row in regions(planted.tasks[5]).items() if key != planted.region_id(5, 0)]
    assert [row.geometry["box"] for row in added] == [missing["proposed_box"]]
    for row in (box, added[0]):
        assert (row.source, row.model_version_id) == ("model", planted.model.pk)
        assert row.score == pytest.approx(bad["sure"] if row is box else missing["sure"])


def test_the_same_press_twice_is_one_revision(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    finding = found(rita, planted.project, "swapped")
    assert press(rita, finding, "fix").json() == press(rita, finding, "fix").json()
    assert Revision.objects.filter(task=planted.tasks[3]).count() == 2


def test_what_was_decided_is_refused_to_the_next_and_an_old_page_too(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    finding = found(rita, planted.project, "swapped")
    other = client_for(factories.make_project_member(planted.project, Role.REVIEWER, "Olu"))
    assert press(rita, finding, "fine").status_code == 200
    answer = press(other, finding, "fix")
    assert (answer.status_code, answer.json()["code"]) == (409, "finding_decided")
    mine = findings(rita, planted.project, state="fine")[0]
    assert undo(other, mine).status_code == 403
    assert undo(rita, mine).status_code == 200
    assert press(other, finding, "fix").status_code == 412
    assert press(other, {**finding, "version": 3}, "fix").status_code == 200
    without = other.post(f"{API}/label-errors/{finding['id']}/decide", {"verdict": "fix"})
    assert without.status_code in (409, 428)


def test_labels_that_changed_since_make_a_finding_stale_and_refuse_it(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    finding = found(rita, planted.project, "swapped")
    manager = client_for(factories.make_project_member(planted.project, Role.MANAGER, "Mia"))
    editor = Editor.open(manager, planted.tasks[3].pk, **{"as": "review"})
    editor.put(box_region(planted.project, label="crate"))
    assert editor.submit(approve=True).status_code == 200
    assert found_states(rita, planted.project) == {"open": 2, "fixed": 0, "fine": 0, "stale": 1}
    assert [row["state"] for row in findings(rita, planted.project, state="stale")] == ["stale"]
    for verdict in ("fix", "fine"):
        answer = press(rita, finding, verdict)
        assert (answer.status_code, answer.json()["code"]) == (412, "finding_stale")
    assert Revision.objects.filter(task=planted.tasks[3]).count() == 2


def found_states(client: Any, project: Project) -> dict[str, int]:
    return dict(state(client, project)["states"])


def test_two_findings_of_one_picture_are_put_right_and_taken_back_in_any_order(
    rita: Any, project: Project, tmp_path: Path
) -> None:
    planted = plant(project, tmp_path, swapped=3, overlooked=3, bad_box=None)
    look(rita, project)
    task = planted.tasks[3]
    before = {key: row.pk for key, row in regions(task).items()}
    first, second = (found(rita, project, kind) for kind in ("swapped", "overlooked"))
    first, second = press(rita, first, "fix").json(), press(rita, second, "fix").json()
    assert len(regions(task)) == 2
    assert undo(rita, first).json()["state"] == "open"
    assert len(regions(task)) == 2
    assert undo(rita, second).json()["state"] == "open"
    # The same stored rows as before: a dataset of them has the hash it had.
    assert {key: row.pk for key, row in regions(task).items()} == before
    assert (task.state, task.resolved_revision.number) == ("approved", 5)


def test_a_correction_is_not_taken_back_over_later_work(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    fixed = press(rita, found(rita, planted.project, "swapped"), "fix").json()
    manager = client_for(factories.make_project_member(planted.project, Role.MANAGER, "Mia"))
    editor = Editor.open(manager, planted.tasks[3].pk, **{"as": "review"})
    editor.put(box_region(planted.project, label="crate"))
    assert editor.submit(approve=True).status_code == 200
    answer = undo(rita, fixed)
    assert (answer.status_code, answer.json()["code"]) == (412, "finding_stale")


def test_while_another_reviewer_has_the_picture_open_nothing_is_changed(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    other = client_for(factories.make_project_member(planted.project, Role.REVIEWER, "Olu"))
    Editor.open(other, planted.tasks[3].pk, **{"as": "review"})
    answer = press(rita, found(rita, planted.project, "swapped"), "fix")
    assert (answer.status_code, answer.json()["code"]) == (409, "task_taken")
    assert answer.json()["message"].startswith("Olu")


def test_nobody_puts_own_work_right_where_the_project_says_so(planted: Planted) -> None:
    """A second correction of a picture is none of one's own work: it is what was labelled that counts."""
    rolf_user = factories.make_project_member(planted.project, Role.REVIEWER, "Rolf")
    rolf = client_for(rolf_user)
    look(rolf, planted.project)
    Revision.objects.filter(task=planted.tasks[3]).update(author=rolf_user, source="person")
    answer = press(rolf, found(rolf, planted.project, "swapped"), "fix")
    assert (answer.status_code, answer.json()["code"]) == (403, "self_review")
    actor = factories.make_project_member(planted.project, Role.MANAGER)
    projects.project_update(
        actor=actor, project=planted.project, changes={"settings": {"allow_self_review": True}}
    )
    assert press(rolf, found(rolf, planted.project, "swapped"), "fix").status_code == 200


def test_what_a_policy_approved_stays_its_approval(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    Task.objects.filter(pk=planted.tasks[3].pk).update(state="auto_approved")
    assert press(rita, found(rita, planted.project, "swapped"), "fix").status_code == 200
    region = regions(planted.tasks[3])[planted.region_id(3, 0)]
    assert str(region.label_id) == label_id(planted.project, "crate")
    assert planted.tasks[3].state == "auto_approved"
    assert planted.tasks[3].resolved_revision.decisions.count() == 0


# --- looking again


def test_what_was_called_right_is_not_asked_again_and_open_findings_are_replaced(
    rita: Any, planted: Planted
) -> None:
    look(rita, planted.project)
    for kind in ("swapped", "overlooked"):
        assert press(rita, found(rita, planted.project, kind), "fine").status_code == 200
    old = found(rita, planted.project, "bad_box")["id"]
    assert look(rita, planted.project).state == "succeeded"
    [left] = findings(rita, planted.project)
    assert (left["kind"], left["rank"]) == ("bad_box", 1)
    assert left["id"] != old
    assert {row["kind"] for row in findings(rita, planted.project, state="fine")} == {"swapped", "overlooked"}
    # Another box is another object to ask about.
    manager = client_for(factories.make_project_member(planted.project, Role.MANAGER, "Mia"))
    editor = Editor.open(manager, planted.tasks[3].pk, **{"as": "review"})
    x1, y1, x2, y2 = planted.things[3][0].box
    editor.put(
        box_region(
            planted.project,
            (x1 + 3, y1, x2, y2),
            label="barrel",
            region_id=planted.region_id(3, 0),
        )
    )
    assert editor.submit(approve=True).status_code == 200
    look(rita, planted.project)
    assert {row["kind"] for row in findings(rita, planted.project)} == {"swapped", "bad_box"}


def test_a_job_that_runs_again_stores_once_and_one_look_waits_at_a_time(rita: Any, planted: Planted) -> None:
    url = f"{API}/projects/{planted.project.pk}/label-errors"
    assert rita.post(url).json()["id"] == rita.post(url).json()["id"]
    assert state(rita, planted.project)["job"]["state"] == "queued"
    job = JobRun.objects.get(kind="learning.label_errors")
    jobs.run(str(job.pk))
    ids = [row["id"] for row in findings(rita, planted.project)]
    JobRun.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(str(job.pk))
    assert [row["id"] for row in findings(rita, planted.project)] == ids
    assert LabelLook.objects.count() == 1


def test_a_cancelled_look_leaves_what_was_found_before(rita: Any, planted: Planted) -> None:
    look(rita, planted.project)
    ids = [row["id"] for row in findings(rita, planted.project)]
    answer = rita.post(f"{API}/projects/{planted.project.pk}/label-errors")
    JobRun.objects.filter(pk=answer.json()["id"]).update(cancel_requested=True)
    jobs.run(answer.json()["id"])
    assert JobRun.objects.get(pk=answer.json()["id"]).state == "cancelled"
    assert [row["id"] for row in findings(rita, planted.project)] == ids


# --- who may


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANNOTATOR])
def test_those_who_do_not_review_neither_see_nor_decide(rita: Any, planted: Planted, role: Role) -> None:
    look(rita, planted.project)
    finding = found(rita, planted.project, "swapped")
    person = client_for(factories.make_project_member(planted.project, role))
    base = f"{API}/projects/{planted.project.pk}/label-errors"
    answers = [person.get(base), person.post(base), person.get(f"{base}/findings")]
    answers += [press(person, finding, "fix"), undo(person, finding)]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert LabelFinding.objects.filter(state="open").count() == 3


# --- by two models made for it


def test_two_halves_hold_about_as_many_pictures_and_never_part_a_group() -> None:
    sizes = {f"clip-{n}": 1 + n % 7 for n in range(101)} | {"long": 90}
    one, other = halves(sizes)
    assert one | other == set(sizes)
    assert not one & other
    first, second = (sum(sizes[group] for group in side) for side in (one, other))
    assert abs(first - second) <= 1
    assert halves(sizes) == (one, other)
    assert halves({}) == (frozenset(), frozenset())


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """In place of trainings, a RUN that sees one crate at the same place, and a judge that goes by colour; the commands
    that would have run."""
    ready = brightness_run(tmp_path / "ready", ("crate", "barrel"), ((8.0, 20.0, 24.0, 44.0),))
    judge = colour_judge(tmp_path / "judge", ("crate", "barrel"))
    asked: list[list[str]] = []
    real, real_judge = label_error_folds._command, label_error_folds._judge_command

    def copied(source: Path, target: Path) -> list[str]:
        script = f"import shutil; shutil.copytree({str(source)!r}, {str(target)!r}, dirs_exist_ok=True)"
        return [sys.executable, "-c", script]

    def command(data: Path, run_dir: Path, minutes: float) -> list[str]:
        asked.append(real(data, run_dir, minutes))
        return copied(ready, run_dir)

    def judge_command(data: Path, run_dir: Path, judge_dir: Path, minutes: float) -> list[str]:
        asked.append(real_judge(data, run_dir, judge_dir, minutes))
        return copied(judge, judge_dir)

    monkeypatch.setattr(label_error_folds, "_command", command)
    monkeypatch.setattr(label_error_folds, "_judge_command", judge_command)
    monkeypatch.setattr(child, "LOOK_EVERY_S", 0.05)
    return asked


def look_by_folds(client: Any, project: Project, **body: Any) -> Any:
    return client.post(f"{API}/projects/{project.pk}/label-errors", {"way": "folds", **body}, format="json")


def looked(project: Project, tmp_path: Path, minutes: int) -> Any:
    """A look by folds over planted errors, done; the client of who asked for it."""
    plant(project, tmp_path)
    datasets.freeze(project)
    scientist = client_for(factories.make_project_member(project, Role.SCIENTIST))
    answer = look_by_folds(scientist, project, minutes=minutes)
    jobs.run(answer.json()["id"])
    job = JobRun.objects.get(pk=answer.json()["id"])
    assert job.state == "succeeded", job.error
    return scientist


def test_each_picture_is_asked_of_the_model_that_did_not_learn_from_it(
    project: Project, tmp_path: Path, trained: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = plant(project, tmp_path, pictures=25)
    Task.objects.filter(pk=planted.tasks[0].pk).update(blind=True)
    version = datasets.freeze(project)
    learned: list[set[str]] = []
    asked: list[set[str]] = []
    real = label_error_folds._ask

    def ask(context: Any, eyes: Any, revisions: Any, start: float) -> Any:
        data = [Path(words[words.index("--data") + 1]) for words in trained[-2:]]
        assert data[0] == data[1]
        rows = json.loads((data[0] / "train.json").read_text())["images"]
        learned.append({row["asset_id"] for row in rows})
        asked.append({str(each) for each in revisions})
        return real(context, eyes, revisions, start)

    monkeypatch.setattr(label_error_folds, "_ask", ask)
    scientist = client_for(factories.make_project_member(project, Role.SCIENTIST))
    answer = look_by_folds(scientist, project, minutes=6)
    assert answer.status_code == 202, answer.content
    jobs.run(answer.json()["id"])
    job = JobRun.objects.get(pk=answer.json()["id"])
    assert job.state == "succeeded", job.error
    # The minutes asked for are the detector's and the judge's together.
    minutes = [float(command[command.index("--minutes") + 1]) for command in trained]
    assert [minutes[0] + minutes[1], minutes[2] + minutes[3]] == pytest.approx([6.0, 6.0])
    assert [command[3] for command in trained] == ["train", "judge"] * 2
    pictures = {str(task.asset_id) for task in planted.tasks[1:]}
    assert learned[0] | learned[1] == asked[0] | asked[1] == pictures
    assert learned == asked[::-1]
    assert {len(side) for side in learned} == {12}
    told = state(scientist, project)["look"]
    assert (told["way"], told["dataset_number"], told["minutes"]) == ("folds", version.number, 6.0)
    assert (told["facts"]["pictures"], told["facts"]["blind"]) == (24, 1)
    # The detector sees a crate at one place of every picture; only the judge knows that one is called a barrel.
    assert [row["asset"]["name"] for row in findings(scientist, project, kind="swapped")] == ["yard-03.png"]
    assert {row["kind"] for row in findings(scientist, project)} <= {"overlooked", "bad_box", "swapped"}
    assert findings(scientist, project)
    assert not label_error_folds.work_folder(JobContext(job)).exists()
    fixed = press(scientist, findings(scientist, project)[0], "fix")
    assert fixed.status_code == 200, fixed.content


def test_a_look_of_a_few_minutes_has_no_judge(
    project: Project, tmp_path: Path, trained: list[list[str]]
) -> None:
    """It would not have learned enough: what the detector says decides alone, and it has all the minutes."""
    looked(project, tmp_path, minutes=3)
    assert [(command[3], command[command.index("--minutes") + 1]) for command in trained] == [
        ("train", "3.0")
    ] * 2


def test_a_judge_that_fails_leaves_the_detector_s_word(
    project: Project, tmp_path: Path, trained: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('error: the loss is not finite')"]
    monkeypatch.setattr(label_error_folds, "_judge_command", lambda *given: failing)
    scientist = looked(project, tmp_path, minutes=6)
    assert findings(scientist, project)


def test_the_models_of_a_look_go_on_from_the_shipped_one_and_never_from_the_project_s(
    settings: Any, tmp_path: Path
) -> None:
    assert "--init" not in label_error_folds._command(tmp_path, tmp_path, 8.0)
    settings.SHIPPED_WEIGHTS_DIR = Path(settings.BASE_DIR) / "ml" / "weights"
    command = label_error_folds._command(tmp_path, tmp_path, 8.0)
    assert Path(command[command.index("--init") + 1]) == settings.SHIPPED_WEIGHTS_DIR / "site-people"
    assert "--resume" not in command
    (tmp_path / "checkpoint.safetensors").touch()
    assert "--resume" in label_error_folds._command(tmp_path, tmp_path, 8.0)


def test_a_look_by_folds_needs_a_dataset_pictures_and_a_scientist(
    rita: Any, project: Project, tmp_path: Path
) -> None:
    scientist = client_for(factories.make_project_member(project, Role.SCIENTIST))
    assert look_by_folds(rita, project).status_code == 403
    assert look_by_folds(scientist, project).json()["code"] == "nothing_to_train_on"
    assert look_by_folds(scientist, project, minutes=0).status_code == 400
    assert look_by_folds(scientist, project, way="magic").status_code == 400
    planted = plant(project, tmp_path, pictures=21, swapped=None)
    datasets.freeze(project)
    assert state(rita, project)["by_folds"]["pictures"] == 21
    look(rita, project)
    # What was put right since is not what the models would learn from.
    for kind in ("overlooked", "bad_box"):
        assert press(rita, found(rita, project, kind), "fix").status_code == 200
    assert state(rita, project)["by_folds"] == {"pictures": 19, "learned": 0, "blind": 0, "needed": 1}
    assert look_by_folds(scientist, project).json()["code"] == "too_few_pictures"
    assert len(planted.tasks) == 21


def test_a_cancelled_training_of_a_look_leaves_nothing_behind(
    project: Project, tmp_path: Path, trained: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(project, tmp_path)
    datasets.freeze(project)
    scientist = client_for(factories.make_project_member(project, Role.SCIENTIST))
    look(scientist, project)
    ids = [row["id"] for row in findings(scientist, project)]
    answer = look_by_folds(scientist, project)

    def wait_for_ever(_data: Path, _run: Path, _minutes: float) -> list[str]:
        JobRun.objects.filter(pk=answer.json()["id"]).update(cancel_requested=True)
        return [sys.executable, "-c", "import time; time.sleep(60)"]

    monkeypatch.setattr(label_error_folds, "_command", wait_for_ever)
    jobs.run(answer.json()["id"])
    job = JobRun.objects.get(pk=answer.json()["id"])
    assert job.state == "cancelled"
    assert [row["id"] for row in findings(scientist, project)] == ids
    assert not label_error_folds.work_folder(JobContext(job)).exists()
