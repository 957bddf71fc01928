"""Makes the clip of an incident from its kept pictures."""

from __future__ import annotations

from typing import Any

from backend.core import storage
from backend.core.jobs import JobContext
from backend.feeds.jobs.evidence import encode
from backend.feeds.services.incidents import evidence_store


def run(context: JobContext) -> dict[str, Any]:
    """Job `feeds.clip`. Payload: incident_id, key (of the packed pictures, which go afterwards)."""
    key = context.payload["key"]
    clip = encode(storage.read_bytes(key))
    evidence_store(incident_id=context.payload["incident_id"], clip=clip)
    storage.delete(key)
    return {"bytes": len(clip)}
