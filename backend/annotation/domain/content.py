"""Content hashes: two region versions with equal content are the same stored row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

HASHED_FIELDS = (
    "label_id",
    "shape",
    "geometry",
    "attributes",
    "source",
    "suggestion_id",
    "model_version_id",
    "score",
    "z_index",
)


def content_hash(region: Mapping[str, Any]) -> str:
    """SHA-256 over the region's content in canonical JSON; its id is not part of it."""
    content = {name: region.get(name) for name in HASHED_FIELDS}
    # Added later: left out where empty, so that what was stored before keeps its hash.
    content |= {name: region[name] for name in ("occluded", "group_id") if region.get(name)}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
