"""Planning who does what: within people's time and labels, never their own review; proposed, then applied or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.annotation import services
from backend.annotation.domain.planning import LABEL
from backend.annotation.jobs.plan import propose
from backend.annotation.models import Assignment, PlanTurn, Task, WorkPlan
from backend.annotation.services.plans import plan_store
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import AuditEvent, JobRun
from backend.notify.models import Notice
from backend.projects import services as projects
from tests.support.annotation import API, Editor, box_region, make_task, make_tasks, suggest
from tests.support.consensus import run_merges
from tests.support.factories import client_for, label_id, make_project_member
from tests.support.planning import PlanCrew, by_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> PlanCrew:
    return PlanCrew()


def kept(crew: PlanCrew, **how: Any) -> WorkPlan:
    """A plan made with what the job does not let a person say: the solver's time, a stop."""
    proposal = propose(crew.project, days=5, weekends=False, again=False, **how)
    return plan_store(project=crew.project, made_by_id=crew.people["Mia"].pk, proposal=proposal, zone=UTC)


def test_open_pictures_are_shared_out_within_everybodys_time(crew: PlanCrew) -> None:
    make_tasks(crew.project, 40)
    # Nothing measured yet: a minute and a half a picture. Ada's 6 minutes a day are 20 pictures in five days.
    crew.set_times(Ada=6, Bob=6, Rita=0, Mia=0)
    plan = crew.planned()
    people = by_name(plan["people"])
    assert {name: row["label"] for name, row in people.items()} == {"Ada": 20, "Bob": 20}
    assert plan["undone"] == []
    assert (plan["method"], plan["state"]) == ("optimised", "proposed")
    assert plan["gap"] <= 0.01
    assert people["Ada"]["planned"] == pytest.approx(30.0)
    days = {turn.due_at.date() for turn in PlanTurn.objects.filter(user=crew.people["Ada"])}
    assert len(days) == 5
    assert max(days).isoformat() == plan["last_day"]


def test_where_there_is_time_to_spare_everybody_gets_their_share(crew: PlanCrew) -> None:
    make_tasks(crew.project, 24)
    crew.set_times(Ada=240, Bob=120, Rita=0, Mia=0)
    plan = crew.planned()
    people = by_name(plan["people"])
    # By their time: two to one, and done within the first day.
    assert (people["Ada"]["label"], people["Bob"]["label"]) == (16, 8)
    assert {turn.due_at.date().isoformat() for turn in PlanTurn.objects.all()} == {plan["first_day"]}


def test_what_does_not_fit_stays_undone_and_says_what_would_help(crew: PlanCrew) -> None:
    make_tasks(crew.project, 40)
    crew.set_times(Ada=6, Bob=0, Rita=0, Mia=0)
    plan = crew.planned()
    assert [(row["kind"], row["cause"], row["turns"]) for row in plan["undone"]] == [("label", "time", 20)]
    assert plan["undone"][0]["words"] == (
        "30\u00a0min of labelling (20\u00a0pictures) for which the time of everybody who may do it is too short."
    )
    assert "About 30\u00a0min more" in plan["undone"][0]["help"]


def test_nobody_is_planned_to_review_their_own_work(crew: PlanCrew) -> None:
    make_tasks(crew.project, 6)
    crew.waits_for_review(crew.rita, 3)
    crew.waits_for_review(crew.ada, 3)
    crew.set_times(Ada=240, Bob=240, Rita=240, Mia=0)
    plan = crew.planned()
    assert by_name(plan["people"])["Rita"]["review"] == 3
    undone = plan["undone"]
    assert [(row["kind"], row["cause"], row["turns"]) for row in undone] == [("review", "barred", 3)]
    assert undone[0]["words"] == (
        "2\u00a0min of review (3\u00a0pictures) for nobody who is not their author."
    )
    assert undone[0]["help"] == "Add a reviewer."
    authors = PlanTurn.objects.filter(kind="review").values_list("revision__author_id", flat=True)
    assert crew.people["Rita"].pk not in set(authors)


