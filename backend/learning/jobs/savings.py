"""Measures what selection saved in a project, from its own approved labels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.annotation.selectors.costs import ApprovedPicture, approved_pictures
from backend.core.jobs import JobContext
from backend.learning.jobs.seen import vectors_seen
from backend.learning.savings import is_chosen, is_random
from backend.learning.services import reports
from backend.projects import selectors as projects
from ml.evaluation.savings import LabelledPicture, Shortage, savings

SCORED_SHARE = 0.5


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.savings`. Payload: project_id."""
    project = projects.project_find(context.payload["project_id"])
    pictures = [p for p in approved_pictures(project.pk) if is_random(p) or is_chosen(p)]
    model, vectors = vectors_seen(
        context,
        project.pk,
        [p.asset_id for p in pictures],
        up_to=SCORED_SHARE,
        purpose="pictures are compared",
        lack="nothing can be compared",
    )
    labelled = [_labelled(p, vectors[p.asset_id]) for p in pictures if p.asset_id in vectors]

    def tell(share: float) -> None:
        context.progress(SCORED_SHARE + (1.0 - SCORED_SHARE) * share, "comparing with the random slice")

    found = savings(labelled, seed=project.pk.int % 2**31, tell=tell)
    report = {
        "status": "too_few" if isinstance(found, Shortage) else "measured",
        "of_random": sum(each.is_random for each in labelled),
        **asdict(found),
    }
    reports.savings_store(project=project, model=model, job=context.job, report=report)
    return {"status": report["status"]}


def _labelled(picture: ApprovedPicture, vector: list[float]) -> LabelledPicture:
    return LabelledPicture(
        labels=picture.labels,
        embedding=vector,
        group=picture.group_key,
        is_random=is_random(picture),
        boxes=float(picture.drawn),
        seconds=picture.seconds,
    )
