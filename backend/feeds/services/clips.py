"""Hands an incident's pictures over from the thread that scores."""

from __future__ import annotations

import uuid

from django.db import transaction

from backend.core import jobs, storage
from backend.feeds.models import Incident
from backend.feeds.services.incidents import evidence_store


def snapshot_keep(*, incident_id: uuid.UUID, jpeg: bytes) -> None:
    evidence_store(incident_id=incident_id, snapshot=jpeg)


def frames_key(incident_id: uuid.UUID) -> str:
    """Where packed pictures wait to be made a clip."""
    return f"incidents/{incident_id}/frames.zip"


def frames_keep(*, incident_id: uuid.UUID, packed: bytes) -> None:
    """Keep packed pictures until a job has made the clip of them."""
    incident = Incident.objects.select_related("feed__project").filter(pk=incident_id).first()
    if incident is None:
        return
    key = storage.write_bytes(frames_key(incident.pk), packed)
    project = incident.feed.project
    with transaction.atomic():
        jobs.enqueue(
            "feeds.clip",
            payload={"incident_id": str(incident_id), "key": key},
            title=f"Clip of {incident.name}",
            organisation_id=project.organisation_id,
            project_id=project.pk,
            dedupe_key=f"clip:{incident_id}",
        )