def test_a_project_that_allows_it_plans_a_review_of_ones_own() -> None:
    crew = PlanCrew(allow_self_review=True)
    make_tasks(crew.project, 2)
    crew.waits_for_review(crew.rita, 2)
    crew.set_times(Ada=0, Bob=0, Rita=240, Mia=0)
    plan = crew.planned()
    assert by_name(plan["people"])["Rita"]["review"] == 2
    assert plan["undone"] == []


def test_pictures_go_to_whoever_is_set_up_for_their_labels(crew: PlanCrew) -> None:
    hat, person = label_id(crew.project, "hard_hat"), label_id(crew.project, "person")
    crew.set_times(Rita=0, Mia=0)
    crew.set_time(crew.people["Ada"].pk, 240, [hat])
    crew.set_time(crew.people["Bob"].pk, 240, [hat, person])
    with_hat, with_person, unknown = make_tasks(crew.project, 3)
    suggest(with_hat, [0, 0, 50, 50], label="hard_hat")
    suggest(with_person, [0, 0, 50, 50], label="person")
    plan = crew.planned()
    mine = dict(PlanTurn.objects.values_list("task_id", "user_id"))
    assert mine[with_person.pk] == crew.people["Bob"].pk
    assert with_hat.pk in mine
    # Nobody is set up for all labels, and what is in this one nobody knows.
    assert unknown.pk not in mine
    assert plan["undone"][0]["words"].endswith("for nobody who is set up for all labels.")


def test_a_label_nobody_is_set_up_for_is_named(crew: PlanCrew) -> None:
    hat = label_id(crew.project, "hard_hat")
    crew.set_times(Rita=0, Mia=0, Bob=0)
    crew.set_time(crew.people["Ada"].pk, 240, [hat])
    suggest(make_task(crew.project), [0, 0, 50, 50], label="person")
    assert "who is set up for “person”" in crew.planned()["undone"][0]["words"]


def test_minutes_come_from_the_projects_own_seconds_once_there_are_enough(crew: PlanCrew) -> None:
    make_tasks(crew.project, 12)
    crew.waits_for_review(crew.ada, 5)
    crew.took(crew.people["Ada"], 60.0)
    work = {row["kind"]: row for row in crew.page()["work"]}
    assert (work["label"]["seconds_a_picture"], work["label"]["measured"]) == (60.0, 5)
    assert (work["label"]["pictures"], work["label"]["minutes"]) == (7, 7.0)
    assert (work["review"]["pictures"], work["review"]["measured"]) == (5, 0)


def test_who_is_twice_as_fast_gets_twice_the_pictures_and_nobody_is_told_why(crew: PlanCrew) -> None:
    make_tasks(crew.project, 80)
    for client, name, seconds in ((crew.ada, "Ada", 60.0), (crew.bob, "Bob", 120.0)):
        crew.waits_for_review(client, 10)
        crew.took(crew.people[name], seconds)
    crew.set_times(Ada=6, Bob=6, Rita=0, Mia=0)
    people = by_name(crew.planned()["people"])
    # The usual time is 90 s: Ada does thirty in her 30 minutes, Bob fifteen in his.
    assert (people["Ada"]["label"], people["Bob"]["label"]) == (30, 15)
    assert "pace" not in str(crew.page()) and "speed" not in str(crew.page())


def test_work_in_hand_and_passed_on_pictures_count(crew: PlanCrew) -> None:
    tasks = make_tasks(crew.project, 30)
    services.tasks_assign(
        actor=crew.people["Mia"],
        project=crew.project,
        user_id=crew.people["Ada"].pk,
        task_ids=[task.pk for task in tasks[:10]],
    )
    passed = Editor.open(crew.bob, tasks[10].pk)
    assert (
        crew.bob.post(f"{API}/assignments/{passed.assignment}/skip", {"reason": "blurred"}).status_code == 200
    )
    crew.set_times(Ada=6, Bob=3, Rita=0, Mia=0)
    assert by_name(crew.page()["people"])["Ada"]["in_hand"] == 10
    people = by_name(crew.planned()["people"])
    # Of Ada's 30 minutes her ten pictures take 15.
    assert (people["Ada"]["label"], people["Ada"]["in_hand"]) == (10, 15.0)
    assert people["Bob"]["label"] == 10
    assert PlanTurn.objects.get(task=tasks[10]).user == crew.people["Ada"]
    assert not PlanTurn.objects.filter(task__in=tasks[:10]).exists()


