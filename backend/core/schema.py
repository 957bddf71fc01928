"""OpenAPI: every operation declares the error body and the 4xx answers it can give."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """The one shape of every error."""

    code = serializers.CharField()
    message = serializers.CharField()
    request_id = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.CharField(), required=False)

    def get_fields(self) -> dict[str, Any]:
        # `fields` is taken by DRF itself as an attribute name.
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        return declared


_ERRORS = {
    "400": "What was sent cannot be used.",
    "401": "Not signed in.",
    "403": "Your role does not allow this.",
    "404": "Not there, or not shared with you.",
    "405": "This address does not take that method.",
    "406": "No answer in the media type asked for.",
    "409": "The thing is in a state that does not allow this.",
    "412": "Somebody saved in between.",
    "413": "Too large.",
    "415": "Media type not taken.",
    "422": "Understood, but cannot be done.",
    "428": "If-Match is missing.",
    "429": "Too many requests.",
    "503": "A service is not there right now.",
}


class SiteloopSchema(AutoSchema):
    """Adds the error answers, and tags operations by the first part of their path."""

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[2] if len(parts) > 2 else "core"]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        component = self.resolve_serializer(ErrorSerializer, direction)
        for status, description in _ERRORS.items():
            bodies.setdefault(
                status,
                {"description": description, "content": {"application/json": {"schema": component.ref}}},
            )
        return bodies
