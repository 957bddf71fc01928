"""Pieces several apps send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.enums import Role


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)


class TileLevelSerializer(serializers.Serializer[Any]):
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class TilesSerializer(serializers.Serializer[Any]):
    """How to draw a large picture: `url` holds {level}, {column} and {row}; level 0 is the full size."""

    url = serializers.CharField()
    tile_px = serializers.IntegerField()
    levels = TileLevelSerializer(many=True)