def test_due_pictures_come_first(crew: PlanCrew) -> None:
    tasks = make_tasks(crew.project, 30)
    soon = datetime.now(UTC) + timedelta(hours=1)
    Task.objects.filter(pk__in=[task.pk for task in tasks[20:]]).update(due_at=soon)
    crew.set_times(Ada=3, Bob=0, Rita=0, Mia=0)
    crew.planned()
    first = PlanTurn.objects.order_by("due_at", "id").values_list("task_id", flat=True)
    assert set(first) == {task.pk for task in tasks[20:]}


def test_a_solver_that_is_killed_or_stopped_leaves_the_quick_plan_and_it_says_so(crew: PlanCrew) -> None:
    make_tasks(crew.project, 8)
    for how in ({"limit_s": 0.001}, {"limit_s": 60.0, "stopped": lambda: True}):
        plan = kept(crew, **how)
        shown = crew.page()["plan"]
        assert (shown["id"], shown["method"], shown["gap"]) == (str(plan.pk), "greedy", None)
        assert plan.turns.count() == 8
    assert list(WorkPlan.objects.order_by("id").values_list("state", flat=True)) == ["dropped", "proposed"]


def test_a_cancelled_job_keeps_no_plan(crew: PlanCrew) -> None:
    make_tasks(crew.project, 3)
    job = JobRun.objects.get(pk=crew.ask().json()["id"])
    assert crew.page()["job"]["id"] == str(job.pk)
    # A second press is the same job.
    assert crew.ask().json()["id"] == str(job.pk)
    JobRun.objects.filter(pk=job.pk).update(cancel_requested=True)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "cancelled"
    page = crew.page()
    assert (page["plan"], page["job"]) == (None, None)


def test_an_applied_plan_is_each_persons_own_part(crew: PlanCrew) -> None:
    tasks = make_tasks(crew.project, 5)
    crew.waits_for_review(crew.ada, 1)
    crew.set_times(Ada=240, Bob=0, Rita=240, Mia=0)
    applied = crew.apply(crew.planned())
    assert (applied["state"], applied["given"], applied["refused"]) == ("applied", 5, 0)
    parts = {
        name: [(row["label"], row["review"]) for row in client.get(f"{API}/my-part").json()]
        for name, client in (("Ada", crew.ada), ("Bob", crew.bob), ("Rita", crew.rita))
    }
    assert sum(n for n, _ in parts["Ada"] + parts["Rita"]) == 4
    assert sum(n for _, n in parts["Rita"]) == 1
    assert parts["Bob"] == []
    assert (
        Task.objects.filter(pk__in=[task.pk for task in tasks], assigned_to=None, state="ready").count() == 0
    )
    assert Notice.objects.filter(user=crew.people["Rita"], kind="assigned").count() == 1
    assert AuditEvent.objects.filter(action="plan.apply").count() == 1
    # Once more is the same: nobody is told twice.
    again = crew.apply({"id": applied["id"]})
    assert (again["given"], again["refused"]) == (5, 0)
    assert Notice.objects.filter(user=crew.people["Rita"], kind="assigned").count() == 1


