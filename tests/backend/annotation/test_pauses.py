"""Pausing below a set score: told to the person and the managers, and ended by them, never silently."""

from __future__ import annotations

import pytest

from backend.annotation.models import LabelPause
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.notify.models import Notice
from backend.sites.models import Site, SiteMembership
from tests.support.annotation import API, Editor
from tests.support.factories import make_member
from tests.support.quality import TRUE_BOX, TruthCrew, run_compare

pytestmark = pytest.mark.django_db

ELSEWHERE = (400.0, 10.0, 450.0, 60.0)


def paused(**settings: object) -> TruthCrew:
    """Ada had one of three hidden pictures right."""
    crew = TruthCrew(truths=7, ordinary=3, pause_below=0.7, pause_over=3, **settings)
    for box in (TRUE_BOX, ELSEWHERE, ELSEWHERE):
        crew.answer(crew.ada, box)
    return crew


def titles(crew: TruthCrew, name: str) -> list[str]:
    rows = Notice.objects.filter(user=crew.people[name]).order_by("id").values_list("title", flat=True)
    return [title.replace(crew.project.name, "here").split(" ", 1)[-1] for title in rows]


def test_below_the_score_nothing_new_is_handed_out_and_both_are_told() -> None:
    crew = paused()
    refused = crew.next(crew.ada)
    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "person_paused" and "guideline" in body["message"]
    assert (
        "matched by 33\N{NO-BREAK SPACE}%" in body["message"]
        and "asks for 70\N{NO-BREAK SPACE}%" in body["message"]
    )
    assert body["pause"] == {"score": pytest.approx(1 / 3), "limit": 0.7, "pictures": 3, "may_go_on": True}
    for path in (f"tasks/{crew.ordinary[0].pk}/open", f"tasks/{crew.ordinary[0].pk}/next-of-series"):
        assert crew.ada.post(f"{API}/{path}", {}).json()["code"] == "person_paused"
    assert titles(crew, "Ada") == ["short break in here"]
    assert [title.split(" ", 1)[-1] for title in titles(crew, "Mia")] == ["pauses in here"]
    assert titles(crew, "Rita") == titles(crew, "Bob") == []
    assert AuditEvent.objects.filter(action="person.pause").count() == 1
    assert crew.next(crew.bob).status_code == 200


def test_not_before_there_are_enough_pictures_nor_where_no_score_is_set() -> None:
    early = TruthCrew(truths=3, pause_below=0.7, pause_over=3)
    for _ in range(2):
        early.answer(early.ada, ELSEWHERE)
    assert early.next(early.ada).status_code == 200
    never = TruthCrew(truths=3, pause_over=3)
    for _ in range(3):
        never.answer(never.ada, ELSEWHERE)
    assert never.next(never.ada).status_code == 200 and not LabelPause.objects.exists()


def test_open_work_can_be_finished() -> None:
    crew = TruthCrew(truths=4, pause_below=0.7, pause_over=3)
    for _ in range(2):
        crew.answer(crew.ada, ELSEWHERE)
    crew.set(truth_share=0.0)
    ordinary = Editor.next(crew.ada, crew.project)
    crew.set(truth_share=1.0)
    response = crew.ada.post(
        f"{API}/projects/{crew.project.pk}/tasks/next", {"exclude_task_ids": [ordinary.body["id"]]}
    )
    hidden = Editor(crew.ada, response.json())
    assert hidden.submit().status_code == 200
    run_compare()
    assert LabelPause.objects.count() == 1
    assert crew.next(crew.ada).json()["id"] == ordinary.body["id"]
    assert ordinary.submit().status_code == 200
    assert crew.next(crew.ada).status_code == 409


def test_a_person_tries_again_by_themselves_and_begins_anew() -> None:
    crew = paused()
    shown = crew.checks(crew.ada).json()
    assert shown["pause"]["score"] == pytest.approx(1 / 3) and shown["may_resume"]
    assert crew.resume(crew.bob).status_code == crew.resume(crew.rita).status_code == 403
    assert crew.resume(crew.ada).status_code == 200
    assert crew.resume(crew.ada).status_code == 409
    assert [title.split(" ", 1)[-1] for title in titles(crew, "Mia")] == ["pauses in here", "goes on in here"]
    # The three before count no more: it takes three new ones to pause again.
    for _ in range(2):
        crew.answer(crew.ada, ELSEWHERE)
        assert crew.next(crew.ada).status_code == 200
    assert crew.checks(crew.ada).json()["recent_pictures"] == 2
    crew.answer(crew.ada, ELSEWHERE)
    assert crew.next(crew.ada).status_code == 409
    assert LabelPause.objects.count() == 2


def test_where_the_project_says_so_only_a_manager_lets_them_go_on() -> None:
    crew = paused(pause_retry=False)
    refused = crew.next(crew.ada).json()
    assert "ask whoever manages" in refused["message"] and not refused["pause"]["may_go_on"]
    assert not crew.checks(crew.ada).json()["may_resume"]
    assert crew.resume(crew.ada).status_code == 403
    assert crew.checks(crew.mia).json()["may_resume"]
    assert crew.resume(crew.mia).status_code == 200
    assert titles(crew, "Ada")[-1] == "can go on in here"
    assert crew.next(crew.ada).status_code == 200
    assert AuditEvent.objects.filter(action="person.resume").count() == 1


def test_managers_of_the_site_and_the_organisation_are_told_too() -> None:
    crew = TruthCrew(truths=4, ordinary=3, pause_below=0.7, pause_over=3)
    site = Site.objects.create(organisation=crew.project.organisation, name="Dock")
    crew.project.site = site
    crew.project.save(update_fields=["site"])
    crew.people["Olga"] = make_member(crew.project.organisation, Role.MANAGER, "Olga")
    crew.people["Sam"] = make_member(crew.project.organisation, "", "Sam")
    SiteMembership.objects.create(site=site, user=crew.people["Sam"], role=Role.MANAGER)
    for _ in range(3):
        crew.answer(crew.ada, ELSEWHERE)
    for name in ("Mia", "Olga", "Sam"):
        assert [title.split(" ", 1)[-1] for title in titles(crew, name)] == ["pauses in here"], name
