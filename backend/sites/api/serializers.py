"""What sites send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.enums import Role


class CameraSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    site_id = serializers.UUIDField()
    name = serializers.CharField()
    notes = serializers.CharField(allow_blank=True)


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
