"""One's own notices."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.notify import selectors, services


class NoticeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_blank=True)
    project_id = serializers.UUIDField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NoticeReadSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_null=True, default=None, max_length=500
    )


class NoticeCountSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class NoticeListView(ListAPIView):
    """One's own notices, newest first."""

    serializer_class = NoticeSerializer

    def get_queryset(self) -> Any:
        unread = self.request.query_params.get("unread", "").lower() in {"1", "true"}
        return selectors.notices_of(user=self.request.user, unread_only=unread)

    @extend_schema(
        operation_id="notice_list",
        parameters=[OpenApiParameter("unread", OpenApiTypes.BOOL, description="Only unread ones.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class NoticeReadView(APIView):
    @extend_schema(operation_id="notice_read", request=NoticeReadSerializer, responses=NoticeCountSerializer)
    def post(self, request: Request) -> Response:
        """Mark notices read; all of them when no ids are named."""
        serializer = NoticeReadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(
            {"read": services.notices_read(user=request.user, ids=serializer.validated_data["ids"])}
        )