def test_what_changed_since_is_refused_one_by_one(crew: PlanCrew) -> None:
    make_tasks(crew.project, 6)
    crew.waits_for_review(crew.ada, 1)
    crew.set_times(Ada=0, Bob=240, Rita=240, Mia=0)
    plan = crew.planned()
    turns = list(PlanTurn.objects.filter(kind=LABEL).order_by("id"))
    begun, taken, done = (turn.task_id for turn in turns[:3])
    Editor.open(crew.ada, begun)
    services.tasks_assign(
        actor=crew.people["Mia"], project=crew.project, user_id=crew.people["Ada"].pk, task_ids=[taken]
    )
    editor = Editor.open(crew.ada, done)
    editor.put(box_region(crew.project))
    assert editor.submit().status_code == 200
    review = PlanTurn.objects.get(kind="review")
    decided = crew.mia.post(
        f"{API}/revisions/{review.revision_id}/decide", {"verdict": "approve", "reason": ""}
    )
    assert decided.status_code == 200
    applied = crew.apply(plan)
    assert (applied["given"], applied["refused"]) == (2, 4)
    assert {row["reason"] for row in applied["refusals"]} == {
        "Somebody has begun it.",
        "It was given to somebody else.",
        "It is in review already.",
        "It was reviewed, or labelled anew.",
    }
    assert Task.objects.get(pk=taken).assigned_to == crew.people["Ada"]


def test_a_person_who_left_is_given_nothing(crew: PlanCrew) -> None:
    make_tasks(crew.project, 2)
    crew.set_times(Ada=240, Bob=0, Rita=0, Mia=0)
    plan = crew.planned()
    projects.member_remove(actor=crew.people["Mia"], project=crew.project, user_id=crew.people["Ada"].pk)
    applied = crew.apply(plan)
    assert (applied["given"], applied["refused"]) == (0, 2)
    assert "may not label here any more" in applied["refusals"][0]["reason"]


def test_a_date_somebody_asked_for_stays(crew: PlanCrew) -> None:
    first, second = make_tasks(crew.project, 2)
    asked = datetime(2030, 1, 1, tzinfo=UTC)
    Task.objects.filter(pk=first.pk).update(due_at=asked)
    crew.apply(crew.planned())
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.due_at == asked
    assert second.due_at is not None and second.due_at < asked


def test_a_plan_made_again_moves_only_what_nobody_has_begun(crew: PlanCrew) -> None:
    make_tasks(crew.project, 10)
    crew.set_times(Ada=240, Bob=0, Rita=0, Mia=0)
    crew.apply(crew.planned())
    begun = Editor.next(crew.ada, crew.project)
    crew.set_times(Ada=0, Bob=240)
    assert crew.planned()["people"][0]["label"] == 0
    crew.apply(crew.planned(again=True))
    assert Task.objects.filter(assigned_to=crew.people["Bob"]).count() == 9
    assert Assignment.objects.get(pk=begun.assignment).task.assigned_to == crew.people["Ada"]
    assert PlanTurn.objects.filter(state="replaced").count() == 9


def test_a_review_is_kept_for_its_person_until_their_day_is_over(crew: PlanCrew) -> None:
    make_tasks(crew.project, 3)
    crew.waits_for_review(crew.ada, 3)
    ruth = make_project_member(crew.project, Role.REVIEWER, "Ruth")
    crew.set_times(Ada=0, Bob=0, Mia=0, Rita=240)
    crew.set_time(ruth.pk, 0)
    crew.apply(crew.planned())
    nexts = f"{API}/projects/{crew.project.pk}/review/next"
    assert client_for(ruth).post(nexts, {}).status_code == 204
    assert crew.rita.post(nexts, {}).status_code == 200
    crew.rita.post(f"{API}/assignments/{Assignment.objects.get(user=crew.people['Rita']).pk}/release")
    PlanTurn.objects.update(due_at=datetime.now(UTC) - timedelta(hours=1))
    assert client_for(ruth).post(nexts, {}).status_code == 200


def test_only_managers_plan(crew: PlanCrew) -> None:
    make_task(crew.project)
    plan = crew.planned()
    mine = crew.people["Ada"].pk
    for client in (crew.ada, crew.rita):
        assert client.get(f"{API}/projects/{crew.project.pk}/planning").status_code == 403
        assert crew.ask(client).status_code == 403
        assert crew.put_time(mine, 10, 0, client=client).status_code == 403
        for what in ("apply", "drop"):
            assert client.post(f"{API}/plans/{plan['id']}/{what}").status_code == 403


