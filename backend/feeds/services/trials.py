"""Trying rules on recorded footage before they go live."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction

from backend.core import jobs, storage
from backend.core.models import JobRun
from backend.feeds.enums import SourceKind
from backend.feeds.errors import RuleRefused
from backend.feeds.models import Feed
from backend.feeds.services.rules import condition_check
from backend.media import selectors as media

if TYPE_CHECKING:
    from backend.accounts.models import User

KIND = "feeds.try_rule"
RECORDED = (SourceKind.FILE, SourceKind.FOLDER, SourceKind.ASSET)
PICTURES_MAX = 50


def trial_start(*, actor: User, feed: Feed, given: dict[str, Any], asset_id: uuid.UUID | None) -> JobRun:
    """Queue a trial over a video of the project, or over the feed's own footage. Raises RuleRefused."""
    if asset_id is not None:
        asset = media.asset_get(actor=actor, asset_id=asset_id)
        if asset.kind != "video" or asset.pk not in media.project_asset_ids_in(feed.project_id, [asset.pk]):
            raise RuleRefused("Choose a video of this project.", fields={"asset_id": "Not a video of it."})
    elif feed.source_kind not in RECORDED:
        raise RuleRefused(
            "A live camera keeps nothing to try a rule on. Choose a video of this project.",
            fields={"asset_id": "Choose a video."},
        )
    rule = {**given, "condition": condition_check(feed, given["condition"])}
    with transaction.atomic():
        _forget(feed)
        return jobs.enqueue(
            KIND,
            payload={
                "feed_id": str(feed.pk),
                "asset_id": str(asset_id) if asset_id else None,
                "rule": rule,
            },
            title=f"Trying a rule on {feed.name}",
            organisation_id=feed.project.organisation_id,
            project_id=feed.project_id,
            created_by=actor,
        )


def picture_key(feed_id: object, job_id: object, number: int) -> str:
    return f"trials/{feed_id}/{job_id}-{number:03d}.jpg"


def _forget(feed: Feed) -> None:
    """Pictures of earlier trials of this feed go."""
    earlier = JobRun.objects.filter(kind=KIND, payload__feed_id=str(feed.pk)).exclude(result={})
    for job in earlier.order_by("-id")[:5]:
        for number in range(min(PICTURES_MAX, len(job.result.get("incidents", [])))):
            storage.delete(picture_key(feed.pk, job.pk, number))
