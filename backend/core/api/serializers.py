"""Pieces several apps send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.enums import Role


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)