def test_time_is_saved_against_the_version_last_seen(crew: PlanCrew) -> None:
    ada = crew.people["Ada"].pk
    first = crew.put_time(ada, 90, 0, [label_id(crew.project, "person")])
    assert (first.status_code, first["ETag"]) == (200, '"1"')
    assert first.json()["label_ids"] == [label_id(crew.project, "person")]
    assert crew.put_time(ada, 100, 0).status_code == 412
    assert crew.put_time(ada, 1441, 1).status_code == 400
    assert crew.put_time(ada, 10, 1, [str(crew.project.pk)]).status_code == 400
    url = f"{API}/projects/{crew.project.pk}/planning/people/{ada}"
    assert crew.mia.put(url, {"minutes_per_day": 1, "label_ids": None}).status_code == 428
    stranger = PlanCrew().people["Ada"].pk
    assert crew.put_time(stranger, 10, 0).status_code == 404
    # All of them by name is all of them.
    every = [label_id(crew.project, name) for name in ("person", "hard_hat", "blurred")]
    assert crew.put_time(ada, 90, 1, every).json()["label_ids"] is None


def test_a_thrown_away_plan_cannot_be_applied_nor_an_applied_one_thrown_away(crew: PlanCrew) -> None:
    make_task(crew.project)
    plan = crew.planned()
    for _ in range(2):
        assert crew.mia.post(f"{API}/plans/{plan['id']}/drop").status_code == 200
    assert crew.mia.post(f"{API}/plans/{plan['id']}/apply").status_code == 409
    assert crew.page()["plan"] is None
    other = crew.planned()
    crew.apply(other)
    assert crew.mia.post(f"{API}/plans/{other['id']}/drop").status_code == 409


def test_a_picture_of_several_people_is_planned_for_different_ones_and_kept_for_them(crew: PlanCrew) -> None:
    task, other = make_tasks(crew.project, 2)
    Task.objects.filter(pk=task.pk).update(people=2)
    cem = make_project_member(crew.project, Role.ANNOTATOR, "Cem")
    crew.set_time(cem.pk, 0)
    crew.set_times(Ada=3, Bob=3, Rita=0, Mia=0)
    crew.apply(crew.planned())
    asked = PlanTurn.objects.filter(task=task).values_list("user__name", flat=True)
    assert sorted(name.split()[0] for name in asked) == ["Ada", "Bob"]
    assert Task.objects.get(pk=task.pk).assigned_to is None
    assert (
        sum(row["label"] for client in (crew.ada, crew.bob) for row in client.get(f"{API}/my-part").json())
        == 3
    )
    # Nobody else is handed it meanwhile, and a newer plan has no place left on it.
    assert client_for(cem).post(f"{API}/projects/{crew.project.pk}/tasks/next", {}).status_code == 204
    assert crew.planned()["undone"] == []
    assert PlanTurn.objects.filter(task=task).count() == 2
    handed = {crew.ada: set(), crew.bob: set()}
    for client, seen in handed.items():
        for _ in range(2):
            answer = client.post(
                f"{API}/projects/{crew.project.pk}/tasks/next", {"exclude_task_ids": list(seen)}
            )
            if answer.status_code == 200:
                seen.add(answer.json()["id"])
    assert all(str(task.pk) in seen for seen in handed.values())
    assert sum(str(other.pk) in seen for seen in handed.values()) == 1


def test_who_answered_a_picture_is_not_planned_for_it_again_nor_for_its_review(crew: PlanCrew) -> None:
    task = make_task(crew.project)
    Task.objects.filter(pk=task.pk).update(people=2)
    editor = Editor.open(crew.rita, task.pk)
    editor.put(box_region(crew.project))
    assert editor.submit().status_code == 200
    crew.set_times(Ada=0, Bob=0, Rita=240, Mia=0)
    undone = crew.planned()["undone"]
    assert [(row["kind"], row["cause"], row["turns"]) for row in undone] == [("label", "barred", 1)]
    second = Editor.open(crew.ada, task.pk)
    second.put(box_region(crew.project))
    assert second.submit().status_code == 200
    run_merges()
    undone = crew.planned()["undone"]
    # Put together of Rita's and Ada's answers: Rita would review her own.
    assert [(row["kind"], row["cause"], row["turns"]) for row in undone] == [("review", "barred", 1)]
