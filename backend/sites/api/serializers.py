"""What sites send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.enums import Role
from backend.sites.domain.outlines import CORNERS_MAX, POLYGONS_MAX

RETENTION_DAYS_MAX = 3_650


class CameraSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    site_id = serializers.UUIDField()
    name = serializers.CharField()
    notes = serializers.CharField(allow_blank=True)


class OutlineField(serializers.ListField):
    child = serializers.ListField(
        child=serializers.FloatField(min_value=0.0, max_value=1.0), min_length=2, max_length=2
    )


class CameraPrivacySerializer(serializers.Serializer[Any]):
    """What a camera's pictures may hold. Corners are [x, y] in 0..1 of the upright picture."""

    polygons = serializers.ListField(child=OutlineField(), source="privacy_polygons")
    head_mosaic = serializers.BooleanField()
    retention_days = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class CameraPrivacyChangeSerializer(serializers.Serializer[Any]):
    polygons = serializers.ListField(
        child=OutlineField(max_length=CORNERS_MAX), max_length=POLYGONS_MAX, required=False
    )
    head_mosaic = serializers.BooleanField(required=False)
    retention_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=RETENTION_DAYS_MAX
    )


class SiteSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    region = serializers.CharField(source="region.name", default="")
    cameras = CameraSerializer(many=True)


class SiteCreateSerializer(serializers.Serializer[Any]):
    organisation_id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64, required=False, default="UTC")
    region_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class SiteUpdateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)


class CameraCreateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    notes = serializers.CharField(max_length=2_000, required=False, default="", allow_blank=True)


class CameraUpdateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    notes = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class SiteMemberSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices)
