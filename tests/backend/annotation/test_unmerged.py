"""Answers whose job did not put them together: seen, with why, and tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.annotation.models import ConsensusMerge
from backend.core import jobs
from backend.core.models import AuditEvent, JobRun
from tests.support.annotation import API
from tests.support.consensus import Crowd, run_merges

pytestmark = pytest.mark.django_db

ONE = (100.0, 100.0, 200.0, 300.0)
DEAD = "The worker stopped while this ran, more often than allowed. Try again from the jobs page."


@pytest.fixture
def crowd() -> Crowd:
    """Both answers are in; nothing put them together yet."""
    made = Crowd(people=2)
    made.answer(made.ada, ONE, merge=False)
    made.answer(made.bob, ONE, merge=False)
    return made


def merge_dies() -> None:
    """What the sweeper says of a job whose workers died as often as it may be tried."""
    late = timezone.now() - timedelta(minutes=1)
    JobRun.objects.filter(kind="annotation.merge", state="queued").update(
        state="running", lease_expires_at=late, attempts=3
    )
    jobs.sweep()


def unmerged(crowd: Crowd) -> Any:
    return crowd.rita.get(f"{API}/projects/{crowd.project.pk}/consensus/unmerged")


def test_a_merge_that_failed_is_told_with_why_and_tried_again(crowd: Crowd) -> None:
    assert crowd.consensus().json()["state"] == "merging" and unmerged(crowd).json() == []
    merge_dies()
    told = crowd.consensus().json()
    assert (told["state"], told["failure"], told["answers"]) == ("failed", DEAD, [])
    [row] = unmerged(crowd).json()
    assert (row["task_id"], row["people"], row["why"]) == (str(crowd.task.pk), 2, DEAD)
    assert row["at"] is not None and row["picture"] == crowd.task.asset.name
    again = crowd.post(crowd.rita, "retry")
    assert again.status_code == 202 and again.json()["state"] == "queued"
    assert crowd.consensus().json()["state"] == "merging" and unmerged(crowd).json() == []
    # Two presses are one job.
    assert crowd.post(crowd.mia, "retry").json()["id"] == again.json()["id"]
    run_merges()
    told = crowd.consensus().json()
    assert (told["state"], told["failure"]) == ("waiting", "")
    assert crowd.boxes() == [list(ONE)] and ConsensusMerge.objects.count() == 1
    assert AuditEvent.objects.filter(action="consensus.retry").count() == 2


def test_a_cancelled_one_and_one_that_was_never_asked_for_are_told_too(crowd: Crowd) -> None:
    jobs.cancel(JobRun.objects.get(kind="annotation.merge"))
    assert [row["why"] for row in unmerged(crowd).json()] == ["Somebody cancelled it."]
    JobRun.objects.filter(kind="annotation.merge").delete()
    [row] = unmerged(crowd).json()
    assert row["at"] is None and crowd.consensus().json()["state"] == "failed"


def test_only_those_who_review_see_and_try_again_and_only_where_all_are_in(crowd: Crowd) -> None:
    merge_dies()
    assert crowd.ada.get(f"{API}/projects/{crowd.project.pk}/consensus/unmerged").status_code == 403
    assert crowd.post(crowd.ada, "retry").status_code == 403
    assert crowd.ask(3).json()["changed"] == 1
    assert unmerged(crowd).json() == [] and crowd.consensus().json()["state"] == "collecting"
    refused = crowd.post(crowd.rita, "retry")
    assert refused.status_code == 409 and "still coming in" in refused.json()["message"]


def test_another_quorum_that_failed_is_told_until_one_works(crowd: Crowd) -> None:
    run_merges()
    assert crowd.post(crowd.rita, "merge", {"quorum": 1.0}).status_code == 202
    merge_dies()
    told = crowd.consensus().json()
    assert (told["state"], told["failure"], told["quorum"]) == ("waiting", DEAD, 0.5)
    assert unmerged(crowd).json() == []
    assert crowd.post(crowd.rita, "merge", {"quorum": 1.0}).status_code == 202
    run_merges()
    told = crowd.consensus().json()
    assert (told["failure"], told["quorum"]) == ("", 1.0)
