"""What a save of a draft takes: operations, read fast where they are plain, else field by field with the reason.

A thousand regions through nested serializers cost more than all else a save does. So each operation that looks as
the editor sends it is taken by `op_plain`; anything else goes through the serializers, which say what is wrong.
"""

from __future__ import annotations

import math
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.annotation.api.fields import GEOMETRY_KEYS
from backend.annotation.api.serializers import (
    DRAWN_SHAPES,
    OPS_MAX,
    SOURCES,
    Z_INDEX_MAX,
    RegionSerializer,
)
from backend.annotation.domain.ops import DraftOp

OP_ID_MAX_CHARS = 64
TAGS_MAX = 500
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_SHAPES, _SOURCES, _GEOMETRY = frozenset(DRAWN_SHAPES), frozenset(SOURCES), frozenset(GEOMETRY_KEYS)
_REGION_MAYBE = {
    "attributes": {},
    "source": "person",
    "suggestion_id": None,
    "score": None,
    "z_index": 0,
    "occluded": False,
    "group_id": None,
}


class DraftOpSerializer(serializers.Serializer[Any]):
    op_id = serializers.CharField(
        max_length=OP_ID_MAX_CHARS, help_text="The client's own id of this operation."
    )
    op = serializers.ChoiceField(choices=["put", "delete", "tags"])
    region = RegionSerializer(required=False)
    region_id = serializers.UUIDField(required=False)
    tags = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=TAGS_MAX)

    NEEDS = {"put": "region", "delete": "region_id", "tags": "tags"}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = self.NEEDS[attrs["op"]]
        if needed not in attrs:
            raise serializers.ValidationError({needed: f"{attrs['op']} needs it."})
        region = attrs.get("region")
        if region and not _storable([region["attributes"], region["geometry"]]):
            raise serializers.ValidationError({"region": "It holds a number or a text that cannot be kept."})
        return attrs


@extend_schema_field(DraftOpSerializer(many=True))
class DraftOpsField(serializers.Field[Any, Any, Any, Any]):
    """A list of operations as `DraftOp`s with ids as text, as drafts store them."""

    def to_internal_value(self, data: Any) -> list[DraftOp]:
        if isinstance(data, list) and len(data) <= OPS_MAX:
            ops = [op_plain(row) for row in data]
            if None not in ops:
                return [op for op in ops if op is not None]
        rows = DraftOpSerializer(many=True, max_length=OPS_MAX).run_validation(data)
        return [op_checked(row) for row in rows]

    def to_representation(self, value: Any) -> Any:
        return value


class DraftPatchSerializer(serializers.Serializer[Any]):
    ops = DraftOpsField()
    active_seconds = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=1e7,
        help_text="The total on this work so far, not a difference.",
    )


def op_checked(row: dict[str, Any]) -> DraftOp:
    """A validated operation with ids as text."""
    return DraftOp(
        op_id=row["op_id"],
        op=row["op"],
        region=_region_text(row["region"]) if "region" in row else None,
        region_id=str(row.get("region_id", "")),
        tags=tuple(str(tag) for tag in row.get("tags", ())),
    )


def _region_text(region: dict[str, Any]) -> dict[str, Any]:
    maybe = {name: str(region[name]) if region[name] else None for name in ("suggestion_id", "group_id")}
    return {**region, **maybe, "region_id": str(region["region_id"]), "label_id": str(region["label_id"])}


def op_plain(row: Any) -> DraftOp | None:
    """The operation, where every part of it is as the editor sends it; None leaves the word to the serializers."""
    if type(row) is not dict:
        return None
    op_id, op = row.get("op_id"), row.get("op")
    if not _is_id(op_id):
        return None
    if op == "put" and row.keys() == {"op_id", "op", "region"}:
        region = _plain_region(row["region"])
        return DraftOp(op_id, "put", region) if region is not None else None
    if op == "delete" and row.keys() == {"op_id", "op", "region_id"} and _is_id(row["region_id"]):
        return DraftOp(op_id, "delete", region_id=row["region_id"])
    return None


def _plain_region(row: Any) -> dict[str, Any] | None:
    if type(row) is not dict:
        return None
    region = {name: row.get(name, default) for name, default in _REGION_MAYBE.items()}
    region |= {name: row.get(name) for name in ("region_id", "label_id", "shape", "geometry")}
    geometry, attributes, score = region["geometry"], region["attributes"], region["score"]
    if attributes is _REGION_MAYBE["attributes"]:
        region["attributes"] = attributes = {}
    fits = (
        _is_id(region["region_id"])
        and _is_id(region["label_id"])
        and region["shape"] in _SHAPES
        and type(geometry) is dict
        and geometry.keys() <= _GEOMETRY
        and type(attributes) is dict
        and region["source"] in _SOURCES
        and (region["suggestion_id"] is None or _is_id(region["suggestion_id"]))
        and (region["group_id"] is None or _is_id(region["group_id"]))
        and (score is None or (type(score) is float and math.isfinite(score)))
        and type(region["z_index"]) is int
        and abs(region["z_index"]) <= Z_INDEX_MAX
        and type(region["occluded"]) is bool
        and _storable([geometry, attributes])
    )
    return region if fits else None


def _is_id(value: Any) -> bool:
    return type(value) is str and _UUID(value) is not None


def _storable(value: Any) -> bool:
    """Whether PostgreSQL can keep it as JSON: no infinite number (1e999 parses to one), no NUL in a text."""
    try:
        return math.isfinite(_total(value))
    except (OverflowError, RecursionError):
        return False


def _total(value: Any) -> float:
    """The sum of all numbers in it: infinite or not a number as soon as one of them is, or a text holds a NUL."""
    kind = type(value)
    if kind is list:
        try:
            return sum(value)
        except TypeError:
            return sum(map(_total, value))
    if kind is dict:
        return sum(map(_total, value.values())) + sum(map(_total, value))
    if kind is str:
        return math.nan if "\0" in value else 0.0
    return value if kind in (int, float) else 0.0
