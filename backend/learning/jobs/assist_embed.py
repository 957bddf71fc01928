"""Job: encode every picture of a project, so that nobody waits for a first click. Open pictures go first."""

from __future__ import annotations

from typing import Any

from backend.core.jobs import JobContext
from backend.learning.enums import EmbeddingNeed, EmbeddingState
from backend.learning.jobs.assist import encode, give_way
from backend.learning.services import checkpoints, embeddings
from backend.media import selectors as media
from backend.projects import selectors as projects

PAGE = 200


def run(context: JobContext) -> dict[str, Any]:
    """Payload: project_id. A repeat after a crash or a cancel does only what is not there yet."""
    project = projects.project_find(context.payload["project_id"])
    row = checkpoints.checkpoint_active()
    if row is None:
        return {"skipped": "no SAM checkpoint serves any more"}
    ids = media.project_asset_ids(project.pk)
    counts = {"encoded": 0, "there": 0, "failed": 0}
    for start in range(0, len(ids), PAGE):
        for offset, info in enumerate(media.assets_info(ids[start : start + PAGE]).values()):
            give_way(context)
            context.progress((start + offset) / len(ids), f"{start + offset} of {len(ids)} pictures")
            if not info.display_key:
                continue
            standing = embeddings.embedding_ask(info=info, checkpoint=row, need=EmbeddingNeed.AHEAD)
            if standing.state == EmbeddingState.READY:
                counts["there"] += 1
                continue
            taken = embeddings.embedding_take(key=standing.key)
            # Not free: another worker is at it this moment.
            if taken is not None:
                counts["encoded" if encode(taken) else "failed"] += 1
    return {**counts, "pictures": len(ids)}
