"""Hashes of labels and of whole versions: equal content gives equal hashes, whatever the ids of rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

# Finer than any screen or model; hides float noise of a round trip through JSON.
DECIMALS = 4


def labels_hash(regions: Iterable[dict[str, Any]], tags: Iterable[str]) -> str:
    """SHA-256 over label, shape, geometry and attributes of each region, in canonical order, and the tags."""
    rows = sorted(
        _canonical([r["label_id"], r["shape"], _rounded(r["geometry"]), r.get("attributes") or {}])
        for r in regions
    )
    return hashlib.sha256(_canonical({"regions": rows, "tags": sorted(set(tags))}).encode()).hexdigest()


def content_hash(items: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over (asset SHA-256, labels hash, split) of each item, in any order."""
    digest = hashlib.sha256()
    for line in sorted(" ".join(item) for item in items):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _rounded(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return round(float(value), DECIMALS) + 0.0  # no negative zero
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value]
